"""How forms look in the OpenAPI document: they are read as they stream in, so FastAPI does not know them."""

from __future__ import annotations

from typing import Any

_FILE = {"type": "string", "format": "binary", "description": "The photo."}
OUTPUT_FIELDS: dict[str, Any] = {
    "tile": {"type": "integer", "minimum": 64, "maximum": 2048, "description": "Side of a tile in pixels."},
    "format": {"type": "string", "enum": ["png", "jpeg", "webp", "tiff", "avif"], "description": "Of the result."},
    "quality": {"type": "integer", "minimum": 1, "maximum": 100, "description": "Of JPEG, WebP and AVIF."},
    "lossless": {"type": "boolean", "description": "WebP without loss."},
    "strip": {"type": "string", "enum": ["none", "gps", "all"], "description": "Metadata that is left out."},
    "user_id": {"type": "string", "maxLength": 128, "description": "Whose task it is."},
}
_FIELDS: dict[str, Any] = {
    "preset": {"type": "string", "description": "Name of a preset; see GET /presets."},
    "quality_level": {"type": "string", "enum": ["fast", "medium", "high"], "description": "Speed against quality."},
    "scale": {"type": "number", "minimum": 1, "maximum": 8, "description": "Size of the result over the photo's."},
    "tile_size": {"type": "integer", "minimum": 64, "maximum": 2048, "description": "Side of a tile in pixels."},
    **{name: OUTPUT_FIELDS[name] for name in ("format", "quality", "strip", "user_id")},
}


def form(properties: dict[str, Any], required: list[str], other: dict[str, Any] | None = None) -> dict[str, Any]:
    """The part of an OpenAPI operation that describes a form, and perhaps another kind of body."""
    schema = {"type": "object", "properties": properties, "required": required}
    content: dict[str, Any] = {"multipart/form-data": {"schema": schema}}
    if other is not None:
        content["application/json"] = {"schema": other, "example": {"photo": "PHOTO_ID", "preset": "general"}}
    return {"requestBody": {"required": True, "content": content}}


def example(content: dict[str, Any]) -> dict[str, Any]:
    """The part of an OpenAPI operation that shows a body of JSON."""
    return {"requestBody": {"content": {"application/json": {"example": content}}}}


def gives(*media: str) -> dict[int | str, dict[str, Any]]:
    """The part of an OpenAPI operation that describes an answer that is a file."""
    schema = {"type": "string", "format": "binary"}
    return {200: {"content": {one: {"schema": schema} for one in media}, "description": "The file."}}


PICTURE = gives("image/png", "image/jpeg", "image/webp", "image/tiff", "image/avif")
ORIGINAL = gives(
    "image/jpeg", "image/png", "image/webp", "image/tiff", "image/avif", "image/heic", "application/octet-stream"
)
THUMBNAIL = gives("image/webp")
SCREEN = gives("image/webp", "image/png", "image/jpeg", "image/avif")
PAGE = gives("text/html")
PDF = gives("application/pdf")
ZIP = gives("application/zip")
METRICS = gives("text/plain")

FORM_ONE = form({"file": _FILE, **_FIELDS}, ["file"])
BATCH_FILES = {"type": "array", "items": _FILE, "minItems": 1, "description": "The photos."}
FORM_BATCH = form({"files": BATCH_FILES, **_FIELDS}, ["files"])
FORM_PHOTO = form({"file": _FILE}, ["file"])
FILE = _FILE

"""Sends files of the store, with headers that let no browser do anything but show a picture."""

from __future__ import annotations

from urllib.parse import quote

from fastapi.responses import FileResponse, Response, StreamingResponse

from safelight.engine.shown import SHOWN
from safelight.imaging.formats import Format
from safelight.store.blobs import Store

_TYPES = {
    Format.PNG: "image/png",
    Format.JPEG: "image/jpeg",
    Format.WEBP: "image/webp",
    Format.TIFF: "image/tiff",
    Format.AVIF: "image/avif",
    Format.HEIC: "image/heic",
}


def media_type(form: str) -> str:
    """The media type of a format; of what is none, that of bytes."""
    return _TYPES.get(Format(form), "application/octet-stream") if form in set(Format) else "application/octet-stream"


def file_response(store: Store, key: str, *, form: str, name: str, etag: str, download: bool = False) -> Response:
    """Answer with a file of the store: its bytes as they are."""
    inline = form in SHOWN and not download
    headers = {
        "Content-Disposition": disposition(name, inline=inline),
        "Cache-Control": "private, max-age=31536000, immutable",
        "ETag": f'"{etag}"',
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "default-src 'none'; sandbox",
    }
    path = store.local_path(key)
    if path is not None:
        store.size(key)
        return FileResponse(path, media_type=media_type(form), headers=headers)
    headers["Content-Length"] = str(store.size(key))
    return StreamingResponse(store.stream(key), media_type=media_type(form), headers=headers)


def disposition(name: str, *, inline: bool) -> str:
    """The Content-Disposition header for a file name of any script (RFC 6266)."""
    plain = "".join(one if 32 <= ord(one) < 127 and one not in '"\\%' else "_" for one in name) or "photo"
    kind = "inline" if inline else "attachment"
    return f"{kind}; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"

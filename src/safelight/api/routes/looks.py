"""Faces, cartoons and styles: one operation on one photo or many, with its parameters as fields of a form."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fastapi import APIRouter, Request

from safelight.api.asking import one_step
from safelight.api.bodies import BATCH_FILES, FILE, OUTPUT_FIELDS, form
from safelight.api.caller import Calling
from safelight.api.parts import Having
from safelight.api.taking import Ordering, query_of, take_many, take_one
from safelight.api.views import BatchAccepted, TaskView
from safelight.operations import find_operation

router = APIRouter(tags=["faces and looks"])


def _fields(operation: str) -> dict[str, Any]:
    """Describe the fields of a form for an operation: its parameters, and how the file is written."""
    schema = find_operation(operation).params.model_json_schema(ref_template="#/components/schemas/{model}")
    named = schema.get("$defs", {})
    fields = {name: _inlined(field, named) for name, field in schema["properties"].items()}
    return {**fields, **OUTPUT_FIELDS}


def _inlined(field: dict[str, Any], named: dict[str, Any]) -> dict[str, Any]:
    """Put what a field refers to in its place: a form has no components of its own."""
    if "$ref" not in field:
        return field
    meant = dict(named[field["$ref"].rsplit("/", 1)[1]])
    meant.pop("title", None)
    return {**meant, **{key: value for key, value in field.items() if key != "$ref"}}


def _one(operation: str) -> dict[str, Any]:
    return form({"file": FILE, **_fields(operation)}, ["file"])


def _many(operation: str) -> dict[str, Any]:
    return form({"files": BATCH_FILES, **_fields(operation)}, ["files"])


def _ordering(operation: str, name: str) -> Callable[[Request], Ordering]:
    """Give what makes the order for a request: of the fields of its form, and of its query where the form has none."""

    def ordering(request: Request) -> Ordering:
        query = query_of(request)
        return lambda fields, _caller: one_step({**query, **fields}, operation, name)

    return ordering


_RESTORE = _ordering("restore_faces", "restore")
_CARTOON = _ordering("cartoonize", "cartoon")
_STYLE = _ordering("stylize", "stylize")


@router.post("/restore", openapi_extra=_one("restore_faces"), summary="Restore the faces of a photo")
async def restore(request: Request, having: Having, caller: Calling) -> TaskView:
    """Take a photo as multipart field `file`, and give a task at once; the parameters are fields beside it.

    What is not in the form may be in the query.
    """
    return await take_one(request, having, caller, _RESTORE(request), lenient=False)


@router.post("/restore/batch", openapi_extra=_many("restore_faces"), summary="Restore the faces of several photos")
async def restore_batch(request: Request, having: Having, caller: Calling) -> BatchAccepted:
    """Take photos as repeated multipart field `files`; each becomes a task, also one that turns out to be broken.

    What is not in the form may be in the query.
    """
    return await take_many(request, having, caller, _RESTORE(request), lenient=False)


@router.post("/cartoonize", openapi_extra=_one("cartoonize"), summary="Turn a photo into a cartoon")
async def cartoonize(request: Request, having: Having, caller: Calling) -> TaskView:
    """Take a photo as multipart field `file`, and give a task at once; the parameters are fields beside it.

    What is not in the form may be in the query.
    """
    return await take_one(request, having, caller, _CARTOON(request), lenient=False)


@router.post("/cartoonize/batch", openapi_extra=_many("cartoonize"), summary="Turn several photos into cartoons")
async def cartoonize_batch(request: Request, having: Having, caller: Calling) -> BatchAccepted:
    """Take photos as repeated multipart field `files`; each becomes a task, also one that turns out to be broken.

    What is not in the form may be in the query.
    """
    return await take_many(request, having, caller, _CARTOON(request), lenient=False)


@router.post("/stylize", openapi_extra=_one("stylize"), summary="Give a photo the look of a style")
async def stylize(request: Request, having: Having, caller: Calling) -> TaskView:
    """Take a photo as multipart field `file`, and give a task at once; the parameters are fields beside it.

    What is not in the form may be in the query.
    """
    return await take_one(request, having, caller, _STYLE(request), lenient=False)


@router.post("/stylize/batch", openapi_extra=_many("stylize"), summary="Give several photos the look of a style")
async def stylize_batch(request: Request, having: Having, caller: Calling) -> BatchAccepted:
    """Take photos as repeated multipart field `files`; each becomes a task, also one that turns out to be broken.

    What is not in the form may be in the query.
    """
    return await take_many(request, having, caller, _STYLE(request), lenient=False)

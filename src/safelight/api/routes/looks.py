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


def _add(path: str, operation: str, name: str, one: str, many: str) -> None:
    """Add the two routes of an operation; ``name`` is that of the recipes, ``one`` and ``many`` say what is done."""
    ordering = _ordering(operation, name)

    async def single(request: Request, having: Having, caller: Calling) -> TaskView:
        """Take a photo as multipart field `file`, and give a task at once; the parameters are fields beside it.

        What is not in the form may be in the query.
        """
        return await take_one(request, having, caller, ordering(request), lenient=False)

    async def several(request: Request, having: Having, caller: Calling) -> BatchAccepted:
        """Take photos as repeated multipart field `files`; each becomes a task, also one that turns out to be broken.

        What is not in the form may be in the query.
        """
        return await take_many(request, having, caller, ordering(request), lenient=False)

    router.post(path, name=path[1:], summary=one, openapi_extra=_one(operation))(single)
    router.post(f"{path}/batch", name=f"{path[1:]}_batch", summary=many, openapi_extra=_many(operation))(several)


_add(
    "/restore", "restore_faces", "restore",
    one="Restore the faces of a photo", many="Restore the faces of several photos",
)  # fmt: skip
_add(
    "/cartoonize", "cartoonize", "cartoon",
    one="Turn a photo into a cartoon", many="Turn several photos into cartoons",
)  # fmt: skip
_add(
    "/stylize", "stylize", "stylize",
    one="Give a photo the look of a style", many="Give several photos the look of a style",
)  # fmt: skip

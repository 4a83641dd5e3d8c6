"""The pictures of tasks: the photo as it came, and what browsers can show of it and of the result."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import Response

from safelight.api.bodies import ORIGINAL, SCREEN, THUMBNAIL
from safelight.api.caller import Calling
from safelight.api.files import file_response
from safelight.api.ids import TaskId
from safelight.api.parts import Having, Parts
from safelight.api.receiving import input_key_of
from safelight.engine.glimpses import glimpse_key
from safelight.engine.shown import SHOWN
from safelight.errors import LostFileError, WrongStateError
from safelight.imaging.formats import sniff
from safelight.store.keys import screen_of, thumbnail_of
from safelight.tasks.status import Status
from safelight.tasks.task import Task

_HEAD = 512
_PASSING = {
    "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; sandbox",
}  # fmt: skip

router = APIRouter(prefix="/tasks", tags=["tasks"])


@router.get("/{task_id}/original", summary="The photo as it came", responses=ORIGINAL, response_class=Response)
def original(task_id: TaskId, having: Having, caller: Calling) -> Response:
    """Give the photo of a task, byte for byte."""
    task = having.service.tasks.find(caller.sees, task_id)
    key = input_key_of(task)
    return _file(having, key, _form(having, key), task.input_name)


@router.get(
    "/{task_id}/thumbnail", summary="A small picture of the result", responses=THUMBNAIL, response_class=Response
)
def thumbnail(task_id: TaskId, having: Having, caller: Calling) -> Response:
    """Give a picture of at most 512 pixels a side, WebP."""
    return _thumbnail(having, _result_key(having.service.tasks.find(caller.sees, task_id)))


@router.get(
    "/{task_id}/original/thumbnail",
    summary="A small picture of the photo",
    responses=THUMBNAIL,
    response_class=Response,
)
def original_thumbnail(task_id: TaskId, having: Having, caller: Calling) -> Response:
    """Give a picture of at most 512 pixels a side, WebP; there is one once the task has been worked on."""
    return _thumbnail(having, input_key_of(having.service.tasks.find(caller.sees, task_id)))


@router.get("/{task_id}/screen", summary="The result, for a screen", responses=SCREEN, response_class=Response)
def screen(task_id: TaskId, having: Having, caller: Calling) -> Response:
    """Give the result as browsers can show it.

    That is a copy of at most 3,072 pixels a side, WebP, of what is longer than 4,096 pixels or in a format that not
    every browser shows, and otherwise the result itself.
    """
    task = having.service.tasks.find(caller.sees, task_id)
    key = _result_key(task)
    return _screen(having, key, str((task.result or {}).get("format", "")), str((task.result or {}).get("name", "")))


@router.get(
    "/{task_id}/original/screen", summary="The photo, for a screen", responses=SCREEN, response_class=Response
)  # fmt: skip
def original_screen(task_id: TaskId, having: Having, caller: Calling) -> Response:
    """Give the photo as browsers can show it: a copy as of the result, or the photo itself."""
    task = having.service.tasks.find(caller.sees, task_id)
    key = input_key_of(task)
    return _screen(having, key, None, task.input_name)


@router.get(
    "/{task_id}/glimpse",
    summary="What the result looks like so far",
    responses=THUMBNAIL,
    response_class=Response,
)
def glimpse(
    task_id: TaskId,
    having: Having,
    caller: Calling,
    number: Annotated[int | None, Query(description="Ignored: it makes the address of each another one.")] = None,
) -> Response:
    """Give a picture of at most 384 pixels a side, WebP, of a task that a ComfyUI server works on.

    There is one while the work goes on, if the server shows any; `progress` events tell of each in `glimpse_url`.
    """
    task = having.service.tasks.find(caller.sees, task_id)
    key = glimpse_key(task)
    if task.status is not Status.PROCESSING or not having.service.store.exists(key):
        raise WrongStateError("there is nothing to see of it now")
    try:
        # Read at once: the file is another one a second later.
        content = b"".join(having.service.store.stream(key))
    except LostFileError as error:
        raise WrongStateError("there is nothing to see of it any more") from error
    return Response(content, media_type="image/webp", headers=_PASSING)


def _result_key(task: Task) -> str:
    if task.result_key is None:
        raise WrongStateError(f"the task is {task.status}: there is no result yet")
    return task.result_key


def _form(having: Parts, key: str) -> str:
    return sniff(next(iter(having.service.store.stream(key, _HEAD)), b"")) or ""


def _file(having: Parts, key: str, form: str, name: str) -> Response:
    return file_response(having.service.store, key, form=form, name=name, etag=key[-64:])


def _thumbnail(having: Parts, key: str) -> Response:
    small = thumbnail_of(key)
    if not having.service.store.exists(small):
        raise WrongStateError("there is no thumbnail yet; it is made when the work begins, and with the result")
    return _file(having, small, "webp", "thumbnail.webp")


def _screen(having: Parts, key: str, form: str | None, name: str) -> Response:
    """Answer with the copy for screens, or with the file itself; ``form`` None is to be found out."""
    copy = screen_of(key)
    if having.service.store.exists(copy):
        return _file(having, copy, "webp", "screen.webp")
    form = _form(having, key) if form is None else form
    if form in SHOWN:
        return _file(having, key, form, name)
    small = thumbnail_of(key)
    if not having.service.store.exists(small):
        raise WrongStateError("there is no copy for screens yet; it is made when the work begins, and with the result")
    # The thumbnail is made last: no other copy will come. A small picture is better than none.
    return _file(having, small, "webp", "thumbnail.webp")

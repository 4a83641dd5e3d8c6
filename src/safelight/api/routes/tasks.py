"""Tasks and the history: the general interface, strict about what comes in."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, Response
from pydantic import AwareDatetime, Field, ValidationError

from safelight.api.asking import Asked
from safelight.api.bodies import FILE, PAGE, PDF, form
from safelight.api.caller import Caller, Calling
from safelight.api.ids import TaskId
from safelight.api.multipart import is_form
from safelight.api.parts import Having, Parts
from safelight.api.receiving import named_source, receiving, source_of
from safelight.api.repeat import idempotency_of
from safelight.api.reporting import task_page, task_pdf
from safelight.api.uploads import Upload
from safelight.api.views import FacetsView, FullTaskView, TaskPage
from safelight.engine.order import Order
from safelight.errors import BadRequestError, RecipeError
from safelight.recipes.recipe import explain
from safelight.tasks.history import Filters
from safelight.tasks.status import Status
from safelight.tasks.task import Task

router = APIRouter(prefix="/tasks", tags=["tasks"])

Id = Annotated[str, Field(max_length=64)]
User = Annotated[
    str | None, Query(min_length=1, max_length=128, description="Only what is this user's, for those who see all.")
]


class NewTaskBody(Asked):
    """A task to be made."""

    photo: Id | None = Field(default=None, description="Id of an uploaded photo (POST /photos).")
    task: Id | None = Field(default=None, description="Id of an earlier task, whose photo is taken again.")
    image_url: str | None = Field(default=None, max_length=4096, description="Where the photo is to be fetched.")
    batch: Id | None = Field(default=None, description="Id of a batch of one's own that it joins (POST /batches).")
    not_before: AwareDatetime | None = Field(default=None, description="Earliest start, RFC 3339.")
    user_id: str | None = Field(default=None, max_length=128, description="Whose task it is.")


_SCHEMA = NewTaskBody.model_json_schema(ref_template="#/components/schemas/{model}")
_FORM = {name: field for name, field in _SCHEMA["properties"].items() if name not in ("photo", "task", "image_url")}
_JSON = {
    name: {
        "type": "string",
        "contentMediaType": "application/json",
        "description": _SCHEMA["properties"][name]["description"],
    }
    for name in ("recipe", "params")
}
_BODY = form({"file": FILE, **_FORM, **_JSON}, ["file"], other=_SCHEMA)


@router.post("", status_code=201, openapi_extra=_BODY, summary="Make a task")
async def create(request: Request, having: Having, caller: Calling) -> FullTaskView:
    """Make a task of a photo and of what is to be done with it.

    Either JSON with `photo`, `task` or `image_url`, or multipart with the field `file` and the other fields beside it,
    `recipe` and `params` as JSON.
    """
    if is_form(request.headers.get("content-type", "")):
        having.acceptor.check_room(caller)
        async with receiving(request, having, names=("file",), most=1) as received:
            body = _of_form(received.fields)
            if len(received.files) != 1:
                raise BadRequestError("send one photo as the multipart field `file`")
            [upload] = received.files
            if upload.error is not None:
                raise upload.error
            caller = caller.acting_for(body.user_id)
            return await asyncio.to_thread(_from_upload, request, having, caller, body, upload)
    body = _of_json(await request.body())
    return await asyncio.to_thread(_from_body, request, having, caller.acting_for(body.user_id), body)


def _from_upload(request: Request, having: Parts, caller: Caller, body: NewTaskBody, upload: Upload) -> FullTaskView:
    source = source_of(upload, having)
    return _made(
        request, having, caller, body,
        lambda order: having.acceptor.accept(
            caller, order, [source], joining=body.batch, not_before=_ms(body),
            idempotency=idempotency_of(request))[1][0],
    )  # fmt: skip


def _from_body(request: Request, having: Parts, caller: Caller, body: NewTaskBody) -> FullTaskView:
    named = [one for one in (body.photo, body.task, body.image_url) if one]
    if len(named) != 1:
        raise BadRequestError("name one photo: `photo`, `task` or `image_url`, or send it as `file`")
    if body.image_url:
        url = body.image_url
        return _made(
            request, having, caller, body,
            lambda order: having.acceptor.fetched(
                caller, order, [url], joining=body.batch, not_before=_ms(body),
                idempotency=idempotency_of(request))[1][0],
        )  # fmt: skip
    source = named_source(having, caller, photo=body.photo, task=body.task)
    return _made(
        request, having, caller, body,
        lambda order: having.acceptor.accept(
            caller, order, [source], joining=body.batch, not_before=_ms(body),
            idempotency=idempotency_of(request))[1][0],
    )  # fmt: skip


@router.get("", summary="Search the history")
def search(
    request: Request,
    having: Having,
    caller: Calling,
    text: Annotated[str, Query(max_length=200, description="Words of the file name or prompt; all must occur.")] = "",
    status: Annotated[list[Status] | None, Query(description="States; several may be given.")] = None,
    operation: Annotated[str | None, Query(max_length=64, description="Id of the operation.")] = None,
    preset: Annotated[str | None, Query(max_length=200, description="Name of the preset.")] = None,
    style: Annotated[str | None, Query(max_length=200, description="Name of the look.")] = None,
    strength_min: Annotated[float | None, Query(ge=0, le=1, description="Least strength.")] = None,
    strength_max: Annotated[float | None, Query(ge=0, le=1, description="Greatest strength.")] = None,
    resolution_min: Annotated[int | None, Query(ge=1, le=2**31 - 1, description="Least longest side, pixels.")] = None,
    resolution_max: Annotated[int | None, Query(ge=1, le=2**31 - 1, description="Greatest longest side.")] = None,
    since: Annotated[AwareDatetime | None, Query(description="Accepted at or after, RFC 3339.")] = None,
    until: Annotated[AwareDatetime | None, Query(description="Accepted before, RFC 3339.")] = None,
    batch: Annotated[str | None, Query(max_length=64, description="Id of the batch.")] = None,
    user: User = None,
    pinned: Annotated[bool | None, Query(description="Only those that are kept, or only those that are not.")] = None,
    cursor: Annotated[
        str | None, Query(max_length=20, pattern=r"^-?[0-9]{1,18}$", description="`next` of a page.")
    ] = None,
    limit: Annotated[int, Query(ge=1, le=200, description="Most tasks on a page.")] = 50,
) -> TaskPage:
    """Give the tasks that match, the newest first; here alone long texts in their `params` are shortened."""
    filters = Filters(
        since=_epoch(since), until=_epoch(until), operation=operation, preset=preset, style=style,
        strength_min=strength_min, strength_max=strength_max, resolution_min=resolution_min,
        resolution_max=resolution_max, status=frozenset(status or ()), batch=batch, text=text, pinned=pinned,
    )  # fmt: skip
    if _strange(caller, user):
        return TaskPage(tasks=[], next=None)
    before = int(cursor) if cursor else None
    page = having.service.history.search(caller.sees or user, filters, before=before, limit=limit)
    return TaskPage(
        tasks=[having.shaper.listed(task, request) for task in page.tasks],
        next=str(page.next) if page.next is not None else None,
    )


@router.get("/facets", summary="What the history can be filtered by")
def facets(having: Having, caller: Calling, user: User = None) -> FacetsView:
    """Give the operations, presets and styles that occur in the history."""
    if _strange(caller, user):
        return FacetsView(operations=[], presets=[], styles=[])
    found = having.service.history.facets(caller.sees or user)
    return FacetsView(operations=list(found.operations), presets=list(found.presets), styles=list(found.styles))


@router.get("/{task_id}", summary="Everything about a task")
def show(task_id: TaskId, request: Request, having: Having, caller: Calling) -> FullTaskView:
    """Give a task with its parameters and its result."""
    return having.shaper.full(having.service.tasks.find(caller.sees, task_id), request)


@router.delete("/{task_id}", status_code=204, summary="Delete a task")
def delete(task_id: TaskId, having: Having, caller: Calling) -> None:
    """Forget a task that has ended; its files go when no other task needs them."""
    having.service.tasks.delete(caller.sees, task_id)


@router.post("/{task_id}/cancel", summary="Cancel a task")
def cancel(task_id: TaskId, request: Request, having: Having, caller: Calling) -> FullTaskView:
    """Cancel a task: one that waits at once, one that runs within a tile."""
    return having.shaper.full(having.service.tasks.cancel(caller.sees, task_id), request)


@router.post("/{task_id}/retry", summary="Try a task again")
def retry(task_id: TaskId, request: Request, having: Having, caller: Calling) -> FullTaskView:
    """Put a failed or cancelled task back in the queue."""
    return having.shaper.full(having.service.tasks.retry(caller.sees, task_id), request)


@router.post("/{task_id}/again", status_code=201, summary="Do it again with these settings")
def again(task_id: TaskId, request: Request, having: Having, caller: Calling) -> FullTaskView:
    """Make a new task like this one: the same photo, recipe and output."""
    task = having.service.tasks.find(caller.sees, task_id)
    return having.shaper.full(having.acceptor.again(task, idempotency=idempotency_of(request)), request)


@router.post("/{task_id}/pin", summary="Keep a task")
def pin(task_id: TaskId, request: Request, having: Having, caller: Calling) -> FullTaskView:
    """Keep a task and its files when their time is over."""
    return having.shaper.full(having.service.tasks.pin(caller.sees, task_id, pinned=True), request)


@router.post("/{task_id}/unpin", summary="Let a task go when its time is over")
def unpin(task_id: TaskId, request: Request, having: Having, caller: Calling) -> FullTaskView:
    """Take the pin away."""
    return having.shaper.full(having.service.tasks.pin(caller.sees, task_id, pinned=False), request)


@router.get("/{task_id}/report", summary="Report as a web page", responses=PAGE, response_class=HTMLResponse)
def report(task_id: TaskId, having: Having, caller: Calling) -> Response:
    """Give a page with the pictures before and after, parameters, models, sizes and times."""
    return task_page(having, having.service.tasks.find(caller.sees, task_id))


@router.get("/{task_id}/report.pdf", summary="Report as PDF", responses=PDF, response_class=Response)
def report_pdf(task_id: TaskId, having: Having, caller: Calling) -> Response:
    """Give the report as PDF."""
    return task_pdf(having, having.service.tasks.find(caller.sees, task_id))


def _of_form(fields: Mapping[str, str]) -> NewTaskBody:
    """Read the fields of a form; ``recipe`` and ``params`` are JSON."""
    content: dict[str, Any] = {name: value for name, value in fields.items() if value != ""}
    for name in ("recipe", "params"):
        if name in content:
            content[name] = _json(content[name].encode(), name)
    return _valid(content)


def _of_json(data: bytes) -> NewTaskBody:
    return _valid(_json(data, "the request"))


def _json(data: bytes, what: str) -> Any:  # noqa: ANN401 - whatever JSON holds; it is validated next
    try:
        return json.loads(data)
    except (ValueError, RecursionError) as error:
        raise BadRequestError(f"{what} is no JSON") from error


def _valid(content: object) -> NewTaskBody:
    try:
        return NewTaskBody.model_validate(content)
    except ValidationError as error:
        raise RecipeError(explain(error)) from error


def _made(
    request: Request, having: Parts, caller: Caller, body: NewTaskBody, accept: Callable[[Order], Task]
) -> FullTaskView:
    order = body.order(caller, having.service.presets)
    return having.shaper.full(accept(order), request)


def _strange(caller: Caller, user: str | None) -> bool:
    """Whether the user who is looked for is one whose tasks the caller does not see."""
    return caller.sees is not None and user is not None and user != caller.sees


def _ms(body: NewTaskBody) -> int:
    return _epoch(body.not_before) or 0


def _epoch(time: datetime | None) -> int | None:
    return None if time is None else round(time.timestamp() * 1000)

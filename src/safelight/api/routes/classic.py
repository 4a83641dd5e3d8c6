"""The fixed routes, as clients of the services before know them: lenient about what comes in."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from safelight.api.asking import lenient
from safelight.api.bodies import FORM_BATCH, FORM_ONE, PICTURE, ZIP
from safelight.api.caller import Caller, Calling, caller_of
from safelight.api.files import file_response
from safelight.api.ids import BatchId, TaskId, UserId
from safelight.api.parts import Having, Parts
from safelight.api.taking import take_many, take_one
from safelight.api.views import BatchAccepted, BatchView, TaskView, UserTasks
from safelight.api.zipping import zip_response
from safelight.engine.order import Order
from safelight.errors import UnknownTaskError, WrongStateError
from safelight.tasks.history import Filters
from safelight.tasks.status import ENDED, Status

router = APIRouter(tags=["fixed routes"])


@router.post("/enhance", openapi_extra=FORM_ONE, summary="Enlarge a photo")
async def enhance(request: Request, having: Having, caller: Calling) -> TaskView:
    """Take a photo as multipart field `file`, and give a task at once.

    Beside it, as form fields or in the query: `preset`, `quality_level` (fast, medium, high), `scale` (1-8),
    `tile_size` (64-2048), `format`, `quality`, `strip`, and any parameter of the preset's operations by its name.
    Unknown fields are ignored.
    """
    return await take_one(request, having, caller, partial(_order, request, having), lenient=True)


@router.post("/enhance/batch", openapi_extra=FORM_BATCH, summary="Enlarge several photos")
async def enhance_batch(request: Request, having: Having, caller: Calling) -> BatchAccepted:
    """Take photos as repeated multipart field `files`; each becomes a task, also one that turns out to be broken."""
    return await take_many(request, having, caller, partial(_order, request, having), lenient=True)


@router.get("/batch/status/{batch_id}", summary="Where a batch is")
def batch_status(batch_id: BatchId, having: Having, caller: Calling) -> BatchView:
    """Give the state of a batch and of each of its photos."""
    return having.shaper.batch(*having.service.tasks.find_batch(caller.sees, batch_id))


@router.get("/batch/download/{batch_id}", summary="Download a batch as ZIP", responses=ZIP, response_class=Response)
def batch_download(
    batch_id: BatchId,
    having: Having,
    caller: Calling,
    part: Annotated[bool, Query(alias="partial", description="What is ready, before all is.")] = False,
) -> Response:
    """Give the results of a batch as a ZIP; 409 until it has ended, unless `partial=1` asks for what is ready."""
    _, tasks = having.service.tasks.find_batch(caller.sees, batch_id)
    if not part and any(task.status not in ENDED for task in tasks):
        raise WrongStateError("the batch has not ended yet", hint="?partial=1 gives what is ready")
    ready = [task for task in tasks if task.status is Status.COMPLETED and task.result_key]
    return zip_response(having.service.store, ready, name=f"batch_{batch_id[:8]}.zip")


@router.get("/download/{task_id}", summary="Download a result", responses=PICTURE, response_class=Response)
def download(
    task_id: TaskId,
    having: Having,
    caller: Calling,
    save: Annotated[bool, Query(description="As a file to save, and not to show.")] = False,
) -> Response:
    """Give the result of a task: the very bytes that were written; 409 until it is done."""
    task = having.service.tasks.find(caller.sees, task_id)
    if task.status is not Status.COMPLETED or task.result_key is None or task.result is None:
        raise WrongStateError(f"the task is {task.status}: there is no result to download")
    result = task.result
    return file_response(
        having.service.store, task.result_key, form=str(result["format"]), name=str(result["name"]),
        etag=str(result["sha256"]), download=save,
    )  # fmt: skip


@router.get("/task/{task_id}", summary="Where a task is")
@router.get("/status/{task_id}", summary="Where a task is")
def task(task_id: TaskId, request: Request, having: Having, caller: Calling) -> TaskView:
    """Give the state of a task; clients poll until it reads completed or failed."""
    return having.shaper.task(having.service.tasks.find(caller.sees, task_id), request)


@router.get("/user/{user_id}/tasks", summary="The newest tasks of a user")
def user_tasks(
    user_id: UserId,
    request: Request,
    having: Having,
    limit: Annotated[int, Query(ge=1, le=1000, description="Most tasks to give.")] = 50,
) -> UserTasks:
    """Give the newest tasks of a user, the newest first."""
    caller = caller_of(request.scope, request.query_params.get("user_id") or request.headers.get("x-user-id"))
    if caller.acts:
        caller = caller.acting_for(user_id)
    if caller.owner != user_id:
        raise UnknownTaskError("there is no such user")
    page = having.service.history.search(user_id, Filters(), limit=limit)
    total = sum(having.service.tasks.counts(user_id).values())
    return UserTasks(user_id=user_id, total=total, tasks=[having.shaper.task(one, request) for one in page.tasks])


def _order(request: Request, having: Parts, fields: Mapping[str, str], caller: Caller) -> Order:
    given = {**dict(request.query_params), **fields}
    return lenient(given, caller, having.service.presets, having.service.settings.enhance_preset)

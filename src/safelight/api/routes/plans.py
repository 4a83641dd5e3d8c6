"""Plans and previews: what would be done, and what it would look like."""

from __future__ import annotations

import asyncio
import time
from typing import Annotated

from fastapi import APIRouter, Request
from fastapi.responses import Response
from pydantic import Field

from safelight.api.asking import Asked
from safelight.api.bodies import PICTURE, example
from safelight.api.caller import Calling
from safelight.api.files import file_response
from safelight.api.ids import TaskId
from safelight.api.live import Listener
from safelight.api.parts import Having, Parts
from safelight.api.receiving import named_source
from safelight.api.shaping import API
from safelight.api.views import ForecastView, PlanView, PreviewView
from safelight.engine.order import Region
from safelight.errors import BadRequestError, PreviewFailedError, SafelightError, TimedOutError, WrongStateError
from safelight.recipes.plan import Plan
from safelight.tasks.status import ENDED, Status
from safelight.tasks.task import Task

router = APIRouter(tags=["plans and previews"])

_PATIENCE_S = 120.0
_LOOK_S = 2.0

_PREVIEW = {
    "task": "TASK_ID", "preset": "general", "region": {"left": 0.4, "top": 0.4, "width": 0.2, "height": 0.2},
}  # fmt: skip

Id = Annotated[str, Field(max_length=64)]


class PlanBody(Asked):
    """What is to be planned."""

    photo: Id | None = Field(default=None, description="Id of an uploaded photo, for the forecast.")
    task: Id | None = Field(default=None, description="Id of an earlier task, whose photo is meant.")


class PreviewBody(PlanBody):
    """What is to be shown."""

    region: Region | None = Field(default=None, description="The part that is shown; none = a small copy of all.")
    page: Id | None = Field(
        default=None, description="Any name for the page that asks: a newer preview of the same page cancels the older."
    )


@router.post("/plan", summary="What would be done", openapi_extra=example({"preset": "general", "photo": "PHOTO_ID"}))
def plan(body: PlanBody, having: Having, caller: Calling) -> PlanView:
    """Give the signature, the forecast and the warnings; nothing is done and nothing is fetched."""
    order = body.order(caller, having.service.presets)
    source = named_source(having, caller, photo=body.photo, task=body.task) if body.photo or body.task else None
    found, ahead = having.acceptor.plan(order, source)
    forecast = None
    if ahead is not None:
        forecast = ForecastView(
            width=ahead.width, height=ahead.height, memory=ahead.memory, disk=ahead.disk,
            seconds=round(ahead.seconds, 2), measured=ahead.measured,
        )  # fmt: skip
    return PlanView(
        signature=found.signature, forecast=forecast, warnings=list(found.warnings),
        models=[model.id for step in found.steps for model in step.models], params=_filled(found),
    )  # fmt: skip


@router.post("/preview", summary="What it would look like", openapi_extra=example(_PREVIEW))
async def preview(body: PreviewBody, request: Request, having: Having, caller: Calling) -> PreviewView:
    """Make a preview, before everything else that waits, and answer when it is there.

    Its `signature` is that of the plan it was made from: a page shows it only if that is what is set now.
    """
    if not (body.photo or body.task):
        raise BadRequestError("name the photo: `photo` or `task`")

    def accept() -> tuple[Plan, Task]:
        order = body.order(caller, having.service.presets, body.region)
        source = named_source(having, caller, photo=body.photo, task=body.task)
        return having.acceptor.preview(caller, order, source, body.page)

    found, accepted = await asyncio.to_thread(accept)
    task = await _ended(request, having, accepted)
    if task.status is not Status.COMPLETED or task.result is None:
        raise _reason(task)
    result = task.result
    return PreviewView(
        task_id=task.id, signature=found.signature, url=f"{API}/preview/{task.id}", width=int(result["width"]),
        height=int(result["height"]), seconds=float(result["seconds"]),
        warnings=[str(one) for one in result["warnings"]],
    )  # fmt: skip


@router.get("/preview/{task_id}", summary="The picture of a preview", responses=PICTURE, response_class=Response)
def picture(task_id: TaskId, having: Having, caller: Calling) -> Response:
    """Give the picture of a preview; it goes some minutes after it was made."""
    task = having.service.tasks.find(caller.sees, task_id)
    if task.result_key is None or task.result is None:
        raise WrongStateError(f"the preview is {task.status}")
    return file_response(
        having.service.store, task.result_key, form=str(task.result["format"]), name=str(task.result["name"]),
        etag=str(task.result["sha256"]),
    )  # fmt: skip


async def _ended(request: Request, having: Parts, task: Task) -> Task:
    """Wait until a task has ended; a client that goes away takes its preview along."""
    until = time.monotonic() + _PATIENCE_S
    messages = having.hub.listen(Listener(owner=None, task=task.id), 0)
    try:
        while time.monotonic() < until:
            try:
                message = await asyncio.wait_for(anext(messages), _LOOK_S)
                if message.type not in ENDED:
                    continue
            except TimeoutError:
                # The wait is over, and so is the listening: a new one begins where the log is.
                messages = having.hub.listen(Listener(owner=None, task=task.id), 0)
            except StopAsyncIteration:
                messages = having.hub.listen(Listener(owner=None, task=task.id), 0)
            now = await asyncio.to_thread(having.service.tasks.find, None, task.id)
            if now.status in ENDED:
                return now
            if await request.is_disconnected():
                return await asyncio.to_thread(having.service.tasks.cancel, None, task.id)
        await asyncio.to_thread(having.service.tasks.cancel, None, task.id)
        raise TimedOutError("the preview was not ready in time", hint="retry the preview")
    finally:
        await messages.aclose()


def _reason(task: Task) -> SafelightError:
    if task.status is Status.CANCELLED:
        return WrongStateError("a newer preview of this page was asked for")
    return PreviewFailedError(task.error or f"the preview is {task.status}", hint="retry the preview")


def _filled(found: Plan) -> dict[str, object]:
    """The order with every default filled in, as POST /tasks takes it."""
    steps = [{"operation": step.operation.id, **step.params.model_dump(mode="json")} for step in found.steps]
    output = found.output
    return {
        "recipe": {"name": found.recipe.name, "title": found.recipe.title, "steps": steps},
        "format": output.format.value, "quality": output.quality, "lossless": output.lossless,
        "strip": output.strip.value,
    }  # fmt: skip

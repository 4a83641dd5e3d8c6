"""Styles for pictures of the web, as clients of the service before know it: lenient about what comes in."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Request
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from safelight.api.bodies import example
from safelight.api.caller import Calling
from safelight.api.parts import Having, Parts
from safelight.api.repeat import idempotency_of
from safelight.api.views import TaskView, TransformBatch
from safelight.engine.order import Order
from safelight.errors import BadRequestError
from safelight.operations.stylize import Backend
from safelight.recipes.recipe import read_recipe

router = APIRouter(tags=["fixed routes"])

_HERE = "no ComfyUI server is set up: the style is painted by the local styles of this machine"
_ONE = "https://photos.example/portrait.jpg"


def _text(value: object) -> object:
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else value


Text = Annotated[str, BeforeValidator(_text)]


class _Asked(BaseModel):
    model_config = ConfigDict(extra="ignore")

    user_id: Text | None = Field(default=None, max_length=128, description="Whose task it is.")
    style_type: Text = Field(default="clay", max_length=100, description="Name of a style; GET /styles lists them.")
    custom_prompt: Text | None = Field(
        default=None, max_length=10_000, description="What the style is told besides its own prompt."
    )
    strength: float = Field(default=0.6, ge=0, le=1, description="How far the result goes away from the photo, 0-1.")


class Transform(_Asked):
    """A picture of the web, and the style it is to have. Numbers may come as text; unknown fields are ignored."""

    image_url: str = Field(min_length=1, max_length=4096, description="Address of the picture, http or https.")


class TransformMany(_Asked):
    """Pictures of the web, and the style they are to have."""

    image_urls: list[Annotated[str, Field(min_length=1, max_length=4096)]] = Field(
        min_length=1, max_length=1000, description="Addresses of the pictures."
    )


@router.post("/transform", summary="Give a picture of the web a style", openapi_extra=example({
    "user_id": "user-1", "image_url": _ONE, "style_type": "clay", "strength": 0.6,
}))  # fmt: skip
def transform(body: Transform, request: Request, having: Having, caller: Calling) -> TaskView:
    """Give a task at once; the picture is fetched, and then painted by a ComfyUI server, or here where there is none.

    Which of the two is in `backend` of the answer. A busy pool queues.
    """
    acting = caller.acting_for(body.user_id)
    _, [task] = having.acceptor.fetched(
        acting, _order(body, having), [body.image_url], idempotency=idempotency_of(request)
    )
    return having.shaper.task(task, request)


@router.post("/transform/batch", summary="Give several pictures of the web a style", openapi_extra=example({
    "user_id": "user-1", "image_urls": [_ONE], "style_type": "anime", "strength": 0.6,
}))  # fmt: skip
def transform_batch(body: TransformMany, request: Request, having: Having, caller: Calling) -> TransformBatch:
    """Give a task for each picture at once; GET /batch/status/{id} tells of all of them."""
    if len(body.image_urls) > having.service.settings.max_batch:
        raise BadRequestError(f"{len(body.image_urls)} pictures are more than the {having.service.settings.max_batch} "
                              "that one batch may have")  # fmt: skip
    batch, tasks = having.acceptor.fetched(
        caller.acting_for(body.user_id),
        _order(body, having),
        body.image_urls,
        batch=True,
        idempotency=idempotency_of(request),
    )
    if batch is None:
        raise BadRequestError("there is nothing to do")
    return TransformBatch(batch_task_id=batch.id, results=[having.shaper.task(task, request) for task in tasks])


def _order(body: _Asked, having: Parts) -> Order:
    step: dict[str, Any] = {
        "operation": "stylize", "style": body.style_type, "strength": body.strength,
        "custom_prompt": body.custom_prompt or "", "backend": Backend.AUTO.value,
    }  # fmt: skip
    there = bool(having.service.settings.comfyui_servers)
    return Order(recipe=read_recipe({"name": "stylize", "steps": [step]}), notes=() if there else (_HERE,))

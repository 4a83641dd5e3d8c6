"""Models: which there are, and fetching their weights."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Path, Request

from safelight.api.caller import Calling, operating
from safelight.api.parts import Having
from safelight.api.repeat import idempotency_of
from safelight.api.views import FullTaskView, ModelView
from safelight.errors import UnknownModelError, UnknownTaskError
from safelight.models.spec import ModelSpec, ModelState
from safelight.settings import Settings
from safelight.tasks.workers import Worker

if TYPE_CHECKING:
    from safelight.wiring import Studio

router = APIRouter(tags=["models"])

ModelId = Annotated[str, Path(max_length=200, description="Name of the model.")]


@router.get("/models", summary="All models")
def models(having: Having) -> list[ModelView]:
    """Give the models of the catalog and of the models folder."""
    studio, workers = having.service.studio, having.service.living_workers()
    warm = {model for worker in workers for model in worker.facts.get("warm", [])}
    resident = _resident(workers)
    return [_view(studio, spec, warm=spec.id in warm, resident=resident) for spec in studio.catalog.list()]


@router.post("/models/{model_id}/pull", status_code=201, summary="Fetch the weights of a model")
def pull(model_id: ModelId, request: Request, having: Having, caller: Calling) -> FullTaskView:
    """Make a task that fetches the weights of a model and checks them by SHA-256.

    It is not in the history, but can be watched and cancelled as any other. If they are here it is completed at once;
    if they are being fetched already, it is the task that does so. Those who act for a user may not do that.
    """
    operating(caller, "the models are everybody's: a user may not fetch any")
    try:
        spec = having.service.studio.catalog.get(model_id)
    except UnknownModelError as error:
        raise UnknownTaskError(error.message, hint=error.hint) from error
    obstacle = having.service.studio.weights.obstacle(spec)
    if obstacle is not None:
        raise obstacle
    return having.shaper.full(having.acceptor.pull(caller, spec, idempotency=idempotency_of(request)), request)


def _resident(workers: list[Worker]) -> Mapping[str, int]:
    found: Counter[str] = Counter()
    for worker in workers:
        found.update(worker.facts.get("resident", {}))
    return found


def _view(studio: Studio, spec: ModelSpec[object], *, warm: bool, resident: Mapping[str, int]) -> ModelView:
    state, obstacle = studio.weights.state(spec), studio.weights.obstacle(spec)
    return ModelView(
        id=spec.id, title=spec.title, task=spec.task.value, scale=spec.scale, licence=spec.licence, state=state.value,
        warm=warm, bytes=studio.weights.size(spec), own=spec.custom, verified=spec.verified,
        fetchable=state is ModelState.FETCHABLE,
        reason=_public(str(obstacle), studio.settings) if obstacle else None, memory=resident.get(spec.id),
    )  # fmt: skip


def _public(text: str, settings: Settings) -> str:
    """Leave the names of folders of this machine out."""
    for folder in settings.model_folders:
        text = text.replace(str(folder), "the models folder")
    return text

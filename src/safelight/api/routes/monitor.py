"""How the service is: counts, times, health, metrics, and the queue's switch."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from safelight.api.bodies import METRICS
from safelight.api.caller import Calling, caller_of, operating
from safelight.api.health_views import Health, LimitsView, PerformanceView, SeriesView
from safelight.api.parts import Having
from safelight.api.security import IDENTITY
from safelight.api.views import Stats
from safelight.errors import SafelightError

root = APIRouter(tags=["monitoring"])
router = APIRouter(tags=["monitoring"])


@router.get("/stats", summary="How many tasks there are")
def stats(having: Having, caller: Calling) -> Stats:
    """Give a count per state."""
    counts = having.service.tasks.counts(caller.sees)
    return Stats(
        total_tasks=sum(counts.values()), **{status.value: count for status, count in counts.items()},
        paused=having.service.tasks.paused,
    )  # fmt: skip


@router.get("/performance", summary="How fast the service is")
def performance(having: Having) -> PerformanceView:
    """Give load and times: now, over the last minutes, and by operation and model."""
    return having.measuring.performance()


@router.get("/performance/series", summary="How the service was over time")
def series(having: Having) -> SeriesView:
    """Give load and times step by step over the last ten minutes, and by the hour over the last day."""
    return having.measuring.series()


@router.get("/limits", summary="How large photos may be")
def limits(having: Having) -> LimitsView:
    """Give what is refused however it is sent, so that nobody sends it in vain."""
    settings = having.service.settings
    return LimitsView(upload_bytes=settings.max_upload_mb * 2**20, pixels=settings.max_input_pixels)


@router.post("/queue/pause", summary="Hand out no more work")
def pause(having: Having, caller: Calling) -> Stats:
    """Stop handing out work: what runs goes on, and previews are made all the same.

    Those who act for a user may not do that.
    """
    operating(caller, "the queue is everybody's: a user may not stop it")
    having.service.tasks.pause(paused=True)
    return stats(having, caller)


@router.post("/queue/resume", summary="Hand out work again")
def resume(having: Having, caller: Calling) -> Stats:
    """Go on after a pause. Those who act for a user may not do that."""
    operating(caller, "the queue is everybody's: a user may not stop it")
    having.service.tasks.pause(paused=False)
    return stats(having, caller)


@root.get("/health", summary="Whether the service can work", responses={200: {"model": Health}, 503: {"model": Health}})
def health(request: Request, having: Having) -> Response:
    """Give the state of database, workers and disk; 503 when it can take no work.

    Strangers, who may ask this too, are not told which ComfyUI servers there are: those know no password. Those who act
    for a user are not told their addresses.
    """
    found = having.measuring.health()
    servers = found.comfyui.servers
    if request.scope.get(IDENTITY) is None:
        servers = []
    elif not _operates(request):
        servers = [one.model_copy(update={"name": one.label}) for one in servers]
    found = found.model_copy(update={"comfyui": found.comfyui.model_copy(update={"servers": servers})})
    # Without workers it can still take work, so nobody should be sent away.
    able = found.database == "ok" and not found.disk.full
    return JSONResponse(found.model_dump(), status_code=200 if able else 503)


@root.get("/metrics", summary="Metrics for Prometheus", responses=METRICS, response_class=Response)
def metrics(having: Having, request: Request) -> Response:
    """Give the metrics in the text format of Prometheus; where there are accounts, to operators."""
    operating(caller_of(request.scope, None), "the metrics are for operators")
    return Response(having.measuring.metrics(), media_type="text/plain; version=0.0.4; charset=utf-8")


def _operates(request: Request) -> bool:
    try:
        return caller_of(
            request.scope, request.query_params.get("user_id") or request.headers.get("x-user-id")
        ).operates
    except SafelightError:
        return False

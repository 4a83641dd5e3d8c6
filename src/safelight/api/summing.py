"""Makes the answers about batches as wholes."""

from __future__ import annotations

from collections.abc import Sequence

from safelight.api.batch_views import BatchSummary
from safelight.api.shaping import API
from safelight.service import Service
from safelight.tasks.batches import Summary, ahead_of_last
from safelight.tasks.record import rfc3339
from safelight.tasks.status import Status
from safelight.tasks.task import Lane


def summed_up(service: Service, found: Sequence[Summary]) -> list[BatchSummary]:
    """Make the views of batches."""
    left = _left(service, found)
    return [_view(one, left.get(one.batch.id)) for one in found]


def _left(service: Service, found: Sequence[Summary]) -> dict[str, float]:
    """How many seconds batches still have to go, by id, as far as anybody can tell."""
    going = [one for one in found if one.last is not None or one.counts.get(Status.PROCESSING)]
    mean = service.performance.summary().overall
    if not going or not mean.count or service.tasks.paused:
        return {}
    at_once = sum(worker.lane is Lane.DEVICE for worker in service.living_workers()) or 1
    with service.database.read() as connection:
        ahead = ahead_of_last(connection, [one.last for one in going if one.last is not None])
    left = {}
    for one in going:
        waiting = 0 if one.last is None else ahead.get(one.last, 0) + 1
        running = one.counts.get(Status.PROCESSING, 0) - one.running
        left[one.batch.id] = round(mean.mean * (waiting + running) / at_once, 1)
    return left


def _view(found: Summary, eta: float | None) -> BatchSummary:
    batch = found.batch
    return BatchSummary(
        batch_task_id=batch.id, user_id=batch.owner, status=found.status, total=batch.total,
        **{status.value: found.counts.get(status, 0) for status in Status},
        deleted=found.deleted, progress=round(found.progress, 4), eta_seconds=eta, seconds=round(found.seconds, 3),
        bytes=found.bytes, created_at=rfc3339(batch.created_at) or "", updated_at=rfc3339(found.updated_at) or "",
        finished_at=rfc3339(found.finished_at), covers=[f"{API}/tasks/{task}/thumbnail" for task in found.covers],
        presets=list(found.presets), refused=found.refused,
    )  # fmt: skip

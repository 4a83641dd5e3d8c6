"""How a worker comes by its next task."""

from __future__ import annotations

import structlog

from safelight.engine.attempt import Stop
from safelight.errors import DatabaseAwayError
from safelight.tasks.claims import Claims
from safelight.tasks.ear import Ear
from safelight.tasks.task import Lane, Priority, Task

IDLE_S = 1.0
"""How often a worker looks by itself: for scheduled tasks, and for leases that ran out."""
_AGAIN_S = 1.0

log = structlog.get_logger()


def next_preview(name: str, lane: Lane, *, claims: Claims, stop: Stop) -> Task | None:
    """Claim the next preview of a lane; None at once if there is none."""
    try:
        if claims.ready(lane, most=Priority.PREVIEW):
            return claims.claim(name, lane, most=Priority.PREVIEW)
    except DatabaseAwayError as error:
        log.warning("database away", error=str(error))
        stop.sleep(_AGAIN_S)
    return None


def next_task(name: str, lane: Lane, *, claims: Claims, ear: Ear, stop: Stop) -> Task | None:
    """Claim the next task of a lane for the worker of that name; None after a second in which there was none."""
    try:
        if claims.ready(lane) and (task := claims.claim(name, lane)) is not None:
            return task
        ear.wait(IDLE_S)
    except DatabaseAwayError as error:
        log.warning("database away", error=str(error))
        stop.sleep(_AGAIN_S)
    return None

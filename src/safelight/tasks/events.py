"""The durable log of what happened to tasks, read on from where a listener was."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, delete, func, select

from safelight.tasks.database import Database
from safelight.tasks.status import Status
from safelight.tasks.tables import events, tasks, workers
from safelight.tasks.task import Lane


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happened to a task."""

    id: int
    """Its place in the log; the ids of all events become visible in their order."""
    task: str
    """The task."""
    owner: str
    """Whose task it is."""
    batch: str | None
    """The batch of the task."""
    at: int
    """When, in ms since 1970."""
    type: str
    """What: ``accepted``, a state, or ``deleted``."""
    data: Mapping[str, Any]
    """What changed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Live:
    """How far a task is that runs now; not in the log."""

    task: str
    """The task."""
    owner: str
    """Whose task it is."""
    batch: str | None
    """The batch of the task."""
    progress: float
    """Finished share, 0-1."""
    message: str
    """What is happening."""
    glimpse: int = 0
    """Number of the newest glimpse of its result; 0 = there is none."""


_LIVE = select(
    tasks.c.id, tasks.c.owner, tasks.c.batch, tasks.c.progress, tasks.c.message, tasks.c.fence, tasks.c.lane
).where(tasks.c.status == Status.PROCESSING.value)


class Events:
    """Reads the log."""

    def __init__(self, database: Database) -> None:
        """Take the database."""
        self._database = database

    def last(self) -> int:
        """The id of the newest event; 0 if there is none."""
        with self._database.read() as connection:
            return int(connection.scalar(select(func.max(events.c.id))) or 0)

    def since(
        self,
        cursor: int,
        *,
        owner: str | None = None,
        task: str | None = None,
        batch: str | None = None,
        limit: int = 500,
    ) -> list[Event]:
        """Give the events after ``cursor``, the oldest first, of all tasks or of those that are named."""
        query = select(events).where(events.c.id > cursor).order_by(events.c.id).limit(limit)
        for column, value in ((events.c.owner, owner), (events.c.task, task), (events.c.batch, batch)):
            if value is not None:
                query = query.where(column == value)
        with self._database.read() as connection:
            return [Event(**row) for row in connection.execute(query).mappings()]

    def live(self) -> Sequence[Live]:
        """How far all tasks are that run now."""
        with self._database.read() as connection:
            rows = connection.execute(_LIVE).all()
            glimpses = _glimpses(connection) if any(lane == Lane.COMFYUI for *_, lane in rows) else {}
        return [
            Live(
                task=task, owner=owner, batch=batch, progress=progress, message=message,
                glimpse=glimpses.get((task, fence), 0),
            )
            for task, owner, batch, progress, message, fence, lane in rows
        ]  # fmt: skip

    def prune(self, before: int, *, limit: int = 1000) -> int:
        """Delete events that are older than a time in ms since 1970; tells how many."""
        old = select(events.c.id).where(events.c.at < before).order_by(events.c.id).limit(limit)
        with self._database.write() as connection:
            return len(connection.execute(delete(events).where(events.c.id.in_(old)).returning(events.c.id)).all())


def _glimpses(connection: Connection) -> dict[tuple[str, int], int]:
    """The number of the newest glimpse by task and fence, as workers of the lane tell it that has any."""
    told = connection.scalars(select(workers.c.facts).where(workers.c.lane == Lane.COMFYUI.value)).all()
    return {(task, fence): number for facts in told for task, (fence, number) in facts.get("glimpses", {}).items()}

"""Which workers there are, as they tell it themselves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, select

from safelight.tasks.database import Database, upsert
from safelight.tasks.tables import switches, workers
from safelight.tasks.task import Lane, now


@dataclass(frozen=True, slots=True, kw_only=True)
class Worker:
    """One process that works."""

    id: str
    """Its name; new at every start."""
    host: str
    """The machine on which it runs."""
    pid: int
    """Its process there."""
    lane: Lane
    """What it takes."""
    device: str
    """Where its networks run."""
    started_at: int
    """When it began, in ms since 1970."""
    seen_at: int
    """When it last showed that it lives, in ms since 1970."""
    facts: Mapping[str, Any]
    """What else it tells: ``warm`` models, ``resident`` bytes of each, ``memory`` in bytes, ``gpu`` percents, and
    ``glimpses``: by running task the fence and the number of the newest glimpse."""


class Workers:
    """The list of workers."""

    def __init__(self, database: Database) -> None:
        """Take the database."""
        self._database = database

    def show(self, worker: Worker) -> None:
        """Note that a worker lives, and what it does."""
        values = {name: getattr(worker, name) for name in Worker.__dataclass_fields__}
        with self._database.write() as connection:
            upsert(connection, workers, {**values, "lane": worker.lane.value, "facts": dict(worker.facts)})

    def leave(self, *ids: str) -> None:
        """Strike workers off the list."""
        with self._database.write() as connection:
            connection.execute(delete(workers).where(workers.c.id.in_(ids)))

    def all(self) -> list[Worker]:
        """All workers on the list, also those that have not been seen for a while."""
        with self._database.read() as connection:
            rows = connection.execute(select(workers).order_by(workers.c.started_at)).mappings()
            return [Worker(**{**row, "lane": Lane(row["lane"])}) for row in rows]

    def check(self) -> None:
        """Make sure that a sign of life could be written just now: a full disk, say, lets all be read all the same.

        Raises:
            DatabaseAwayError: it could not.
        """
        with self._database.write() as connection:
            upsert(connection, switches, {"name": "checked", "value": now()})

    def forget(self, *, unseen_ms: int) -> None:
        """Strike off those who have not been seen for so long."""
        with self._database.write() as connection:
            connection.execute(delete(workers).where(workers.c.seen_at < now() - unseen_ms))

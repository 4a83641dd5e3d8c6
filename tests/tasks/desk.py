"""The two sides of the task table over one database, for tests."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import update

from safelight.tasks.batches import Batches
from safelight.tasks.claims import Claims, Done
from safelight.tasks.database import Database
from safelight.tasks.events import Events
from safelight.tasks.moves import Moves
from safelight.tasks.repository import Repository
from safelight.tasks.status import Status
from safelight.tasks.tables import tasks
from safelight.tasks.task import Lane, NewTask, Priority, Task


@dataclass(frozen=True)
class Desk:
    """Everything that tests do to tasks."""

    database: Database
    tasks: Repository
    claims: Claims
    events: Events
    batches: Batches

    def accept(self, owner: str = "ada", *, kind: str = "photo", **more: Any) -> Task:
        [task] = self.tasks.accept([NewTask(owner=owner, kind=kind, payload={}, **more)])
        return task

    def claim(self, worker: str = "w1", **more: Any) -> Task:
        task = self.claims.claim(worker, Lane.DEVICE, **more)
        assert task is not None
        return task

    def finish(self, task: Task, **result: Any) -> None:
        self.claims.finish(task, Done(result=result))

    def status(self, task: Task) -> Status:
        return self.tasks.find(None, task.id).status

    def expire(self, task: Task) -> None:
        """Let the lease of a task run out."""
        with self.database.write() as connection:
            connection.execute(update(tasks).where(tasks.c.id == task.id).values(lease_until=1))


def desk_over(database: Database, *, most_waiting: int = 1000, posting: bool = False) -> Desk:
    moves = Moves(database, posting=posting)
    return Desk(
        database,
        Repository(database, moves, most_waiting=most_waiting),
        Claims(database, moves, lease_ms=60_000),
        Events(database),
        Batches(database),
    )


SINGLE, BATCH, PREVIEW = Priority.SINGLE, Priority.BATCH, Priority.PREVIEW

"""Tasks that go on for too long, whatever somebody does to the clock."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from safelight.engine.local import LocalEngine, _Child
from safelight.engine.overtime import Overtime
from safelight.settings import Settings
from safelight.tasks.claims import Claims
from safelight.tasks.database import Database
from safelight.tasks.migrate import migrate
from safelight.tasks.moves import Moves
from safelight.tasks.repository import Repository
from safelight.tasks.status import Status
from safelight.tasks.tables import tasks
from safelight.tasks.task import Lane, NewTask, Task
from safelight.tasks.workers import Workers


class Table:
    """A table with one task that runs."""

    def __init__(self, folder: Path) -> None:
        self.settings = Settings(data_dir=folder, task_timeout_s=100, cancel_grace_s=10)
        self.database = Database(self.settings.database_address)
        migrate(self.database)
        moves = Moves(self.database, posting=False)
        self.tasks = Repository(self.database, moves, most_waiting=9)
        self.claims = Claims(self.database, moves, lease_ms=60_000)
        self.tasks.accept([NewTask(owner="ada", kind="photo", payload={})])
        self.task = self.claim()

    def claim(self) -> Task:
        found = self.claims.claim("w", Lane.DEVICE)
        assert found is not None
        return found

    def running(self) -> list[Task]:
        return self.claims.running(["w"])


@pytest.fixture
def table(tmp_path: Path) -> Iterator[Table]:
    table = Table(tmp_path)
    yield table
    table.database.close()


@pytest.fixture
def overtime() -> Overtime:
    return Overtime(task_s=100, grace_s=10)


def test_a_task_is_late_when_its_time_and_the_grace_are_over(table: Table, overtime: Overtime) -> None:
    assert overtime.late(table.running(), 1000.0) == []
    assert overtime.late(table.running(), 1110.0) == []
    assert [one.id for one in overtime.late(table.running(), 1110.5)] == [table.task.id]


def test_the_grace_after_a_cancel_begins_when_it_is_seen(table: Table, overtime: Overtime) -> None:
    overtime.late(table.running(), 1000.0)
    table.tasks.cancel("ada", table.task.id)
    assert overtime.late(table.running(), 1050.0) == []
    assert overtime.late(table.running(), 1060.0) == []
    assert [one.id for one in overtime.late(table.running(), 1060.5)] == [table.task.id]


def test_another_attempt_has_all_its_time_again(table: Table, overtime: Overtime) -> None:
    overtime.late(table.running(), 1000.0)
    table.claims.hand_back(table.task)
    table.claim()
    assert overtime.late(table.running(), 1200.0) == []
    assert len(overtime.late(table.running(), 1311.0)) == 1


class Stubborn:
    """A process that is there, and notes that it was killed."""

    killed = False

    def is_alive(self) -> bool:
        return True

    def kill(self) -> None:
        self.killed = True


def test_a_clock_that_jumps_ends_no_task(table: Table) -> None:
    """As after a laptop was shut for a night: by the wall clock the task began long ago."""
    engine = LocalEngine(
        table.settings, claims=table.claims, workers=Workers(table.database), factory="none:none", lanes=[Lane.DEVICE]
    )
    process: Any = Stubborn()
    engine._devices.append(_Child("worker", lambda: ("w", process), name="w", process=process))
    with table.database.write() as connection:
        connection.execute(update(tasks).values(started_at=1000))
    engine._kill_overdue(5000.0)
    assert not process.killed
    assert table.tasks.find(None, table.task.id).status is Status.PROCESSING
    engine._kill_overdue(5111.0)
    assert process.killed
    assert table.tasks.find(None, table.task.id).error_code == "timed_out"

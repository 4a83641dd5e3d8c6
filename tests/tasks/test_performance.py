"""How long tasks took, and how many ended when."""

from __future__ import annotations

import pytest
from desk import Desk, desk_over
from sqlalchemy import text, update

from safelight.tasks import performance as module
from safelight.tasks.claims import Done
from safelight.tasks.database import Database
from safelight.tasks.performance import Performance
from safelight.tasks.tables import tasks
from safelight.tasks.task import PREVIEW, PULL, Lane, Task


@pytest.fixture
def desk(database: Database) -> Desk:
    return desk_over(database)


def ended(desk: Desk, at: int, seconds: float | None, kind: str = "photo") -> Task:
    """A task that ended at a time; without seconds it failed."""
    desk.accept(kind=kind)
    task = desk.claim()
    if seconds is None:
        desk.claims.fail(task, "broken_photo", "cut short", seconds=9.0)
    else:
        desk.claims.finish(task, Done(result={}, seconds=seconds))
    with desk.database.write() as connection:
        connection.execute(update(tasks).where(tasks.c.id == task.id).values(finished_at=at))
    return task


def test_what_ended_in_some_time_is_counted_without_what_is_no_work_of_the_users(desk: Desk) -> None:
    for at, seconds in ((999, 1.0), (1000, 1.0), (1500, 3.0), (1999, None), (2000, 5.0)):
        ended(desk, at, seconds)
    for kind in (PREVIEW, PULL):
        ended(desk, 1500, 7.0, kind)
    desk.tasks.cancel("ada", desk.accept().id)
    found = Performance(desk.database).ended(1000, 2000)
    assert (found.completed, found.failed, found.seconds) == (2, 1, (1.0, 3.0))
    assert (found.times.mean, found.times.p95) == (2.0, 3.0)
    assert Performance(desk.database).tally(1000, 2000) == (2, 1, 2.0)
    assert Performance(desk.database).tally(5000, 6000) == (0, 0, None)


def test_what_goes_on_is_counted_without_what_is_no_work_of_the_users(desk: Desk) -> None:
    for kind in ("photo", "photo", "photo", PULL, PREVIEW):
        desk.accept(kind=kind)
    desk.claim()
    assert Performance(desk.database).going() == (1, 2)


def test_what_ended_is_read_from_an_index_alone(database: Database) -> None:
    """On PostgreSQL that is so once a table is tidy, which a test is too short for."""
    if not database.sqlite:
        pytest.skip("asks SQLite")
    limits = {"since": 1, "until": 2}
    for query in (module._ENDED, module._TALLY):
        compiled = query.params(limits).compile(database.engine, compile_kwargs={"literal_binds": True})
        with database.read() as connection:
            plan = " ".join(row[3] for row in connection.execute(text(f"EXPLAIN QUERY PLAN {compiled}")))
        assert "COVERING INDEX tasks_finished" in plan


def test_what_waits_for_servers_is_told_by_their_times_and_how_many_are_at_work_together(desk: Desk) -> None:
    ended(desk, 1, 100.0)
    for _ in range(6):
        desk.accept(lane=Lane.COMFYUI)
    painted = desk.claims.claim("c", Lane.COMFYUI)
    assert painted is not None
    desk.claims.finish(painted, Done(result={}, seconds=3.0))
    waiting = desk.accept(lane=Lane.COMFYUI)
    for _ in range(2):
        assert desk.claims.claim("c", Lane.COMFYUI) is not None
    desk.accept()
    desk.claim()
    performance = Performance(desk.database)
    # Two run together: with four ahead it begins after two rounds.
    assert performance.eta(waiting, 4) == 9.0
    assert performance.eta(desk.accept(), 1) == 200.0

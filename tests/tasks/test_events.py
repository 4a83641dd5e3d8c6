"""The durable log, and hearing of it at once."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pytest
from desk import Desk, desk_over
from sqlalchemy import text

from safelight.tasks.database import CHANNEL, Database
from safelight.tasks.ear import Ear, open_ear
from safelight.tasks.task import now


@pytest.fixture
def desk(database: Database) -> Desk:
    return desk_over(database)


@pytest.fixture
def ear(database: Database) -> Iterator[Ear]:
    ear = open_ear(database)
    while ear.wait(0.05):
        pass
    yield ear
    ear.close()


def test_everything_that_happens_to_a_task_is_in_the_log_in_its_order(desk: Desk) -> None:
    task = desk.accept()
    desk.claims.fail(desk.claim(), "broken_photo", "cut short")
    desk.tasks.retry("ada", task.id)
    desk.finish(desk.claim())
    found = desk.events.since(0, task=task.id)
    assert [event.type for event in found] == ["accepted", "processing", "failed", "pending", "processing", "completed"]
    assert found[2].data["error"] == "cut short"
    assert [event.id for event in found] == sorted({event.id for event in found})
    assert desk.events.last() == found[-1].id


def test_the_log_is_read_on_from_a_cursor_and_only_ones_own(desk: Desk) -> None:
    first, foreign = desk.accept("ada"), desk.accept("eve")
    cursor = desk.events.last()
    second = desk.accept("ada")
    assert [event.task for event in desk.events.since(0, owner="ada")] == [first.id, second.id]
    assert [event.task for event in desk.events.since(cursor)] == [second.id]
    assert [event.task for event in desk.events.since(0, task=foreign.id)] == [foreign.id]
    assert len(desk.events.since(0, limit=2)) == 2


def test_a_listener_never_misses_an_event_of_writers_that_race(desk: Desk) -> None:
    """On PostgreSQL ids are given out before commits; without an order of commits a cursor would skip some."""
    seen: list[int] = []
    done = threading.Event()

    def listen() -> None:
        cursor, last = 0, False
        while not last:
            last = done.is_set()
            for event in desk.events.since(cursor):
                seen.append(event.id)
                cursor = event.id

    def write() -> None:
        for _ in range(25):
            desk.accept()

    listener = threading.Thread(target=listen)
    writers = [threading.Thread(target=write) for _ in range(4)]
    for thread in (listener, *writers):
        thread.start()
    for thread in writers:
        thread.join()
    done.set()
    listener.join()
    assert seen == [event.id for event in desk.events.since(0)]
    assert len(seen) == 100


def test_an_ear_hears_what_another_connection_commits(desk: Desk, ear: Ear) -> None:
    assert not ear.wait(0.05)
    desk.accept()
    assert ear.wait(5)


def test_an_ear_hears_what_happened_before_it_began_to_wait(desk: Desk, ear: Ear) -> None:
    desk.accept()
    # The server brings the notice a moment after the commit.
    assert ear.wait(5)


def test_an_ear_hears_few_times_of_all_that_has_happened(database: Database, ear: Ear) -> None:
    """A worker that was busy must not look at the table for each of the thousands of notices meanwhile."""
    if database.sqlite:
        pytest.skip("SQLite sends no notices")
    notices = text("SELECT pg_notify(:channel, repeat(n::text, 500)) FROM generate_series(1000, 5000) AS n")
    with database.write() as connection:
        connection.execute(notices, {"channel": CHANNEL})
    time.sleep(0.5)
    heard = 0
    while ear.wait(0.5):
        heard += 1
    # The server may bring them in some parts.
    assert 1 <= heard <= 20


def test_running_tasks_tell_how_far_they_are(desk: Desk) -> None:
    desk.accept()
    mine = desk.claim()
    desk.claims.renew([mine], {mine.id: (0.5, "processing")})
    [live] = desk.events.live()
    assert (live.task, live.owner, live.progress, live.message) == (mine.id, "ada", 0.5, "processing")


def test_old_events_are_forgotten(desk: Desk) -> None:
    desk.accept()
    assert desk.events.prune(0) == 0
    assert desk.events.prune(now() + 1000) == 1
    assert desk.events.since(0) == []

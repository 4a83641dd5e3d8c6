"""The line of those who write to a SQLite file: nobody is in it with another, and nobody is overtaken for long."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
import time
from pathlib import Path

import pytest
from sqlalchemy import text

from safelight.errors import DatabaseAwayError
from safelight.tasks import database as module
from safelight.tasks import queueing
from safelight.tasks.database import Database, sqlite_url
from safelight.tasks.queueing import WriteLine

COUNT = text("UPDATE counter SET n = n + 1 RETURNING n")


def busy(path: str, ready: object, stop: object) -> None:
    """Write all the time, as a worker with many threads does."""
    database = Database(path)
    while not stop.is_set():  # type: ignore[attr-defined]
        with database.write() as connection:
            connection.execute(COUNT)
            time.sleep(0.002)
        ready.set()  # type: ignore[attr-defined]
    database.close()


def asleep(path: str, ready: object) -> None:
    """Take the turn and never give it back."""
    with WriteLine(Path(path)).turn(5) as mine:
        assert mine
        ready.set()  # type: ignore[attr-defined]
        time.sleep(60)


@pytest.fixture
def url(tmp_path: Path) -> str:
    url = sqlite_url(tmp_path / "safelight.db")
    database = Database(url)
    with database.write() as connection:
        connection.execute(text("CREATE TABLE counter (n INTEGER)"))
        connection.execute(text("INSERT INTO counter VALUES (0)"))
    database.close()
    return url


def test_a_writer_that_never_rests_overtakes_nobody_for_long(url: str) -> None:
    context = multiprocessing.get_context("spawn")
    ready, stop = context.Event(), context.Event()
    others = [context.Process(target=busy, args=(url, ready, stop)) for _ in range(2)]
    for one in others:
        one.start()
    try:
        assert ready.wait(60)
        database, overtaken = Database(url), list[int]()
        for _ in range(100):
            with database.read() as connection:
                before = int(connection.scalar(text("SELECT n FROM counter")) or 0)
            with database.write() as connection:
                overtaken.append(int(connection.scalar(COUNT) or 0) - before - 1)
            time.sleep(0.003)
        database.close()
    finally:
        stop.set()
        for one in others:
            one.join()
    # Who waits for SQLite itself sleeps longer each time, sees dozens go by, and may not get its turn at all.
    assert max(overtaken) <= 30, overtaken


def test_two_never_have_the_turn_at_once(tmp_path: Path) -> None:
    inside, worst, lock = 0, 0, threading.Lock()
    lines = [WriteLine(tmp_path / "a.db") for _ in range(3)]

    def go(line: WriteLine) -> None:
        nonlocal inside, worst
        for _ in range(50):
            with line.turn(30) as mine:
                assert mine
                with lock:
                    inside += 1
                    worst = max(worst, inside)
                with lock:
                    inside -= 1

    threads = [threading.Thread(target=go, args=(line,)) for line in lines for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert worst == 1


def test_who_answers_requests_goes_first_and_others_come_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queueing, "_POLITE_S", 30.0)
    answering, working = WriteLine(tmp_path / "a.db", first=True), WriteLine(tmp_path / "a.db")
    order, inside, go = list[str](), threading.Event(), threading.Event()

    def write(line: WriteLine, name: str) -> None:
        with line.turn(60) as mine:
            assert mine
            order.append(name)
            inside.set()
            go.wait(30)

    threads = [threading.Thread(target=write, args=(answering, "answer")) for _ in range(4)]
    threads[0].start()
    inside.wait(30)
    threads.insert(1, threading.Thread(target=write, args=(working, "work")))
    for thread in threads[1:]:
        thread.start()
        time.sleep(0.02)
    go.set()
    for thread in threads:
        thread.join()
    assert order == [*["answer"] * 4, "work"]


def test_a_process_that_dies_with_the_turn_leaves_it_to_the_next(url: str, tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    ready = context.Event()
    holder = context.Process(target=asleep, args=(str(tmp_path / "safelight.db"), ready))
    holder.start()
    assert ready.wait(60)
    os.kill(holder.pid or 0, signal.SIGKILL)
    holder.join()
    database = Database(url)
    with database.write() as connection:
        assert connection.scalar(COUNT) == 1
    database.close()


def test_one_that_stands_still_with_the_turn_but_not_with_the_database_stops_nobody(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_WAIT_MS", 300)
    line = WriteLine(tmp_path / "safelight.db")
    with line.turn(1) as mine:
        assert mine
        database = Database(url)
        with database.write() as connection:
            assert connection.scalar(COUNT) == 1
        database.close()


def test_a_thread_that_waits_for_too_long_is_told(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_WAIT_MS", 200)
    database, inside, leave = Database(url), threading.Event(), threading.Event()

    def hold() -> None:
        with database.write():
            inside.set()
            leave.wait(30)

    thread = threading.Thread(target=hold)
    thread.start()
    inside.wait(30)
    with pytest.raises(DatabaseAwayError, match="busy for too long"), database.write():
        pytest.fail("two write at once")
    leave.set()
    thread.join()
    database.close()

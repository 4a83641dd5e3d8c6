"""What a task costs that does nothing: from accepting it to seeing it done, with a worker process of its own."""

from __future__ import annotations

import multiprocessing
import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.harness import Unavailable
from bench.toolbox import NOTHING
from safelight.engine.process import Post, work
from safelight.settings import Settings
from safelight.tasks.database import Database
from safelight.tasks.migrate import migrate
from safelight.tasks.moves import Moves
from safelight.tasks.repository import Repository
from safelight.tasks.task import Lane, NewTask, Task
from safelight.tasks.workers import Workers

_FACTORY = "bench.toolbox:toolbox"
_LOOK_S = 0.0005
_PATIENCE_S = 60.0
_COMMITS = 200
_IDLE_S = 3.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Overhead:
    """Seconds and rates of one round."""

    single: tuple[float, ...]
    """From the call of accept to the moment when another connection sees the task done; one task at a time."""
    accept: tuple[float, ...]
    """The call of accept alone, of the same tasks."""
    idle: tuple[float, ...]
    """As ``single``, of tasks that come after seconds of silence."""
    rate: float
    """Tasks a second, accepted as fast as possible while the worker works, until the last is done."""


def overhead(folder: Path, *, singles: int, idles: int, many: int) -> Overhead:
    """Measure on a new SQLite file.

    Raises:
        Unavailable: the worker does not work.
    """
    settings = Settings(data_dir=folder, history_files=False, log_level="warning")
    database = Database(settings.database_address)
    migrate(database)
    repository = Repository(database, Moves(database, posting=False), most_waiting=1_000_000)
    with _worker(settings, database), closing(_look(folder)) as look:
        for _ in range(10):
            _done(look, _accept(repository))
        single, accept = [], []
        for _ in range(singles):
            start = time.perf_counter()
            task = _accept(repository)
            accept.append(time.perf_counter() - start)
            _done(look, task)
            single.append(time.perf_counter() - start)
        idle = []
        for _ in range(idles):
            time.sleep(_IDLE_S)
            start = time.perf_counter()
            _done(look, _accept(repository))
            idle.append(time.perf_counter() - start)
        start = time.perf_counter()
        _done(look, [_accept(repository) for _ in range(many)][-1])
        rate = many / (time.perf_counter() - start)
    database.close()
    return Overhead(single=tuple(single), accept=tuple(accept), idle=tuple(idle), rate=rate)


def fsync_seconds(folder: Path) -> tuple[float, ...]:
    """Take the time of writing 4 KB to the end of a file and onto the disk, many times."""
    taken = []
    with (folder / "fsync").open("wb", buffering=0) as file:
        for _ in range(_COMMITS):
            file.write(b"x" * 4096)
            start = time.perf_counter()
            os.fdatasync(file.fileno())
            taken.append(time.perf_counter() - start)
    return tuple(taken)


def commit_seconds(folder: Path) -> tuple[float, ...]:
    """Take the time of the smallest SQLite transaction, in the same mode as Safelight's, many times."""
    taken = []
    with closing(sqlite3.connect(folder / "bare.db", isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("CREATE TABLE bare (id INTEGER PRIMARY KEY, text TEXT)")
        for number in range(_COMMITS):
            start = time.perf_counter()
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("INSERT INTO bare (text) VALUES (?)", (f"{number:0100}",))
            connection.execute("COMMIT")
            taken.append(time.perf_counter() - start)
    return tuple(taken)


@contextmanager
def _worker(settings: Settings, database: Database) -> Iterator[None]:
    post = Post(name="bench", lane=Lane.DEVICE, factory=_FACTORY)
    process = multiprocessing.get_context("spawn").Process(target=work, args=(post, settings))
    process.start()
    try:
        until = time.monotonic() + _PATIENCE_S
        while not Workers(database).all():
            if not process.is_alive() or time.monotonic() > until:
                raise Unavailable("the worker does not start")
            time.sleep(0.05)
        yield
    finally:
        process.terminate()
        process.join(10)
        process.kill()


def _accept(repository: Repository) -> Task:
    [task] = repository.accept([NewTask(owner="bench", kind=NOTHING, payload={}, input_name="IMG_0001.jpg")])
    return task


def _look(folder: Path) -> sqlite3.Connection:
    return sqlite3.connect(folder / "safelight.db", isolation_level=None)


def _done(look: sqlite3.Connection, task: Task) -> None:
    until = time.monotonic() + _PATIENCE_S
    while look.execute("SELECT status FROM tasks WHERE seq = ?", (task.seq,)).fetchone() != ("completed",):
        if time.monotonic() > until:
            raise Unavailable("a task that does nothing is not done after a minute")
        time.sleep(_LOOK_S)

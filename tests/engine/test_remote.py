"""The lane that waits for others: as many tasks at once as there are slots, and more one after the other."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from safelight.engine.attempt import Attempts, Stop
from safelight.engine.heart import Heart
from safelight.engine.job import Job, Toolbox
from safelight.engine.remote import RemoteWorker
from safelight.errors import PaintError, ServersAwayError
from safelight.tasks.claims import Claims, Done
from safelight.tasks.database import Database, sqlite_url
from safelight.tasks.ear import open_ear
from safelight.tasks.migrate import migrate
from safelight.tasks.moves import Moves
from safelight.tasks.repository import Repository
from safelight.tasks.status import Status
from safelight.tasks.task import PREVIEW, Lane, NewTask, Priority, Task
from service_process import wait_until

SLOTS, TASKS, PATIENCE_S = 3, 8, 20.0


class House:
    """A lane with handlers of the test's own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.database = Database(sqlite_url(folder / "safelight.db"))
        migrate(self.database)
        moves = Moves(self.database, posting=False)
        self.tasks = Repository(self.database, moves, most_waiting=100)
        self.claims = Claims(self.database, moves, lease_ms=60_000)

    def accept(self, kind: str, **more: Any) -> Task:
        new = NewTask(owner="a", kind=kind, payload={}, lane=Lane.COMFYUI, **more)
        return self.tasks.accept([new])[0]

    def status(self, task: Task) -> Status:
        return self.tasks.find(None, task.id).status

    @contextmanager
    def worker(self, **toolbox: Any) -> Iterator[Callable[[float], None]]:
        """Lets a worker work; gives what asks it to end, and waits for that."""
        stop, ear = Stop(), open_ear(self.database)
        tools = Toolbox(**{"warm": tuple, "prepare": _nothing, "close": _nothing, **toolbox})
        heart = Heart(self.claims, Lane.COMFYUI, lease_s=60, show=_nothing)
        attempts = Attempts(
            Lane.COMFYUI, claims=self.claims, toolbox=tools, task_s=60, folder=self.folder / "work", heart=heart,
            stop=stop,
        )  # fmt: skip
        worker = RemoteWorker(
            "r1", Lane.COMFYUI, slots=SLOTS, claims=self.claims, ear=ear, toolbox=tools, attempts=attempts,
            heart=heart, stop=stop,
        )  # fmt: skip
        thread = threading.Thread(target=worker.run)
        thread.start()

        def end(drain_s: float) -> None:
            stop.ask(drain_s)
            thread.join(PATIENCE_S)

        try:
            yield end
        finally:
            end(0)
            ear.close()
            self.database.close()
        assert not thread.is_alive()


def _nothing() -> None:
    return


def test_previews_are_made_though_all_slots_are_taken_and_nobody_is_ready(tmp_path: Path) -> None:
    house, go, seen = House(tmp_path), threading.Event(), list[str]()

    def photo(_task: Task, job: Job) -> Done:
        seen.append("photo")
        while not go.is_set():
            job.check_cancelled()
            time.sleep(0.01)
        return Done(result={})

    def preview(_task: Task, _job: Job) -> Done:
        seen.append("preview")
        return Done(result={})

    photos = [house.accept("photo") for _ in range(SLOTS + 1)]
    with house.worker(handlers={"photo": photo, PREVIEW: preview}):
        wait_until(lambda: len(seen) == SLOTS, PATIENCE_S, lambda: f"{seen}", 0.01)
        shown = [house.accept(PREVIEW, priority=Priority.PREVIEW) for _ in range(3)]
        wait_until(lambda: {house.status(one) for one in shown} == {Status.COMPLETED}, PATIENCE_S, lambda: f"{seen}")
        assert seen.count("photo") == SLOTS
        go.set()
        wait_until(lambda: {house.status(one) for one in photos} == {Status.COMPLETED}, PATIENCE_S, lambda: f"{seen}")


def test_what_cannot_begin_now_stays_where_it_is_but_previews_are_told(tmp_path: Path) -> None:
    house = House(tmp_path)

    def nobody(_task: Task, _job: Job) -> Done:
        raise PaintError("there is no preview now")

    photo = house.accept("photo")
    with house.worker(handlers={"photo": nobody, PREVIEW: nobody}, ready=lambda: False):
        shown = house.accept(PREVIEW, priority=Priority.PREVIEW)
        wait_until(lambda: house.status(shown) is Status.FAILED, PATIENCE_S, "the preview waits")
        assert house.tasks.find(None, shown.id).error == "there is no preview now"
        assert house.status(photo) is Status.PENDING


def test_an_end_waits_for_nobody_who_only_waits_himself(tmp_path: Path) -> None:
    house, let_go, waiting = House(tmp_path), threading.Event(), threading.Event()

    def waits(_task: Task, job: Job) -> Done:
        waiting.set()
        while not let_go.is_set():
            job.check_cancelled()
            time.sleep(0.01)
        raise ServersAwayError("the service is stopping")

    task = house.accept("photo")
    with house.worker(handlers={"photo": waits}, wind_down=let_go.set) as end:
        assert waiting.wait(PATIENCE_S)
        began = time.monotonic()
        end(PATIENCE_S)
        assert time.monotonic() - began < PATIENCE_S / 2
        found = house.tasks.find(None, task.id)
        # It need not wait for a server that was never away.
        assert (found.status, found.message, found.not_before) == (Status.PENDING, "the service is restarting", 0)


def test_more_tasks_than_slots_are_all_done_and_never_more_at_once(tmp_path: Path) -> None:
    database = Database(sqlite_url(tmp_path / "safelight.db"))
    migrate(database)
    moves = Moves(database, posting=False)
    tasks, claims = Repository(database, moves, most_waiting=100), Claims(database, moves, lease_ms=60_000)
    together, most, lock = 0, 0, threading.Lock()
    full = threading.Barrier(SLOTS)

    def handle(task: Task, _job: Job) -> Done:
        nonlocal together, most
        with lock:
            together += 1
            most = max(most, together)
        if int(task.payload["n"]) < SLOTS:
            full.wait(PATIENCE_S)
        with lock:
            together -= 1
        return Done(result={})

    def nothing() -> None:
        return

    tasks.accept([NewTask(owner="a", kind="fetch", payload={"n": n}, lane=Lane.REMOTE) for n in range(TASKS)])
    stop, ear = Stop(), open_ear(database)
    toolbox = Toolbox(handlers={"fetch": handle}, warm=tuple, prepare=nothing, close=nothing)
    heart = Heart(claims, Lane.REMOTE, lease_s=60, show=nothing)
    attempts = Attempts(
        Lane.REMOTE, claims=claims, toolbox=toolbox, task_s=60, folder=tmp_path / "work", heart=heart, stop=stop
    )
    worker = RemoteWorker(
        "r1",
        Lane.REMOTE,
        slots=SLOTS,
        claims=claims,
        ear=ear,
        toolbox=toolbox,
        attempts=attempts,
        heart=heart,
        stop=stop,
    )
    thread = threading.Thread(target=worker.run)
    thread.start()
    until = time.monotonic() + PATIENCE_S
    while tasks.counts()[Status.COMPLETED] < TASKS and time.monotonic() < until:
        time.sleep(0.01)
    stop.ask(1.0)
    thread.join(PATIENCE_S)
    ear.close()
    done = tasks.counts()[Status.COMPLETED]
    database.close()
    assert (done, most) == (TASKS, SLOTS)

"""The lane that waits for others: as many tasks at once as there are slots, and more one after the other."""

from __future__ import annotations

import threading
import time
from pathlib import Path

from safelight.engine.attempt import Attempts, Stop
from safelight.engine.heart import Heart
from safelight.engine.job import Job, Toolbox
from safelight.engine.remote import RemoteWorker
from safelight.tasks.claims import Claims, Done
from safelight.tasks.database import Database, sqlite_url
from safelight.tasks.ear import open_ear
from safelight.tasks.migrate import migrate
from safelight.tasks.moves import Moves
from safelight.tasks.repository import Repository
from safelight.tasks.status import Status
from safelight.tasks.task import Lane, NewTask, Task

SLOTS, TASKS, PATIENCE_S = 3, 8, 20.0


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

"""The process of a worker, from its first line to its last."""

from __future__ import annotations

import multiprocessing
import multiprocessing.connection
import os
import signal
import socket
import threading
from contextlib import suppress
from dataclasses import dataclass

from safelight.engine.attempt import Attempts, Stop
from safelight.engine.calling import call
from safelight.engine.heart import Heart
from safelight.engine.job import Toolbox
from safelight.engine.logs import configure
from safelight.engine.remote import RemoteWorker
from safelight.engine.worker import Worker
from safelight.errors import DatabaseAwayError
from safelight.settings import Settings
from safelight.tasks.claims import Claims
from safelight.tasks.database import Database
from safelight.tasks.ear import open_ear
from safelight.tasks.moves import Moves
from safelight.tasks.task import Lane, now
from safelight.tasks.workers import Worker as Entry
from safelight.tasks.workers import Workers

_NICE = 10
"""Networks take all cores for minutes; who sends a photo meanwhile should not wait for that."""
DRAIN_S = 20.0
"""How long a task may go on when the service stops; then it is handed back."""
ORPHAN_DRAIN_S = 2.0
"""The same, when the process that looks after the workers is gone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """A place for a worker."""

    name: str
    """The worker's name; new at every start."""
    lane: Lane
    """What it takes."""
    factory: str
    """``module:function`` that makes its toolbox."""
    slots: int = 32
    """How many tasks it does at once where it waits for other machines."""


def work(post: Post, settings: Settings) -> None:
    """Be a worker until told to stop, or until the parent process is gone."""
    configure(settings.log_level, worker=post.name)
    if post.lane is Lane.DEVICE and hasattr(os, "nice"):
        os.nice(_NICE)
    stop = Stop()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, lambda _number, _frame: stop.ask(DRAIN_S))
    threading.Thread(target=_outlive_no_parent, args=(stop,), daemon=True).start()
    database = Database(settings.database_address)
    claims = Claims(database, Moves(database, posting=bool(settings.hook_url)), lease_ms=round(settings.lease_s * 1000))
    toolbox: Toolbox = call(post.factory, settings, post.lane)
    workers, started = Workers(database), now()

    def show() -> None:
        facts = {
            "warm": list(toolbox.warm()), "resident": dict(toolbox.resident()), "memory": resident_bytes(),
            "gpu": dict(toolbox.gpu()), "servers": [dict(one) for one in toolbox.servers()],
            "glimpses": {task: list(one) for task, one in toolbox.glimpses().items()},
        }  # fmt: skip
        workers.show(
            Entry(
                id=post.name, host=socket.gethostname(), pid=os.getpid(), lane=post.lane, device=settings.device,
                started_at=started, seen_at=now(), facts=facts,
            )
        )  # fmt: skip

    heart = Heart(claims, post.lane, lease_s=settings.lease_s, show=show, glimpses=toolbox.glimpses)
    folder = settings.data_dir / "work"
    attempts = Attempts(
        post.lane, claims=claims, toolbox=toolbox, task_s=settings.task_timeout_s, folder=folder, heart=heart, stop=stop
    )
    ear = open_ear(database)
    worker: Worker | RemoteWorker
    if post.lane is not Lane.DEVICE:
        worker = RemoteWorker(
            post.name, post.lane, slots=post.slots, claims=claims, ear=ear, toolbox=toolbox, attempts=attempts,
            heart=heart, stop=stop,
        )  # fmt: skip
    else:
        worker = Worker(post.name, claims=claims, ear=ear, toolbox=toolbox, attempts=attempts, heart=heart, stop=stop)
    worker.run()
    # If that fails, the process that looks after the workers strikes it off the list.
    with suppress(DatabaseAwayError):
        workers.leave(post.name)


def resident_bytes() -> int:
    """Memory that this process takes, in bytes."""
    import psutil

    return int(psutil.Process().memory_info().rss)


def _outlive_no_parent(stop: Stop) -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        multiprocessing.connection.wait([parent.sentinel])
        stop.ask(ORPHAN_DRAIN_S)

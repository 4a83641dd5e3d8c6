"""The sign of life of a worker: a thread that renews leases, tells progress, and hears of cancels and previews."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping

import structlog

from safelight.engine.job import Progress
from safelight.errors import DatabaseAwayError
from safelight.tasks.claims import Claims
from safelight.tasks.task import Lane, Priority, Task

_BEAT_S = 0.1
_TELL_S = 0.25
_SHOW_S = 0.5

Glimpsed = Callable[[], Mapping[str, tuple[int, int]]]
"""By running task of which there is a glimpse: the fence of the attempt, and the number of the newest."""

log = structlog.get_logger()


class Held:
    """A task that this worker is at."""

    def __init__(self, task: Task) -> None:
        """Take a task that was just claimed."""
        self.task = task
        self.progress = Progress()
        self.unwanted = threading.Event()
        """Set when its owner has cancelled it, or somebody else has it now."""
        self.began = time.monotonic()


class Heart:
    """Beats until it is stopped."""

    def __init__(
        self, claims: Claims, lane: Lane, *, lease_s: float, show: Callable[[], None], glimpses: Glimpsed = dict
    ) -> None:
        """Take the claims, the lane whose previews are listened for, and what shows this worker on the list.

        ``glimpses`` tells of what there are glimpses; when that has changed the worker is shown anew.
        """
        self._claims = claims
        self._lane = lane
        self._renew_s = lease_s / 4
        self._show = show
        self._glimpses = glimpses
        self._seen: Mapping[str, tuple[int, int]] = {}
        self._lock = threading.Lock()
        self._held: dict[str, Held] = {}
        self._stop = threading.Event()
        self._told: dict[str, tuple[float, str]] = {}
        self._renewed = self._shown = 0.0
        self.preview_waits = threading.Event()
        """Set while a preview seems to wait."""
        self._thread = threading.Thread(target=self._run, name="heart", daemon=True)

    def start(self) -> None:
        """Begin to beat."""
        self._thread.start()

    def stop(self) -> None:
        """Stop beating."""
        self._stop.set()
        self._thread.join()

    def hold(self, task: Task) -> Held:
        """Renew the lease of a task from now on."""
        held = Held(task)
        with self._lock:
            self._held[task.id] = held
        return held

    def drop(self, held: Held) -> None:
        """Renew the lease no more."""
        with self._lock:
            self._held.pop(held.task.id, None)
            self._told.pop(held.task.id, None)

    def _run(self) -> None:
        while not self._stop.wait(_BEAT_S):
            try:
                self._beat()
            except DatabaseAwayError as error:
                # The work goes on; if the lease is lost meanwhile, the commit will be refused.
                log.warning("database away", error=str(error))
                self._stop.wait(1.0)

    def _beat(self) -> None:
        at = time.monotonic()
        with self._lock:
            held = list(self._held.values())
        if held:
            self._look_after(held, at)
        glimpses = self._glimpses()
        news = glimpses != self._seen and at - self._shown >= _SHOW_S
        if news or at - self._shown >= self._renew_s:
            self._show()
            self._shown, self._seen = at, glimpses

    def _look_after(self, held: list[Held], at: float) -> None:
        tasks = [one.task for one in held]
        now = {one.task.id: one.progress.get() for one in held}
        moved = now != self._told and at - self._renewed >= _TELL_S
        if moved or at - self._renewed >= self._renew_s:
            unwanted = self._claims.renew(tasks, now)
            self._told, self._renewed = now, at
        else:
            unwanted = self._claims.unwanted(tasks)
        for one in held:
            if one.task.id in unwanted:
                one.unwanted.set()
        if self._claims.ready(self._lane, most=Priority.PREVIEW):
            self.preview_waits.set()
        else:
            self.preview_waits.clear()

"""The lanes that wait for other machines: many tasks at once in one process, none of which holds a device."""

from __future__ import annotations

from collections.abc import Set
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait

from safelight.engine.attempt import Attempts, Stop
from safelight.engine.heart import Heart
from safelight.engine.job import Toolbox
from safelight.engine.taking import next_preview, next_task
from safelight.tasks.claims import Claims
from safelight.tasks.ear import Ear
from safelight.tasks.task import Lane, Task

_AGAIN_S = 0.5
_PREVIEWS = 2
"""Previews that may be at work while all slots are taken: somebody looks at a page for them."""


class RemoteWorker:
    """The loop."""

    def __init__(
        self,
        name: str,
        lane: Lane,
        *,
        slots: int,
        claims: Claims,
        ear: Ear,
        toolbox: Toolbox,
        attempts: Attempts,
        heart: Heart,
        stop: Stop,
    ) -> None:
        """Take the worker's name, whose tasks it does, how many at once, and what it works with."""
        self._name = name
        self._lane = lane
        self._slots = slots
        self._claims = claims
        self._ear = ear
        self._toolbox = toolbox
        self._attempts = attempts
        self._heart = heart
        self._stop = stop

    def run(self) -> None:
        """Work until asked to stop, and until the tasks that run have ended or were handed back."""
        self._heart.start()
        running: set[Future[Task | None]] = set()
        try:
            self._toolbox.prepare()
            with ThreadPoolExecutor(self._slots + _PREVIEWS, thread_name_prefix=self._lane.value) as threads:
                while not self._stop.asked:
                    running = {one for one in running if not one.done()}
                    task = self._next(running)
                    if task is not None:
                        running.add(threads.submit(self._attempts.make, task))
                self._toolbox.wind_down()
        finally:
            self._heart.stop()
            self._toolbox.close()

    def _next(self, running: Set[Future[Task | None]]) -> Task | None:
        """Claim what may begin now, or wait a moment. Previews may always begin: at the least they are told why not."""
        full = len(running) >= self._slots
        if not full and self._toolbox.ready():
            return next_task(self._name, self._lane, claims=self._claims, ear=self._ear, stop=self._stop)
        task = None
        if len(running) < self._slots + _PREVIEWS:
            task = next_preview(self._name, self._lane, claims=self._claims, stop=self._stop)
        if task is None and full:
            wait(running, timeout=_AGAIN_S, return_when=FIRST_COMPLETED)
        elif task is None:
            self._stop.sleep(_AGAIN_S)
        return task

"""A worker of the device lane: claim, run, commit, one task at a time; previews in between, and photos in a dataset."""

from __future__ import annotations

import threading
import time

import structlog

from safelight.engine.attempt import Attempts, Stop
from safelight.engine.heart import Heart
from safelight.engine.job import Toolbox
from safelight.engine.taking import IDLE_S, next_task
from safelight.errors import DatabaseAwayError, LostLeaseError
from safelight.tasks.claims import Claims
from safelight.tasks.ear import Ear
from safelight.tasks.task import Lane, Priority, Task

log = structlog.get_logger()


class Worker:
    """The loop."""

    def __init__(
        self, name: str, *, claims: Claims, ear: Ear, toolbox: Toolbox, attempts: Attempts, heart: Heart, stop: Stop
    ) -> None:
        """Take the worker's name, new at every start, and what it works with."""
        self._name = name
        self._claims = claims
        self._ear = ear
        self._toolbox = toolbox
        self._attempts = attempts
        self._heart = heart
        self._stop = stop
        self._at_urgent = threading.Lock()
        self._look_at = 0.0

    def run(self) -> None:
        """Work until asked to stop."""
        self._heart.start()
        try:
            self._toolbox.prepare()
            task: Task | None = None
            while not self._stop.asked:
                if task is not None:
                    long = task.priority >= Priority.DATASET
                    task = self._attempts.make(task, between=self._urgent if long else self._previews, chain=True)
                else:
                    task = next_task(self._name, Lane.DEVICE, claims=self._claims, ear=self._ear, stop=self._stop)
            if task is not None:
                self._hand_back(task)
        finally:
            self._heart.stop()
            self._toolbox.close()

    def _hand_back(self, task: Task) -> None:
        """Give back a task that was claimed and not begun; if that fails, its lease will run out."""
        try:
            self._claims.hand_back(task)
        except (DatabaseAwayError, LostLeaseError) as error:
            log.warning("not handed back", task=task.id, error=str(error))

    def _previews(self) -> None:
        """Make the previews that wait, in the midst of another task."""
        if not self._heart.preview_waits.is_set():
            return
        self._heart.preview_waits.clear()
        try:
            while (task := self._claims.claim(self._name, Lane.DEVICE, most=Priority.PREVIEW)) is not None:
                self._attempts.make(task)
        except DatabaseAwayError as error:
            log.warning("database away", error=str(error))

    def _urgent(self) -> None:
        """Do everything that goes before a dataset, in the midst of one, since that may take hours.

        A build calls from several threads; one of them does it, and the others go on.
        """
        self._previews()
        if time.monotonic() < self._look_at or not self._at_urgent.acquire(blocking=False):
            return
        try:
            while not self._stop.asked and (task := self._more_urgent()) is not None:
                self._attempts.make(task, between=self._previews)
        except DatabaseAwayError as error:
            log.warning("database away", error=str(error))
        finally:
            self._look_at = time.monotonic() + IDLE_S
            self._at_urgent.release()

    def _more_urgent(self) -> Task | None:
        if not self._claims.ready(Lane.DEVICE, most=Priority.BATCH):
            return None
        return self._claims.claim(self._name, Lane.DEVICE, most=Priority.BATCH)

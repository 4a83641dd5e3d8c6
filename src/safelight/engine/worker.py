"""A worker of the device lane: claim, run, commit, one task at a time, with previews in between."""

from __future__ import annotations

import structlog

from safelight.engine.attempt import Attempts, Stop
from safelight.engine.heart import Heart
from safelight.engine.job import Toolbox
from safelight.engine.taking import next_task
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

    def run(self) -> None:
        """Work until asked to stop."""
        self._heart.start()
        try:
            self._toolbox.prepare()
            task: Task | None = None
            while not self._stop.asked:
                if task is not None:
                    task = self._attempts.make(task, between=self._previews, chain=True)
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

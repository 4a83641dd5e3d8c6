"""Which tasks go on for too long, by a clock that nobody sets and that stands while the machine sleeps."""

from __future__ import annotations

from collections.abc import Sequence

from safelight.tasks.task import Task

_Attempt = tuple[str, int]
"""Id and fence of a task: another attempt has all its time again."""


class Overtime:
    """Remembers when it first saw each attempt, and when it first saw that its task was cancelled."""

    def __init__(self, *, task_s: float, grace_s: float) -> None:
        """Take how long a task may take, and for how long it may go on after that, or after a cancel."""
        self._task_s = task_s
        self._grace_s = grace_s
        self._began: dict[_Attempt, float] = {}
        self._cancelled: dict[_Attempt, float] = {}

    def late(self, running: Sequence[Task], at: float) -> list[Task]:
        """Tell which of all tasks that run at time ``at`` (monotonic, seconds) should have ended; forget the others."""
        self._began = {_of(task): self._began.get(_of(task), at) for task in running}
        self._cancelled = {
            _of(task): self._cancelled.get(_of(task), at) for task in running if task.cancel_at is not None
        }
        return [task for task in running if self._is_late(_of(task), at)]

    def _is_late(self, attempt: _Attempt, at: float) -> bool:
        over = at - self._began[attempt] > self._task_s + self._grace_s
        return over or at - self._cancelled.get(attempt, at) > self._grace_s


def _of(task: Task) -> _Attempt:
    return task.id, task.fence

"""How long tasks take: of the newest ones, by operation and model, and how long one still has to go."""

from __future__ import annotations

import threading
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

from sqlalchemy import and_, bindparam, case, func, select

from safelight.tasks.database import Database
from safelight.tasks.status import Status
from safelight.tasks.tables import RUNNING, WAITING, tasks
from safelight.tasks.task import HIDDEN, PULL, Lane, Task, now

_NEWEST = 500
_FRESH_S = 2.0
_VISIBLE = tasks.c.kind.not_in(sorted(HIDDEN))
_COMPLETED, _FAILED = (tasks.c.status == one.value for one in (Status.COMPLETED, Status.FAILED))
# Neither looks for states nor groups by them, as a database might take the index of states for that.
_BETWEEN = (tasks.c.finished_at >= bindparam("since"), tasks.c.finished_at < bindparam("until"), _VISIBLE)
_ENDED = select(tasks.c.status, tasks.c.seconds).where(*_BETWEEN)
_TALLY = select(
    func.count(case((_COMPLETED, 1))), func.count(case((_FAILED, 1))),
    func.avg(case((and_(_COMPLETED, tasks.c.seconds > 0), tasks.c.seconds))),
).where(*_BETWEEN)  # fmt: skip
_RUNNING = select(tasks.c.lane, func.count()).where(RUNNING, _VISIBLE).group_by(tasks.c.lane)


@dataclass(frozen=True, slots=True, kw_only=True)
class Times:
    """Processing times of some tasks."""

    count: int
    """How many tasks."""
    mean: float
    """Mean, in seconds."""
    p95: float
    """95 of 100 took no longer, in seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """Processing times of the newest tasks."""

    overall: Times
    """All of them."""
    operations: Mapping[str, Times]
    """By operation."""
    models: Mapping[str, Times]
    """By model."""
    lanes: Mapping[Lane, Times]
    """By who did them."""
    running: Mapping[Lane, int]
    """How many run now, by who does them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """The tasks that ended in some time."""

    completed: int
    """How many are done."""
    failed: int
    """How many failed."""
    seconds: tuple[float, ...]
    """How long those took that a worker completed."""

    @property
    def times(self) -> Times:
        """How long they took."""
        return _times(self.seconds)


class Performance:
    """Reads processing times; what it tells may be two seconds old."""

    def __init__(self, database: Database) -> None:
        """Take the database."""
        self._database = database
        self._lock = threading.Lock()
        self._summary: Summary | None = None
        self._read_at = float("-inf")

    def summary(self) -> Summary:
        """Processing times of the newest 500 tasks that a worker completed."""
        with self._lock:
            if self._summary is None or time.monotonic() - self._read_at > _FRESH_S:
                self._summary, self._read_at = self._read(), time.monotonic()
            return self._summary

    def ended(self, since: int, until: int) -> Ended:
        """The tasks that ended at ``since`` or later and before ``until``, in ms since 1970; read from an index.

        Raises:
            DatabaseAwayError: the database cannot be reached.
        """
        completed, failed, taken = 0, 0, list[float]()
        with self._database.read() as connection:
            for status, seconds in connection.execute(_ENDED, {"since": since, "until": until}):
                completed += status == Status.COMPLETED
                failed += status == Status.FAILED
                if status == Status.COMPLETED and seconds:
                    taken.append(seconds)
        return Ended(completed=completed, failed=failed, seconds=tuple(taken))

    def tally(self, since: int, until: int) -> tuple[int, int, float | None]:
        """How many tasks were completed and failed in some time, as :meth:`ended`, and their mean time in seconds.

        Raises:
            DatabaseAwayError: the database cannot be reached.
        """
        with self._database.read() as connection:
            completed, failed, mean = connection.execute(_TALLY, {"since": since, "until": until}).one()
        return int(completed), int(failed), None if mean is None else float(mean)

    def going(self) -> tuple[int, int]:
        """How many tasks run, and how many wait; read from the indexes of those alone.

        Raises:
            DatabaseAwayError: the database cannot be reached.
        """
        count = select(func.count()).select_from(tasks)
        with self._database.read() as connection:
            running, waiting = (connection.scalar(count.where(one, _VISIBLE)) for one in (RUNNING, WAITING))
        return int(running or 0), int(waiting or 0)

    def eta(self, task: Task, ahead: int) -> float | None:
        """How many seconds a task still has to go, with ``ahead`` tasks before it; None if nobody can tell."""
        if task.status is Status.PROCESSING and task.started_at is not None and task.progress > 0.02:
            gone = (now() - task.started_at) / 1000
            return round(gone * (1 - task.progress) / task.progress, 1)
        if task.status not in (Status.PENDING, Status.PROCESSING) or task.kind == PULL:
            return None
        summary = self.summary()
        # What is still to be fetched goes on elsewhere: nobody knows how long its own lane takes.
        times, together = summary.lanes.get(task.lane), max(1, summary.running.get(task.lane, 1))
        if times is None:
            times, together = summary.overall, 1
        return round(times.mean * (ahead // together + 1), 1) if times.count else None

    def _read(self) -> Summary:
        query = (
            select(tasks.c.operation, tasks.c.seconds, tasks.c.lane, tasks.c.result)
            .where(tasks.c.status == Status.COMPLETED.value, _VISIBLE)
            .order_by(tasks.c.seq.desc())
            .limit(_NEWEST)
        )
        everything: list[float] = []
        operations: dict[str, list[float]] = defaultdict(list)
        models: dict[str, list[float]] = defaultdict(list)
        lanes: dict[Lane, list[float]] = defaultdict(list)
        with self._database.read() as connection:
            running = {Lane(lane): count for lane, count in connection.execute(_RUNNING)}
            for operation, seconds, lane, result in connection.execute(query):
                if not seconds:
                    continue
                everything.append(seconds)
                operations[operation or "other"].append(seconds)
                lanes[Lane(lane)].append(seconds)
                for model in (result or {}).get("models", []):
                    models[model].append(seconds)
        return Summary(
            overall=_times(everything),
            operations={name: _times(found) for name, found in operations.items()},
            models={name: _times(found) for name, found in models.items()},
            lanes={lane: _times(found) for lane, found in lanes.items()},
            running=running,
        )


def _times(seconds: Sequence[float]) -> Times:
    if not seconds:
        return Times(count=0, mean=0.0, p95=0.0)
    ordered = sorted(seconds)
    return Times(count=len(ordered), mean=fmean(ordered), p95=ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))])

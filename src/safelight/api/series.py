"""How the service was over time: samples of the load every few seconds, and what ended in each hour."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import psutil
import structlog

from safelight.api.health_views import HourView, SampleView
from safelight.errors import SafelightError
from safelight.tasks.performance import Performance, Times
from safelight.tasks.record import rfc3339
from safelight.tasks.task import now

EVERY_S = 5.0
"""Seconds from one sample to the next."""

_KEPT = 120
_SETTLED_MS = 1_000
"""What ended is counted so much later: its time is set before its transaction is over."""
_HOUR_MS, _HOURS = 3_600_000, 24
_FRESH_MS = 5_000
_NONE = Times(count=0, mean=0.0, p95=0.0)

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """The load at one moment; shares in percent."""

    at: int
    """When, in ms since 1970."""
    cpu_usage: float
    """Of all cores."""
    memory_usage: float
    """Of the machine's memory."""
    gpu_usage: float | None
    """Of the busiest card; None if there is none, or nobody tells."""
    gpu_memory: float | None
    """Of the fullest card's memory."""
    active: int | None = None
    """Tasks that run; None if the database is away."""
    waiting: int | None = None
    """Tasks that wait; None if the database is away."""
    completed: int = 0
    """Tasks that were completed since the sample before."""
    failed: int = 0
    """Tasks that failed since the sample before."""
    times: Times = field(default=_NONE)
    """How long those took."""


class Samples:
    """Takes the load every five seconds and keeps the last ten minutes."""

    def __init__(self, cards: Callable[[], Sequence[Mapping[str, float]]], performance: Performance) -> None:
        """Take what tells the figures of cards, as workers give them, and of tasks; nothing is taken yet."""
        self._cards = cards
        self._performance = performance
        self._samples: deque[Sample] = deque(maxlen=_KEPT)
        self._counted = now() - _SETTLED_MS
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="samples", daemon=True)

    def start(self) -> None:
        """Begin."""
        psutil.cpu_percent()
        self._thread.start()

    def stop(self) -> None:
        """End."""
        self._stop.set()

    def take(self) -> None:
        """Take one more."""
        at = now()
        until = max(self._counted, at - _SETTLED_MS)
        sample = self._load(at)
        try:
            active, waiting = self._performance.going()
            ended = self._performance.ended(self._counted, until)
        except SafelightError:
            # What ended meanwhile is counted with the next one.
            self._samples.append(sample)
            return
        self._counted = until
        self._samples.append(
            replace(
                sample, active=active, waiting=waiting, completed=ended.completed, failed=ended.failed,
                times=ended.times,
            )
        )  # fmt: skip

    def taken(self) -> Sequence[Sample]:
        """What was taken, the oldest first; at least one."""
        return tuple(self._samples) or (self._load(now()),)

    def _run(self) -> None:
        while not self._stop.wait(EVERY_S):
            try:
                self.take()
            except Exception:  # a fault in one sample must not end all that would come
                log.exception("no sample taken")

    def _load(self, at: int) -> Sample:
        cards = self._cards()
        return Sample(
            at=at,
            cpu_usage=psutil.cpu_percent(),
            memory_usage=psutil.virtual_memory().percent,
            gpu_usage=max((card["usage"] for card in cards if "usage" in card), default=None),
            gpu_memory=max((card["memory"] for card in cards if "memory" in card), default=None),
        )


class Hours:
    """What ended in each of the last 24 hours; an hour that is over is read once."""

    def __init__(self, performance: Performance) -> None:
        """Take what reads it."""
        self._performance = performance
        self._lock = threading.Lock()
        self._hours: dict[int, HourView] = {}
        self._read_at = 0

    def last(self) -> list[HourView]:
        """The last 24 hours, the oldest first; the last one is not over, and may be five seconds old.

        Raises:
            DatabaseAwayError: the database cannot be reached.
        """
        with self._lock:
            at = now()
            newest = at // _HOUR_MS
            wanted = range(newest - _HOURS + 1, newest + 1)
            if at - self._read_at > _FRESH_MS:
                # The hour before may have been read when it was not over yet.
                known = {hour: view for hour, view in self._hours.items() if hour in wanted and hour < newest - 1}
                self._hours = {hour: known.get(hour) or self._read(hour) for hour in wanted}
                self._read_at = at
            return [self._hours[hour] for hour in sorted(self._hours)]

    def _read(self, hour: int) -> HourView:
        completed, failed, mean = self._performance.tally(hour * _HOUR_MS, (hour + 1) * _HOUR_MS)
        return HourView(
            hour=rfc3339(hour * _HOUR_MS) or "", completed=completed, failed=failed,
            mean_seconds=None if mean is None else round(mean, 3),
        )  # fmt: skip


def sample_view(sample: Sample) -> SampleView:
    """Make the view of a sample."""
    times = sample.times
    return SampleView(
        timestamp=rfc3339(sample.at) or "", cpu_usage=sample.cpu_usage, memory_usage=sample.memory_usage,
        gpu_usage=sample.gpu_usage, gpu_memory=sample.gpu_memory, active_tasks=sample.active,
        queue_size=sample.waiting, completed=sample.completed, failed=sample.failed,
        mean_seconds=round(times.mean, 3) if times.count else None,
        p95_seconds=round(times.p95, 3) if times.count else None,
    )  # fmt: skip

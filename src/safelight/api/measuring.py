"""What the service tells about itself."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from statistics import fmean

import psutil
from prometheus_client import CollectorRegistry, Gauge, generate_latest

from safelight import __version__
from safelight.api.errors import words_for
from safelight.api.health_views import (
    ComfyView,
    CurrentMetrics,
    DiskView,
    EngineView,
    Health,
    PerformanceSummary,
    PerformanceView,
    TimesView,
    WorkerView,
)
from safelight.errors import SafelightError
from safelight.service import Service
from safelight.tasks.performance import Times
from safelight.tasks.status import Status
from safelight.tasks.task import Lane, now
from safelight.tasks.workers import Worker

_EVERY_S = 5.0
_KEPT = 120
_FRESH_LEASES = 3
_WORKERS_START_S = 60.0
_COUNTED_S = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """The load at one moment; shares in percent."""

    cpu_usage: float
    """Of all cores."""
    memory_usage: float
    """Of the machine's memory."""
    gpu_usage: float | None
    """Of the busiest card; None if there is none, or nobody tells."""
    gpu_memory: float | None
    """Of the fullest card's memory."""


class Samples:
    """Takes the load every five seconds and keeps the last ten minutes."""

    def __init__(self, cards: Callable[[], Sequence[Mapping[str, float]]]) -> None:
        """Take what tells the figures of cards, as workers give them; nothing is taken yet."""
        self._cards = cards
        self._samples: deque[Sample] = deque(maxlen=_KEPT)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="samples", daemon=True)

    def start(self) -> None:
        """Begin."""
        psutil.cpu_percent()
        self._thread.start()

    def stop(self) -> None:
        """End."""
        self._stop.set()

    def taken(self) -> Sequence[Sample]:
        """What was taken, the oldest first; at least one."""
        return tuple(self._samples) or (self._sample(),)

    def _run(self) -> None:
        while not self._stop.wait(_EVERY_S):
            self._samples.append(self._sample())

    def _sample(self) -> Sample:
        cards = self._cards()
        return Sample(
            cpu_usage=psutil.cpu_percent(),
            memory_usage=psutil.virtual_memory().percent,
            gpu_usage=max((card["usage"] for card in cards if "usage" in card), default=None),
            gpu_memory=max((card["memory"] for card in cards if "memory" in card), default=None),
        )


class Measuring:
    """Puts the figures together; lives as long as the application."""

    def __init__(self, service: Service) -> None:
        """Take the parts that know them."""
        self._service = service
        self._began = time.monotonic()
        self._samples = Samples(self._cards)
        self._lock = threading.Lock()
        self._counts: dict[Status, int] = {}
        self._counted_at = float("-inf")

    def start(self) -> None:
        """Begin to take the load."""
        self._samples.start()

    def stop(self) -> None:
        """Take it no more."""
        self._samples.stop()

    def performance(self) -> PerformanceView:
        """The answer of ``/performance``."""
        samples = self._samples.taken()
        summary, counts, at = self._service.performance.summary(), self._service.tasks.counts(), _now()
        times = round(summary.overall.mean, 3)
        return PerformanceView(
            current_metrics=CurrentMetrics(
                timestamp=at, **asdict(samples[-1]), active_tasks=counts[Status.PROCESSING],
                queue_size=counts[Status.PENDING], avg_processing_time=times,
            ),
            performance_summary=PerformanceSummary(
                avg_cpu_usage=_mean([one.cpu_usage for one in samples]),
                avg_memory_usage=_mean([one.memory_usage for one in samples]),
                avg_gpu_usage=_mean([one.gpu_usage for one in samples]),
                avg_gpu_memory=_mean([one.gpu_memory for one in samples]),
                avg_processing_time=times, total_processed=counts[Status.COMPLETED],
            ),
            operations=_by_name(summary.operations), models=_by_name(summary.models), timestamp=at,
        )  # fmt: skip

    def health(self) -> Health:
        """The answer of ``/health``; its counts may be two seconds old, as anybody may ask for it at any time."""
        settings = self._service.settings
        trouble, workers, counts = "ok", list[Worker](), dict[Status, int]()
        try:
            workers, counts = self._living(), self._recent_counts()
        except SafelightError as error:
            trouble = words_for(error)
        free = self._service.store.free_bytes()
        full = free is not None and free < settings.min_free_mb * 2**20
        # At the start the service is ready before its workers are; and it may have been told to keep none.
        needed = settings.workers_min > 0 or counts.get(Status.PENDING, 0) > 0
        late = time.monotonic() - self._began > _WORKERS_START_S
        alone = needed and late and not any(one.lane is Lane.DEVICE for one in workers)
        return Health(
            status="degraded" if full or alone or trouble != "ok" else "ok",
            version=__version__,
            database=trouble,
            engine=EngineView(
                kind="local",
                workers=[
                    WorkerView(
                        name=worker.id, lane=worker.lane.value, device=worker.device,
                        warm_models=worker.facts.get("warm", []), memory=worker.facts.get("memory"),
                    )
                    for worker in workers
                ],
                tasks={status.value: count for status, count in counts.items()},
            ),
            warm_models=sorted({model for worker in workers for model in worker.facts.get("warm", [])}),
            comfyui=ComfyView(servers=[]),
            disk=DiskView(free_bytes=free, needed_bytes=settings.min_free_mb * 2**20, full=full),
        )  # fmt: skip

    def metrics(self) -> bytes:
        """The answer of ``/metrics``."""
        registry = CollectorRegistry()
        tasks = Gauge("safelight_tasks", "Tasks by state", ["status"], registry=registry)
        for status, count in self._recent_counts().items():
            tasks.labels(status.value).set(count)
        workers = Gauge("safelight_workers", "Workers by lane", ["lane"], registry=registry)
        memory = Gauge("safelight_worker_memory_bytes", "Memory of a worker", ["worker"], registry=registry)
        for worker in self._living():
            workers.labels(worker.lane.value).inc()
            memory.labels(worker.id).set(worker.facts.get("memory") or 0)
        mean = Gauge("safelight_task_seconds_mean", "Mean time of the newest tasks", ["operation"], registry=registry)
        p95 = Gauge("safelight_task_seconds_p95", "p95 time of the newest tasks", ["operation"], registry=registry)
        for name, times in self._service.performance.summary().operations.items():
            mean.labels(name).set(times.mean)
            p95.labels(name).set(times.p95)
        free = self._service.store.free_bytes()
        if free is not None:
            Gauge("safelight_disk_free_bytes", "Free room where files are kept", registry=registry).set(free)
        Gauge("safelight_queue_paused", "1 while no work is handed out", registry=registry).set(
            self._service.tasks.paused
        )
        Gauge("safelight_process_memory_bytes", "Memory of this process", registry=registry).set(
            psutil.Process().memory_info().rss
        )
        return generate_latest(registry)

    def _recent_counts(self) -> dict[Status, int]:
        with self._lock:
            if time.monotonic() - self._counted_at > _COUNTED_S:
                self._counts = self._service.tasks.counts()
                self._counted_at = time.monotonic()
            return dict(self._counts)

    def _cards(self) -> list[Mapping[str, float]]:
        """The newest figures of the cards that workers use; none while nobody can be asked."""
        try:
            return [worker.facts.get("gpu", {}) for worker in self._living()]
        except SafelightError:
            return []

    def _living(self) -> list[Worker]:
        since = now() - round(_FRESH_LEASES * self._service.settings.lease_s * 1000)
        return [worker for worker in self._service.workers.all() if worker.seen_at >= since]


def _mean(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return round(fmean(known), 2) if known else None


def _by_name(found: Mapping[str, Times]) -> dict[str, TimesView]:
    return {
        name: TimesView(count=times.count, mean=round(times.mean, 3), p95=round(times.p95, 3))
        for name, times in found.items()
    }


def _now() -> str:
    return datetime.fromtimestamp(time.time(), UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")

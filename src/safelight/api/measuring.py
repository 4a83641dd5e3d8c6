"""What the service tells about itself."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from statistics import fmean
from typing import Any

import psutil
from prometheus_client import CollectorRegistry, Counter, Gauge, generate_latest

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
    SeriesView,
    ServerView,
    TimesView,
    WorkerView,
)
from safelight.api.series import EVERY_S, Hours, Samples, sample_view
from safelight.errors import SafelightError
from safelight.service import Service
from safelight.tasks.performance import Times
from safelight.tasks.status import Status
from safelight.tasks.task import Lane
from safelight.tasks.workers import Worker

_WORKERS_START_S = 60.0
_COUNTED_S = 2.0
_FULL = "the disk is too full for new work"
_ALONE = "no worker runs"


class Measuring:
    """Puts the figures together; lives as long as the application."""

    def __init__(self, service: Service) -> None:
        """Take the parts that know them."""
        self._service = service
        self._began = time.monotonic()
        self._samples = Samples(self._cards, service.performance)
        self._hours = Hours(service.performance)
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
                timestamp=at, cpu_usage=samples[-1].cpu_usage, memory_usage=samples[-1].memory_usage,
                gpu_usage=samples[-1].gpu_usage, gpu_memory=samples[-1].gpu_memory,
                active_tasks=counts[Status.PROCESSING], queue_size=counts[Status.PENDING], avg_processing_time=times,
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

    def series(self) -> SeriesView:
        """The answer of ``/performance/series``."""
        return SeriesView(
            step_seconds=EVERY_S,
            samples=[sample_view(one) for one in self._samples.taken()],
            hours=self._hours.last(),
        )

    def health(self) -> Health:
        """The answer of ``/health``; its counts may be two seconds old, as anybody may ask for it at any time."""
        settings = self._service.settings
        trouble, workers, counts = "ok", list[Worker](), dict[Status, int]()
        try:
            workers, counts = self._service.living_workers(), self._recent_counts()
        except SafelightError as error:
            trouble = words_for(error)
        free = self._service.store.free_bytes()
        full = free is not None and free < settings.min_free_mb * 2**20
        # At the start the service is ready before its workers are; and it may have been told to keep none.
        needed = settings.workers_min > 0 or counts.get(Status.PENDING, 0) > 0
        late = time.monotonic() - self._began > _WORKERS_START_S
        alone = needed and late and not any(one.lane is Lane.DEVICE for one in workers)
        comfyui = self._comfyui(workers)
        troubles = [] if trouble == "ok" else [f"the database: {trouble}"]
        troubles += [_FULL] if full else []
        troubles += [_ALONE] if alone else []
        troubles += self._servers_trouble(comfyui, late=late) if trouble == "ok" else []
        return Health(
            status="degraded" if troubles else "ok",
            troubles=troubles,
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
            comfyui=comfyui,
            disk=DiskView(free_bytes=free, needed_bytes=settings.min_free_mb * 2**20, full=full),
        )  # fmt: skip

    def _comfyui(self, workers: Sequence[Worker]) -> ComfyView:
        known = {one["name"]: one for one in _servers(workers)}
        waiting = 0
        if self._service.settings.comfyui_servers:
            with suppress(SafelightError):
                waiting = self._service.claims.queued(Lane.COMFYUI)
        return ComfyView(servers=[ServerView(**known[name]) for name in sorted(known)], waiting=waiting)

    def _servers_trouble(self, comfyui: ComfyView, *, late: bool) -> list[str]:
        settings = self._service.settings
        if not settings.comfyui_servers:
            return []
        if not comfyui.servers:
            return ["no process looks after the ComfyUI servers"] if late else []
        if any(one.state != "resting" for one in comfyui.servers):
            return []
        if settings.comfyui_fallback == "local":
            return ["no ComfyUI server answers: this machine paints what it can"]
        return ["no ComfyUI server answers: what they paint waits"]

    def metrics(self) -> bytes:
        """The answer of ``/metrics``."""
        registry = CollectorRegistry()
        tasks = Gauge("safelight_tasks", "Tasks by state", ["status"], registry=registry)
        for status, count in self._recent_counts().items():
            tasks.labels(status.value).set(count)
        workers = Gauge("safelight_workers", "Workers by lane", ["lane"], registry=registry)
        memory = Gauge("safelight_worker_memory_bytes", "Memory of a worker", ["worker"], registry=registry)
        for worker in self._service.living_workers():
            workers.labels(worker.lane.value).inc()
            memory.labels(worker.id).set(worker.facts.get("memory") or 0)
        mean = Gauge("safelight_task_seconds_mean", "Mean time of the newest tasks", ["operation"], registry=registry)
        p95 = Gauge("safelight_task_seconds_p95", "p95 time of the newest tasks", ["operation"], registry=registry)
        for name, times in self._service.performance.summary().operations.items():
            mean.labels(name).set(times.mean)
            p95.labels(name).set(times.p95)
        self._server_metrics(registry)
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

    def _server_metrics(self, registry: CollectorRegistry) -> None:
        servers = _servers(self._service.living_workers())
        if not servers:
            return
        up = Gauge("safelight_comfyui_up", "1 while a ComfyUI server may be given work", ["server"], registry=registry)
        queue = Gauge("safelight_comfyui_queue", "Tasks of everybody on it", ["server", "state"], registry=registry)
        ours = Gauge("safelight_comfyui_ours", "Tasks of this Safelight on it", ["server"], registry=registry)
        ended = Counter("safelight_comfyui_tasks", "Tasks that it has finished", ["server"], registry=registry)
        rests = Counter("safelight_comfyui_failures", "How often it had to rest", ["server"], registry=registry)
        mean = Gauge("safelight_comfyui_seconds_mean", "Mean time of its newest tasks", ["server"], registry=registry)
        for one in servers:
            up.labels(one["name"]).set(one["state"] in ("up", "trying"))
            for state in ("running", "pending"):
                queue.labels(one["name"], state).set(one[state])
            ours.labels(one["name"]).set(one["ours"])
            ended.labels(one["name"]).inc(one["finished"])
            rests.labels(one["name"]).inc(one["failures"])
            if one["seconds"] is not None:
                mean.labels(one["name"]).set(one["seconds"])

    def _recent_counts(self) -> dict[Status, int]:
        with self._lock:
            if time.monotonic() - self._counted_at > _COUNTED_S:
                self._counts = self._service.tasks.counts()
                self._counted_at = time.monotonic()
            return dict(self._counts)

    def _cards(self) -> list[Mapping[str, float]]:
        """The newest figures of the cards that workers use; none while nobody can be asked."""
        try:
            return [worker.facts.get("gpu", {}) for worker in self._service.living_workers()]
        except SafelightError:
            return []


def _servers(workers: Sequence[Worker]) -> list[Mapping[str, Any]]:
    """What those know of ComfyUI servers who look after them: one process a machine, the newest."""
    newest = {worker.host: worker for worker in sorted(workers, key=_began) if worker.lane is Lane.COMFYUI}
    return [one for worker in newest.values() for one in worker.facts.get("servers", ())]


def _began(worker: Worker) -> int:
    return worker.started_at


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

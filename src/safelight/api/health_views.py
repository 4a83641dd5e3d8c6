"""What the service tells about itself: load, times, health."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from safelight.api.views import View


class CurrentMetrics(View):
    """The load now; shares in percent."""

    timestamp: str = Field(description="When it was measured, RFC 3339 UTC.")
    cpu_usage: float = Field(description="Of all cores, percent.")
    memory_usage: float = Field(description="Of the machine's memory, percent.")
    gpu_usage: float | None = Field(description="Of the busiest card, percent; None if there is none.")
    gpu_memory: float | None = Field(description="Of the fullest card's memory, percent; None if there is none.")
    active_tasks: int = Field(description="Tasks that run.")
    queue_size: int = Field(description="Tasks that wait.")
    avg_processing_time: float = Field(description="Mean time of the newest tasks, in seconds.")


class PerformanceSummary(View):
    """The load of the last ten minutes; shares in percent."""

    avg_cpu_usage: float | None = Field(description="Of all cores, percent.")
    avg_memory_usage: float | None = Field(description="Of the machine's memory, percent.")
    avg_gpu_usage: float | None = Field(description="Of the busiest card, percent; None if there is none.")
    avg_gpu_memory: float | None = Field(description="Of the fullest card's memory, percent; None if there is none.")
    avg_processing_time: float = Field(description="Mean time of the newest tasks, in seconds.")
    total_processed: int = Field(description="Tasks that are done, in all.")


class TimesView(View):
    """Times of the newest tasks that used something."""

    count: int = Field(description="How many tasks.")
    mean: float = Field(description="Mean time, in seconds.")
    p95: float = Field(description="Time that 95 of 100 tasks stay under, in seconds.")


class PerformanceView(View):
    """How fast the service is."""

    current_metrics: CurrentMetrics = Field(description="The load now.")
    performance_summary: PerformanceSummary = Field(description="The load of the last ten minutes.")
    operations: dict[str, TimesView] = Field(description="Times by operation.")
    models: dict[str, TimesView] = Field(description="Times by model.")
    timestamp: str = Field(description="When this was said, RFC 3339 UTC.")


class SampleView(View):
    """The load at one moment, and what ended in the step before it; shares in percent."""

    timestamp: str = Field(description="When it was measured, RFC 3339 UTC.")
    cpu_usage: float = Field(description="Of all cores, percent.")
    memory_usage: float = Field(description="Of the machine's memory, percent.")
    gpu_usage: float | None = Field(description="Of the busiest card, percent; None if there is none.")
    gpu_memory: float | None = Field(description="Of the fullest card's memory, percent; None if there is none.")
    active_tasks: int | None = Field(description="Tasks that ran; None while the database was away.")
    queue_size: int | None = Field(description="Tasks that waited; None while the database was away.")
    completed: int = Field(description="Tasks that were completed in this step.")
    failed: int = Field(description="Tasks that failed in this step.")
    mean_seconds: float | None = Field(description="Mean time of those completed, in seconds; None if there are none.")
    p95_seconds: float | None = Field(description="Time that 95 of 100 of them stayed under; None if there are none.")


class HourView(View):
    """What ended in one hour."""

    hour: str = Field(description="When the hour began, RFC 3339 UTC.")
    completed: int = Field(description="Tasks that were completed.")
    failed: int = Field(description="Tasks that failed.")
    mean_seconds: float | None = Field(description="Mean time of those completed, in seconds; None if there are none.")


class SeriesView(View):
    """How the service was over time."""

    step_seconds: float = Field(description="Seconds from one sample to the next.")
    samples: list[SampleView] = Field(description="The last ten minutes, the oldest first.")
    hours: list[HourView] = Field(description="The last 24 hours, the oldest first; the last one is not over yet.")


class LimitsView(View):
    """How large photos may be."""

    upload_bytes: int = Field(description="The largest file that is taken, in bytes.")
    pixels: int = Field(description="The largest photo that is taken, in pixels: those across times those down.")


class WorkerView(View):
    """A worker that lives."""

    name: str = Field(description="Its name; new at every start.")
    lane: str = Field(description="What it takes: device (work for networks) or remote (what waits on others).")
    device: str = Field(description="Where its networks run.")
    warm_models: list[str] = Field(description="Models that it has in memory.")
    memory: int | None = Field(description="Its memory, in bytes.")


class EngineView(View):
    """What runs tasks."""

    kind: str = Field(description="local: processes of this machine.")
    workers: list[WorkerView] = Field(description="The workers that live.")
    tasks: dict[str, int] = Field(description="How many tasks are in each state.")


class ServerView(View):
    """A ComfyUI server, as the pool sees it."""

    name: str = Field(description="Its address, without a password; for those who act for a user, its label.")
    label: str = Field(description="What it is called in tasks and messages, which users see.")
    state: Literal["unknown", "up", "trying", "resting"] = Field(
        description="up; resting after a failure; trying: it answers again and has to show that it works; unknown."
    )
    reason: str = Field(description="Why it rests; empty if it does not.")
    running: int = Field(description="Tasks that run there, of everybody.")
    pending: int = Field(description="Tasks that wait there, of everybody.")
    ours: int = Field(description="Tasks of this Safelight there.")
    finished: int = Field(description="Tasks that it has finished for this Safelight since its worker began.")
    failures: int = Field(description="How often it had to rest since then.")
    seconds: float | None = Field(description="Mean time of its newest tasks, in seconds.")
    version: str = Field(description="Version of ComfyUI; empty if it does not say.")
    devices: list[str] = Field(description="What it computes with.")
    lacks: dict[str, list[str]] = Field(description="By workflow, what it would need and does not have.")


class ComfyView(View):
    """The pool of ComfyUI servers."""

    servers: list[ServerView] = Field(description="The servers; empty if none is set.")
    waiting: int = Field(description="Tasks that wait for a server.")


class DiskView(View):
    """The room where files are kept."""

    free_bytes: int | None = Field(description="What is free; None if nobody can tell.")
    needed_bytes: int = Field(description="What has to be free for new work.")
    full: bool = Field(description="Whether new work is refused (507).")


class Health(View):
    """How the service is."""

    status: Literal["ok", "degraded"] = Field(description="ok; degraded if anything is in `troubles`.")
    troubles: list[str] = Field(description="What is wrong: database, disk, workers, ComfyUI servers.")
    version: str = Field(description="Version of Safelight.")
    database: str = Field(description="`ok`, or what is wrong.")
    engine: EngineView = Field(description="What runs tasks.")
    warm_models: list[str] = Field(description="Models that any worker has in memory.")
    comfyui: ComfyView = Field(description="The pool of ComfyUI servers.")
    disk: DiskView = Field(description="The room where files are kept.")

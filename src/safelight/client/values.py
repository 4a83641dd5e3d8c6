"""What the service tells: tasks, batches, events. Fields have the names that they have in its answers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ConfigDict, Field


class Value(BaseModel):
    """Something that the service told; what a newer service tells besides is left out."""

    model_config = ConfigDict(frozen=True, extra="ignore", use_attribute_docstrings=True)


class Status(StrEnum):
    """Where a task or a batch is."""

    PENDING = "pending"
    PROCESSING = "processing"
    COMPLETED = "completed"
    PARTIAL_COMPLETED = "partial_completed"
    FAILED = "failed"
    CANCELLED = "cancelled"


ENDED = frozenset({Status.COMPLETED, Status.PARTIAL_COMPLETED, Status.FAILED, Status.CANCELLED})
"""States in which nothing happens any more unless somebody asks for it."""


class Task(Value):
    """One picture, and what becomes of it."""

    task_id: str
    """Its id; it cannot be guessed."""
    user_id: str
    """Whose it is."""
    status: Status
    """Where it is."""
    progress: float = 0.0
    """Finished share, 0-1."""
    message: str = ""
    """What is happening, in a few words."""
    error_message: str | None = None
    """Why it failed."""
    error_code: str | None = None
    """Why it failed, for programs; known from `task` and `wait`."""
    result_url: str | None = None
    """Where the result is, below the address of the service."""
    output_image_url: str | None = None
    """Where the result is, as a signed address that needs no key and ends after an hour."""
    queue_position: int | None = None
    """How many tasks go before it; None once it runs."""
    eta_seconds: float | None = None
    """How long it will take from now, roughly."""
    warnings: tuple[str, ...] = ()
    """What was asked and could not be honoured, or was decided for the user."""
    backend: str = "local"
    """What does it: `local` = the service's own machine, `comfyui` = a ComfyUI server."""
    filename: str = ""
    """Name of the photo."""
    batch_task_id: str | None = None
    """The batch it was sent with."""
    created_at: datetime | None = None
    """When it was accepted."""
    updated_at: datetime | None = None
    """When it last changed."""
    completed_at: datetime | None = None
    """When it ended."""
    result: Mapping[str, Any] | None = None
    """What it gave: name, format, width, height, bytes, sha256 and more; known from `task` and `wait`."""

    @property
    def ended(self) -> bool:
        """Whether nothing happens to it any more."""
        return self.status in ENDED


class SubTask(Value):
    """A task of a batch."""

    task_id: str
    """Its id."""
    status: Status
    """Where it is; a cancelled task reads failed here."""
    filename: str = ""
    """Name of the photo."""
    progress: float = 0.0
    """Finished share, 0-1."""
    error: str | None = None
    """Why it failed."""


class Batch(Value):
    """Tasks that were sent together."""

    batch_task_id: str
    """Its id."""
    status: Status
    """Where it is; partial_completed: some are done, some failed. A cancelled batch reads failed."""
    message: str = ""
    """How many are done, failed and cancelled, in words."""
    total_files: int
    """How many pictures were sent."""
    completed_files: int = 0
    """How many are done."""
    failed_files: int = 0
    """How many failed or were cancelled."""
    progress: float = 0.0
    """Finished share, 0-1."""
    sub_tasks: tuple[SubTask, ...] = ()
    """The tasks, in the order of the pictures."""
    created_at: datetime | None = None
    """When it was accepted."""
    updated_at: datetime | None = None
    """When any of its tasks last changed."""

    @property
    def ended(self) -> bool:
        """Whether nothing happens to any of its tasks any more."""
        return self.status in ENDED


class Accepted(Value):
    """Pictures of the web that were accepted together."""

    batch_task_id: str
    """Id of the batch."""
    results: tuple[Task, ...]
    """The tasks, in the order of the addresses."""

    def batch(self) -> Batch:
        """Give it as a batch."""
        return Batch(
            batch_task_id=self.batch_task_id, status=Status.PENDING, total_files=len(self.results),
            message=f"{len(self.results)} pictures accepted",
            sub_tasks=tuple(
                SubTask(task_id=one.task_id, status=one.status, filename=one.filename, progress=one.progress,
                        error=one.error_message)
                for one in self.results
            ),
            created_at=min((one.created_at for one in self.results if one.created_at), default=None),
        )  # fmt: skip


class Event(Value):
    """Something that happened to a task."""

    id: int | None = None
    """Its place in the log of the service; None for progress, which is not in the log."""
    type: str
    """`accepted`, a state, `progress`, or `deleted`."""
    task_id: str
    """The task."""
    batch_task_id: str | None = None
    """Its batch."""
    status: Status | None = None
    """The state that the task has now."""
    progress: float | None = None
    """Finished share, 0-1."""
    message: str = ""
    """What is happening, in a few words."""
    error: str | None = None
    """Why it failed."""
    at: datetime | None = None
    """When it happened."""


class Style(Value):
    """A named look."""

    id: str
    """Its name, as `transform` and `stylize` take it."""
    title: str = ""
    """What people call it."""
    summary: str = ""
    """What it looks like."""
    prompt: str = ""
    """What a back end that reads prompts is told."""


class Server(Value):
    """A ComfyUI server of the service."""

    name: str
    """Its address."""
    state: str = ""
    """How it is: `up`, or why not."""


class ComfyUI(Value):
    """The ComfyUI servers of the service."""

    servers: tuple[Server, ...] = ()
    """The servers; none if the service paints styles itself."""
    waiting: int = 0
    """Tasks that wait for a server."""


class Health(Value):
    """How the service is."""

    status: str
    """`ok`, or `degraded`."""
    version: str = ""
    """Version of Safelight."""
    database: str = ""
    """`ok`, or what is wrong."""
    warm_models: tuple[str, ...] = ()
    """Models that are in memory."""
    comfyui: ComfyUI = Field(default_factory=ComfyUI)
    """The ComfyUI servers."""

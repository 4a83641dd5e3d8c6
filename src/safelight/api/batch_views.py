"""What the service answers about batches as wholes."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from safelight.api.views import View
from safelight.tasks.status import BatchStatus


class NewBatch(BaseModel):
    """A batch to be made; its tasks come afterwards."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    user_id: str | None = Field(default=None, max_length=128, description="Whose batch it is.")


class BatchSummary(View):
    """A batch, summed up."""

    batch_task_id: str = Field(description="Id of the batch.")
    user_id: str = Field(description="Whose batch it is.")
    status: BatchStatus = Field(
        description="pending, processing, completed, partial_completed (some done, some failed), failed (none done) or "
        "cancelled. Without any task yet it is pending."
    )
    total: int = Field(description="How many tasks it has, or had.")
    pending: int = Field(description="Those that wait.")
    processing: int = Field(description="Those that run.")
    completed: int = Field(description="Those that are done.")
    failed: int = Field(description="Those that failed.")
    refused: int = Field(
        description="Those of the failed that were refused when they were sent: trying again is no use."
    )
    cancelled: int = Field(description="Those that were cancelled.")
    deleted: int = Field(description="Those that were deleted.")
    progress: float = Field(description="Finished share, 0-1.", ge=0, le=1)
    eta_seconds: float | None = Field(
        description="How long it will take from now, roughly; None once it has ended, while the queue is paused, or if "
        "nobody can tell."
    )
    seconds: float = Field(description="How long the work on its tasks took so far, added up.")
    bytes: int | None = Field(description="Size of all results; None if there are none.")
    created_at: str = Field(description="When it was made, RFC 3339 UTC.")
    updated_at: str = Field(description="When any of its tasks last changed, RFC 3339 UTC.")
    finished_at: str | None = Field(description="When the last of its tasks ended, RFC 3339 UTC; None before that.")
    covers: list[str] = Field(description="Where small pictures of up to 4 results are.")
    presets: list[str] = Field(description="Names of the presets of its tasks, up to 3, the most used first.")


class BatchPage(View):
    """A page of batches, newest first."""

    batches: list[BatchSummary] = Field(description="The batches that have tasks, the newest first.")
    next: str | None = Field(description="What to send as `cursor` for the next page; None at the end.")

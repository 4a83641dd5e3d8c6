"""A task as a record of the history: the names that people know from the logs they have."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from safelight.tasks.shortened import shortened_parts
from safelight.tasks.task import Task


def rfc3339(at: int | None) -> str | None:
    """Write a time in ms since 1970 as people and programs read it: ``2026-11-22T08:30:00.123Z``."""
    if at is None:
        return None
    return datetime.fromtimestamp(at / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def record(task: Task) -> dict[str, Any]:
    """Give the record of a task, as plain values: what the daily files hold and the hook sends.

    Long texts in ``params``, as a picture is one, are shortened.
    """
    result = task.result or {}
    found: dict[str, Any] = {
        "timestamp": rfc3339(task.finished_at or task.updated_at),
        "task_id": task.id,
        "user_id": task.owner,
        "status": task.status.value,
        "input_file": task.input_name,
        "output_file": result.get("name"),
        "params": shortened_parts(task.payload),
        "signature": task.signature,
        "process_time_ms": None if task.seconds is None else round(task.seconds * 1000),
        "error": task.error,
    }
    if task.batch is not None:
        found |= {"batch_id": task.batch, "image_index": task.index}
    return found

"""Between rows of the task table and the frozen values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import RowMapping

from safelight.tasks.search import searchable
from safelight.tasks.status import Status
from safelight.tasks.task import Facts, Lane, NewTask, Task


def to_task(row: RowMapping) -> Task:
    """Make the value of a row of the task table."""
    return Task(
        seq=row["seq"], id=row["id"], owner=row["owner"], kind=row["kind"], lane=Lane(row["lane"]),
        priority=row["priority"], batch=row["batch"], index=row["batch_index"],
        status=Status(row["status"]), progress=row["progress"], message=row["message"],
        attempts=row["attempts"], fence=row["fence"], worker=row["worker"],
        lease_until=row["lease_until"], cancel_at=row["cancel_at"], not_before=row["not_before"],
        payload=row["payload"], result=row["result"], error_code=row["error_code"], error=row["error"],
        input_name=row["input_name"], input_key=row["input_key"], result_key=row["result_key"],
        width=row["width"], height=row["height"], size=row["size"], signature=row["signature"],
        facts=Facts(
            operation=row["operation"], preset=row["preset"], style=row["style"],
            strength=row["strength"], resolution=row["resolution"], text=row["text"],
        ),
        seconds=row["seconds"], pinned=row["pinned"], page=row["page"], created_at=row["created_at"],
        updated_at=row["updated_at"], started_at=row["started_at"], finished_at=row["finished_at"],
    )  # fmt: skip


def from_new(task: NewTask, *, turn: int, at: int) -> dict[str, Any]:
    """Make the row of a task that is accepted at ``at``."""
    return {
        "id": task.id, "owner": task.owner, "kind": task.kind, "lane": task.lane.value,
        "priority": int(task.priority), "turn": turn, "batch": task.batch, "batch_index": task.index,
        "status": Status.PENDING.value, "progress": 0.0, "message": "", "attempts": 0, "fence": 0,
        "worker": None, "lease_until": None, "cancel_at": None, "not_before": task.not_before,
        "payload": dict(task.payload), "result": None, "error_code": None, "error": None,
        "input_name": task.input_name, "input_key": task.input_key, "result_key": None,
        "width": task.width, "height": task.height, "size": task.size, "signature": task.signature,
        "operation": task.facts.operation, "preset": task.facts.preset, "style": task.facts.style,
        "strength": task.facts.strength, "resolution": task.facts.resolution, "text": task.facts.text,
        "seconds": None, "pinned": False, "page": task.page, "created_at": at, "updated_at": at,
        "started_at": None, "finished_at": None,
        "search": searchable(task.input_name, task.facts.text),
    }  # fmt: skip


def size_of(result: Mapping[str, Any]) -> int | None:
    """The bytes of the file that a task gave; None if it gave none."""
    size = result.get("bytes")
    return size if isinstance(size, int) else None

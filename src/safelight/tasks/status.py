"""The states of tasks and batches, and which changes between them are legal."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class Status(StrEnum):
    """Where a task is in its life."""

    PENDING = "pending"
    PROCESSING = "processing"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"


class BatchStatus(StrEnum):
    """Where a batch is: its tasks taken together."""

    PENDING = "pending"
    PROCESSING = "processing"
    COMPLETED = "completed"
    PARTIAL_COMPLETED = "partial_completed"
    FAILED = "failed"
    CANCELLED = "cancelled"


ENDED = frozenset({Status.COMPLETED, Status.FAILED, Status.CANCELLED})
"""States in which nothing happens any more unless somebody asks for it."""

SOURCES: Mapping[Status, frozenset[Status]] = MappingProxyType({
    Status.PENDING: frozenset({Status.PROCESSING, Status.FAILED, Status.CANCELLED}),
    Status.PROCESSING: frozenset({Status.PENDING, Status.PROCESSING}),
    Status.COMPLETED: frozenset({Status.PROCESSING}),
    Status.FAILED: frozenset({Status.PROCESSING, Status.PENDING}),
    Status.CANCELLED: frozenset({Status.PENDING, Status.PROCESSING}),
})  # fmt: skip
"""From which states each state can be reached.

Pending again: handed back, lease run out, or retried. Processing again: taken over from a worker whose lease ran out.
Failed from pending: the worker has crashed too often.
"""


def batch_status(counts: Mapping[Status, int]) -> BatchStatus:
    """Take the tasks of a batch together, from how many of them are in each state."""
    done, failed, cancelled = (counts.get(one, 0) for one in (Status.COMPLETED, Status.FAILED, Status.CANCELLED))
    ended = done + failed + cancelled
    if counts.get(Status.PENDING, 0) + counts.get(Status.PROCESSING, 0):
        untouched = not ended and not counts.get(Status.PROCESSING, 0)
        return BatchStatus.PENDING if untouched else BatchStatus.PROCESSING
    if done == ended:
        return BatchStatus.COMPLETED
    if done:
        return BatchStatus.PARTIAL_COMPLETED
    return BatchStatus.CANCELLED if cancelled == ended else BatchStatus.FAILED

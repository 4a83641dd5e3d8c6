"""What can be waited for: how it is looked at, where its events are, and what an event changes in it."""

from __future__ import annotations

from typing import Protocol, TypeVar
from urllib.parse import quote

from safelight.client.calls import API, Call, get
from safelight.client.values import ENDED, Batch, Event, Status, SubTask, Task

S = TypeVar("S", Task, Batch)


class Subject(Protocol[S]):
    """A task, or a batch."""

    kind: type[S]
    """What a look gives."""
    look: Call
    """How it is looked at."""
    listen: Call
    """Where its events are."""

    def heard(self, found: S, event: Event) -> S:
        """Give it as it is after an event: of the states only the last ones count, as events may be old."""
        ...


class TaskSubject:
    """A task."""

    kind = Task

    def __init__(self, task_id: str) -> None:
        """Take its id."""
        here = f"{API}/tasks/{quote(task_id, safe='')}"
        self.look, self.listen = get(here), get(f"{here}/events")

    def heard(self, found: Task, event: Event) -> Task:
        """Give it as it is after an event."""
        if event.status in ENDED:
            return found.model_copy(update={"status": event.status})
        if not _newer(event, found):
            return found
        return found.model_copy(update=_changed(event, message=event.message or found.message))


class BatchSubject:
    """A batch; an event counts the tasks that have ended anew."""

    kind = Batch

    def __init__(self, batch_id: str) -> None:
        """Take its id."""
        self.look, self.listen = get(f"{API}/batches/{quote(batch_id, safe='')}"), get(f"{API}/events", batch=batch_id)

    def heard(self, found: Batch, event: Event) -> Batch:
        """Give it as it is after an event."""
        if event.status not in ENDED and not _newer(event, found):
            return found
        tasks = tuple(_after(one, event) if one.task_id == event.task_id else one for one in found.sub_tasks)
        ended = [one for one in tasks if one.status in ENDED]
        done = sum(one.status is Status.COMPLETED for one in ended)
        over = len(ended) == len(tasks) and len(tasks) > 0
        share = sum(1.0 if one.status in ENDED else one.progress for one in tasks) / max(1, len(tasks))
        return found.model_copy(update={
            "sub_tasks": tasks, "completed_files": done, "failed_files": len(ended) - done,
            "progress": round(share, 4), "status": Status.COMPLETED if over else Status.PROCESSING,
        })  # fmt: skip


def _after(one: SubTask, event: Event) -> SubTask:
    status = Status.FAILED if event.status is Status.CANCELLED else event.status
    changed = _changed(event)
    return one.model_copy(update={**changed, **({"status": status} if status else {})})


def _changed(event: Event, **more: str) -> dict[str, object]:
    found = {"status": event.status, "progress": event.progress}
    return {**{name: value for name, value in found.items() if value is not None}, **more}


def _newer(event: Event, found: Task | Batch) -> bool:
    return event.at is None or found.updated_at is None or event.at >= found.updated_at

"""The events of a task, one after the other, whatever happens to the connection."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing

from safelight.client.errors import SafelightApiError
from safelight.client.following import Clock, Follower
from safelight.client.line import Line
from safelight.client.listening import Ear
from safelight.client.patience import Growing
from safelight.client.subjects import TaskSubject
from safelight.client.values import ENDED, Event, Task
from safelight.client.wire import LostError


async def stream(line: Line, task_id: str) -> AsyncGenerator[Event, None]:
    """Give the events of a task from its beginning until it has ended; where none can be heard, what looks tell.

    Raises:
        SafelightApiError, UnreachableError: the task cannot be looked at any more.
    """
    subject = TaskSubject(task_id)
    follower = Follower[Task](line, subject, Clock(None, ""))
    ear, calm = Ear(line, subject.listen), Growing(factor=1.5, longest=5.0)
    last: Event | None = None
    while True:
        try:
            async with aclosing(ear.listen()) as signs:
                async for events in signs:
                    for event in events:
                        calm.again()
                        last = event
                        yield event
                        if event.status in ENDED and (await follower.look()).status == event.status:
                            return
        except (LostError, SafelightApiError):
            # The look that comes next says whether the service is away, or refuses.
            pass
        found = await follower.look()
        if (ear.deaf or found.ended) and (
            last is None or (last.status, last.progress) != (found.status, found.progress)
        ):
            last = _event_of(found)
            yield last
        if found.ended:
            return
        await line.wire.pause(calm.next())


def _event_of(task: Task) -> Event:
    return Event(
        type=task.status.value, task_id=task.task_id, batch_task_id=task.batch_task_id, status=task.status,
        progress=task.progress, message=task.message, error=task.error_message, at=task.updated_at,
    )  # fmt: skip

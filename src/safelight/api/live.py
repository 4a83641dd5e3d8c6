"""Live events: one thread follows the database, and every listener of this process gets what is theirs."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import structlog

from safelight.api.shaping import API
from safelight.errors import DatabaseAwayError
from safelight.tasks.database import Database
from safelight.tasks.ear import open_ear
from safelight.tasks.events import Event, Events, Live
from safelight.tasks.record import rfc3339

_TICK_S = 0.1
"""Ten times a second at most: so a listener gets at most ten progress events a second."""
_WAIT_S = 1.0
_SILENCE_S = 15.0
_MOST_BEHIND = 1_000
_PAGE = 500
_LOOK_S = 5.0

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Message:
    """Something to tell listeners."""

    id: int | None
    """Its place in the durable log; None for progress, which is not in the log."""
    type: str
    """What it is: ``accepted``, a state, or ``progress``."""
    data: dict[str, Any]
    """What it says."""
    owner: str
    """Whose it is."""
    task: str
    """The task it is about."""
    batch: str | None
    """The batch of the task."""
    sse: bytes = b""
    """The same, as it goes over the wire as a server-sent event."""


STILL_HERE = Message(None, "", {}, "", "", None, b": still here\n\n")
"""Says nothing; it goes to listeners now and then, so that a connection over which nothing comes is not taken for dead.

One timer for all of them, as a timer for each would take more time than the events do.
"""


@dataclass(eq=False, slots=True)
class Listener:
    """Somebody who listens."""

    owner: str | None
    """Whose events; None = everybody's."""
    task: str | None = None
    """Only of this task."""
    batch: str | None = None
    """Only of this batch."""
    queue: asyncio.Queue[Message | None] = field(default_factory=lambda: asyncio.Queue(_MOST_BEHIND))
    """What was not sent yet; None = it fell too far behind, and has to come again."""

    def wants(self, message: Message) -> bool:
        """Tell whether a message is for this listener."""
        return (
            (self.owner is None or message.owner == self.owner)
            and (self.task is None or message.task == self.task)
            and (self.batch is None or message.batch == self.batch)
        )


async def while_let_in(
    messages: AsyncGenerator[Message, None], still: Callable[[], Awaitable[bool]]
) -> AsyncIterator[Message]:
    """Give messages as long as the listener would be let in; looked at before the first one after some seconds."""
    looked = time.monotonic()
    async for message in messages:
        if time.monotonic() - looked > _LOOK_S:
            if not await still():
                await messages.aclose()
                return
            looked = time.monotonic()
        yield message


class Hub:
    """Follows the log while there are listeners."""

    def __init__(self, database: Database, events: Events) -> None:
        """Take the database and its log."""
        self._database = database
        self._events = events
        self._loop: asyncio.AbstractEventLoop | None = None
        self._listeners: set[Listener] = set()
        self._stop = threading.Event()
        self._some = threading.Event()
        self._cursor = -1
        self._told: dict[str, tuple[float, str, int]] = {}
        self._turn = 0
        self._thread = threading.Thread(target=self._follow, name="events", daemon=True)

    def start(self) -> None:
        """Begin; to be called in the event loop whose listeners it serves."""
        self._loop = asyncio.get_running_loop()
        self._loop.call_later(_SILENCE_S, self._break_silence)
        self._thread.start()

    def stop(self) -> None:
        """End, and let all listeners go."""
        self._stop.set()
        self._some.set()
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._dismiss)

    def _dismiss(self) -> None:
        for listener in list(self._listeners):
            _push(listener, None)

    async def listen(self, listener: Listener, cursor: int | None) -> AsyncGenerator[Message, None]:
        """Give the messages for a listener: what the log has after ``cursor``, then what comes.

        Ends when the listener falls too far behind, or an older copy of the database was put back; it may come again
        with the id of the last message it got. A cursor that the log has not come to is of a database that was there
        before: then only what comes is given, and of one task all.
        """
        self._listeners.add(listener)
        self._some.set()
        try:
            last = await asyncio.to_thread(self._events.last)
            if cursor is not None and cursor > last:
                cursor = None if listener.task is None else 0
            if cursor is not None:
                last = cursor
                async for message in self._past(listener, cursor):
                    last = message.id or last
                    yield message
            while (message_or_end := await listener.queue.get()) is not None:
                if message_or_end.id is None or message_or_end.id > last:
                    yield message_or_end
        finally:
            self._listeners.discard(listener)

    async def _past(self, listener: Listener, cursor: int) -> AsyncGenerator[Message, None]:
        while True:
            page = await asyncio.to_thread(
                self._events.since, cursor, owner=listener.owner, task=listener.task, batch=listener.batch, limit=_PAGE
            )
            for event in page:
                yield _of_event(event)
            if len(page) < _PAGE:
                return
            cursor = page[-1].id

    def _break_silence(self) -> None:
        for listener in self._listeners:
            if listener.queue.empty():
                _push(listener, STILL_HERE)
        if self._loop is not None and not self._stop.is_set():
            self._loop.call_later(_SILENCE_S, self._break_silence)

    def _follow(self) -> None:
        while not self._stop.is_set():
            try:
                ear = open_ear(self._database)
                try:
                    while not self._stop.is_set():
                        self._some.wait()
                        # Progress is no event: not every database lets it be heard.
                        ear.wait(_WAIT_S)
                        self._tell()
                        self._stop.wait(_TICK_S)
                finally:
                    ear.close()
            except DatabaseAwayError as error:
                log.warning("database away", error=str(error))
                self._stop.wait(_WAIT_S)
            except Exception:  # the listeners of the next minute must not pay for a fault of this one
                log.exception("fault while following events")
                self._stop.wait(_WAIT_S)

    def _tell(self) -> None:
        if not self._listeners:
            self._some.clear()
            self._cursor = -1
            if self._listeners:
                # Somebody came in between.
                self._some.set()
            return
        if self._cursor < 0:
            self._cursor = max(0, self._events.last() - _PAGE)
        messages: list[Message] = []
        while page := self._events.since(self._cursor, limit=_PAGE):
            messages += [_of_event(event) for event in page]
            self._cursor = page[-1].id
        if not messages and (last := self._events.last()) < self._cursor:
            log.warning("the log of events is shorter than before", was=self._cursor, now=last)
            self._cursor = last
            if self._loop is not None:
                self._loop.call_soon_threadsafe(self._dismiss)
        messages += self._progress(self._events.live())
        if messages and self._loop is not None:
            self._loop.call_soon_threadsafe(self._deliver, messages)

    def _progress(self, live: Sequence[Live]) -> list[Message]:
        now = {one.task: (one.progress, one.message, one.glimpse) for one in live}
        changed = [one for one in live if self._told.get(one.task) != now[one.task] and one.progress > 0]
        self._told = now
        # Of several tasks a listener is told of one at a time, so each has to come first now and then.
        self._turn = (self._turn + 1) % max(1, len(changed))
        return [_of_live(one) for one in (*changed[self._turn :], *changed[: self._turn])]

    def _deliver(self, messages: Sequence[Message]) -> None:
        for listener in list(self._listeners):
            told = False
            for message in messages:
                if message.id is None and told:
                    continue
                if listener.wants(message):
                    told = told or message.id is None
                    _push(listener, message)


def _push(listener: Listener, message: Message | None) -> None:
    try:
        listener.queue.put_nowait(message)
    except asyncio.QueueFull:
        while not listener.queue.empty():
            listener.queue.get_nowait()
        listener.queue.put_nowait(None)


def _of_event(event: Event) -> Message:
    data = {"task_id": event.task, "batch_task_id": event.batch, "at": rfc3339(event.at), **event.data}
    head = f"id: {event.id}\nevent: {event.type}\n"
    return Message(event.id, event.type, data, event.owner, event.task, event.batch, _sse(head, data))


def _of_live(live: Live) -> Message:
    data = {
        "task_id": live.task,
        "batch_task_id": live.batch,
        "status": "processing",
        "progress": round(live.progress, 4),
    }
    data |= {"message": live.message} if live.message else {}
    # The number makes it another address, so that pages fetch it anew.
    data |= {"glimpse_url": f"{API}/tasks/{live.task}/glimpse?number={live.glimpse}"} if live.glimpse else {}
    return Message(None, "progress", data, live.owner, live.task, live.batch, _sse("event: progress\n", data))


def _sse(head: str, data: dict[str, Any]) -> bytes:
    return f"{head}data: {json.dumps(data, ensure_ascii=False, separators=(',', ':'))}\n\n".encode()

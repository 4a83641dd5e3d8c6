"""Live events: as server-sent events, and over a WebSocket."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated, Any

from fastapi import APIRouter, Header, Query, Request, WebSocket
from fastapi.responses import StreamingResponse
from starlette.websockets import WebSocketDisconnect

from safelight.api.caller import Calling, caller_of, identity_of
from safelight.api.ids import TaskId
from safelight.api.live import STILL_HERE, Listener, while_let_in
from safelight.api.parts import Having, Parts
from safelight.errors import BadRequestError, SafelightError

router = APIRouter(tags=["events"])

_LONGEST = 18
"""Digits of a number that every database holds."""
_HELLO = b"retry: 1000\n\n"

Last = Annotated[
    str | None,
    Header(alias="Last-Event-ID", max_length=20, description="Id of the last event that came; go on after it."),
]
STREAM: dict[int | str, dict[str, Any]] = {
    200: {"content": {"text/event-stream": {"schema": {"type": "string"}}}, "description": "Events as they come."}
}


@router.get("/events", summary="All events", responses=STREAM, response_class=StreamingResponse)
def events(
    request: Request,
    having: Having,
    caller: Calling,
    last: Last = None,
    cursor: Annotated[str | None, Query(max_length=20, description="The same as Last-Event-ID.")] = None,
    batch: Annotated[str | None, Query(max_length=64, description="Only of this batch.")] = None,
) -> StreamingResponse:
    """Follow everything that happens to one's tasks, from now or from where one was.

    Each event has an `id`; sent back as Last-Event-ID it goes on from there, whatever happened meanwhile. `progress`
    events have none, and come ten times a second at most.
    """
    if batch is not None:
        having.service.tasks.find_batch(caller.sees, batch)
    return _stream(request, having, Listener(owner=caller.sees, batch=batch), _number(last or cursor))


@router.get("/tasks/{task_id}/events", summary="Events of a task", responses=STREAM, response_class=StreamingResponse)
def task_events(
    task_id: TaskId, request: Request, having: Having, caller: Calling, last: Last = None
) -> StreamingResponse:
    """Follow one task from its beginning, or from Last-Event-ID."""
    task = having.service.tasks.find(caller.sees, task_id)
    return _stream(request, having, Listener(owner=None, task=task.id), _number(last) or 0)


@router.websocket("/ws")
async def websocket(socket: WebSocket, having: Having, user_id: str | None = None, cursor: str | None = None) -> None:
    """Follow all of one's tasks: every message is a JSON object with `id`, `type` and the data of the event."""
    try:
        identity = identity_of(socket.scope)
        caller, number = caller_of(socket.scope, user_id or socket.headers.get("x-user-id")), _number(cursor)
    except SafelightError as error:
        await socket.close(1008, str(error)[:100])
        return
    await socket.accept()
    listener = Listener(owner=caller.sees)
    gone = asyncio.create_task(_until_gone(socket, listener))
    try:
        listening = having.hub.listen(listener, number)
        async for message in while_let_in(listening, lambda: having.door.accounts.still(identity)):
            if message is STILL_HERE:
                continue
            await socket.send_json({"id": message.id, "type": message.type, **message.data})
        if not await having.door.accounts.still(identity):
            await socket.close(1008, "nobody is signed in here any more")
        elif not gone.done():
            await socket.close(1013, "too far behind; come again with the last id as cursor")
    except WebSocketDisconnect:
        pass
    finally:
        gone.cancel()


async def _until_gone(socket: WebSocket, listener: Listener) -> None:
    """Read what the client sends, which says nothing, until it goes."""
    while (await socket.receive())["type"] != "websocket.disconnect":
        pass
    listener.queue.put_nowait(None)


def _stream(request: Request, having: Parts, listener: Listener, cursor: int | None) -> StreamingResponse:
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(_sent(request, having, listener, cursor), media_type="text/event-stream", headers=headers)


async def _sent(request: Request, having: Parts, listener: Listener, cursor: int | None) -> AsyncIterator[bytes]:
    yield _HELLO
    identity = identity_of(request.scope)
    async for message in while_let_in(
        having.hub.listen(listener, cursor), lambda: having.door.accounts.still(identity)
    ):
        yield message.sse


def _number(text: str | None) -> int | None:
    if text is None or text == "":
        return None
    if not text.isdecimal() or not text.isascii() or len(text) > _LONGEST:
        raise BadRequestError("Last-Event-ID is the id of an event: a number")
    return int(text)

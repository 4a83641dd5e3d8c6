"""``Idempotency-Key``: a request that comes again gets the answer that was given, and does nothing twice."""

from __future__ import annotations

import asyncio
import hashlib

from starlette.datastructures import Headers
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from safelight.api.errors import answer, answer_to
from safelight.errors import SafelightError
from safelight.tasks.answers import Answer, Answers
from safelight.tasks.task import LOCAL

_HEADER = "idempotency-key"
_LONGEST = 200
_MOST = 4 << 20


def idempotency_of(request: HTTPConnection) -> str | None:
    """What a request is called, if it says so; of different routes never the same."""
    key = request.headers.get(_HEADER)
    return f"{request.url.path}\n{key}" if key else None


class Repeat:
    """ASGI middleware: keeps the answers to POST requests that carry a key."""

    def __init__(self, app: ASGIApp, *, answers: Answers) -> None:
        """Take what comes after it, and where answers are kept."""
        self._app = app
        self._answers = answers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer from what is kept, or let through and keep the answer."""
        key = Headers(scope=scope).get(_HEADER) if scope["type"] == "http" and scope["method"] == "POST" else None
        if key is None:
            await self._app(scope, receive, send)
        elif not 1 <= len(key) <= _LONGEST or not key.isprintable():
            await answer(400, "bad_request", "Idempotency-Key has 1 to 200 printable characters")(scope, receive, send)
        else:
            await self._keyed(key, scope, receive, send)

    async def _keyed(self, key: str, scope: Scope, receive: Receive, send: Send) -> None:
        owner = _owner(scope)
        asked = hashlib.sha256(scope["path"].encode() + b"?" + scope.get("query_string", b"")).hexdigest()
        try:
            kept = await asyncio.to_thread(self._answers.begin, owner, key, asked)
        except SafelightError as error:
            await answer_to(error)(scope, receive, send)
            return
        if kept is not None:
            await _replay(kept, receive, send)
            return
        recorder = _Recorder(send)
        try:
            await self._app(scope, receive, recorder)
        finally:
            if recorder.keepable:
                found = Answer(status=recorder.status, body=recorder.body.decode("utf-8", "replace"))
                await asyncio.to_thread(self._answers.end, owner, key, found)
            else:
                await asyncio.to_thread(self._answers.drop, owner, key)


class _Recorder:
    """Passes an answer on, and remembers it."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self.status = 0
        self.body = bytearray()
        self.whole = False

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
        elif message["type"] == "http.response.body":
            if len(self.body) <= _MOST:
                self.body += message.get("body", b"")
            self.whole = not message.get("more_body", False)
        await self._send(message)

    @property
    def keepable(self) -> bool:
        """Whether the same request would get the same answer: it worked, or can never work."""
        final = 200 <= self.status < 500 and self.status not in (401, 403, 409, 429)
        return self.whole and final and len(self.body) <= _MOST


def _owner(scope: Scope) -> str:
    headers = Headers(scope=scope)
    return (headers.get("x-user-id") or LOCAL)[:128]


async def _replay(kept: Answer, receive: Receive, send: Send) -> None:
    # The body is taken, so that a client that is still sending it gets to read the answer.
    while True:
        message = await receive()
        if message["type"] != "http.request" or not message.get("more_body", False):
            break
    headers = [(b"content-type", b"application/json"), (b"idempotent-replayed", b"true")]
    body = kept.body.encode()
    headers.append((b"content-length", str(len(body)).encode()))
    await send({"type": "http.response.start", "status": kept.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})

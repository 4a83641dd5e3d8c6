"""``Idempotency-Key``: a request that worked and comes again gets the answer that was given, and does nothing twice.

Keys belong to users, and a user is known here by the query or the header: a form is read too late.
"""

from __future__ import annotations

import asyncio
import hashlib
from urllib.parse import parse_qs

import structlog
from python_multipart.multipart import parse_options_header
from starlette.datastructures import Headers
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from safelight.api.caller import caller_of
from safelight.api.errors import answer, answer_to
from safelight.api.security import IDENTITY
from safelight.api.shaping import API
from safelight.errors import SafelightError, WrongStateError
from safelight.tasks.answers import Answer, Answers

log = structlog.get_logger()

_HEADER = "idempotency-key"
_LONGEST = 200
_MOST = 4 << 20
SECRET = tuple(f"{API}/{one}" for one in ("account", "users", "keys"))
"""What is answered here with secrets, of which nothing may be kept."""


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
        elif scope.get(IDENTITY) is None or scope["path"].startswith(SECRET):
            await self._app(scope, receive, send)
        else:
            await self._keyed(key, scope, receive, send)

    async def _keyed(self, key: str, scope: Scope, receive: Receive, send: Send) -> None:
        asked = hashlib.sha256(scope["path"].encode() + b"?" + scope.get("query_string", b"")).hexdigest()
        try:
            owner = _owner(scope)
            kept = await asyncio.to_thread(self._answers.begin, owner, key, asked)
        except SafelightError as error:
            await answer_to(error)(scope, receive, send)
            return
        if kept is not None:
            await _replay(kept, _Taker(scope, receive), send)
            return
        recorder, taker = _Recorder(send), _Taker(scope, receive)
        try:
            await self._app(scope, taker, recorder)
        finally:
            await self._keep(owner, key, taker, recorder)
        if recorder.last is not None:
            await send(recorder.last)

    async def _keep(self, owner: str, key: str, taker: _Taker, recorder: _Recorder) -> None:
        """Keep the answer before its end is sent: whoever has it may ask again at once."""
        try:
            if recorder.keepable:
                await _rest(taker)
                body = recorder.body.decode("utf-8", "replace")
                found = Answer(status=recorder.status, body=f"{taker.digest()}\n{body}")
                await asyncio.to_thread(self._answers.end, owner, key, found)
            else:
                await asyncio.to_thread(self._answers.drop, owner, key)
        except SafelightError as error:
            # What was done is done; a repeat is told to wait for a while, and then finds it by its id.
            log.warning("answer not kept", error=str(error))


class _Recorder:
    """Passes an answer on, but for its end, and remembers it."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self.status = 0
        self.body = bytearray()
        self.whole = False
        self.last: Message | None = None

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
        elif message["type"] == "http.response.body":
            if len(self.body) <= _MOST:
                self.body += message.get("body", b"")
            self.whole = not message.get("more_body", False)
            if self.whole:
                self.last = message
                return
        await self._send(message)

    @property
    def keepable(self) -> bool:
        """Whether it worked; a fault can be mended, and then the same request is to be done."""
        return self.whole and 200 <= self.status < 300 and len(self.body) <= _MOST


class _Taker:
    """Passes a request's body on, and makes a hash of it that does not depend on how a form marks its parts."""

    def __init__(self, scope: Scope, receive: Receive) -> None:
        self.scope = scope
        self._receive = receive
        self._hash = hashlib.sha256()
        _, options = parse_options_header(Headers(scope=scope).get("content-type", ""))
        # Programs choose the boundary of a form anew every time they send it.
        self._mark = options.get(b"boundary", b"")
        self._tail = b""
        self.whole = False
        self.gone = False

    async def __call__(self) -> Message:
        message = await self._receive()
        if message["type"] == "http.request":
            self._take(message.get("body", b""))
            self.whole = self.whole or not message.get("more_body", False)
        else:
            self.gone = self.gone or not self.whole
        return message

    def digest(self) -> str:
        """The hash of what came."""
        found = self._hash.copy()
        found.update(self._tail)
        return found.hexdigest()

    def _take(self, data: bytes) -> None:
        if not self._mark:
            self._hash.update(data)
            return
        text = (self._tail + data).replace(self._mark, b"\0")
        keep = min(len(text), len(self._mark) - 1)
        self._hash.update(text[: len(text) - keep])
        self._tail = text[len(text) - keep :]


def _owner(scope: Scope) -> str:
    query = parse_qs(scope.get("query_string", b"").decode("latin-1"))
    return caller_of(scope, query.get("user_id", [""])[-1] or Headers(scope=scope).get("x-user-id")).owner


async def _rest(taker: _Taker) -> None:
    """Take what is left of a body: so the client gets to read the answer, and the hash is that of all."""
    while not taker.whole and not taker.gone:
        await taker()


async def _replay(kept: Answer, taker: _Taker, send: Send) -> None:
    await _rest(taker)
    sent, _, text = kept.body.partition("\n")
    if sent != taker.digest():
        hint = "a user has keys of their own if named in the query or as X-User-Id, and not only in the form"
        error = WrongStateError("this Idempotency-Key was used for another request", hint=hint)
        await answer_to(error)(taker.scope, taker, send)
        return
    body = text.encode()
    headers = [(b"content-type", b"application/json"), (b"idempotent-replayed", b"true")]
    headers.append((b"content-length", str(len(body)).encode()))
    await send({"type": "http.response.start", "status": kept.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})

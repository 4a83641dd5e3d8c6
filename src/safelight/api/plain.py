"""Requests that are no forms: their bodies are short, and taken whole before anything else is done with them."""

from __future__ import annotations

import re

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from safelight.api.errors import answer
from safelight.api.multipart import is_form
from safelight.api.shaping import API

_LONGEST = 1 << 20
_ONE_OR_MANY = ("enhance", "restore", "cartoonize", "stylize")
FORMS = frozenset(
    f"{API}/{name}" for name in ("photos", "tasks", *_ONE_OR_MANY, *(f"{one}/batch" for one in _ONE_OR_MANY))
)
_PHOTOS = re.compile(rf"{API}/datasets/[0-9a-f]{{32}}/photos")
"""Where forms are read as they come in; everywhere else a form is as short as any other body."""
_NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000|\x00")
"""Databases keep no such character."""


class Plain:
    """ASGI middleware: refuses what is too long, or holds a character that cannot be kept."""

    def __init__(self, app: ASGIApp) -> None:
        """Take what comes after it."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let through or refuse."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
        elif "\x00" in scope["path"] or b"%00" in scope.get("query_string", b""):
            await answer(400, "bad_request", "the address holds the character NUL")(scope, receive, send)
        elif _takes_forms(scope["path"]) and is_form(Headers(scope=scope).get("content-type", "")):
            await self._app(scope, receive, send)
        else:
            await self._whole(scope, receive, send)

    async def _whole(self, scope: Scope, receive: Receive, send: Send) -> None:
        length = Headers(scope=scope).get("content-length", "")
        told = int(length.lstrip("0")[:20] or 0) if length.isascii() and length.isdecimal() else 0
        if told == 0 and "transfer-encoding" not in Headers(scope=scope):
            await self._app(scope, receive, send)
            return
        body, message = bytearray(), None
        while told <= _LONGEST and len(body) <= _LONGEST:
            message = await receive()
            body += message.get("body", b"")
            if not message.get("more_body", False):
                break
        if max(told, len(body)) > _LONGEST:
            text = f"a request that is no form has {_LONGEST >> 20} MB at most"
            await answer(413, "upload_too_large", text, headers={"Connection": "close"})(scope, receive, send)
        elif _NUL.search(body):
            await answer(400, "bad_request", "the request holds the character NUL")(scope, receive, send)
        else:
            await self._app(scope, _replayed(message, bytes(body), receive), send)


def _takes_forms(path: str) -> bool:
    return path in FORMS or _PHOTOS.fullmatch(path) is not None


def _replayed(last: Message | None, body: bytes, receive: Receive) -> Receive:
    """Give the body in one piece, then what comes after it; a client that went away before the end is gone."""
    gone = last is not None and last["type"] == "http.disconnect"
    pending: list[Message] = [last] if gone and last else [{"type": "http.request", "body": body, "more_body": False}]

    async def again() -> Message:
        return pending.pop() if pending else await receive()

    return again

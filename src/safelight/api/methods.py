"""Methods that every address answers: HEAD as GET without its body, OPTIONS, and a 405 that says what is allowed."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from starlette.datastructures import MutableHeaders
from starlette.responses import Response
from starlette.routing import compile_path
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from safelight.api.errors import answer

_KNOWN = frozenset({"get", "put", "post", "delete", "patch"})


class Allowed:
    """Which methods an address has, from the OpenAPI document."""

    def __init__(self, document: Callable[[], Mapping[str, Any]]) -> None:
        """Take what gives the document; it is asked when it is first needed."""
        self._document = document
        self._found: list[tuple[re.Pattern[str], frozenset[str]]] | None = None

    def at(self, path: str) -> frozenset[str]:
        """Give the methods of a path; none if there is nothing."""
        if self._found is None:
            self._found = [
                (compile_path(one)[0], frozenset(method.upper() for method in methods if method in _KNOWN))
                for one, methods in self._document()["paths"].items()
            ]
        found = frozenset[str]().union(*(methods for pattern, methods in self._found if pattern.match(path)))
        return found | ({"HEAD", "OPTIONS"} if "GET" in found else {"OPTIONS"}) if found else found


class Methods:
    """ASGI middleware."""

    def __init__(self, app: ASGIApp, *, allowed: Allowed) -> None:
        """Take what comes after it, and what knows the methods of an address."""
        self._app = app
        self._allowed = allowed

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer OPTIONS and HEAD; pass the rest on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
        elif scope["method"] == "HEAD":
            await self._head(scope, receive, send)
        elif scope["method"] == "OPTIONS":
            methods = self._allowed.at(scope["path"])
            found = (
                Response(status_code=204, headers=_allow(methods)) if methods else answer(404, "not_found", "Not Found")
            )
            await found(scope, receive, send)
        else:
            await self._app(scope, receive, self._telling(scope["path"], send))

    async def _head(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def only_head(message: Message) -> None:
            if message["type"] == "http.response.start":
                await self._telling(scope["path"], send)(message)
                await send({"type": "http.response.body", "body": b""})
                raise _Enough

        try:
            await self._app({**scope, "method": "GET"}, receive, only_head)
        except* _Enough:
            pass

    def _telling(self, path: str, send: Send) -> Send:
        async def tell(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] == 405:
                MutableHeaders(scope=message).update(_allow(self._allowed.at(path)))
            await send(message)

        return tell


class _Enough(BaseException):
    """The head of the answer is known; what makes the body need not go on."""


def _allow(methods: frozenset[str]) -> dict[str, str]:
    return {"Allow": ", ".join(sorted(methods))}

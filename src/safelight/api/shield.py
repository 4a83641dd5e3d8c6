"""The outermost layer: headers that every answer has, and an answer where the service is at fault."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import structlog
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from safelight.api.errors import answer

_HEADERS: Mapping[str, str] = MappingProxyType({
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
})  # fmt: skip
"""What an answer has unless it says otherwise."""

log = structlog.get_logger()


class Shield:
    """ASGI middleware: puts headers on every answer, and lets no fault out but as an answer that tells nothing."""

    def __init__(self, app: ASGIApp, *, shared: bool) -> None:
        """Take what comes after it, and whether pages of other origins may use what is answered."""
        self._app = app
        self._headers = dict(_HEADERS)
        if not shared:
            self._headers["Cross-Origin-Resource-Policy"] = "same-origin"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, and its answer back."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = False

        async def guarded(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                headers = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    headers.setdefault(name, value)
            await send(message)

        try:
            await self._app(scope, receive, guarded)
        except Exception as error:
            log.exception("fault", path=scope["path"], error=f"{type(error).__name__}: {error}")
            if started:
                # The client sees that the answer breaks off.
                raise
            words = "a fault in the service; the log of the service has more"
            await answer(500, "internal", words)(scope, receive, guarded)

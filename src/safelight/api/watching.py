"""What the audit log is told of requests, whatever their route: deletions, and changes of what is everybody's."""

from __future__ import annotations

import asyncio

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from safelight.accounts.identity import Identity
from safelight.accounts.scope import Scope as Part
from safelight.accounts.scope import needed
from safelight.api.security import IDENTITY
from safelight.api.shaping import API
from safelight.errors import DatabaseAwayError
from safelight.tasks.accounts.audit import Audit

_READING = frozenset({"GET", "HEAD", "OPTIONS"})
_THEMSELVES = ("/users", "/keys", "/account")
"""Routes that tell it in words of their own."""
_ENDPOINT = "/captioning/endpoint"
"""Where photos are sent."""

log = structlog.get_logger()


class Watching:
    """ASGI middleware: notes what somebody with an account did, once it was done and before they hear of it."""

    def __init__(self, app: ASGIApp, *, audit: Audit) -> None:
        """Take what comes after it, and the log."""
        self._app = app
        self._audit = audit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, and its answer back."""
        identity: Identity | None = scope.get(IDENTITY)
        what = _what(scope) if identity is not None and identity.account else None
        if identity is None or what is None:
            await self._app(scope, receive, send)
            return

        async def noting(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] < 300:
                address = (scope.get("client") or ("", 0))[0]
                try:
                    await asyncio.to_thread(
                        self._audit.note, what, who=identity.user or "", via=identity.via.value,
                        about=scope["path"].removeprefix(API), address=address,
                    )  # fmt: skip
                except DatabaseAwayError as error:
                    # It is in the lines of the log, and what was done is done.
                    log.warning("not in the audit log", error=str(error))
            await send(message)

        await self._app(scope, receive, noting)


def _what(scope: Scope) -> str | None:
    """What a request does, if it is one of those that are noted."""
    if scope["type"] != "http" or scope["method"] in _READING:
        return None
    path = scope["path"].removeprefix(API)
    if path.startswith(_THEMSELVES):
        return None
    if scope["method"] == "DELETE":
        return "deleted"
    shared = needed(scope["method"], path) is Part.OPERATE
    return "changed" if shared or path == _ENDPOINT else None

"""What goes wrong with requests on purpose, around all routes."""

from __future__ import annotations

import asyncio
import ipaddress
from typing import Any
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from fake_comfyui.options import Options
from fake_comfyui.records import Records

_OWN = ("/_control", "/_stats")
_MOST_BYTES = 100 << 20


class Faults:
    """Counts what comes, and lets it fail as it is told."""

    def __init__(self, app: ASGIApp, options: Options, records: Records) -> None:
        self._app, self._options, self._records = app, options, records

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan" or scope["path"] in _OWN:
            await self._app(scope, receive, send)
            return
        path = scope["path"].removeprefix("/api")
        self._records.routes[f"{scope.get('method', 'WS')} {_route(path)}"] += 1
        headers = Headers(scope=scope)
        if "origin" in headers:
            self._records.origins.append(headers["origin"])
        if _is_foreign(headers):
            await _refuse(scope, receive, send)
        elif scope["type"] == "websocket":
            await self._app(scope, receive, send)
        else:
            await self._request(path, scope, receive, send)

    async def _request(self, path: str, scope: Scope, receive: Receive, send: Send) -> None:
        answer: ASGIApp = self._app
        if int(Headers(scope=scope).get("content-length", "0")) > _MOST_BYTES:
            answer = Response("Maximum request body size 104857600 exceeded", 413)
        elif path.startswith(self._options.fault_path):
            await asyncio.sleep(self._options.http_delay)
            if self._options.fails():
                self._records.faults[_route(path)] += 1
                answer = JSONResponse({"error": "on purpose"}, 500)
            elif self._options.take("lose_answer"):
                self._records.faults[_route(path)] += 1
                await self._app(scope, receive, _nobody)
                _cut(send)
                return
        if path == "/view" and self._options.cut_view:
            await self._app(scope, receive, _cutting(send))
            return
        await answer(scope, receive, send)


def _route(path: str) -> str:
    """A path without the ids in it."""
    for prefix in ("/history/", "/object_info/"):
        if path.startswith(prefix):
            return prefix + "{id}"
    if path.startswith("/jobs/"):
        return "/jobs/{id}/cancel" if path.endswith("/cancel") else "/jobs/{id}"
    return path


async def _nobody(_message: Message) -> None:
    """Take an answer that nobody gets."""


def _cut(send: Send) -> None:
    """Close the connection without a word; the servers of uvicorn keep it beside what sends."""
    cycle: Any = send.__self__  # type: ignore[attr-defined]
    cycle.transport.abort()


def _cutting(send: Send) -> Send:
    async def cut(message: Message) -> None:
        await send(message)
        if message["type"] == "http.response.body":
            await asyncio.sleep(0.05)
            _cut(send)

    return cut


async def _refuse(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.close"})
    else:
        await Response(status_code=403)(scope, receive, send)


def _is_foreign(headers: Headers) -> bool:
    """Whether a page of another site asks for what is on this machine."""
    if headers.get("sec-fetch-site") == "cross-site":
        return True
    if "host" not in headers or "origin" not in headers:
        return False
    host, origin = urlsplit(f"//{headers['host'].lower()}"), urlsplit(headers["origin"].lower())
    ours: str | None = host.netloc if origin.port is not None else host.hostname
    theirs = origin.netloc if host.port is not None else origin.hostname
    return bool(_is_loopback(host.hostname) and ours and theirs and ours != theirs)


def _is_loopback(host: str | None) -> bool:
    try:
        return ipaddress.ip_address(host or "").is_loopback
    except ValueError:
        return host == "localhost"

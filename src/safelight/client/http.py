"""The two wires: one that blocks, one for event loops."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import Any

import httpx2

from safelight.client.calls import Call
from safelight.client.wire import Answer, Incoming, LostError

_CONNECT_S = 5.0
_CONNECTIONS = httpx2.Limits(max_connections=100, max_keepalive_connections=20, keepalive_expiry=30.0)


def base_of(url: str) -> str:
    """The address of the service without what goes without saying.

    Raises:
        ValueError: it is none.
    """
    try:
        found = httpx2.URL(url)
    except httpx2.InvalidURL as error:
        raise ValueError(f"{url!r} is no address: {error}") from error
    if found.scheme not in ("http", "https") or not found.host or found.query or found.fragment:
        raise ValueError(f"{url!r} is no address of a service, as http://127.0.0.1:8000")
    return url.rstrip("/")


def headers_of(token: str | None) -> dict[str, str]:
    """The head of every request.

    Raises:
        ValueError: the token cannot be one.
    """
    if not token:
        return {}
    if not token.isascii() or not token.isprintable():
        raise ValueError("a token has printable ASCII characters alone")
    return {"Authorization": f"Bearer {token}"}


class BlockingWire:
    """Waits by blocking the thread that calls; none of its methods ever suspends."""

    def __init__(self, url: str, token: str | None) -> None:
        """Take where the service is, and its token."""
        self._base = base_of(url)
        self._client = httpx2.Client(headers=headers_of(token), limits=_CONNECTIONS)

    async def send(self, call: Call, timeout_s: float) -> Answer:
        """Send a request and give the answer."""
        with _told(), _request(call) as rest:
            response = self._client.request(call.method, self._base + call.path, timeout=_timeout(timeout_s), **rest)
            return _answer(response, response.content)

    @asynccontextmanager
    async def open(self, call: Call, timeout_s: float) -> AsyncIterator[Incoming]:
        """Send a request and give the answer as soon as its head is there."""
        with _told(), _request(call) as rest:
            timeout = _timeout(timeout_s)
            with self._client.stream(call.method, self._base + call.path, timeout=timeout, **rest) as response:
                yield _Blocking(response)

    async def pause(self, seconds: float) -> None:
        """Let time pass."""
        time.sleep(seconds)

    async def close(self) -> None:
        """Close all connections."""
        self._client.close()


class AsyncWire:
    """Waits in an event loop of asyncio."""

    def __init__(self, url: str, token: str | None) -> None:
        """Take where the service is, and its token."""
        self._base = base_of(url)
        self._client = httpx2.AsyncClient(headers=headers_of(token), limits=_CONNECTIONS)

    async def send(self, call: Call, timeout_s: float) -> Answer:
        """Send a request and give the answer."""
        with _told(), _request(call) as rest:
            timeout = _timeout(timeout_s)
            response = await self._client.request(call.method, self._base + call.path, timeout=timeout, **rest)
            return _answer(response, response.content)

    @asynccontextmanager
    async def open(self, call: Call, timeout_s: float) -> AsyncIterator[Incoming]:
        """Send a request and give the answer as soon as its head is there."""
        with _told(), _request(call) as rest:
            timeout = _timeout(timeout_s)
            async with self._client.stream(call.method, self._base + call.path, timeout=timeout, **rest) as response:
                yield _Awaited(response)

    async def pause(self, seconds: float) -> None:
        """Let time pass."""
        await asyncio.sleep(seconds)

    async def close(self) -> None:
        """Close all connections."""
        await self._client.aclose()


@dataclass(frozen=True, slots=True)
class _Blocking:
    """An answer that comes piece by piece, over the wire that blocks."""

    response: httpx2.Response

    @property
    def head(self) -> Answer:
        return _answer(self.response, b"")

    async def pieces(self) -> AsyncGenerator[bytes, None]:
        with _told():
            for piece in self.response.iter_bytes():
                yield piece

    async def whole(self) -> Answer:
        with _told():
            return _answer(self.response, self.response.read())


@dataclass(frozen=True, slots=True)
class _Awaited:
    """The same in an event loop."""

    response: httpx2.Response

    @property
    def head(self) -> Answer:
        return _answer(self.response, b"")

    async def pieces(self) -> AsyncGenerator[bytes, None]:
        with _told():
            async for piece in self.response.aiter_bytes():
                yield piece

    async def whole(self) -> Answer:
        with _told():
            return _answer(self.response, await self.response.aread())


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except httpx2.RequestError as error:
        raise LostError(str(error) or type(error).__name__) from error


@contextmanager
def _request(call: Call) -> Iterator[dict[str, Any]]:
    """The parts of a request as the library takes them; a file is open meanwhile."""
    rest: dict[str, Any] = {"params": call.query, "headers": call.headers}
    if call.upload is not None:
        with call.upload.opened() as content:
            yield {**rest, "data": call.form, "files": {"file": (call.upload.name, content)}}
    elif call.body is not None:
        yield {**rest, "json": call.body}
    else:
        yield rest


def _answer(response: httpx2.Response, content: bytes) -> Answer:
    return Answer(status=response.status_code, headers=response.headers, content=content)


def _timeout(seconds: float) -> httpx2.Timeout:
    return httpx2.Timeout(seconds, connect=min(_CONNECT_S, seconds))

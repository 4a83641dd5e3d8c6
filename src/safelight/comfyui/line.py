"""HTTP with one ComfyUI server, with limits for everything: time, size, and what is told of it."""

from __future__ import annotations

import asyncio
import json
import ssl
from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import BinaryIO

import httpx2

from safelight.comfyui.address import Address
from safelight.comfyui.words import cleaned
from safelight.errors import ServerAwayError, ServerRefusedError

MOST_JSON = 8 << 20
"""Bytes of the largest answer."""
MOST_LISTS = 64 << 20
"""Bytes of the largest answer that lists what a server has: its nodes, or its queue with every prompt in full."""

_MOST_WORDS = 64 << 10
_AT_ONCE = 1 << 20
_CONNECTIONS = httpx2.Limits(max_connections=16, max_keepalive_connections=4, keepalive_expiry=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeouts:
    """How long a server is waited for, in seconds."""

    connect_s: float = 5
    """Until it takes a connection."""
    answer_s: float = 30
    """Until all of an answer is here, with the connecting."""
    transfer_s: float = 300
    """Until all of a picture is here or there, with the connecting."""
    ping_s: float = 20
    """A WebSocket without an answer to a ping for so long is given up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a server answered."""

    status: int
    """Of HTTP."""
    content: object
    """What was in it, from JSON; None where nothing was asked for."""


class Line:
    """HTTP with one server; opened with the first request, in whose event loop it stays."""

    def __init__(self, address: Address, timeouts: Timeouts) -> None:
        """Take where the server is."""
        self._address = address
        self._timeouts = timeouts
        self._client: httpx2.AsyncClient | None = None

    async def aclose(self) -> None:
        """Close the connections."""
        client, self._client = self._client, None
        if client is not None:
            await client.aclose()

    async def get(self, path: str, *, most: int = MOST_JSON, also: Collection[int] = ()) -> Answer:
        """Ask for something, whose answer is JSON; statuses that are in ``also`` are no errors.

        Raises:
            ServerAwayError, ServerRefusedError: there is no such answer.
        """
        async with self._asked("GET", path, self._timeouts.answer_s) as response:
            return await self._answer(response, most, also)

    async def post(self, path: str, body: object = None, *, also: Collection[int] = (), answers: bool = True) -> Answer:
        """Send JSON, and give the answer; ``answers`` says whether there is one beside its status.

        Raises:
            ServerAwayError, ServerRefusedError: it was not taken.
        """
        # Escaped, so that halves of characters can be sent, whatever the server makes of them.
        content = b"" if body is None else json.dumps(body).encode("ascii")
        headers = {"Content-Type": "application/json"}
        async with self._asked("POST", path, self._timeouts.answer_s, content=content, headers=headers) as response:
            if not answers and response.is_success:
                # Read, so that the connection can be used again.
                await self._body(response, _MOST_WORDS, cut=True)
                return Answer(status=response.status_code, content=None)
            return await self._answer(response, MOST_JSON, also)

    async def send(self, path: str, name: str, data: bytes | BinaryIO, fields: Mapping[str, str]) -> Answer:
        """Send a file as a form does.

        Raises:
            ServerAwayError, ServerRefusedError: it was not taken.
            OSError: the file cannot be read.
        """
        files = {"image": (name, data, "application/octet-stream")}
        async with self._asked("POST", path, self._timeouts.transfer_s, data=dict(fields), files=files) as response:
            return await self._answer(response, MOST_JSON, ())

    async def receive(self, path: str, params: Mapping[str, str], to: Path, most: int) -> int:
        """Write a file of the server to ``to``; gives its size. What is written before a failure stays there.

        Raises:
            ServerAwayError, ServerRefusedError: it is not to be had, or larger than ``most``.
            OSError: ``to`` cannot be written.
        """
        size = 0
        async with self._asked("GET", path, self._timeouts.transfer_s, params=dict(params)) as response:
            if response.status_code != HTTPStatus.OK:
                await self._answer(response, MOST_JSON, ())
                raise self._away(f"it answered {response.status_code} in place of a picture")
            stated = response.headers.get("content-length", "")
            with to.open("wb") as out:
                async for chunk in self._chunks(response):
                    size += len(chunk)
                    if size > most or (stated.isdecimal() and int(stated[:20]) > most):
                        raise self._refused(response, f"the picture is larger than {most >> 20} MB")
                    out.write(chunk)
        return size

    @asynccontextmanager
    async def _asked(self, method: str, path: str, total_s: float, **sent: object) -> AsyncIterator[httpx2.Response]:
        """Ask, and give the answer before its body; every failure on the way and in the body is told in one way."""
        headers = sent.pop("headers", {})
        try:
            async with asyncio.timeout(total_s):
                # What is sent is a body, a form or a query: the library's own types, told apart by name only.
                request = self._opened().build_request(
                    method, self._address.url + path, headers=headers, **sent  # type: ignore[arg-type]
                )  # fmt: skip
                response = await self._opened().send(request, stream=True)
                try:
                    yield response
                finally:
                    await response.aclose()
        except TimeoutError as error:
            raise self._away(f"it takes longer than {total_s:g} seconds") from error
        except httpx2.TimeoutException as error:
            raise self._away("it does not answer in time") from error
        except httpx2.ConnectError as error:
            if _by_tls(error):
                raise self._away("it cannot prove that it is this host, or speaks no TLS") from error
            raise self._away("it cannot be connected to") from error
        except httpx2.ProtocolError as error:
            raise self._away("it broke off, or what it says is not HTTP") from error
        except (httpx2.RequestError, httpx2.InvalidURL) as error:
            raise self._away("it broke off the connection") from error

    def _opened(self) -> httpx2.AsyncClient:
        if self._client is None:
            self._client = httpx2.AsyncClient(
                headers={**self._address.headers, "Accept-Encoding": "identity"},
                timeout=httpx2.Timeout(None, connect=self._timeouts.connect_s),
                limits=_CONNECTIONS,
                follow_redirects=False,
                # Neither proxies nor passwords of the machine: they are for other servers.
                trust_env=False,
            )
        return self._client

    async def _answer(self, response: httpx2.Response, most: int, also: Collection[int]) -> Answer:
        status = response.status_code
        if status in also or response.is_success:
            body = await self._body(response, most)
            try:
                content = json.loads(body) if len(body) < _AT_ONCE else await asyncio.to_thread(json.loads, body)
            except (ValueError, RecursionError) as error:
                if status in also:
                    return Answer(status=status, content=None)
                raise self._away("what it answers is not JSON, so it is no ComfyUI") from error
            return Answer(status=status, content=content)
        if status >= 500:
            raise self._away(f"it answered {status}{_meaning(status)}")
        if status < 400:
            raise self._away(f"it answered {status}{_meaning(status)}: redirects are not followed")
        words = cleaned((await self._body(response, _MOST_WORDS, cut=True)).decode("utf-8", "replace"))
        raise self._refused(response, f"it answered {status}{_meaning(status)}{f': {words}' if words else ''}")

    async def _body(self, response: httpx2.Response, most: int, *, cut: bool = False) -> bytes:
        body = bytearray()
        async for chunk in self._chunks(response):
            body += chunk
            if len(body) > most:
                if cut:
                    break
                raise self._away(f"its answer is larger than {most >> 20} MB")
        return bytes(body[:most])

    async def _chunks(self, response: httpx2.Response) -> AsyncIterator[bytes]:
        """The body as it comes: what is packed, although that was not asked for, could be of any size."""
        if response.headers.get("content-encoding", "identity").strip().lower() not in ("", "identity"):
            raise self._away("it packs its answer, which was not asked for")
        async for chunk in response.aiter_raw():
            yield chunk

    def _away(self, reason: str) -> ServerAwayError:
        return ServerAwayError(str(self._address), reason)

    def _refused(self, response: httpx2.Response, reason: str) -> ServerRefusedError:
        status = response.status_code
        hint = "write a user and a password into its address" if status in (401, 403) else None
        return ServerRefusedError(str(self._address), reason, status=status, hint=hint)


def _by_tls(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, ssl.SSLError):
            return True
        error = error.__cause__ or error.__context__
    return False


def _meaning(status: int) -> str:
    try:
        return f" ({HTTPStatus(status).phrase})"
    except ValueError:
        return ""

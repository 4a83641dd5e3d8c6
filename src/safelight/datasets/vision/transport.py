"""The way to a caption server: nothing goes out that is not in the ledger, and to no address that was not judged."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextvars import ContextVar
from dataclasses import dataclass
from urllib.parse import urlsplit

import httpx2

from safelight.datasets.ledger import Ledger
from safelight.datasets.vision.endpoint import Endpoint, Judge
from safelight.datasets.vision.failure import CallError, Then

_MOST_BYTES = 4 << 20
"""Bytes of the largest answer."""
_CONNECT_S = 10
_KEPT = ("host", "content-type", "content-length", "accept")
_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """What a request is about, for the ledger."""

    item: str
    what: str
    model: str


CALL: ContextVar[Call | None] = ContextVar("call", default=None)
"""What the request of this thread is about; None = nothing of the user's is in it."""


class GuardedTransport(httpx2.BaseTransport):
    """Sends requests, and tells nothing of this machine: no proxy, no environment, no header that is not needed."""

    def __init__(self, endpoint: Endpoint, key: str, judge: Judge | None, ledger: Ledger | None) -> None:
        """Take to whom, who may be connected to, and where it is noted; no connection is made yet."""
        self._endpoint = endpoint
        self._key = key
        self._judge = judge
        self._ledger = ledger
        # An answer takes seconds, a connection none: one of its own for each question leaves nothing open behind.
        limits = httpx2.Limits(max_connections=None, max_keepalive_connections=0)
        self._inner = httpx2.HTTPTransport(trust_env=False, limits=limits)

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send a request whose body is in memory; see :class:`httpx2.BaseTransport`."""
        body = request.read()
        addresses = self._addresses()
        call = CALL.get()
        sent = None
        if call is not None and self._ledger is not None:
            sent = self._ledger.begin(
                host=self._endpoint.host, size=len(body), item=call.item, what=call.what, model=call.model
            )
        status = "no answer"
        try:
            response = self._send(request, body, addresses)
            status = str(response.status_code)
        finally:
            if sent is not None and self._ledger is not None:
                self._ledger.end(sent, status)
        until = time.monotonic() + self._endpoint.timeout_s
        return httpx2.Response(
            response.status_code, headers=_plain(response), stream=_Bounded(response, until), request=request
        )

    def close(self) -> None:
        """Close the connections."""
        self._inner.close()

    def _addresses(self) -> tuple[str, ...]:
        if self._judge is None:
            return ()
        parts = urlsplit(self._endpoint.base_url)
        return tuple(self._judge(parts.hostname or "", parts.port or _PORTS[parts.scheme]))

    def _send(self, request: httpx2.Request, body: bytes, addresses: tuple[str, ...]) -> httpx2.Response:
        """Send it to the first address that takes a connection; without addresses, to wherever its name leads."""
        headers = [(name, value) for name, value in request.headers.multi_items() if name.lower() in _KEPT]
        headers += [("User-Agent", "Safelight"), ("Accept-Encoding", "identity")]
        if self._key:
            headers.append(("Authorization", f"Bearer {self._key}"))
        timeouts = {"connect": _CONNECT_S, **dict.fromkeys(("read", "write", "pool"), self._endpoint.timeout_s)}
        if not addresses:
            plain = httpx2.Request(
                request.method, request.url, headers=headers, content=body, extensions={"timeout": timeouts}
            )
            return self._inner.handle_request(plain)
        failure: Exception = httpx2.ConnectError("no address")
        for address in addresses:
            # The certificate is still that of the name.
            pinned = httpx2.Request(
                request.method, request.url.copy_with(host=address), headers=headers, content=body,
                extensions={"timeout": timeouts, "sni_hostname": request.url.host},
            )  # fmt: skip
            try:
                return self._inner.handle_request(pinned)
            except (httpx2.ConnectError, httpx2.ConnectTimeout) as error:
                failure = error
        raise failure


class _Bounded(httpx2.SyncByteStream):
    """The body of an answer, as long as it is neither too large nor too slow."""

    def __init__(self, response: httpx2.Response, until: float) -> None:
        self._response = response
        self._until = until

    def __iter__(self) -> Iterator[bytes]:
        size = 0
        for chunk in self._response.iter_raw():
            size += len(chunk)
            if size > _MOST_BYTES:
                raise CallError(f"its answer is larger than {_MOST_BYTES >> 20} MB", Then.NEXT)
            if time.monotonic() > self._until:
                raise CallError("its answer comes too slowly", Then.AGAIN)
            yield chunk

    def close(self) -> None:
        self._response.close()


def _plain(response: httpx2.Response) -> list[tuple[str, str]]:
    packed = response.headers.get("content-encoding", "identity").strip().lower()
    if packed not in ("", "identity"):
        response.close()
        raise CallError("it packs its answer, which was not asked for", Then.NEXT)
    return [(name, value) for name, value in response.headers.multi_items() if name.lower() != "transfer-encoding"]

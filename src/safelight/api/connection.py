"""A connection over which requests come: how much there may be before a request begins, and how slowly, has an end.

uvicorn alone takes headers of any length, for any time, from everybody: before anybody was asked who they are.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from http import HTTPStatus

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from safelight.api.errors import answer


class Connection(HttpToolsProtocol):
    """One connection; it answers with an error and ends where a client asks too much of it."""

    most_head = 64 << 10
    """Bytes of the address and the headers of a request."""
    most_headers = 128
    """Headers of a request."""
    head_s = 20.0
    """Longest time until a request's headers are there, in seconds."""
    body_s, least_body = 60.0, 4 << 10
    """In so many seconds so many bytes of a body have to come; a client that is made to wait has longer."""

    _head: int | None = 0
    _got = 0
    _timer: asyncio.TimerHandle | None = None
    _why = (HTTPStatus.BAD_REQUEST, "this is no HTTP request that is understood here")

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin; see :class:`asyncio.Protocol`."""
        super().connection_made(transport)
        self._begin()

    def connection_lost(self, exc: Exception | None) -> None:
        """End; see :class:`asyncio.Protocol`."""
        self._after(None)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take what came; see :class:`asyncio.Protocol`."""
        self._got += len(data)
        if self._head is not None:
            room = max(0, self.most_head - self._head)
            self._head += len(data)
            if len(data) > room:
                super().data_received(data[:room])
                if self._refused_now() or self.transport.is_closing():
                    return
                data = data[room:]
        super().data_received(data)
        # Even an empty line between requests lets uvicorn forget that it waits for the next one.
        idle = self._timer is None and self._head is None and not self._busy()
        if idle and self.transport.get_protocol() is self:
            self._begin()

    def on_message_begin(self) -> None:
        """A request begins."""
        super().on_message_begin()
        if self._head is None:
            self._begin()

    def on_header(self, name: bytes, value: bytes) -> None:
        """A header is there."""
        if len(self.headers) >= self.most_headers:
            self._why = (HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, f"more than {self.most_headers} headers")
            raise ValueError("too many headers")
        super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """All headers are there."""
        super().on_headers_complete()
        self._head, self._got = None, 0
        self._after(None if self.parser.should_upgrade() else self.body_s, self._look)

    def on_message_complete(self) -> None:
        """A request is there."""
        self._after(None)
        super().on_message_complete()

    def send_400_response(self, msg: str) -> None:
        """Answer what is no request, in the one shape of all errors, and end."""
        if not self._busy() and not self.transport.is_closing():
            status, words = self._why
            said = answer(status, "bad_request", words, headers={"Connection": "close"})
            lines = [f"HTTP/1.1 {status.value} {status.phrase}".encode()]
            lines += [name + b": " + value for name, value in said.raw_headers]
            self.transport.write(b"\r\n".join([*lines, b"", bytes(said.body)]))
        self.transport.close()

    def _begin(self) -> None:
        self._head = 0
        self._after(self.head_s, self._late)

    def _refused_now(self) -> bool:
        """Refuse a request whose headers have not ended yet; tells whether that was so."""
        if self._head is None:
            return False
        words = f"address and headers have more than {self.most_head >> 10} KB"
        self._why = (HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, words)
        self.send_400_response(words)
        return True

    def _late(self) -> None:
        """The headers of a request have not come in time."""
        if self._busy():
            # The next request waits for the answer to this one.
            self._after(self.head_s, self._late)
            return
        words = f"the headers did not come within {self.head_s:g} seconds"
        self._why = (HTTPStatus.REQUEST_TIMEOUT, words)
        self.send_400_response(words)

    def _look(self) -> None:
        """Look how a body comes on."""
        if self._got < self.least_body and not self.flow.read_paused:
            self.transport.close()
            return
        self._got = 0
        self._after(self.body_s, self._look)

    def _busy(self) -> bool:
        """Whether a request is being answered."""
        return self.cycle is not None and not self.cycle.response_complete

    def _after(self, seconds: float | None, then: Callable[[], None] | None = None) -> None:
        """Do something after a while, in place of what was to be done; None = nothing."""
        if self._timer is not None:
            self._timer.cancel()
        self._timer = None if seconds is None or then is None else self.loop.call_later(seconds, then)

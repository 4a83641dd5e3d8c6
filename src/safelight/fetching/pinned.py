"""The network as a fetch sees it: it connects to addresses that were judged, and to nothing else.

The HTTP library asks to be connected to a host; it gets a connection to one of the addresses of that host that were
judged before, and no name is looked up again. Encryption and the Host header keep the name.
"""

from __future__ import annotations

import selectors
import socket
import ssl
from collections.abc import Iterable, Sequence
from concurrent.futures import Future, wait
from ipaddress import ip_address
from threading import Thread

from httpcore2 import SOCKET_OPTION, ConnectError, ConnectTimeout, NetworkBackend, NetworkStream, SyncBackend

from safelight.errors import FetchError, FetchRefusedError
from safelight.fetching.addresses import Address
from safelight.fetching.clock import SLICE_S, Clock
from safelight.fetching.rules import Resolver, Rules
from safelight.fetching.target import Target


def judged(target: Target, rules: Rules, clock: Clock) -> tuple[Address, ...]:
    """The addresses of a target. If one of them may not be connected to, none may.

    Raises:
        FetchRefusedError: it may not be connected to.
        FetchError: it has no address.
    """
    found = (target.address,) if target.address is not None else _resolved(target, rules.resolve, clock)
    if not all(rules.allow(target.host, address) for address in found):
        raise FetchRefusedError(f"{target.host}: this address is not reached from here")
    return found


class PinnedBackend(NetworkBackend):
    """Connects to given addresses, whatever host it is asked for; all that it does ends when the clock does."""

    def __init__(self, addresses: Sequence[Address], *, connect_s: float, clock: Clock) -> None:
        """Take the addresses, in the order in which they are tried."""
        self._addresses = addresses
        self._connect_s = connect_s
        self._clock = clock
        self._network = SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[SOCKET_OPTION] | None = None,
    ) -> NetworkStream:
        """Connect to the first address that answers; see :class:`NetworkBackend`."""
        failure: Exception = ConnectError("no address")
        for address in self._addresses:
            try:
                left = self._clock.left(self._connect_s)
                stream = self._network.connect_tcp(str(address), port, timeout=left, socket_options=socket_options)
                return _Stream(stream, connect_s=self._connect_s, clock=self._clock)
            except (ConnectError, ConnectTimeout) as error:
                failure = error
        raise failure


class _Stream(NetworkStream):
    """A connection that ends with the clock, however slowly the other side goes on."""

    def __init__(self, stream: NetworkStream, *, connect_s: float, clock: Clock) -> None:
        self._stream = stream
        self._connect_s = connect_s
        self._clock = clock

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """See :class:`NetworkStream`."""
        waited_for: socket.socket = self._stream.get_extra_info("socket")
        if not (isinstance(waited_for, ssl.SSLSocket) and waited_for.pending()):
            with selectors.DefaultSelector() as selector:
                selector.register(waited_for, selectors.EVENT_READ)
                while not selector.select(self._clock.left(SLICE_S)):
                    pass
        return self._stream.read(max_bytes, timeout=self._clock.left())

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """See :class:`NetworkStream`."""
        self._stream.write(buffer, timeout=self._clock.left())

    def close(self) -> None:
        """See :class:`NetworkStream`."""
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> NetworkStream:
        """See :class:`NetworkStream`."""
        left = self._clock.left(self._connect_s)
        stream = self._stream.start_tls(ssl_context, server_hostname, timeout=left)
        return _Stream(stream, connect_s=self._connect_s, clock=self._clock)

    def get_extra_info(self, info: str) -> object:
        """See :class:`NetworkStream`."""
        return self._stream.get_extra_info(info)


def _resolved(target: Target, resolve: Resolver, clock: Clock) -> tuple[Address, ...]:
    answer: Future[Sequence[str]] = Future()

    def ask() -> None:
        try:
            answer.set_result(resolve(target.host, target.port))
        except BaseException as error:  # noqa: BLE001 - whoever waits must hear of it
            answer.set_exception(error)

    # The system's own look-up knows no time limit; left alone, it ends by itself.
    Thread(target=ask, name="resolve", daemon=True).start()
    while not answer.done():
        wait([answer], timeout=clock.left(SLICE_S))
    try:
        found = tuple(ip_address(one) for one in dict.fromkeys(answer.result()))
    except (OSError, ValueError) as error:
        raise FetchError(f"{target.host}: there is no such host, or it cannot be looked up now") from error
    if not found:
        raise FetchError(f"{target.host}: there is no such host")
    return found

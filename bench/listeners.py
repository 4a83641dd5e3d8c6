"""Many listeners of live events, all read by one thread."""

from __future__ import annotations

import selectors
import socket
import threading
from contextlib import suppress
from types import TracebackType
from typing import cast

_BLOCK = 1 << 16


class Listeners:
    """Connections to ``GET /api/v1/events`` while the ``with`` block runs; counts the events that came."""

    def __init__(self, port: int, count: int, *, users: bool = False) -> None:
        """Connect; with ``users`` each listens as somebody else, and otherwise all hear everything."""
        self._selector = selectors.DefaultSelector()
        self._sockets = [socket.create_connection(("127.0.0.1", port)) for _ in range(count)]
        self._stop = threading.Event()
        self.events = 0
        for number, one in enumerate(self._sockets):
            user = f"X-User-Id: user{number}\r\n" if users else ""
            one.sendall(f"GET /api/v1/events HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n{user}\r\n".encode())
            one.setblocking(False)
            self._selector.register(one, selectors.EVENT_READ)
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def __enter__(self) -> Listeners:
        """Give itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Disconnect."""
        self._stop.set()
        self._thread.join()
        self._selector.close()
        for one in self._sockets:
            one.close()

    def _read(self) -> None:
        while not self._stop.is_set():
            for key, _ in self._selector.select(timeout=0.1):
                # The selector knows its files as what they are to it: objects with a descriptor.
                found = cast("socket.socket", key.fileobj)
                with suppress(BlockingIOError):
                    self.events += found.recv(_BLOCK).count(b"event:")

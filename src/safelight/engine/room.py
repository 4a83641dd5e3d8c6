"""Room in memory that tasks which run at the same time share."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import psutil

from safelight.errors import ServersAwayError

_LOOK_S = 0.25
_SHARE, _LEAST = 8, 256 << 20


class Room:
    """So many bytes; who does not fit waits in line. What needs more than all of it runs alone."""

    def __init__(self, size: int) -> None:
        """Take how many bytes there are."""
        self._size = size
        self._free = size
        self._news = threading.Condition()
        self._line: deque[object] = deque()
        self._closed = False

    @contextmanager
    def take(self, size: int, check_cancelled: Callable[[], None], *, first: bool = False) -> Iterator[None]:
        """Have so many bytes until the block ends; ``first`` goes before all who wait.

        Raises:
            CancelledError: as ``check_cancelled`` says while it waits.
            ServersAwayError: the room was closed while it waited.
        """
        size = min(size, self._size)
        self._wait(size, check_cancelled, first=first)
        try:
            yield
        finally:
            with self._news:
                self._free += size
                self._news.notify_all()

    def close(self) -> None:
        """Let go who waits."""
        with self._news:
            self._closed = True
            self._news.notify_all()

    def _wait(self, size: int, check_cancelled: Callable[[], None], *, first: bool) -> None:
        me = object()
        with self._news:
            (self._line.appendleft if first else self._line.append)(me)
            try:
                # Only the first in line may go: else those who need much would wait for ever.
                while self._line[0] is not me or self._free < size:
                    if self._closed:
                        raise ServersAwayError("the service is stopping")
                    self._news.wait(_LOOK_S)
                    check_cancelled()
                self._free -= size
            finally:
                self._line.remove(me)
                self._news.notify_all()


def usual_room() -> int:
    """Bytes that are a part of this machine's memory which others can spare."""
    return max(_LEAST, psutil.virtual_memory().total // _SHARE)

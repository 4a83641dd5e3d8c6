"""Work that several threads want at the same time is done by one of them, for all."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from concurrent.futures import Future, wait
from threading import Lock
from typing import Generic, TypeVar

from safelight.errors import CancelledError

_LOOK_S = 0.25

K = TypeVar("K", bound=Hashable)
T = TypeVar("T")


class Sharing(Generic[K, T]):
    """What is being made now, by key; nothing is kept once it is there."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self._lock = Lock()
        self._running: dict[K, Future[T]] = {}

    def get(self, key: K, make: Callable[[], T], check_cancelled: Callable[[], None]) -> T:
        """Make it, or wait for the thread that is making it; its failure is the failure of all who wait.

        Only its cancel is its own: then somebody else makes it.

        Raises:
            CancelledError: on request of this thread.
        """
        while True:
            with self._lock:
                others = self._running.get(key)
                if others is None:
                    mine = self._running[key] = Future()
            if others is None:
                return self._make(key, make, mine)
            while not others.done():
                check_cancelled()
                wait([others], timeout=_LOOK_S)
            if not isinstance(others.exception(), CancelledError):
                return others.result()

    def _make(self, key: K, make: Callable[[], T], mine: Future[T]) -> T:
        try:
            made = make()
        except BaseException as error:
            self._end(key)
            mine.set_exception(error)
            raise
        self._end(key)
        mine.set_result(made)
        return made

    def _end(self, key: K) -> None:
        with self._lock:
            del self._running[key]

"""Ctrl-C and a polite kill: the first one stops within a tile and tidies up, the second one stops at once."""

from __future__ import annotations

import signal
import threading
from types import FrameType, TracebackType
from typing import Self

from safelight.errors import CancelledError

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


class Interrupt:
    """While entered, an interrupt is remembered instead of raised."""

    def __init__(self) -> None:
        """Nothing was asked for yet."""
        self.wanted = False
        self._before: dict[signal.Signals, object] = {}

    def check(self) -> None:
        """Raise CancelledError if the user wants to stop."""
        if self.wanted:
            raise CancelledError("stopped on request")

    def __enter__(self) -> Self:
        """Start to listen; only the main thread can."""
        if threading.current_thread() is threading.main_thread():
            self._before = {one: signal.signal(one, self._take) for one in _SIGNALS}
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Listen no more."""
        for one, handler in self._before.items():
            signal.signal(one, handler)  # type: ignore[arg-type]

    def _take(self, number: int, _frame: FrameType | None) -> None:
        if self.wanted:
            raise KeyboardInterrupt
        self.wanted = True

"""How long something may still take, and whether it is still wanted."""

from __future__ import annotations

import time
from collections.abc import Callable

SLICE_S = 0.25
"""Longest wait without a look at whether it is still wanted, in seconds."""


class TooLongError(Exception):
    """All the time that was allowed is over."""


class Clock:
    """Runs from when it is made."""

    def __init__(self, total_s: float, check_cancelled: Callable[[], None]) -> None:
        """Take the time that is allowed, and what raises if nobody wants it any more."""
        self._until = time.monotonic() + total_s
        self._check_cancelled = check_cancelled

    def left(self, most: float = float("inf")) -> float:
        """Seconds that are left, at most ``most``; more than 0.

        Raises:
            TooLongError: none.
            CancelledError: on request.
        """
        self._check_cancelled()
        left = self._until - time.monotonic()
        if left <= 0:
            raise TooLongError
        return min(left, most)

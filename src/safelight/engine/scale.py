"""How many workers there should be."""

from __future__ import annotations

_COOL_DOWN_S = 60.0
_BACKLOG = 2


class Scale:
    """Grows by one when more than two tasks wait for each worker; shrinks by one after a minute without a backlog."""

    def __init__(self, *, least: int, most: int) -> None:
        """Take the bounds."""
        self._least = min(least, most)
        self._most = most
        self._changed = float("-inf")
        self._busy = float("-inf")

    def want(self, count: int, waiting: int, at: float) -> int:
        """Tell how many workers there should be at time ``at`` (monotonic, seconds), with ``waiting`` tasks queued."""
        if waiting:
            self._busy = at
        least = max(self._least, 1 if waiting else 0)
        if count < least:
            return least
        if waiting > _BACKLOG * count and count < self._most and at - self._changed >= 1.0:
            self._changed = at
            return count + 1
        idle = at - self._busy >= _COOL_DOWN_S and at - self._changed >= _COOL_DOWN_S
        if count > least and idle:
            self._changed = at
            return count - 1
        return min(count, self._most)

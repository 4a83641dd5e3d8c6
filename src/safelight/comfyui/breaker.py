"""Whether a server is worth asking: it rests after a failure, longer each time, and then has to prove itself."""

from __future__ import annotations

import time
from enum import StrEnum

_FIRST_S, _LONGEST_S = 1.0, 60.0


class State(StrEnum):
    """How a server is."""

    UNKNOWN = "unknown"
    """It was not heard yet."""
    UP = "up"
    """It works."""
    TRYING = "trying"
    """It answers again; one task will show whether it works."""
    RESTING = "resting"
    """It failed; it is asked again in a while."""


class Breaker:
    """Counts the failures of a server; times are seconds on the monotonic clock."""

    def __init__(self) -> None:
        """Nothing is known yet."""
        self.state = State.UNKNOWN
        self.reason = ""
        """Why it rests, or rested last."""
        self.until = 0.0
        """Until when it rests."""
        self.since = time.monotonic()
        """Since when it does not work; while it works this means nothing."""
        self._failures = 0
        self._idle = False

    @property
    def open(self) -> bool:
        """Whether it may be given work."""
        return self.state in (State.UP, State.TRYING)

    def heard(self) -> None:
        """It answered."""
        if self.state is State.UNKNOWN:
            self.state = State.UP
        elif self.state is State.RESTING:
            # One that accepted work and did none answers all the time: only work shows that it works again.
            self.state = State.TRYING if self._idle else State.UP
        if self.state is State.UP:
            self.reason = ""

    def worked(self) -> None:
        """It finished a task."""
        self.state, self.reason, self._failures, self._idle = State.UP, "", 0, False

    def failed(self, reason: str, at: float, *, idle: bool = False) -> None:
        """It did not answer; or, with ``idle``, it answers but does nothing."""
        if self.state is State.RESTING and at < self.until:
            return
        if self.state is State.UP:
            self.since = at
        self.state, self.reason, self._idle = State.RESTING, reason, idle or self._idle
        self.until = at + min(_LONGEST_S, _FIRST_S * 2**self._failures)
        self._failures = min(self._failures + 1, 16)

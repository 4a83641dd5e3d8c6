"""When a request is tried again, and when it is given up."""

from __future__ import annotations

import random
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from safelight.client.errors import SafelightApiError
from safelight.client.wire import LostError

_BUSY = frozenset({429, 503, 507})
"""The service says when to come again."""
_FAULTS = frozenset({500, 502, 504})
_ANSWERING = "being_answered"
"""The code of a 409: the same request arrived before, and is still being worked on."""
_FIRST_S, _LONGEST_S = 0.25, 10.0
_LONGEST_ASKED_S = 300.0
_ANSWERING_TIMES = 60
"""The service gives up on a request whose process died after 30 seconds, and has the key back then."""


class Patience:
    """Counts the tries of one request."""

    def __init__(self, retries: int) -> None:
        """Take how often it is tried again."""
        self._left = retries
        self._answering = _ANSWERING_TIMES
        self._pauses = Growing()

    def pause_after(self, error: LostError | SafelightApiError) -> float | None:
        """Give the seconds until the next try; None if there is none."""
        if isinstance(error, SafelightApiError) and error.code == _ANSWERING:
            self._answering -= 1
            return (error.retry_after or 1.0) if self._answering >= 0 else None
        if not passes(error):
            return None
        self._left -= 1
        if self._left < 0:
            return None
        asked = error.retry_after if isinstance(error, SafelightApiError) else None
        if asked is None:
            return self._pauses.next()
        # Nobody is helped by coming earlier than was asked; a little later keeps clients from coming all at once.
        return asked + random.uniform(0, 0.1) if asked <= _LONGEST_ASKED_S else None  # noqa: S311 - no secret


class Growing:
    """Pauses that grow, each by chance a little shorter."""

    def __init__(self, first: float = _FIRST_S, longest: float = _LONGEST_S, factor: float = 2.0) -> None:
        """Take the first and the longest, in seconds, and how they grow."""
        self._first, self._longest, self._factor = first, longest, factor
        self._now = first

    def next(self) -> float:
        """The next one, in seconds."""
        found, self._now = self._now, min(self._longest, self._now * self._factor)
        return found * random.uniform(0.5, 1.0)  # noqa: S311 - no secret

    def again(self) -> None:
        """Begin with the first one again."""
        self._now = self._first


def passes(error: LostError | SafelightApiError) -> bool:
    """Tell whether it may be over in a while."""
    return isinstance(error, LostError) or error.status in _BUSY or error.status in _FAULTS


def asked_pause(header: str | None) -> float | None:
    """Read ``Retry-After``: seconds, or a time; None if it is neither."""
    text = (header or "").strip()
    if text.isascii() and text.isdecimal():
        return float(text[:9])
    try:
        at = parsedate_to_datetime(text)
    except ValueError:
        return None
    return max(0.0, (at.replace(tzinfo=at.tzinfo or UTC) - datetime.now(UTC)).total_seconds())

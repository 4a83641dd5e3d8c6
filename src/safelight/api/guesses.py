"""Wrong tokens by who showed them, so that nobody can try many."""

from __future__ import annotations

import time
from collections import OrderedDict, deque
from collections.abc import Callable
from ipaddress import ip_address

MOST, WITHIN_S = 20, 60.0
"""So many wrong tries an address has in so long a time."""

_MOST_ADDRESSES = 10_000
_IPV6_BITS = 64


class Guesses:
    """Counts wrong tries; for one event loop.

    Of IPv6 addresses a whole /64 is one, as that is what one household has. Behind a proxy all are one address:
    somebody who guesses there makes the others wait as well, and those who are signed in notice nothing.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """Take the clock, in seconds."""
        self._clock = clock
        self._wrong: OrderedDict[str, deque[float]] = OrderedDict()

    def wait(self, address: str) -> float:
        """Give the seconds until an address may try again; 0 = it may now."""
        tries = self._wrong.get(_place(address))
        if tries is None or len(tries) < MOST:
            return 0.0
        return max(0.0, tries[0] + WITHIN_S - self._clock())

    def wrong(self, address: str) -> None:
        """Count a wrong try."""
        place = _place(address)
        self._wrong.setdefault(place, deque(maxlen=MOST)).append(self._clock())
        self._wrong.move_to_end(place)
        if len(self._wrong) > _MOST_ADDRESSES:
            self._wrong.popitem(last=False)


def _place(address: str) -> str:
    try:
        found = ip_address(address)
    except ValueError:
        return address
    return address if found.version == 4 else str(int(found) >> (128 - _IPV6_BITS))

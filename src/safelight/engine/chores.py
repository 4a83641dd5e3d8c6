"""What has to be done now and then, each in a thread of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import structlog

from safelight.errors import SafelightError

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Chore:
    """Something that has to be done now and then."""

    name: str
    """What it is called in the log."""
    every_s: float
    """Seconds from the end of one time to the next."""
    run: Callable[[], object]
    """Does it once."""


class Keeper:
    """Does chores until it is stopped; one that fails is tried again the next time."""

    def __init__(self, chores: Sequence[Chore]) -> None:
        """Take the chores."""
        self._stop = threading.Event()
        self._threads = [
            threading.Thread(target=self._keep, args=(chore,), name=chore.name, daemon=True) for chore in chores
        ]

    def start(self) -> None:
        """Begin."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """End, once what is being done is done."""
        self._stop.set()
        for thread in self._threads:
            thread.join(timeout=5)

    def _keep(self, chore: Chore) -> None:
        while not self._stop.is_set():
            try:
                chore.run()
            except SafelightError as error:
                log.warning("chore failed", chore=chore.name, error=str(error))
            except Exception:  # the other chores, and the next time, must not pay for it
                log.exception("fault in a chore", chore=chore.name)
            self._stop.wait(chore.every_s)

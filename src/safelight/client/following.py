"""Waits for tasks and batches: events say when to look, and what a look gives is the truth."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from contextlib import aclosing
from dataclasses import dataclass
from inspect import isawaitable
from typing import Generic, TypeVar

from safelight.client.errors import SafelightApiError
from safelight.client.line import Line, told
from safelight.client.listening import Ear
from safelight.client.patience import Growing, passes
from safelight.client.subjects import Subject
from safelight.client.values import Batch, Task
from safelight.client.wire import LostError

S = TypeVar("S", Task, Batch)
Told = Callable[[S], Awaitable[None] | None]
"""Hears of every change."""

_OUTAGE_S = 300.0
"""A service that does not answer for so long is given up."""
_LOOK_S = 30.0
"""So long at most events alone are believed."""
_LONGEST_ASKED_S = 60.0
"""A service that says that it is away for longer is looked at all the same."""
_LEAST_S = 0.05


class Clock:
    """Tells what is left of a time."""

    def __init__(self, seconds: float | None, what: str) -> None:
        """Take the time, None = any, and what is waited for."""
        self._end = None if seconds is None else time.monotonic() + seconds
        self._words = f"{what} did not end within {seconds:g} seconds" if seconds is not None else ""

    def most(self, seconds: float) -> float:
        """So many seconds, or what is left.

        Raises:
            TimeoutError: nothing is.
        """
        if self._end is None:
            return seconds
        left = self._end - time.monotonic()
        if left <= 0:
            raise TimeoutError(self._words)
        return max(_LEAST_S, min(seconds, left))


@dataclass(slots=True)
class Follower(Generic[S]):
    """Follows one task or batch."""

    line: Line
    """To the service."""
    subject: Subject[S]
    """What is followed."""
    clock: Clock
    """How long."""

    async def wait(self, tell: Told[S] | None) -> S:
        """Wait until it has ended, and give it as it is then.

        Raises:
            TimeoutError: it takes longer than there is time.
            SafelightApiError, UnreachableError: it cannot be looked at any more.
        """
        ear, calm = Ear(self.line, self.subject.listen), Growing(factor=1.5, longest=5.0)
        seen: S | None = None
        while True:
            found = await self.look()
            if found != seen:
                calm.again()
                await _tell(tell, found)
            if found.ended:
                return found
            try:
                seen = await self._listened(ear, found, tell)
            except (LostError, SafelightApiError):
                # The look that comes next says whether the service is away, or refuses.
                seen = found
                await self.line.wire.pause(self.clock.most(calm.next()))

    async def look(self) -> S:
        """Look how it is; a service that is away for a while is waited for.

        Raises: as :meth:`wait`.
        """
        calm, end = Growing(longest=2.0), time.monotonic() + _OUTAGE_S
        while True:
            try:
                return await self.line.once(self.subject.look, self.subject.kind, self.clock.most(self.line.timeout_s))
            except (LostError, SafelightApiError) as error:
                asked = error.retry_after if isinstance(error, SafelightApiError) else None
                if not passes(error) or time.monotonic() > end:
                    raise told(error) from error.__cause__
                await self.line.wire.pause(self.clock.most(min(asked or calm.next(), _LONGEST_ASKED_S)))

    async def _listened(self, ear: Ear, found: S, tell: Told[S] | None) -> S:
        """Listen until it is time to look, and give it as it is by what was heard."""
        looked = time.monotonic()
        async with aclosing(ear.listen(self.clock.most(_LOOK_S))) as signs:
            async for events in signs:
                for event in events:
                    heard = self.subject.heard(found, event)
                    if heard.ended:
                        return found
                    if heard != found:
                        found = heard
                        await _tell(tell, found)
                self.clock.most(0)
                if time.monotonic() - looked > _LOOK_S:
                    return found
        raise LostError("the service has closed the connection")


async def _tell(tell: Told[S] | None, found: S) -> None:
    if tell is not None:
        waiting = tell(found)
        if isawaitable(waiting):
            await waiting

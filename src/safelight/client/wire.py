"""What goes over the network, whichever way it is waited for."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Protocol

from safelight.client.calls import Call


class LostError(Exception):
    """No answer came, or not all of it; nobody knows whether the request arrived."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the service answered."""

    status: int
    """The HTTP status."""
    headers: Mapping[str, str]
    """The head; names in any case."""
    content: bytes = b""
    """The body; nothing while it is still to come."""


class Incoming(Protocol):
    """An answer whose body comes piece by piece."""

    @property
    def head(self) -> Answer:
        """Status and head."""
        ...

    def pieces(self) -> AsyncGenerator[bytes, None]:
        """The body.

        Raises:
            LostError: it broke off.
        """
        ...

    async def whole(self) -> Answer:
        """The answer with all of its body.

        Raises:
            LostError: it broke off.
        """
        ...


class Wire(Protocol):
    """Sends requests and waits. One that blocks never suspends; see :func:`safelight.client.blocking.at_once`."""

    async def send(self, call: Call, timeout_s: float) -> Answer:
        """Send a request and give the answer.

        Raises:
            LostError: none came.
            OSError: the photo cannot be read.
        """
        ...

    def open(self, call: Call, timeout_s: float) -> AbstractAsyncContextManager[Incoming]:
        """Send a request and give the answer as soon as its head is there.

        Raises:
            LostError: none came.
        """
        ...

    async def pause(self, seconds: float) -> None:
        """Let time pass."""
        ...

    async def close(self) -> None:
        """Close all connections."""
        ...

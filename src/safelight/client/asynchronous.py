"""The client for event loops."""

from __future__ import annotations

from copy import copy
from dataclasses import replace
from types import TracebackType
from typing import Self

from safelight.client.http import AsyncWire
from safelight.client.line import RETRIES, TIMEOUT_S, Line
from safelight.client.methods import Methods


class AsyncSafelight(Methods):
    """Calls a Safelight service from an event loop of asyncio; as ``async with`` block it closes its connections."""

    def __init__(
        self,
        url: str = "http://127.0.0.1:8000",
        *,
        token: str | None = None,
        user: str | None = None,
        timeout: float = TIMEOUT_S,
        retries: int = RETRIES,
    ) -> None:
        """Take where the service is; nothing is sent yet. All is as with :class:`safelight.client.Safelight`."""
        super().__init__(Line(wire=AsyncWire(url, token), user=user, timeout_s=timeout, retries=retries))

    async def __aenter__(self) -> Self:
        """Give itself."""
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close all connections."""
        await self.close()

    async def close(self) -> None:
        """Close all connections, also those of the clients that :meth:`as_user` gave."""
        await self._line.wire.close()

    def as_user(self, user: str | None) -> Self:
        """Give a client for somebody else over the same connections."""
        found = copy(self)
        found._line = replace(self._line, user=user)
        return found

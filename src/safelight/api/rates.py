"""How often one user may ask: counted here, or in Redis for several processes together."""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING, cast

import structlog
from limits import RateLimitItem, parse_many
from limits.storage import MemoryStorage
from limits.strategies import SlidingWindowCounterRateLimiter
from starlette.types import ASGIApp, Receive, Scope, Send

from safelight.accounts.identity import Identity
from safelight.api.errors import answer_to
from safelight.api.security import IDENTITY
from safelight.errors import SettingsError, TooManyRequestsError
from safelight.settings import Settings

if TYPE_CHECKING:
    from limits.aio.strategies import SlidingWindowCounterRateLimiter as Shared
    from redis.asyncio import ConnectionPool

_PATIENCE_S = 0.5
_REST_S = 10.0
"""For so long Redis is left alone once it did not answer; each process counts for itself then."""

log = structlog.get_logger()


class Rates:
    """Counts requests by user; for one event loop."""

    def __init__(self, settings: Settings) -> None:
        """Take the settings.

        Raises:
            SettingsError: the rate cannot be read.
        """
        try:
            self._items: list[RateLimitItem] = parse_many(settings.user_rate) if settings.user_rate else []
        except ValueError as error:
            raise SettingsError(
                f"SAFELIGHT_USER_RATE: {settings.user_rate!r} is no rate", hint="as 3000/minute, or 20/second;3000/hour"
            ) from error
        self._here = SlidingWindowCounterRateLimiter(MemoryStorage()) if self._items else None
        self._shared: Shared | None = None
        self._pool: ConnectionPool | None = None
        if self._items and settings.redis_url and (found := _shared(settings.redis_url)):
            self._shared, self._pool = found
        self._rests_until = float("-inf")

    async def check(self, user: str) -> None:
        """Count a request of a user.

        Raises:
            TooManyRequestsError: there were too many.
        """
        if self._here is None:
            return
        for item in self._items:
            reset = await self._over(item, user)
            if reset is not None:
                wait = max(1.0, reset - time.time())
                raise TooManyRequestsError(
                    f"more than {item} requests came from you; try again in {math.ceil(wait)} seconds", retry_s=wait
                )

    async def close(self) -> None:
        """Close the connections."""
        if self._pool is not None:
            await self._pool.aclose()

    async def _over(self, item: RateLimitItem, user: str) -> float | None:
        """Count one request; gives when there is room again if there is none, in seconds since 1970."""
        if self._shared is not None and time.monotonic() > self._rests_until:
            try:
                if await self._shared.hit(item, "user", user):
                    return None
                return float((await self._shared.get_window_stats(item, "user", user)).reset_time)
            except Exception as error:  # noqa: BLE001 - whatever its driver raises, requests go on
                log.warning("Redis does not answer: requests are counted here", error=type(error).__name__)
                self._rests_until = time.monotonic() + _REST_S
        if self._here is None or self._here.hit(item, "user", user):
            return None
        return float(self._here.get_window_stats(item, "user", user).reset_time)


class Throttle:
    """ASGI middleware: lets nobody with an account ask too often. A back end that acts for others is let alone."""

    def __init__(self, app: ASGIApp, *, rates: Rates) -> None:
        """Take what comes after it, and what counts."""
        self._app = app
        self._rates = rates

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let through or refuse."""
        identity: Identity | None = scope.get(IDENTITY)
        if identity is not None and identity.user is not None and not identity.house:
            try:
                await self._rates.check(identity.user)
            except TooManyRequestsError as error:
                if scope["type"] == "websocket":
                    await send({"type": "websocket.close", "code": 1013, "reason": error.message})
                else:
                    await answer_to(error)(scope, receive, send)
                return
        await self._app(scope, receive, send)


def _shared(url: str) -> tuple[Shared, ConnectionPool] | None:
    """What counts in Redis; None where its driver is not installed."""
    try:
        from redis.asyncio import ConnectionPool
    except ImportError:
        log.warning("requests are counted by each process: the driver of Redis is not installed, safelight[redis]")
        return None
    from limits.aio.storage import RedisStorage
    from limits.aio.strategies import SlidingWindowCounterRateLimiter as Shared

    try:
        pool = ConnectionPool.from_url(url, socket_timeout=_PATIENCE_S, socket_connect_timeout=_PATIENCE_S)
        # Its types know nothing of what it says it takes.
        storage = RedisStorage(f"async+{url}", implementation="redispy", connection_pool=cast("str", pool))
    except Exception as error:
        raise SettingsError(f"SAFELIGHT_REDIS_URL: it is no address of Redis: {type(error).__name__}") from error
    return Shared(storage), pool

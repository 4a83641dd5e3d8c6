"""The hook: every task that ends is posted to an address, signed, and again until it is taken."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import random
import ssl
import time
from typing import TYPE_CHECKING

import structlog
from sqlalchemy import RowMapping, delete, select, update

from safelight.errors import SettingsError
from safelight.tasks.database import Database
from safelight.tasks.tables import outbox
from safelight.tasks.task import now

if TYPE_CHECKING:
    import httpx2

_CONNECT_S, _TOTAL_S = 5.0, 10.0
_HELD_MS = 60_000
_LONGEST_S = 3_600.0
_GIVEN_UP_MS = 7 * 86_400_000
_AT_A_TIME = 200
_log = structlog.get_logger(__name__)


class _AwayError(Exception):
    """The receiver did not answer; the message says why."""


class Hook:
    """Sends what waits in the outbox. Several may do so at once; nothing is sent by two at the same time."""

    def __init__(self, database: Database, url: str, secret: str) -> None:
        """Take the database, where to post, and the secret that signs; without a secret nothing is signed.

        Raises:
            SettingsError: it is no address that can be posted to.
        """
        import httpx2

        try:
            parsed = httpx2.URL(url)
        except httpx2.InvalidURL as error:
            raise SettingsError(f"SAFELIGHT_HOOK_URL: {error}") from error
        if parsed.scheme not in ("http", "https") or not parsed.host:
            raise SettingsError(f"SAFELIGHT_HOOK_URL: {url!r} is no http or https address")
        self._database = database
        self._url = url
        self._secret = secret.encode()
        self._tls = ssl.create_default_context()

    def send_due(self) -> int:
        """Post what is due; tells how many were taken.

        A receiver that does not answer at all ends the call, so that one call does not wait for every letter in turn.

        Raises:
            DatabaseAwayError: the database cannot be reached.
        """
        taken = 0
        for _ in range(_AT_A_TIME):
            letter = self._claim()
            if letter is None:
                break
            try:
                trouble = asyncio.run(self._post(letter))
            except _AwayError as error:
                self._failed(letter, str(error))
                break
            if trouble:
                self._failed(letter, trouble)
            else:
                self._taken(letter)
                taken += 1
        return taken

    def _claim(self) -> RowMapping | None:
        """Take a letter that is due; to others it is not due until the sending must be over."""
        at = now()
        with self._database.write() as connection:
            due = select(outbox.c.id).where(outbox.c.next_at <= at).order_by(outbox.c.next_at, outbox.c.id).limit(1)
            found = connection.scalar(due.with_for_update(skip_locked=True))
            if found is None:
                return None
            claim = update(outbox).where(outbox.c.id == found).values(next_at=at + _HELD_MS).returning(outbox)
            return connection.execute(claim).mappings().one()

    def _taken(self, letter: RowMapping) -> None:
        with self._database.write() as connection:
            connection.execute(delete(outbox).where(outbox.c.id == letter["id"]))

    def _failed(self, letter: RowMapping, trouble: str) -> None:
        at, attempts = now(), letter["attempts"] + 1
        mine = (outbox.c.id == letter["id"], outbox.c.next_at == letter["next_at"])
        if at - letter["created_at"] >= _GIVEN_UP_MS:
            with self._database.write() as connection:
                connection.execute(delete(outbox).where(*mine))
            _log.warning("hook_given_up", task=letter["task"], attempts=attempts, error=trouble)
            return
        values = {"attempts": attempts, "error": trouble[:500], "next_at": at + round(_wait(attempts) * 1000)}
        with self._database.write() as connection:
            connection.execute(update(outbox).where(*mine).values(**values))

    async def _post(self, letter: RowMapping) -> str:
        """Send a letter; gives what was wrong with the answer, or nothing."""
        import httpx2

        body = letter["body"].encode()
        timeout = httpx2.Timeout(_TOTAL_S, connect=_CONNECT_S)
        try:
            async with (
                asyncio.timeout(_TOTAL_S),
                httpx2.AsyncClient(verify=self._tls, timeout=timeout, follow_redirects=False) as client,
                client.stream("POST", self._url, content=body, headers=self._headers(letter, body)) as response,
            ):
                return "" if response.is_success else _said(response)
        except (httpx2.HTTPError, TimeoutError, OSError) as error:
            raise _AwayError(str(error) or type(error).__name__) from error

    def _headers(self, letter: RowMapping, body: bytes) -> dict[str, str]:
        timestamp = str(int(time.time()))
        headers = {
            "Content-Type": "application/json",
            "X-Safelight-Timestamp": timestamp,
            "X-Safelight-Delivery": str(letter["id"]),
        }
        if self._secret:
            headers["X-Safelight-Signature"] = f"sha256={signature(self._secret, timestamp, body)}"
        return headers


def signature(secret: bytes, timestamp: str, body: bytes) -> str:
    """Sign a body and the time at which it is sent: HMAC-SHA256 over ``timestamp.body``, in hexadecimal digits."""
    return hmac.new(secret, timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()


def _wait(attempts: int) -> float:
    """Seconds until the next attempt: twice as long each time, 1 s to 1 h, and not all at the same moment."""
    usual = min(_LONGEST_S, 2.0 ** min(attempts - 1, 20))
    return min(_LONGEST_S, max(1.0, usual * random.uniform(0.75, 1.25)))  # noqa: S311 - nothing is secret about it


def _said(response: httpx2.Response) -> str:
    return f"it answered {response.status_code} {response.reason_phrase}".rstrip()

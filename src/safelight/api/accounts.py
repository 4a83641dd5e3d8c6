"""Who somebody is by what they show: keys, tokens and cookies of accounts, looked up once in some seconds."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import re
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

import structlog
from starlette.requests import cookie_parser

from safelight.accounts.identity import Identity, Via
from safelight.accounts.jwts import Tokens
from safelight.accounts.keys import digest_of, new_secret, read_key, same
from safelight.errors import DatabaseAwayError
from safelight.service import Service
from safelight.tasks.accounts.known import Known

FRESH_S = 5.0
"""For so long what was looked up is gone by: what another process revokes opens nothing after that."""
COOKIE_S = 400 * 24 * 3600
"""How long browsers keep the cookie, which is as long as they may; the session ends before, by the database."""

_TOUCH_S = 600.0
"""How exactly it is known when somebody last came: each note is a write."""
_MOST = 20_000
_COOKIE = re.compile(r"([0-9a-f]{64})\.([0-9a-f]{64})")

log = structlog.get_logger()


@dataclass(slots=True)
class _Looked:
    """Something that was looked up."""

    known: Known | None
    until: float
    touched: float


class Accounts:
    """Knows who shows what; for one event loop."""

    def __init__(self, service: Service, secret: bytes, clock: Callable[[], float] = time.monotonic) -> None:
        """Take the tables, the secret of this service, and the clock in seconds."""
        self._service = service
        self._key = hmac.digest(secret, b"sessions of accounts", hashlib.sha256)
        self._clock = clock
        self._looked: OrderedDict[str, _Looked] = OrderedDict()
        self._on: bool = service.settings.accounts
        self._asked = float("-inf")
        self.tokens = Tokens(secret)
        # Browsers keep one set of cookies for all ports of a machine: two services there need names of their own.
        self.cookie = f"safelight_account_{hmac.new(secret, b'name of the cookie', hashlib.sha256).hexdigest()[:8]}"

    async def on(self) -> bool:
        """Tell whether there are accounts: from the first user on, and then for ever.

        Raises:
            DatabaseAwayError: nobody can tell yet.
        """
        if not self._on and self._clock() - self._asked > FRESH_S:
            known = self._asked > float("-inf")
            try:
                self._on = await asyncio.to_thread(self._service.users.any)
            except DatabaseAwayError:
                # There were none a moment ago; what needs the database says itself that it is away.
                if not known:
                    raise
            self._asked = self._clock()
        return self._on

    def begun(self) -> None:
        """Take note that a user was made here."""
        self._asked = float("-inf")

    async def of_shown(self, text: str) -> Identity | None:
        """Give who shows a key or a token; None if it is neither, or opens nothing any more."""
        key = read_key(text)
        if key is not None:
            handle = f"key:{key[0]}"
            known = await self._known(handle, key[1])
            return None if known is None else _identity(known, Via.KEY, handle)
        claims = self.tokens.read(text)
        if claims is None:
            return None
        known = await self._known(claims.handle, None)
        if known is None or known.user != claims.user:
            return None
        return _identity(known, Via.JWT, claims.handle, claims.expires)

    async def of_cookies(self, header: str) -> Identity | None:
        """Give who a Cookie header is of; None if it holds no session, or one that has ended."""
        id_ = self._id(header)
        if id_ is None:
            return None
        digest = digest_of(id_)
        known = await self._known(f"session:{digest}", digest)
        return None if known is None else _identity(known, Via.SESSION, f"session:{digest}")

    async def still(self, identity: Identity) -> bool:
        """Tell whether somebody who was let in would be let in now."""
        if not identity.account:
            return True
        if identity.expires is not None and identity.expires <= time.time():
            return False
        try:
            known = await self._known(identity.handle, None)
        except DatabaseAwayError:
            # Nothing new comes from there meanwhile, and then it is asked again.
            return True
        return known is not None and known.user == identity.user

    def begin(self, user: str) -> str:
        """Begin a session; gives the value of its cookie. It writes to the database, so not in the event loop."""
        id_ = new_secret()
        self._service.sessions.begin(digest_of(id_), user)
        return f"{id_}.{self._signed('cookie', id_)}"

    def csrf(self, header: str) -> str:
        """Give what a page has to send along to change something; empty where there is no session."""
        id_ = self._id(header)
        return "" if id_ is None else self._signed("csrf", id_)[:40]

    def csrf_fits(self, header: str, shown: str) -> bool:
        """Tell whether that was sent along."""
        right = self.csrf(header)
        return bool(right) and same(shown, right)

    def csrf_of(self, value: str) -> str:
        """The same as :meth:`csrf`, of the value of a new cookie."""
        return self.csrf(f"{self.cookie}={value}")

    def forget(self, handle: str | None = None) -> None:
        """Forget what was looked up of one handle, or all: something was revoked here."""
        if handle is None:
            self._looked.clear()
        else:
            self._looked.pop(handle, None)

    async def _known(self, handle: str, digest: str | None) -> Known | None:
        """Look a session or a key up; with ``digest`` its secret has to have that hash."""
        found, at = self._looked.get(handle), self._clock()
        if found is None or found.until <= at:
            known = await asyncio.to_thread(self._look, handle)
            touched = found.touched if found is not None else float("-inf")
            found = _Looked(known, at + FRESH_S, touched)
            if known is not None:
                self._keep(handle, found)
            else:
                self._looked.pop(handle, None)
        if found.known is None or (digest is not None and not same(digest, found.known.digest)):
            return None
        if found.known.expires is not None and found.known.expires <= time.time():
            return None
        if digest is not None and at - found.touched > _TOUCH_S:
            found.touched = at
            await asyncio.to_thread(self._touch, handle)
        return found.known

    def _look(self, handle: str) -> Known | None:
        kind, _, id_ = handle.partition(":")
        if kind == "key":
            return self._service.keys.known(id_)
        return self._service.sessions.known(id_) if kind == "session" else None

    def _touch(self, handle: str) -> None:
        kind, _, id_ = handle.partition(":")
        try:
            (self._service.keys.touch if kind == "key" else self._service.sessions.touch)(id_)
        except DatabaseAwayError as error:
            log.warning("not noted that somebody came", error=str(error))

    def _keep(self, handle: str, looked: _Looked) -> None:
        self._looked[handle] = looked
        self._looked.move_to_end(handle)
        if len(self._looked) > _MOST:
            self._looked.popitem(last=False)

    def _id(self, header: str) -> str | None:
        found = _COOKIE.fullmatch(cookie_parser(header).get(self.cookie, ""))
        return found[1] if found is not None and same(found[2], self._signed("cookie", found[1])) else None

    def _signed(self, what: str, id_: str) -> str:
        return hmac.new(self._key, f"{what}\n{id_}".encode(), hashlib.sha256).hexdigest()


def _identity(known: Known, via: Via, handle: str, expires: float | None = None) -> Identity:
    return Identity(
        via=via, user=known.user, role=known.role, acts=known.acts, scopes=known.scopes, house=known.house,
        handle=handle, expires=expires if expires is not None else known.expires,
    )  # fmt: skip

"""Who may call: checked before anything else is done with a request."""

from __future__ import annotations

import hmac
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from safelight.accounts.identity import OF_LINK, Identity, Via, of_house
from safelight.accounts.role import Role
from safelight.accounts.scope import needed
from safelight.api.accounts import Accounts
from safelight.api.guesses import Guesses
from safelight.api.links import Links
from safelight.api.session import Sessions
from safelight.errors import DatabaseAwayError, ForbiddenError, NotSignedInError, SafelightError, SettingsError
from safelight.settings import Settings, is_loopback

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_API = "/api/v1"
_OPEN = frozenset({
    "/health", "/", "/docs", "/openapi.json",
    *(f"{_API}/{one}" for one in ("session", "account", "account/sign-in", "account/invite")),
})  # fmt: skip
"""What tells nothing of anybody: a browser has no way to show a token there, or is about to."""
IDENTITY = "safelight.identity"
"""Where a scope holds who calls: an :class:`Identity`, or None where nobody need be anybody."""
CSRF = "x-csrf-token"
_KNOWS = frozenset({"/health", "/metrics"})
"""What lies beside the interface and tells some more than others."""
_PASSED_ON = ("x-forwarded-for", "x-real-ip", "forwarded")
"""What a proxy adds: the client is somebody behind it."""

Network = IPv4Network | IPv6Network


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """Who may call, from the settings."""

    token: str
    """The secret to show; empty = none."""
    trusted: tuple[Network, ...]
    """Networks whose clients need no token."""
    hosts: frozenset[str]
    """Names by which the service may be called, besides addresses and loopback names."""
    origins: frozenset[str]
    """Foreign pages that may call."""
    own: str
    """Origin of the service's own pages as a proxy shows them; empty = only as the request came."""


def rules(settings: Settings) -> Rules:
    """Read the rules from the settings.

    Raises:
        SettingsError: a network is none, or the public address.
    """
    hosts = {settings.host.lower(), *_listed(settings.allowed_hosts.lower())}
    name, own = _public(settings.public_url)
    if name:
        hosts.add(name)
    try:
        trusted = tuple(ip_network(one, strict=False) for one in _listed(settings.trusted_networks))
    except ValueError as error:
        raise SettingsError(f"SAFELIGHT_TRUSTED_NETWORKS: {error}") from error
    return Rules(
        token=settings.token, trusted=trusted, hosts=frozenset(hosts),
        origins=frozenset(_listed(settings.cors_origins)), own=own,
    )  # fmt: skip


def check_binding(settings: Settings, *, users: bool = False) -> None:
    """Refuse to listen where strangers could call without being asked who they are; ``users`` = there are some.

    Raises:
        SettingsError: it listens beyond loopback or is reached from outside, as the public address tells, and there
            are neither accounts nor a token nor a trusted network.
    """
    found = rules(settings)
    if found.token or found.trusted or settings.accounts or users:
        return
    if not is_loopback(settings.host):
        raise SettingsError(
            f"the service would listen on {settings.host} for everybody",
            hint="set SAFELIGHT_ACCOUNTS=true, SAFELIGHT_TOKEN or SAFELIGHT_TRUSTED_NETWORKS, or listen on 127.0.0.1",
        )
    if settings.public_url and not is_loopback(_public(settings.public_url)[0]):
        raise SettingsError(
            f"the service would be open to everybody at SAFELIGHT_PUBLIC_URL, {settings.public_url}",
            hint="set SAFELIGHT_ACCOUNTS=true, SAFELIGHT_TOKEN or SAFELIGHT_TRUSTED_NETWORKS",
        )


class Door:
    """Knows who may come in: by where they call from, by what they show, or by a cookie that stands for it."""

    def __init__(self, rules: Rules, sessions: Sessions, accounts: Accounts) -> None:
        """Take the rules, what knows cookies in place of the token, and what knows accounts."""
        self._rules = rules
        self.sessions = sessions
        self.accounts = accounts
        self.guesses = Guesses()

    def foreign(self, scope: Scope, headers: Headers) -> str | None:
        """Tell why a request that a page of somebody else makes is refused; None if it is none of these."""
        origin = headers.get("origin")
        if origin is not None:
            own = f"{_scheme(scope)}://{headers.get('host', '')}".lower()
            if origin.lower() not in (own, self._rules.own or own) and origin not in self._rules.origins:
                return "a page of another origin may not do this; see SAFELIGHT_CORS_ORIGINS"
        elif headers.get("sec-fetch-site", "none") not in ("none", "same-origin"):
            return "a page of another site may not do this"
        return None

    async def known(self, scope: Scope, headers: Headers) -> Identity | None:
        """Give who somebody is; None if they are not let in.

        What they show goes before where they call from: who shows a key is whose key it is.

        Raises:
            DatabaseAwayError: what they show cannot be looked up now.
        """
        client = (scope.get("client") or ("", 0))[0]
        shown, cookies = _shown(headers), headers.get("cookie", "")
        if self._rules.token and hmac.compare_digest(shown.encode(), self._rules.token.encode()):
            return of_house(Via.TOKEN, Role.ADMIN)
        # Browsers keep a cookie from pages of other sites, but not from those of another port of this machine.
        own = self.foreign(scope, headers) is None
        accounts = await self.accounts.on()
        if accounts:
            found = await self.accounts.of_shown(shown) if shown else None
            found = found or (await self.accounts.of_cookies(cookies) if own else None)
            if found is not None:
                return found
        if own and self.sessions.valid(cookies):
            return of_house(Via.TOKEN, Role.ADMIN)
        if self._trusts(client):
            return of_house(Via.NETWORK, Role.OPERATOR)
        if accounts or self._rules.token:
            return None
        # A proxy on this machine calls from loopback for everybody behind it.
        if is_loopback(client) and not any(name in headers for name in _PASSED_ON):
            return of_house(Via.LOOPBACK, Role.ADMIN)
        return None

    async def refusal(self) -> SafelightError:
        """What somebody is told who is not let in.

        Raises:
            DatabaseAwayError: nobody can tell whether there are accounts.
        """
        if await self.accounts.on():
            return NotSignedInError("sign in, or show a key that is valid", hint="Authorization: Bearer ...")
        if self._rules.token:
            return NotSignedInError("the token of this service is missing or wrong", hint="Authorization: Bearer ...")
        return NotSignedInError("this service answers only this machine and its trusted networks")

    def asks(self, scope: Scope) -> bool:
        """Tell whether this caller has to show the token, as there is one and they are in no trusted network."""
        return bool(self._rules.token) and not self._trusts((scope.get("client") or ("", 0))[0])

    def secure(self, scope: Scope, headers: Headers) -> bool:
        """Tell whether a browser asks over TLS: here, or at the proxy that shows the service as its public address."""
        if _scheme(scope) == "https":
            return True
        public = urlsplit(self._rules.own)
        return public.scheme == "https" and public.hostname == _host_name(headers.get("host", ""))

    def _trusts(self, client: str) -> bool:
        try:
            address = ip_address(client)
        except ValueError:
            return False
        mapped = getattr(address, "ipv4_mapped", None)
        return any((mapped or address) in network for network in self._rules.trusted)


class Guard:
    """ASGI middleware: lets a request through, or answers it."""

    def __init__(self, app: ASGIApp, *, rules: Rules, door: Door, links: Links, pages: Callable[[str], bool]) -> None:
        """Take what comes after it, the rules, who may come in, what knows signed links, and which paths are pages."""
        self._app = app
        self._rules = rules
        self._door = door
        self._links = links
        self._pages = pages

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let through or refuse."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        try:
            scope[IDENTITY] = await self._let_in(scope)
        except SafelightError as refused:
            await self._refuse(refused, scope, receive, send)
            return
        await self._app(scope, receive, send)

    async def _refuse(self, refused: SafelightError, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008, "reason": refused.message})
            return
        # Only here: FastAPI takes long to load, and the process that starts the service only needs the rules.
        from safelight.api.errors import answer_to

        await answer_to(refused)(scope, receive, send)

    async def _let_in(self, scope: Scope) -> Identity | None:
        """Give who calls, or None where nobody need be anybody.

        Raises:
            ForbiddenError, NotSignedInError, DatabaseAwayError: the request is refused.
        """
        headers = Headers(scope=scope)
        host = _host_name(headers.get("host", ""))
        if host is None or not (host in self._rules.hosts or _is_address_or_loopback(host)):
            raise ForbiddenError("this service is not called by that name", hint="see SAFELIGHT_ALLOWED_HOSTS")
        changes = scope["type"] == "http" and scope["method"] not in _SAFE
        if scope["type"] == "websocket" or changes:
            foreign = self._door.foreign(scope, headers)
            if foreign:
                raise ForbiddenError(foreign)
        path = scope["path"]
        if self._links.valid(scope):
            return OF_LINK
        free = path in _OPEN or self._pages(path) or (scope["type"] == "http" and scope["method"] == "OPTIONS")
        # Who asks for a file of the pages need not be looked up; who asks for what is not there is told so only inside.
        if not free or path.startswith(_API) or path in _KNOWS:
            identity = await self._identity(scope, headers)
            if identity is not None:
                self._check(identity, scope, headers, changes=changes)
                return identity
        if free:
            return None
        raise await self._door.refusal()

    async def _identity(self, scope: Scope, headers: Headers) -> Identity | None:
        try:
            return await self._door.known(scope, headers)
        except DatabaseAwayError:
            if scope["path"] in _OPEN:
                # Whoever asks how the service is, is told that.
                return None
            raise

    def _check(self, identity: Identity, scope: Scope, headers: Headers, *, changes: bool) -> None:
        """Refuse what somebody who was let in may not do all the same.

        Raises:
            ForbiddenError: their key is not for that, or a page does not show what it was told when they signed in.
        """
        path = scope["path"].removeprefix(_API)
        wanted = needed(scope.get("method", "GET"), path)
        # What a role may not do, the routes say in their own words.
        if identity.via in (Via.KEY, Via.JWT) and wanted is not None and wanted not in identity.scopes:
            raise ForbiddenError(f"this key is not for that: it lacks the scope {wanted}")
        if changes and identity.via is Via.SESSION and scope["path"] not in _OPEN:
            shown = headers.get(CSRF, "")
            if not self._door.accounts.csrf_fits(headers.get("cookie", ""), shown):
                raise ForbiddenError("the header X-CSRF-Token is missing or wrong", hint="GET /api/v1/account tells it")


def _shown(headers: Headers) -> str:
    kind, _, value = headers.get("authorization", "").partition(" ")
    return value.strip() if kind.lower() == "bearer" else headers.get("x-api-key", "")


def _scheme(scope: Scope) -> str:
    scheme = str(scope.get("scheme", "http"))
    return {"ws": "http", "wss": "https"}.get(scheme, scheme)


def _public(url: str) -> tuple[str, str]:
    """The name in the public address and the origin of its pages; both empty where it has none.

    Raises:
        SettingsError: it is no address.
    """
    try:
        parts = urlsplit(url.lower())
        name, port = parts.hostname or "", parts.port
    except ValueError as error:
        raise SettingsError(f"SAFELIGHT_PUBLIC_URL: {error}") from error
    if not name:
        return "", ""
    host = f"[{name}]" if ":" in name else name
    # Browsers leave out the port that goes without saying.
    usual = port is None or port == {"http": 80, "https": 443}.get(parts.scheme)
    return name, f"{parts.scheme}://{host}" if usual else f"{parts.scheme}://{host}:{port}"


def _host_name(header: str) -> str | None:
    """The name in a Host header, without the port; None if it is none."""
    try:
        return urlsplit(f"//{header}").hostname
    except ValueError:
        return None


def _is_address_or_loopback(name: str) -> bool:
    # A page that rebinds a name can only use names; an address in Host was typed by somebody.
    if is_loopback(name):
        return True
    try:
        ip_address(name)
    except ValueError:
        return False
    return True


def _listed(text: str) -> Iterable[str]:
    return [one.strip() for one in text.split(",") if one.strip()]

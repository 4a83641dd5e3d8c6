"""The address of a ComfyUI server, and what is shown of it."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from urllib.parse import quote, unquote, urlsplit

from safelight.errors import SettingsError


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where a ComfyUI server is."""

    url: str
    """With its path, without a slash at the end and without user and password."""
    authorization: str | None = field(default=None, repr=False)
    """What the header of that name says; it is never shown."""

    @property
    def headers(self) -> dict[str, str]:
        """The headers that every request has."""
        found = {"User-Agent": "Safelight"}
        return found if self.authorization is None else {**found, "Authorization": self.authorization}

    def socket(self, client_id: str) -> str:
        """Give the address of the WebSocket of a client."""
        return f"ws{self.url.removeprefix('http')}/ws?clientId={quote(client_id, safe='')}"

    def __str__(self) -> str:
        """Give the address as it may be shown."""
        return self.url


def address_of(base_url: str) -> Address:
    """Read an address such as ``http://127.0.0.1:8188`` or ``https://user:password@host/comfy``.

    Raises:
        SettingsError: it is no such address.
    """
    # Where a password was mistyped, no part of the text is sure not to be of it.
    shown = "an address with a password" if "@" in base_url else repr(base_url[:200])
    wrong = SettingsError(
        f"{shown} is not the address of a ComfyUI server", hint="as http://host:8188; only http and https"
    )
    text = base_url.strip()
    try:
        parts = urlsplit(text)
        port, host = parts.port, parts.hostname
        host = (host or "").encode("idna").decode("ascii") if not (host or "").isascii() else host
    except ValueError as error:
        raise wrong from error
    odd = any(ord(sign) <= 32 or ord(sign) == 127 for sign in text)
    if (
        odd
        or parts.scheme not in ("http", "https")
        or not host
        or parts.query
        or parts.fragment
        or "\\" in text
        or "," in host
    ):
        raise wrong
    place = f"[{host}]" if ":" in host else host
    path = quote(parts.path.rstrip("/"), safe="/%:@!$&'()*+,;=~-._")
    url = f"{parts.scheme}://{place}{'' if port is None else f':{port}'}{path}"
    if parts.username is None:
        return Address(url=url)
    secret = f"{unquote(parts.username)}:{unquote(parts.password or '')}".encode()
    return Address(url=url, authorization=f"Basic {base64.b64encode(secret).decode('ascii')}")

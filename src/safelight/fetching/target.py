"""An address as it is written: taken apart in one way only, and refused wherever there could be another."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address

import httpx2

from safelight.errors import FetchRefusedError
from safelight.fetching.addresses import Address

_LONGEST = 8_192
_URL = re.compile(r"(?P<scheme>https?)://(?P<authority>[^/?#]+)(?:[/?#].*)?", re.IGNORECASE)
_AUTHORITY = re.compile(r"(?P<host>\[[0-9a-f:.]+\]|[^\[\]:@%]+)(?::(?P<port>[0-9]{1,5}))?", re.IGNORECASE)
_LABEL = r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
_NAME = re.compile(rf"{_LABEL}(?:\.{_LABEL})*")
_NUMBER = re.compile(r"(?:.*\.)?(?:[0-9]+|0x[0-9a-f]*)")
"""What ends in a number is an address to some, in decimal, octal or hexadecimal, with or without all four parts."""
_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Where a request goes."""

    scheme: str
    """http or https."""
    host: str
    """The host in small letters and ASCII, without a dot at the end; an IPv6 address without brackets."""
    port: int
    """The port."""
    address: Address | None
    """The host, if it is an address."""
    path: bytes
    """Path and query, as they are sent."""

    @property
    def host_header(self) -> str:
        """The host as requests name it."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"

    def __str__(self) -> str:
        """Give the whole address."""
        return f"{self.scheme}://{self.host_header}{self.path.decode('ascii')}"


def target_of(url: str) -> Target:
    """Take an address apart.

    Raises:
        FetchRefusedError: it is not http or https, has a user name, or is not written as addresses should be.
    """
    if len(url) > _LONGEST or any(_misleading(character) for character in url):
        raise _badly_written()
    whole = _URL.fullmatch(url)
    if whole is None:
        raise FetchRefusedError("only addresses that begin with http:// or https:// are fetched")
    if "@" in whole["authority"]:
        raise FetchRefusedError("addresses with a user name are not fetched")
    parts = _AUTHORITY.fullmatch(whole["authority"])
    if parts is None:
        raise _badly_written()
    scheme = whole["scheme"].lower()
    port = int(parts["port"]) if parts["port"] else _PORTS[scheme]
    try:
        parsed = httpx2.URL(url)
        host = parsed.raw_host.decode("ascii").lower().removesuffix(".")
        path = parsed.raw_path
    except (httpx2.InvalidURL, ValueError) as error:
        raise _badly_written() from error
    if not 0 < port < 65_536:
        raise _badly_written()
    return Target(scheme=scheme, host=host, port=port, address=_address(host), path=path)


def target_after(base: Target, location: bytes) -> Target:
    """Where a redirect leads.

    Raises:
        FetchRefusedError: as :func:`target_of`, or it leads from https to http.
    """
    try:
        text = location.decode("utf-8")
        # Before they are joined, as joining may mend or drop what is misleading.
        if any(_misleading(character) for character in text):
            raise _badly_written()
        joined = str(httpx2.URL(str(base)).join(text))
    except (httpx2.InvalidURL, ValueError) as error:
        raise _badly_written() from error
    found = target_of(joined)
    if base.scheme == "https" and found.scheme == "http":
        raise FetchRefusedError(f"{base.host}: it leads from https to http")
    return found


def _address(host: str) -> Address | None:
    """The host as an address, None if it is a name.

    Raises:
        FetchRefusedError: it is neither, or not in the one way in which addresses are written.
    """
    try:
        if ":" in host:
            return IPv6Address(host)
        if _NUMBER.fullmatch(host):
            return IPv4Address(host)
    except ValueError as error:
        raise _badly_written() from error
    if len(host) > 253 or not _NAME.fullmatch(host):
        raise _badly_written()
    return None


def _misleading(character: str) -> bool:
    """Blanks, control and formatting characters, and the backslash, which some take for a slash."""
    return character == "\\" or character.isspace() or unicodedata.category(character) in ("Cc", "Cf", "Cs", "Cn", "Co")


def _badly_written() -> FetchRefusedError:
    return FetchRefusedError("the address is not written as it should be", hint="as https://photos.example/cat.jpg")

"""What may be fetched, from where, and for how long."""

from __future__ import annotations

import re
import socket
import ssl
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from ipaddress import ip_network

from safelight.errors import SettingsError
from safelight.fetching.addresses import Address, Network, is_public
from safelight.settings import Settings

Resolver = Callable[[str, int], Sequence[str]]
"""Gives the addresses of a host, as text, for a port. OSError: it has none."""

_NAME = re.compile(r"[a-z0-9_-]+(\.[a-z0-9_-]+)*", re.IGNORECASE)


def ask_system(host: str, port: int) -> Sequence[str]:
    """Ask the system for the addresses of a host."""
    return [str(found[4][0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """The limits of fetching."""

    max_bytes: int
    """Largest file."""
    hosts: frozenset[str] = frozenset()
    """Hosts in small letters that may be reached wherever they are."""
    networks: tuple[Network, ...] = ()
    """Networks that may be reached although they are not public."""
    connect_s: float = 5.0
    """Longest time for connecting to one address, and again for agreeing on encryption, in seconds."""
    total_s: float = 20.0
    """Longest time for all of it, in seconds."""
    redirects: int = 5
    """Most redirects."""
    resolve: Resolver = ask_system
    """What tells the addresses of a host."""
    tls: ssl.SSLContext | None = None
    """How servers prove who they are; None = by the certificates that the system trusts."""

    def allow(self, host: str, address: Address) -> bool:
        """Tell whether an address that a host has may be connected to."""
        return host in self.hosts or any(address in network for network in self.networks) or is_public(address)


def rules_of(settings: Settings) -> Rules:
    """Read the rules from the settings.

    Raises:
        SettingsError: SAFELIGHT_FETCH_ALLOW names what is neither a host nor a network.
    """
    hosts, networks = set[str](), list[Network]()
    for one in filter(None, (part.strip() for part in settings.fetch_allow.split(","))):
        try:
            networks.append(ip_network(one.strip("[]"), strict=False))
        except ValueError as error:
            name = one.lower().rstrip(".")
            if not _NAME.fullmatch(name) or name.rsplit(".", 1)[-1].isdigit():
                raise SettingsError(
                    f"SAFELIGHT_FETCH_ALLOW: {one!r} is neither a host nor a network",
                    hint="as `photos.lan,10.0.0.0/8`, without ports",
                ) from error
            hosts.add(name)
    return Rules(max_bytes=settings.max_upload_mb << 20, hosts=frozenset(hosts), networks=tuple(networks))

"""Which addresses a stranger may send us to: those of the public internet, and no others.

The tables are IANA's special-purpose registries for IPv4 and IPv6. They are written out, as the standard library's
own differ between versions of Python; what it knows beyond them is refused as well.
"""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

_REFUSED_4 = tuple(
    IPv4Network(one)
    for one in (
        "0.0.0.0/8",  # this network
        "10.0.0.0/8",  # private
        "100.64.0.0/10",  # shared by the customers of a provider
        "127.0.0.0/8",  # loopback
        "168.63.129.16/32",  # a cloud's own service for its machines, at an address that looks public
        "169.254.0.0/16",  # link-local
        "172.16.0.0/12",  # private
        "192.0.0.0/24",  # protocol assignments
        "192.0.2.0/24",  # documentation
        "192.31.196.0/24",  # AS112
        "192.52.193.0/24",  # automatic multicast tunnels
        "192.88.99.0/24",  # 6to4 relays
        "192.168.0.0/16",  # private
        "192.175.48.0/24",  # AS112
        "198.18.0.0/15",  # benchmarks
        "198.51.100.0/24",  # documentation
        "203.0.113.0/24",  # documentation
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved, and broadcast
    )
)
_GLOBAL_6 = IPv6Network("2000::/3")
"""All that is public; so mapped, compatible, NAT64, local and link-local addresses, multicast and loopback are not."""
_REFUSED_6 = tuple(
    IPv6Network(one)
    for one in (
        "2001::/23",  # protocol assignments; Teredo, which embeds IPv4, is 2001::/32
        "2001:db8::/32",  # documentation
        "2002::/16",  # 6to4, which embeds IPv4
        "2620:4f:8000::/48",  # AS112
        "3ffe::/16",  # a test network that is no more
        "3fff::/20",  # documentation
    )
)
_ISATAP = frozenset({0x0000_5EFE, 0x0200_5EFE})
"""Upper half of the interface id of an address that embeds IPv4, in any network."""


def is_public(address: Address) -> bool:
    """Tell whether an address is one of the public internet, and leads nowhere else by what is embedded in it."""
    if (
        address.is_private
        or address.is_loopback
        or address.is_link_local
        or address.is_multicast
        or address.is_reserved
        or address.is_unspecified
    ):
        return False
    if isinstance(address, IPv4Address):
        return not any(address in network for network in _REFUSED_4)
    return (
        address.scope_id is None
        and address in _GLOBAL_6
        and not any(address in network for network in _REFUSED_6)
        and (int(address) >> 32) & 0xFFFF_FFFF not in _ISATAP
    )

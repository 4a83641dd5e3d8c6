"""What the settings allow."""

from __future__ import annotations

from ipaddress import ip_address

import pytest

from safelight.errors import SettingsError
from safelight.fetching.rules import rules_of
from safelight.settings import Settings


def test_without_a_setting_only_the_public_internet_is_reached() -> None:
    rules = rules_of(Settings(max_upload_mb=3))
    assert rules.max_bytes == 3 << 20
    assert rules.allow("photos.example", ip_address("8.8.8.8"))
    assert not rules.allow("photos.example", ip_address("10.0.0.1"))


def test_hosts_and_networks_are_opened_and_nothing_else() -> None:
    rules = rules_of(Settings(fetch_allow=" 10.1.0.0/16, Photos.LAN. ,fd00::/8,192.168.0.7,[::1]"))
    opened = [("x", "10.1.2.3"), ("photos.lan", "127.0.0.1"), ("x", "fd00::1"), ("x", "192.168.0.7"), ("x", "::1")]
    assert all(rules.allow(host, ip_address(address)) for host, address in opened)
    closed = [("x", "10.2.0.1"), ("x.photos.lan", "127.0.0.1"), ("x", "192.168.0.8"), ("x", "::ffff:10.1.2.3")]
    assert not any(rules.allow(host, ip_address(address)) for host, address in closed)


@pytest.mark.parametrize("value", ["10.0.0.0/99", "photos.lan:80", "http://photos.lan", "*.lan", "10.0.0", "a b"])
def test_what_is_neither_a_host_nor_a_network_is_an_error(value: str) -> None:
    with pytest.raises(SettingsError, match="SAFELIGHT_FETCH_ALLOW"):
        rules_of(Settings(fetch_allow=value))

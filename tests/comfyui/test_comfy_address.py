"""The addresses of ComfyUI servers: which there can be, and what is never told of them."""

from __future__ import annotations

import base64

import pytest

from safelight.comfyui.address import address_of
from safelight.comfyui.client import ComfyClient
from safelight.errors import SettingsError


@pytest.mark.parametrize("url", [
    "", "127.0.0.1:8188", "ftp://host", "http://", "http://host:99999", "http://host:x", "http://host/?a=b",
    "http://host/#a", "http://ho st", "http://host\nx", "https://host/a b/",
    "http://a,b", "http://a:8188,b:8188", "http://a,10.0.0.6:8188", "http://[::1", "file:///etc/passwd", "http://host\\x",
])  # fmt: skip
def test_what_is_no_address_of_a_server_is_refused(url: str) -> None:
    with pytest.raises(SettingsError, match="is not the address of a ComfyUI server"):
        ComfyClient(url)


def test_a_wrong_address_does_not_tell_its_password() -> None:
    for url in ("http://me:secret@", "http://me:secret@host:x", "ftp://me:secret@host", "http://me:sec#ret@host"):
        with pytest.raises(SettingsError) as failure:
            ComfyClient(url)
        assert "sec" not in str(failure.value)


def test_signs_of_a_password_are_written_as_in_any_address() -> None:
    for url in ("http://me:a%2Cb%40c%2Fd@host", "http://me:a,b%40c%2Fd@host"):
        assert address_of(url).authorization == f"Basic {base64.b64encode(b'me:a,b@c/d').decode()}"


@pytest.mark.parametrize(("url", "http", "socket_url"), [
    ("http://host:8188/", "http://host:8188", "ws://host:8188/ws?clientId=a%2Fb"),
    (" http://host\n", "http://host", "ws://host/ws?clientId=a%2Fb"),
    ("HTTPS://Host/comfy//", "https://host/comfy", "wss://host/comfy/ws?clientId=a%2Fb"),
    ("http://[::1]:8188", "http://[::1]:8188", "ws://[::1]:8188/ws?clientId=a%2Fb"),
    ("http://bücher.example/ü", "http://xn--bcher-kva.example/%C3%BC", "ws://xn--bcher-kva.example/%C3%BC/ws?clientId=a%2Fb"),
])  # fmt: skip
def test_addresses_are_understood(url: str, http: str, socket_url: str) -> None:
    address = address_of(url)
    assert (address.url, address.socket("a/b")) == (http, socket_url)

"""How addresses are written, and how they are not."""

from __future__ import annotations

from ipaddress import IPv4Address, ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safelight.errors import FetchRefusedError
from safelight.fetching.rules import Rules
from safelight.fetching.target import target_after, target_of

REFUSED = [
    "", "photo.jpg", "//photos.example/a", "/a", "http:", "http://", "http:///a", "http:photos.example",
    "ftp://photos.example/a", "file:///etc/passwd", "gopher://127.0.0.1:6379/_x", "data:image/png;base64,AA",
    "javascript:alert(1)", "jar:http://photos.example!/", "unix:/run/x", "http+unix://x/", " http://photos.example/",
    "http://photos.example/ ", "http://photos.example/a b", "http://photos.example/a\tb", "ht\ttp://photos.example/",
    "http://photos.example/\r\nHost: x", "http://photos.example\\@127.0.0.1/", "http:\\\\photos.example/",
    "http://photos.example/\\", "http://a@127.0.0.1/", "http://a:b@photos.example/", "http://@photos.example/",
    "http://photos.example:80@127.0.0.1/", "http://photos.example:/", "http://photos.example:0/",
    "http://photos.example:65536/", "http://photos.example:+80/", "http://photos.example:٨٠/",
    "http://photos.example:80:80/", "http://photos.example%2f@127.0.0.1/", "http://photos%2eexample/",
    "http://2130706433/", "http://0x7f000001/", "http://0x7F.0.0.1/", "http://0177.0.0.1/", "http://127.1/",
    "http://127.0.1/", "http://0/", "http://0x/", "http://127.0.0.01/", "http://127.0.0.256/", "http://1.2.3.4.5/",
    "http://photos.0x1/", "http://127.0.0.1../", "http://photos..example/", "http://.photos.example/", "http://./",
    "http://-a.example/", "http://a-.example/", "http://[::1/", "http://::1/", "http://[127.0.0.1]/",
    "http://[fe80::1%25eth0]/", "http://[fe80::1%eth0]/", "http://[::1].example/", "http://[v1.x]/",
    "http://１２７.０.０.１/", "http://①②⑦.0.0.1/", "http://ⓛocalhost/", "http://local\u200bhost/", "http://lo\u00adcal/",
    "http://a b.example/", "http://a,b/", "http://a;b/", "http://a|b/", "http://{a}/", "http://a'b/", "http://*/",
    f"http://{'a' * 64}.example/", f"http://{'a.' * 130}example/", "http://photos.example/" + "a" * 9_000,
]  # fmt: skip


@pytest.mark.parametrize("url", REFUSED)
def test_what_is_not_written_as_an_address_should_be_is_refused(url: str) -> None:
    with pytest.raises(FetchRefusedError):
        target_of(url)


@pytest.mark.parametrize(
    ("url", "whole", "port"),
    [
        ("http://photos.example/cat.jpg", "http://photos.example/cat.jpg", 80),
        ("HTTPS://Photos.Example:443/a?b=c#d", "https://photos.example/a?b=c", 443),
        ("https://photos.example.:8443", "https://photos.example:8443/", 8443),
        ("http://photos.example?x=1", "http://photos.example/?x=1", 80),
        ("http://photos.example#@127.0.0.1/", "http://photos.example/", 80),
        ("http://bücher.example/ü", "http://xn--bcher-kva.example/%C3%BC", 80),
        ("http://my_bucket.store.example/@a:b", "http://my_bucket.store.example/@a:b", 80),
        ("http://photos.example/../a", "http://photos.example/a", 80),
        ("http://1.2.3.4:81/", "http://1.2.3.4:81/", 81),
        ("http://[2606:4700::1111]:81/", "http://[2606:4700::1111]:81/", 81),
    ],
)
def test_an_address_is_taken_apart(url: str, whole: str, port: int) -> None:
    target = target_of(url)
    assert str(target) == whole
    assert target.port == port


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("http://127.0.0.1/", "127.0.0.1"),
        ("http://127.0.0.1./", "127.0.0.1"),
        ("http://127。0。0。1/", "127.0.0.1"),
        ("http://[::ffff:7f00:1]/", "::ffff:7f00:1"),
        ("http://[::ffff:127.0.0.1]:8080/", "::ffff:7f00:1"),
        ("http://[0:0:0:0:0:0:0:1]/", "::1"),
        ("http://[64:FF9B::7f00:1]/", "64:ff9b::7f00:1"),
    ],
)
def test_an_address_in_numbers_is_known_as_one_and_judged(url: str, address: str) -> None:
    target = target_of(url)
    assert target.address == ip_address(address)
    assert not Rules(max_bytes=1).allow(target.host, ip_address(address))


@st.composite
def spellings(draw: st.DrawFn, address: IPv4Address) -> str:
    """The ways in which systems let people write an IPv4 address."""
    number, parts = int(address), list(address.packed)
    count = draw(st.integers(1, 4))
    last = number & ((1 << 8 * (5 - count)) - 1)
    values = [*parts[: count - 1], last]
    forms = [draw(st.sampled_from(["{}", "0x{:x}", "0X{:X}", "0{:o}", "0x00{:x}"])).format(one) for one in values]
    return draw(st.sampled_from(["{}", "{}.", "a@{}", "[::{}]", "[::ffff:{}]"])).format(".".join(forms))


@given(st.data(), st.sampled_from(["127.0.0.1", "10.1.2.3", "169.254.169.254", "192.168.0.1", "0.0.0.0"]))
def test_no_spelling_of_a_private_address_is_reached(data: st.DataObject, address: str) -> None:
    host = data.draw(spellings(IPv4Address(address)))
    try:
        target = target_of(f"http://{host}/")
    except FetchRefusedError:
        return
    assert target.address is not None, "this would be looked up as a name"
    assert not Rules(max_bytes=1).allow(target.host, target.address)


@given(st.text(max_size=40))
def test_any_text_is_a_target_or_refused(text: str) -> None:
    for url in (text, f"http://{text}", f"http://photos.example/{text}"):
        try:
            target = target_of(url)
        except FetchRefusedError:
            continue
        assert str(target_of(str(target))) == str(target)


@pytest.mark.parametrize(
    ("location", "whole"),
    [
        (b"b.png", "https://photos.example/x/b.png"),
        (b"/b.png", "https://photos.example/b.png"),
        (b"https:b", "https://photos.example/x/b"),
        (b"?q", "https://photos.example/x/a?q"),
        (b"//other.example/c", "https://other.example/c"),
        (b"https://other.example:444/c", "https://other.example:444/c"),
        ("/ü.png".encode(), "https://photos.example/%C3%BC.png"),
    ],
)
def test_a_redirect_may_be_relative(location: bytes, whole: str) -> None:
    assert str(target_after(target_of("https://photos.example/x/a"), location)) == whole


@pytest.mark.parametrize(
    "location",
    [
        b"http://photos.example/b", b"file:///etc/passwd", b"//a@b/", b"\\\\127.0.0.1\\a", b"/\\127.0.0.1/", b"\xff",
        b"https://0x7f.1/", b"//127.1/", b"https://[::1/", b"a b", b"https://:80/",
    ],
)  # fmt: skip
def test_a_redirect_that_leads_astray_is_refused(location: bytes) -> None:
    with pytest.raises(FetchRefusedError):
        target_after(target_of("https://photos.example/x/a"), location)

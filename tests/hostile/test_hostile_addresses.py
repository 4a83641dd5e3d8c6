"""Addresses that lead inside: none of them is ever connected to, whoever is asked to."""

from __future__ import annotations

import socket
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pytest

from fetching.strangers import Stranger, gives
from hostile.site import API, Outcome, Site, made, said
from hostile.table import Told

SECRET = b"what only this machine may read"
HOSTS: Mapping[str, str] = {
    # This machine, as everybody writes it.
    "loopback": "127.0.0.1", "loopback of six": "[::1]", "another loopback": "127.1.2.3", "localhost": "localhost",
    "localhost with a dot": "localhost.", "localhost in capitals": "LOCALHOST", "unspecified": "0.0.0.0",
    "unspecified of six": "[::]", "this network": "0.1.2.3",
    # The same in ways in which only some write it.
    "one number": "2130706433", "hexadecimal": "0x7f000001", "hexadecimal parts": "0x7f.0x0.0x0.0x1",
    "octal parts": "0177.0.0.01", "octal number": "017700000001", "two parts": "127.1", "three parts": "127.0.1",
    "zero": "0", "leading zeros": "127.000.000.001", "mixed bases": "0x7f.0.0.01", "overflowing part": "127.0.0.257",
    "overflowing number": "4294967297", "a dot more": "127.0.0.1..", "a dot at the end": "127.0.0.1.",
    "full width digits": "１２７.0.0.1", "circled digits": "①②⑦.⓪.⓪.①", "ideographic dots": "127。0。0。1",
    "half width dots": "127｡0｡0｡1", "arabic digits": "١٢٧.0.0.1", "escaped": "%31%32%37.0.0.1",
    "escaped dot": "127%2e0%2e0%2e1", "soft hyphen": "127.0.0.1\u00ad", "zero width": "local\u200bhost",
    "long s": "localhoſt", "circled letters": "ⓛⓞⓒⓐⓛⓗⓞⓢⓣ", "six written out": "[0:0:0:0:0:0:0:1]",
    "six with a dotted end": "[::127.0.0.1]", "six with a zone": "[fe80::1%25lo]", "six without brackets": "::1",
    "four in brackets": "[127.0.0.1]",
    # Embedded in another.
    "mapped": "[::ffff:127.0.0.1]", "mapped in hexadecimal": "[::ffff:7f00:1]", "compatible": "[::7f00:1]",
    "translated": "[::ffff:0:127.0.0.1]", "nat64": "[64:ff9b::127.0.0.1]", "nat64 of its own": "[64:ff9b:1::7f00:1]",
    "6to4": "[2002:7f00:1::]", "teredo": "[2001:0:7f00:1::80ff:fffe]", "isatap": "[2606:4700::5efe:127.0.0.1]",
    "isatap global": "[2606:4700::200:5efe:7f00:1]", "isatap link local": "[fe80::5efe:7f00:1]",
    # Others that are not the public internet.
    "private a": "10.0.0.1", "private b": "172.16.0.1", "private c": "192.168.0.1", "link local": "169.254.1.1",
    "metadata": "169.254.169.254", "metadata of six": "[fd00:ec2::254]", "metadata elsewhere": "100.100.100.200",
    "metadata of another cloud": "168.63.129.16", "oracle metadata": "192.0.0.192", "cgnat": "100.64.0.1",
    "benchmarks": "198.18.0.1", "documentation": "203.0.113.1", "multicast": "224.0.0.1", "reserved": "240.0.0.1",
    "broadcast": "255.255.255.255", "6to4 relay": "192.88.99.1", "unique local": "[fc00::1]",
    "link local of six": "[fe80::1]", "site local": "[fec0::1]", "multicast of six": "[ff02::1]",
    "documentation of six": "[2001:db8::1]", "discard": "[100::1]", "orchid": "[2001:20::1]",
    "test of six": "[3fff::1]",
    # A host that is another for the eye or for another program.
    "user before": "photos.example@127.0.0.1", "user and password": "a:b@127.0.0.1",
    "backslash": "photos.example\\@127.0.0.1",
    "tab": "127.0.0.1\t", "new line": "127.0.0.1\r\nHost: photos.example", "nul": "photos.example\x00.127.0.0.1",
    "fragment first": "#@127.0.0.1", "two at signs": "a@photos.example@127.0.0.1",
    # Names that mean it.
    "name inside": "inside.example", "name of six": "six.example", "name of a mapped one": "mapped.example",
    "two addresses, one inside": "mixed.example", "fifty-one, the last inside": "mixed-last.example",
    "outside and six": "mixed-six.example", "name of nat64": "nat64.example", "name with a zone": "scoped.example",
    "name of the metadata": "metadata.example", "name of nowhere": "unspecified.example",
    "name of rubbish": "rubbish.example", "name of nothing": "nothing.example", "unknown name": "unknown.example",
    "a look-up that stalls": "stalls.example",
}  # fmt: skip
SCHEMES: Mapping[str, str] = {
    "file": "file:///etc/passwd", "file with a host": "file://127.0.0.1/etc/passwd", "ftp": "ftp://127.0.0.1:{port}/",
    "gopher": "gopher://127.0.0.1:{port}/_GET", "dict": "dict://127.0.0.1:{port}/", "data": "data:image/png;base64,AA",
    "javascript": "javascript:alert(1)", "unix": "http+unix://%2Frun%2Fx/", "jar": "jar:http://127.0.0.1:{port}/!/",
    "no scheme": "//127.0.0.1:{port}/", "a path": "/etc/passwd", "netdoc": "netdoc:///etc/passwd",
    "blank before": " http://127.0.0.1:{port}/", "three slashes": "http:///127.0.0.1:{port}/",
    "one slash": "http:/127.0.0.1:{port}/", "backslashes": "http:\\\\127.0.0.1:{port}\\", "port 0": "http://127.0.0.9:0/",
    "port too large": "http://127.0.0.9:65536/", "longer than any": "http://photos.example/" + "a" * 4_000,
}  # fmt: skip
FORMS = {name: f"http://{host}:{{port}}/photo.png" for name, host in HOSTS.items()} | SCHEMES
REFUSED = frozenset({"fetch_refused", "fetch_failed", "bad_request"})


@dataclass(frozen=True, slots=True)
class Inside:
    """What nobody may reach."""

    port: int
    servers: tuple[Stranger, ...]

    @property
    def reached(self) -> int:
        """How often somebody connected."""
        return sum(server.connections for server in self.servers)


@pytest.fixture(scope="module")
def inside() -> Iterator[Inside]:
    """A server of this machine that nobody may reach: on loopback of both kinds, and so on all that leads there."""
    with Stranger(gives(SECRET)) as four, Stranger(gives(SECRET), host="::1", port=four.port) as six:
        yield Inside(four.port, (four, six))


@pytest.fixture(scope="module")
def outcomes(site: Site, inside: Inside) -> Mapping[str, Mapping[str, Outcome]]:
    """What comes of every form, by how it is sent; all are sent before the first is waited for."""
    urls = {name: form.replace("{port}", str(inside.port)) for name, form in FORMS.items()}
    tasks = {name: site.task({"image_url": url}) for name, url in urls.items()}
    styles = {}
    for name, url in urls.items():
        answer = site.http.post(f"{API}/transform", json={"user_id": "mallory", "image_url": f"{url}?2"})
        styles[name] = made(answer)
    return {
        "tasks": {name: site.ended(task) for name, task in tasks.items()},
        "transform": {name: site.ended(task) for name, task in styles.items()},
    }


@pytest.mark.parametrize("route", ["tasks", "transform"])
@pytest.mark.parametrize("form", FORMS)
def test_as_the_address_of_a_photo(
    outcomes: Mapping[str, Mapping[str, Outcome]], inside: Inside, told: Told, route: str, form: str
) -> None:
    found = outcomes[route][form]
    told(FORMS[form], f"{found.end}: {found.words}")
    assert found.end in REFUSED
    assert SECRET.decode() not in found.words
    assert inside.reached == 0


@pytest.mark.parametrize("form", FORMS)
def test_as_the_address_of_a_caption_server(site: Site, inside: Inside, told: Told, form: str) -> None:
    url = FORMS[form].replace("{port}", str(inside.port))
    answer = site.http.post(f"{API}/captioning/endpoint/test", json={"base_url": url, "models": ["a"], "key": "k"})
    came = answer.json() if answer.status_code == 200 else {"ok": False, "words": said(answer).words}
    told(FORMS[form], came["words"])
    assert came["ok"] is False
    assert SECRET.decode() not in answer.text
    assert inside.reached == 0


def test_the_service_is_as_it_was(unharmed: Site, inside: Inside, told: Told) -> None:
    told("all of these", f"{inside.reached} connections inside")
    assert inside.reached == 0


def test_the_server_inside_can_be_reached_by_others(inside: Inside, told: Told) -> None:
    """Else all that is said above would say nothing."""
    with socket.create_connection(("127.0.0.1", inside.port)) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\n\r\n")
        assert SECRET in connection.makefile("rb").read()
    told("a direct connection", f"{inside.reached} connection")

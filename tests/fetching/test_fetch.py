"""Fetching from real servers: good ones, bad ones, and ones that must never hear of us."""

from __future__ import annotations

import hashlib
import socket
import ssl
import subprocess
import threading
from collections.abc import Sequence
from dataclasses import replace
from ipaddress import ip_network
from pathlib import Path

import pytest

from fetching.strangers import Stranger, gives, leads
from safelight.errors import CancelledError, FetchError, FetchRefusedError
from safelight.fetching.fetch import Fetched, fetch
from safelight.fetching.rules import Rules

BODY = bytes(range(256)) * 1000
RULES = Rules(max_bytes=1 << 20, networks=(ip_network("127.0.0.1/32"),), total_s=10)
"""Opens 127.0.0.1, and leaves the rest of loopback closed."""
QUICK = replace(RULES, total_s=0.4)


def get(url: str, to: Path, rules: Rules = RULES) -> Fetched:
    return fetch(url, to / "file", rules=rules, check_cancelled=lambda: None)


def names(**hosts: str | Sequence[str]) -> Rules:
    """Rules under which hosts in ``.example`` have the given addresses."""

    def resolve(host: str, _: int) -> Sequence[str]:
        found = hosts[host.split(".")[0]]
        return [found] if isinstance(found, str) else found

    return replace(RULES, resolve=resolve)


def test_a_file_is_fetched_hashed_and_named(tmp_path: Path) -> None:
    with Stranger(gives(BODY)) as server:
        found = get(server.url("/a/cat%20one.png?x=1#y"), tmp_path)
    assert (tmp_path / "file").read_bytes() == BODY
    assert found.sha256 == hashlib.sha256(BODY).hexdigest()
    assert (found.size, found.name) == (len(BODY), "cat one.png")
    assert found.final_url == server.url("/a/cat%20one.png?x=1")


def test_the_request_tells_nothing_but_what_is_needed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Stranger(gives(b"")) as proxy, Stranger(gives(BODY, "Set-Cookie: a=b")) as server:
        for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
        (tmp_path / ".netrc").write_text("machine 127.0.0.1 login me password secret")
        monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
        get(server.url(), tmp_path)
    assert proxy.connections == 0
    [request] = server.requests
    lines = request.decode().split("\r\n")
    assert lines[0] == "GET /photo.png HTTP/1.1"
    assert {line.split(":")[0].lower() for line in lines[1:] if line} == {
        "host", "user-agent", "accept", "accept-encoding", "connection",
    }  # fmt: skip
    assert f"Host: 127.0.0.1:{server.port}" in lines
    assert "Accept-Encoding: identity" in lines


@pytest.mark.parametrize("host", ["127.0.0.2", "localhost", "127.0.0.2.", "[::ffff:127.0.0.1]", "[::1]"])
def test_a_server_that_is_not_public_never_hears_of_it(tmp_path: Path, host: str) -> None:
    with Stranger(gives(BODY), "0.0.0.0") as server, pytest.raises(FetchRefusedError) as failure:
        get(f"http://{host}:{server.port}/", tmp_path, replace(RULES, networks=()))
    assert str(failure.value).endswith(": this address is not reached from here")
    assert server.connections == 0


def test_what_was_looked_up_is_not_told(tmp_path: Path) -> None:
    with pytest.raises(FetchRefusedError) as failure:
        get("http://inside.example/a", tmp_path, names(inside="10.20.30.40"))
    assert str(failure.value) == "inside.example: this address is not reached from here"


@pytest.mark.parametrize("status", ["301 x", "302 x", "303 x", "307 x", "308 x"])
def test_redirects_are_followed_and_may_be_relative(tmp_path: Path, status: str) -> None:
    def answer(connection: socket.socket, request: bytes) -> None:
        (gives(BODY) if b" /b/c.png " in request else leads("../b/c.png", status))(connection, request)

    with Stranger(answer) as server:
        found = get(server.url("/a/x"), tmp_path)
    assert (found.name, found.final_url) == ("c.png", server.url("/b/c.png"))


def test_a_redirect_to_where_nobody_may_go_is_refused_before_a_connection(tmp_path: Path) -> None:
    with Stranger(gives(BODY), "127.0.0.2") as secret:
        for to in (secret.url(), secret.url(host="inside.example"), f"//127.0.0.2:{secret.port}/"):
            with Stranger(leads(to)) as server, pytest.raises(FetchRefusedError):
                get(server.url(), tmp_path, names(inside="127.0.0.2"))
            assert server.connections == 1
        assert secret.connections == 0


def test_redirects_end(tmp_path: Path) -> None:
    with Stranger(leads("/again")) as server, pytest.raises(FetchError, match="more than 5 times"):
        get(server.url(), tmp_path)
    assert server.connections == 6


def test_a_redirect_without_a_place_is_an_error(tmp_path: Path) -> None:
    with Stranger(gives(b"", status="302 Found")) as server, pytest.raises(FetchError, match="does not say where"):
        get(server.url(), tmp_path)


def test_a_name_is_looked_up_once_and_the_answer_is_what_is_connected_to(tmp_path: Path) -> None:
    asked: list[str] = []

    def rebinding(host: str, _: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1" if len(asked) == 1 else "127.0.0.2"]

    with Stranger(gives(BODY)) as good, Stranger(gives(BODY), "127.0.0.2", good.port) as secret:
        get(good.url(host="photos.example"), tmp_path, replace(RULES, resolve=rebinding))
        assert asked == ["photos.example"]
        assert good.requests[0].count(f"Host: photos.example:{good.port}\r\n".encode()) == 1
        with pytest.raises(FetchRefusedError):
            get(good.url(host="photos.example"), tmp_path, replace(RULES, resolve=rebinding))
    assert (good.connections, secret.connections) == (1, 0)


def test_a_name_that_changes_between_redirects_is_judged_anew(tmp_path: Path) -> None:
    answers = iter([["127.0.0.1"], ["127.0.0.2"]])
    with Stranger(leads("/b")) as good, Stranger(gives(BODY), "127.0.0.2", good.port) as secret:
        rules = replace(RULES, resolve=lambda *_: next(answers))
        with pytest.raises(FetchRefusedError):
            get(good.url(host="photos.example"), tmp_path, rules)
    assert (good.connections, secret.connections) == (1, 0)


@pytest.mark.parametrize("found", [("127.0.0.1", "10.0.0.1"), ("::ffff:127.0.0.1", "127.0.0.1"), ("127.0.0.1", "::1")])
def test_one_address_that_is_refused_refuses_the_host(tmp_path: Path, found: tuple[str, ...]) -> None:
    with Stranger(gives(BODY)) as server, pytest.raises(FetchRefusedError):
        get(server.url(host="photos.example"), tmp_path, names(photos=found))
    assert server.connections == 0


def test_all_addresses_are_tried_in_turn(tmp_path: Path) -> None:
    with Stranger(gives(BODY)) as server:
        rules = replace(names(photos=["127.0.0.3", "127.0.0.1"]), networks=(ip_network("127.0.0.0/8"),))
        assert get(server.url(host="photos.example"), tmp_path, rules).size == len(BODY)


def test_a_host_that_the_operator_opened_is_reached(tmp_path: Path) -> None:
    with Stranger(gives(BODY), "127.0.0.2") as server:
        rules = replace(names(nas="127.0.0.2"), hosts=frozenset({"nas.example"}))
        assert get(server.url(host="NAS.example."), tmp_path, rules).size == len(BODY)


def test_ipv6_is_spoken(tmp_path: Path) -> None:
    try:
        server = Stranger(gives(BODY), "::1")
    except OSError:
        pytest.skip("no IPv6 here")
    with server:
        rules = replace(RULES, networks=(ip_network("::1/128"),))
        assert get(f"http://[::1]:{server.port}/", tmp_path, rules).size == len(BODY)
    assert f"Host: [::1]:{server.port}\r\n".encode() in server.requests[0]


@pytest.mark.parametrize("error", [socket.gaierror(-2, "not known"), TimeoutError(), UnicodeError("label too long")])
def test_a_host_that_is_not_there_is_an_error(tmp_path: Path, error: Exception) -> None:
    def resolve(*_: object) -> list[str]:
        raise error

    with pytest.raises(FetchError, match=r"^photos\.example: there is no such host") as failure:
        get("http://photos.example/a", tmp_path, replace(RULES, resolve=resolve))
    assert failure.value.code == "fetch_failed"


def test_a_look_up_that_never_ends_does(tmp_path: Path) -> None:
    stuck = threading.Event()

    def never(*_: object) -> list[str]:
        stuck.wait(30)
        return []

    try:
        with pytest.raises(FetchError, match=r"takes longer than 0\.4 seconds"):
            get("http://photos.example/", tmp_path, replace(QUICK, resolve=never))
    finally:
        stuck.set()


def test_nobody_at_the_port_is_an_error(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with pytest.raises(FetchError, match="cannot be connected to"):
        get(f"http://127.0.0.1:{port}/", tmp_path)


@pytest.mark.parametrize(
    ("before", "piece"),
    [
        (b"", b""),
        (b"", b"H"),
        (b"HTTP/1.1 200 OK\r\nX: ", b"x"),
        (b"", b"HTTP/1.1 103 Early Hints\r\n\r\n"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n", b""),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n", b"x"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n"),
    ],
)
def test_a_server_that_goes_slowly_is_left_when_the_time_is_over(tmp_path: Path, before: bytes, piece: bytes) -> None:
    def answer(connection: socket.socket, _: bytes) -> None:
        connection.sendall(before)
        while not server.closing.wait(0.05):
            connection.sendall(piece)

    server = Stranger(answer)
    with server, pytest.raises(FetchError, match=r"^127\.0\.0\.1: it takes longer"):
        get(server.url(), tmp_path, QUICK)


def test_a_cancel_is_heard_while_nothing_comes(tmp_path: Path) -> None:
    waiting, server = threading.Event(), Stranger(lambda *_: waiting.set() or server.closing.wait(20))

    def check() -> None:
        if waiting.is_set():
            raise CancelledError("cancelled")

    with server, pytest.raises(CancelledError):
        fetch(server.url(), tmp_path / "file", rules=RULES, check_cancelled=check)


@pytest.mark.parametrize("header", ["Transfer-Encoding: chunked", "Connection: close"])
def test_a_body_without_end_is_left_at_the_limit(tmp_path: Path, header: str) -> None:
    piece = b"10000\r\n" + bytes(1 << 16) + b"\r\n" if "chunked" in header else bytes(1 << 16)

    def answer(connection: socket.socket, _: bytes) -> None:
        connection.sendall(f"HTTP/1.1 200 OK\r\n{header}\r\n\r\n".encode())
        while not server.closing.is_set():
            connection.sendall(piece)

    server = Stranger(answer)
    with server, pytest.raises(FetchError, match="larger than 1 MB"):
        get(server.url(), tmp_path)
    assert (tmp_path / "file").stat().st_size <= RULES.max_bytes


def test_a_file_that_says_it_is_too_large_is_not_begun(tmp_path: Path) -> None:
    with Stranger(gives(b"x", length=RULES.max_bytes + 1)) as server, pytest.raises(FetchError, match="larger than"):
        get(server.url(), tmp_path)
    assert not (tmp_path / "file").exists()


@pytest.mark.parametrize("most", [len(BODY), len(BODY) - 1])
def test_the_limit_is_the_largest_file(tmp_path: Path, most: int) -> None:
    rules = replace(RULES, max_bytes=most)
    with Stranger(gives(BODY)) as server:
        if most == len(BODY):
            assert get(server.url(), tmp_path, rules).size == most
        else:
            with pytest.raises(FetchError, match="larger than"):
                get(server.url(), tmp_path, rules)


def test_a_file_that_is_shorter_than_it_says_is_an_error(tmp_path: Path) -> None:
    with Stranger(gives(BODY, length=len(BODY) + 1)) as server, pytest.raises(FetchError, match="broke off"):
        get(server.url(), tmp_path)


def test_what_comes_after_the_file_is_not_part_of_it(tmp_path: Path) -> None:
    with Stranger(gives(BODY, length=100)) as server:
        assert get(server.url(), tmp_path).size == 100


@pytest.mark.parametrize("coding", ["gzip", "br", "deflate, identity", "x"])
def test_a_packed_file_is_not_unpacked(tmp_path: Path, coding: str) -> None:
    with Stranger(gives(BODY, f"Content-Encoding: {coding}")) as server, pytest.raises(FetchError, match="packed"):
        get(server.url(), tmp_path)


@pytest.mark.parametrize(
    ("status", "said"), [("404 <b>secret</b>", "404 (Not Found)"), ("599 x", "599"), ("206 x", "206 (Partial Content)")]
)
def test_an_error_of_the_server_is_told_without_its_words(tmp_path: Path, status: str, said: str) -> None:
    with Stranger(gives(BODY, status=status)) as server, pytest.raises(FetchError) as failure:
        get(server.url(), tmp_path)
    assert str(failure.value) == f"127.0.0.1: it answered {said}"


@pytest.mark.parametrize(
    "said",
    [
        b"SSH-2.0-secret\r\n\r\n", b"-ERR secret\r\n", b"", b"HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\nsecret",
        b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nsecret",
        b"HTTP/1.1 200 OK\r\nsecret\r\n\r\n", b"HTTP/1.1 200 OK\r\nX: " + b"secret" * 40_000,
    ],
)  # fmt: skip
def test_what_does_not_speak_http_is_an_error_and_not_repeated(tmp_path: Path, said: bytes) -> None:
    with Stranger(lambda connection, _: connection.sendall(said)) as server, pytest.raises(FetchError) as failure:
        get(server.url(), tmp_path)
    assert "secret" not in str(failure.value)


@pytest.fixture(scope="module")
def proofs(tmp_path_factory: pytest.TempPathFactory) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """The two sides of TLS for a server that is photos.example."""
    folder = tmp_path_factory.mktemp("tls")
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=photos.example",
         "-addext", "subjectAltName=DNS:photos.example", "-keyout", key, "-out", certificate],
        check=True, capture_output=True,
    )  # fmt: skip
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(certificate, key)
    return server, ssl.create_default_context(cafile=str(certificate))


def test_over_tls_the_name_is_asked_for_and_proved(
    tmp_path: Path, proofs: tuple[ssl.SSLContext, ssl.SSLContext]
) -> None:
    asked: list[str | None] = []
    proofs[0].sni_callback = lambda _, name, __: asked.append(name)
    rules = replace(names(photos="127.0.0.1", other="127.0.0.1"), tls=proofs[1])
    with Stranger(gives(BODY), tls=proofs[0]) as server:
        assert get(f"https://photos.example.:{server.port}/", tmp_path, rules).size == len(BODY)
        for url in (f"https://other.example:{server.port}/", f"https://127.0.0.1:{server.port}/"):
            with pytest.raises(FetchError, match="cannot prove"):
                get(url, tmp_path, rules)
        with pytest.raises(FetchError, match="cannot prove"):
            get(f"https://photos.example:{server.port}/", tmp_path, replace(rules, tls=None))
    assert asked == ["photos.example", "other.example", None, "photos.example"]
    assert len(server.requests) == 1


def test_https_does_not_lead_to_http(tmp_path: Path, proofs: tuple[ssl.SSLContext, ssl.SSLContext]) -> None:
    with Stranger(gives(BODY)) as plain, Stranger(leads(plain.url()), tls=proofs[0]) as server:
        rules = replace(names(photos="127.0.0.1"), tls=proofs[1])
        with pytest.raises(FetchRefusedError, match="from https to http"):
            get(f"https://photos.example:{server.port}/", tmp_path, rules)
    assert plain.connections == 0


def test_a_server_that_never_finishes_the_handshake_is_left(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent, pytest.raises(FetchError, match=r"in time|takes longer"):
        get(f"https://127.0.0.1:{silent.getsockname()[1]}/", tmp_path, replace(RULES, connect_s=0.2))

"""Requests that are too large, too slow, or no requests: each is refused, and the next one is answered."""

from __future__ import annotations

import contextlib
import gzip
import json
import re
import socket
import time
from collections.abc import Callable, Iterator, Mapping

import pytest

from hostile.pictures import png
from hostile.site import API, Site, shown
from hostile.table import Told

Make = Callable[[], bytes]
_LONG_S = 30.0
MARK = "----mark"
FORM = f"multipart/form-data; boundary={MARK}"
LARGE = 4 << 20
"""What one file may have, as the service is set."""


def request(method: str = "POST", path: str = f"{API}/plan", body: bytes = b"", *headers: str) -> bytes:
    """A request as it goes over the wire, without the length of its body."""
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", "X-User-Id: mallory", "Connection: close", *headers]
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + body


def sized(body: bytes, *headers: str, method: str = "POST", path: str = f"{API}/plan") -> bytes:
    """A request with the length of its body."""
    return request(method, path, body, f"Content-Length: {len(body)}", *headers)


def of_json(body: bytes, path: str = f"{API}/plan") -> bytes:
    """A request whose body is said to be JSON."""
    return sized(body, "Content-Type: application/json", path=path)


def form(*parts: bytes, path: str = f"{API}/enhance", end: bytes = b"--\r\n", kind: str = "") -> bytes:
    """A request with a form of these parts."""
    body = b"".join(b"--" + MARK.encode() + b"\r\n" + part + b"\r\n" for part in parts) + b"--" + MARK.encode() + end
    return sized(body, f"Content-Type: {kind or FORM}", path=path)


def part(headers: str, content: bytes = b"x") -> bytes:
    """A part of a form."""
    return headers.encode("latin-1") + b"\r\n\r\n" + content


def field(name: str, content: bytes = b"x") -> bytes:
    """A text of a form."""
    return part(f'Content-Disposition: form-data; name="{name}"', content)


def file(content: bytes, name: str = "file", called: str = "a.png") -> bytes:
    """A file of a form."""
    return part(f'Content-Disposition: form-data; name="{name}"; filename="{called}"', content)


RAW: Mapping[str, Make] = {
    "length below zero": lambda: request("POST", f"{API}/plan", b"{}", "Content-Length: -1"),
    "length that is none": lambda: request("POST", f"{API}/plan", b"{}", "Content-Length: two"),
    "length of 10^30": lambda: request("POST", f"{API}/plan", b"{}", f"Content-Length: {10**30}"),
    "length of 4 GB for a plan": lambda: request("POST", f"{API}/plan", b"{}", f"Content-Length: {4 << 30}"),
    "length of 1 TB for a photo": lambda: request(
        "POST", f"{API}/enhance", b"", f"Content-Length: {1 << 40}", f"Content-Type: {FORM}"
    ),
    "two lengths": lambda: request("POST", f"{API}/plan", b"{}", "Content-Length: 2", "Content-Length: 50"),
    "length and chunks": lambda: request(
        "POST",
        f"{API}/plan",
        b"0\r\n\r\nGET /health HTTP/1.1\r\n\r\n",
        "Content-Length: 4",
        "Transfer-Encoding: chunked",
    ),
    "chunks that are none": lambda: request("POST", f"{API}/plan", b"zz\r\n", "Transfer-Encoding: chunked"),
    "chunk of 2^64": lambda: request("POST", f"{API}/plan", b"f" * 17 + b"\r\nx", "Transfer-Encoding: chunked"),
    "chunks twice": lambda: request("POST", f"{API}/plan", b"0\r\n\r\n", "Transfer-Encoding: chunked, chunked"),
    "chunks spelt otherwise": lambda: request("POST", f"{API}/plan", b"0\r\n\r\n", "Transfer-Encoding: \x0bchunked"),
    "header with a blank before the colon": lambda: request("GET", "/health", b"", "X-A : b"),
    "header over two lines": lambda: request("GET", "/health", b"", "X-A: b\r\n\tc: d"),
    "header with a bare line feed": lambda: request("GET", "/health", b"", "X-A: b\nX-User-Id: admin"),
    "header with NUL": lambda: request("GET", f"{API}/tasks", b"", "X-B: \0"),
    "header without a name": lambda: request("GET", "/health", b"", ": b"),
    "header of a megabyte": lambda: request("GET", "/health", b"", "X-A: " + "b" * (1 << 20)),
    "ten thousand headers": lambda: request("GET", "/health", b"", *[f"X-{one}: a" for one in range(10_000)]),
    "address of a megabyte": lambda: request("GET", "/" + "a" * (1 << 20)),
    "no host": lambda: b"GET /health HTTP/1.1\r\nConnection: close\r\n\r\n",
    "host of another": lambda: b"GET /health HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n",
    "two hosts": lambda: b"GET /health HTTP/1.1\r\nHost: evil.example\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n",
    "host with a user": lambda: b"GET /health HTTP/1.1\r\nHost: 127.0.0.1@evil.example\r\nConnection: close\r\n\r\n",
    "host in brackets": lambda: b"GET /health HTTP/1.1\r\nHost: [\r\nConnection: close\r\n\r\n",
    "another address in the first line": lambda: request("GET", "http://evil.example/health").replace(
        b"Host: 127.0.0.1", b"Host: evil.example"
    ),
    "connect": lambda: b"CONNECT 127.0.0.1:22 HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n",
    "trace": lambda: request("TRACE", "/health"),
    "a method of its own": lambda: request("HACK", f"{API}/tasks"),
    "track": lambda: request("TRACK", "/health"),
    "version 9": lambda: b"GET /health HTTP/9.9\r\nHost: 127.0.0.1\r\n\r\n",
    "http 2 at once": lambda: b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + bytes(64),
    "tls": lambda: b"\x16\x03\x01\x02\0\x01\0" + bytes(99),
    "another protocol": lambda: b"SSH-2.0-OpenSSH_9\r\n\r\n",
    "zeros": lambda: bytes(4096),
    "path with NUL": lambda: request("GET", f"{API}/tasks/%00"),
    "path that is no UTF-8": lambda: request("GET", f"{API}/tasks/%ff%fe"),
    "path with bytes": lambda: request("GET", f"{API}/tasks/\xff\xfe"),
    "query with NUL": lambda: request("GET", f"{API}/tasks?text=%00"),
    "websocket of a foreign page": lambda: request(
        "GET",
        f"{API}/ws",
        b"",
        "Upgrade: websocket",
        "Sec-WebSocket-Version: 13",
        "Origin: http://evil.example",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
    ).replace(b"Connection: close", b"Connection: Upgrade"),
    "websocket without a key": lambda: request("GET", f"{API}/ws", b"", "Upgrade: websocket").replace(
        b"Connection: close", b"Connection: Upgrade"
    ),
    "foreign page": lambda: sized(b"{}", "Content-Type: application/json", "Origin: http://evil.example"),
    "page of another site": lambda: sized(b"{}", "Content-Type: text/plain", "Sec-Fetch-Site: cross-site"),
}
"""Requests that are not built as they should be."""

JSON: Mapping[str, Make] = {
    "json of 2 MB": lambda: of_json(b'{"a": "' + b"x" * (2 << 20) + b'"}'),
    "json of a hundred thousand brackets": lambda: of_json(b"[" * 100_000 + b"]" * 100_000),
    "json of a hundred thousand braces": lambda: of_json(b'{"recipe":' * 100_000 + b"1" + b"}" * 100_000),
    "json with a number of 5,000 digits": lambda: of_json(b'{"tile": ' + b"9" * 5_000 + b"}"),
    "json with 10^400": lambda: of_json(b'{"quality": 1e400}'),
    "json with NaN": lambda: of_json(b'{"quality": NaN}'),
    "json with infinity": lambda: of_json(b'{"tile": -Infinity}'),
    "json with half a character": lambda: of_json(b'{"preset": "\\ud800"}'),
    "json with NUL": lambda: of_json(b'{"preset": "a\\u0000b"}'),
    "json that is no UTF-8": lambda: of_json(b'{"preset": "\xff\xfe"}'),
    "json that is a list": lambda: of_json(b"[]"),
    "json that is a text": lambda: of_json(b'"a"'),
    "json cut short": lambda: of_json(b'{"preset": "gen'),
    "json packed": lambda: sized(
        gzip.compress(b"{}" * 1000), "Content-Type: application/json", "Content-Encoding: gzip"
    ),
    "json with what nobody knows": lambda: of_json(b'{"__proto__": {"a": 1}, "__class__": "x"}'),
    "recipe of ten thousand steps": lambda: of_json(
        json.dumps({"recipe": {"steps": [{"operation": "tune"}] * 10_000}}).encode()
    ),
    "recipe with an operation of its own": lambda: of_json(b'{"recipe": {"steps": [{"operation": "../os.system"}]}}'),
    "recipe that names a file": lambda: of_json(b'{"recipe": "/etc/passwd"}'),
    "preset that names a file": lambda: of_json(b'{"preset": "../../../../etc/passwd"}'),
    "model that names a file": lambda: of_json(
        b'{"recipe": {"steps": [{"operation": "upscale", "model": "../../../../etc/passwd"}]}}'
    ),
    "workflow that names a file": lambda: of_json(
        b'{"recipe": {"steps": [{"operation": "comfyui", "workflow": "../../../../etc/passwd"}]}}'
    ),
    "style that names a file": lambda: of_json(
        b'{"recipe": {"steps": [{"operation": "stylize", "style": "../../../../etc/passwd"}]}}'
    ),
    "yaml": lambda: of_json(b"!!python/object/apply:os.system ['id']"),
    "xml": lambda: of_json(b"<?xml version='1.0'?><a/>"),
}
"""Bodies that are no plans."""

FORMS: Mapping[str, Make] = {
    "form without a boundary": lambda: form(file(png(8, 8)), kind="multipart/form-data"),
    "form with a boundary of 300 signs": lambda: form(
        file(png(8, 8)), kind=f"multipart/form-data; boundary={'a' * 300}"
    ),
    "form with an empty boundary": lambda: form(file(png(8, 8)), kind='multipart/form-data; boundary=""'),
    "form in a form": lambda: form(part("Content-Type: multipart/mixed; boundary=b", b"--b\r\n\r\nx\r\n--b--")),
    "form of 100 texts": lambda: form(*[field(f"f{one}") for one in range(100)], path=f"{API}/tasks"),
    "form of 5,000 empty parts": lambda: form(*[b"\r\n\r\n"] * 5_000),
    "form that ends early": lambda: form(file(png(8, 8)), end=b""),
    "form without an end": lambda: form(file(png(8, 8)), end=b"\r\n"),
    "part without a name": lambda: form(part("X: y")),
    "part whose header has 20 KB": lambda: form(part("X: " + "y" * 20_000)),
    "text of 70 KB": lambda: form(field("preset", b"x" * 70_000)),
    "text where a file belongs": lambda: form(field("file", png(8, 8))),
    "file where a text belongs": lambda: form(file(b"x", "preset"), path=f"{API}/tasks"),
    "name of 10 KB": lambda: form(field("n" * 10_000), path=f"{API}/tasks"),
    "text that is no UTF-8": lambda: form(field("preset", b"\xff\xfe"), file(png(8, 8)), path=f"{API}/tasks"),
    "text with NUL": lambda: form(field("preset", b"a\0b"), file(png(8, 8)), path=f"{API}/tasks"),
    "file of more than is allowed": lambda: form(file(png(8, 8).ljust(LARGE + 1, b"\0"))),
    "two files where one belongs": lambda: form(file(png(8, 8)), file(png(8, 8))),
    "81 files in a batch of 80": lambda: form(*[file(png(8, 8), "files")] * 81, path=f"{API}/enhance/batch"),
    "no file at all": lambda: form(field("preset", b"general")),
    "an empty file": lambda: form(file(b"")),
    "form that is no form": lambda: sized(b"x" * 1000, f"Content-Type: {FORM}", path=f"{API}/enhance"),
    "form where JSON belongs": lambda: form(field("a"), path=f"{API}/plan"),
    "form of 2 MB where JSON belongs": lambda: form(field("a", b"x" * (2 << 20)), path=f"{API}/plan"),
}
"""Forms that are not built as they should be, or hold too much."""

CASES = {**RAW, **JSON, **FORMS}
HARMLESS = frozenset({"two hosts", "track", "version 9", "header over two lines"})
"""These may be answered as if they were right, as nothing comes of it."""


def talk(port: int, data: bytes) -> bytes:
    """Send bytes, and give what comes back until the other side ends, or says nothing for a while."""
    got = b""
    with socket.create_connection(("127.0.0.1", port), _LONG_S) as connection:
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            connection.sendall(data)
        with contextlib.suppress(ConnectionResetError):
            while chunk := connection.recv(65_536):
                got += chunk
    return got


@pytest.mark.parametrize("case", CASES)
def test_a_request(unharmed: Site, told: Told, case: str) -> None:
    data = CASES[case]()
    answer = talk(unharmed.service.port, data)
    status = int(found[1]) if (found := re.match(rb"HTTP/1\.[01] (\d{3})", answer)) else 0
    told(f"{shown(data[:60].decode('latin-1'), 44)} ({len(data):,} bytes)", status or "the connection ended")
    assert status == 0 or 400 <= status < 500 or (case in HARMLESS and status < 500), answer[:500]
    assert b"Traceback" not in answer
    assert answer.count(b"HTTP/1.1 ") <= 1, "a second request got through"


@pytest.fixture(scope="module")
def slow(site: Site) -> Iterator[list[socket.socket]]:
    """Two hundred clients that began something and go on with nothing, while others are served."""
    begun = [
        b"",
        b"GET /health",
        request("POST", f"{API}/enhance", b"", "Content-Length: 99999")[:-2],
        request("POST", f"{API}/enhance", b"", "Content-Length: 9999", f"Content-Type: {FORM}"),
    ]
    found = []
    for number in range(200):
        connection = socket.create_connection(("127.0.0.1", site.service.port), _LONG_S)
        connection.sendall(begun[number % len(begun)])
        found.append(connection)
    yield found
    for one in found:
        one.close()


def test_others_are_served_while_two_hundred_stall(site: Site, slow: list[socket.socket], told: Told) -> None:
    start = time.monotonic()
    for _ in range(20):
        assert site.http.get("/health").status_code == 200
    assert site.ended(site.upload("fine.png", png(8, 8))).end == "completed"
    told(f"{len(slow)} connections that stall", f"20 answers and a photo in {time.monotonic() - start:.1f} s")


def test_who_stalls_is_let_go(unharmed: Site, slow: list[socket.socket], told: Told) -> None:
    """Those whose headers do not come within 20 seconds; bodies have a minute, and are tried in ``tests/api``."""
    waiting = [one for number, one in enumerate(slow) if number % 4 != 3]
    end = time.monotonic() + 60
    said = []
    for one in waiting:
        one.settimeout(max(0.1, end - time.monotonic()))
        said.append(one.recv(100)[:12])
    told(f"{len(waiting)} of them, without headers", said[0])
    assert set(said) == {b"HTTP/1.1 408"}
    for one in slow:
        one.close()


def test_who_hangs_up_in_the_middle_leaves_nothing(unharmed: Site, told: Told) -> None:
    half = form(file(png(8, 8).ljust(3 << 20, b"\0")))[: 2 << 20]
    for _ in range(10):
        with socket.create_connection(("127.0.0.1", unharmed.service.port), _LONG_S) as connection:
            connection.sendall(half)
    told("10 photos, each half", "none is kept")
    assert unharmed.http.get("/health").status_code == 200

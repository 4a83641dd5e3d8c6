"""Clients that ask too much of a connection, or take their time, over real sockets."""

from __future__ import annotations

import asyncio
import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import uvicorn

from safelight.api.connection import Connection

LONG_S = 20.0


class Quick(Connection):
    """A connection that loses its patience soon."""

    head_s = 0.6
    body_s = 0.6
    least_body = 100


async def app(scope: Any, receive: Any, send: Any) -> None:
    """Reads a whole body, says how long it was, and takes its time if asked to."""
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.accept"})
        await asyncio.sleep(2)
        await send({"type": "websocket.send", "text": "still here"})
        await receive()
        return
    size, more = 0, True
    if scope["path"] == "/waits":
        await asyncio.sleep(1.5)
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            return
        size, more = size + len(message.get("body", b"")), message.get("more_body", False)
    body = str(size).encode()
    headers = [(b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


@contextmanager
def serving(kind: type[Connection]) -> Iterator[int]:
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    config = uvicorn.Config(app, http=kind, ws="websockets-sansio", log_config=None, lifespan="off")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=lambda: server.run(sockets=[listening]), daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    try:
        yield listening.getsockname()[1]
    finally:
        server.should_exit = True
        thread.join(LONG_S)
        listening.close()


@pytest.fixture(scope="module")
def usual() -> Iterator[int]:
    with serving(Connection) as port:
        yield port


@pytest.fixture(scope="module")
def quick() -> Iterator[int]:
    with serving(Quick) as port:
        yield port


def talk(port: int, *pieces: bytes, pause_s: float = 0.0) -> bytes:
    """Send pieces, and give all that comes back until the other side ends."""
    with socket.create_connection(("127.0.0.1", port), LONG_S) as connection:
        got = b""
        try:
            for piece in pieces:
                connection.sendall(piece)
                time.sleep(pause_s)
            while data := connection.recv(65_536):
                got += data
        except (BrokenPipeError, ConnectionResetError):
            pass
        return got


def failure(said: bytes, status: int) -> str:
    head, _, body = said.partition(b"\r\n\r\n")
    assert head.startswith(f"HTTP/1.1 {status} ".encode()), said[:300]
    assert b"connection: close" in head.lower()
    assert f"content-length: {len(body)}".encode() in head.lower()
    content = json.loads(body)
    assert content["error"]["code"] == "bad_request"
    return str(content["detail"])


GET = b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n"


@pytest.mark.parametrize(
    "before",
    [b"GET /", GET + b"X: ", GET, b"GET /" + b"a" * 60_000 + b" HTTP/1.1\r\nX:"],
    ids=["address", "one header", "a name", "both"],
)
def test_headers_that_never_end_are_refused_at_64_kb(usual: int, before: bytes) -> None:
    said = talk(usual, before, *[b"x" * 60_000] * 20)
    # Whoever goes on writing may not get to see the answer.
    assert said == b"" or "64 KB" in failure(said, 431)


def test_more_headers_than_128_are_refused(usual: int) -> None:
    assert "128 headers" in failure(talk(usual, GET + b"X: y\r\n" * 127 + b"\r\n"), 431)
    assert talk(usual, GET + b"X: y\r\n" * 126 + b"\r\n").endswith(b"0")


def test_headers_of_nearly_64_kb_are_taken(usual: int) -> None:
    assert talk(usual, GET + b"X: " + b"y" * 60_000 + b"\r\n\r\n").endswith(b"\r\n\r\n0")


def test_the_body_does_not_count(usual: int) -> None:
    size = 3_000_000
    request = GET.replace(b"GET", b"POST") + f"Content-Length: {size}\r\n\r\n".encode()
    assert talk(usual, request + b"x" * 1_000, b"x" * (size - 1_000)).endswith(f"\r\n\r\n{size}".encode())


@pytest.mark.parametrize("nonsense", [b"\x16\x03\x01\x02\x00\x01", b"SSH-2.0-x\r\n\r\n", b"GET\r\n\r\n", b"\0" * 100])
def test_what_is_no_request_is_told_so(usual: int, nonsense: bytes) -> None:
    failure(talk(usual, nonsense), 400)


@pytest.mark.parametrize("begun", [b"", b"GET / HTTP/1.1\r\nHost:", GET])
def test_headers_that_do_not_come_are_not_waited_for(quick: int, begun: bytes) -> None:
    start = time.monotonic()
    assert "0.6 seconds" in failure(talk(quick, begun), 408)
    assert 0.5 < time.monotonic() - start < LONG_S


def test_headers_that_come_slowly_have_no_more_time(quick: int) -> None:
    said = talk(quick, *[b"G", b"E", b"T", *[b" "] * 40], pause_s=0.1)
    assert said == b"" or failure(said, 408)


def test_a_body_that_does_not_come_ends_the_connection(quick: int) -> None:
    assert talk(quick, GET.replace(b"GET", b"POST") + b"Content-Length: 9000\r\n\r\nabc") == b""


def test_a_body_that_drips_ends_the_connection(quick: int) -> None:
    request = GET.replace(b"GET", b"POST") + b"Content-Length: 9000\r\n\r\n"
    assert talk(quick, request, *[b"x"] * 40, pause_s=0.1) == b""


def test_a_body_that_comes_slowly_enough_is_taken(quick: int) -> None:
    request = GET.replace(b"GET", b"POST") + b"Content-Length: 1200\r\n\r\n"
    assert talk(quick, request, *[b"x" * 60] * 20, pause_s=0.1).endswith(b"1200")


def test_a_client_that_is_made_to_wait_is_not_late(quick: int) -> None:
    size = 1_000_000
    request = f"POST /waits HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: {size}\r\n\r\n".encode()
    assert talk(quick, request + b"x" * size).endswith(str(size).encode())


def test_an_answer_that_takes_long_is_waited_for(quick: int) -> None:
    waits = b"GET /waits HTTP/1.1\r\nHost: a\r\n\r\n"
    said = talk(quick, waits + b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
    assert said.count(b"HTTP/1.1 200 OK") == 2
    # The next request has begun, and waits for the answer to the first.
    assert talk(quick, waits + b"GET / HTT").count(b"HTTP/1.1 200 OK") == 1


def test_an_empty_line_between_requests_keeps_no_connection_open(quick: int) -> None:
    said = talk(quick, b"GET / HTTP/1.1\r\nHost: a\r\n\r\n", b"\r\n", pause_s=0.2)
    assert said.startswith(b"HTTP/1.1 200 OK")
    assert b"HTTP/1.1 408" in said


def test_a_websocket_has_all_the_time(quick: int) -> None:
    from websockets.sync.client import connect

    with connect(f"ws://127.0.0.1:{quick}/") as socket_:
        assert socket_.recv(timeout=LONG_S) == "still here"

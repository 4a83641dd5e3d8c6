"""A web server between a client and a service that loses, cuts and refuses as it is told."""

from __future__ import annotations

import json
import socket
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx2

LOST = ("request lost", "answer lost", "answer cut", "busy", "full", "bad gateway", "being answered")
"""What can happen to a request that is sent again afterwards."""
_NOT_PASSED = {"transfer-encoding", "connection", "content-encoding", "content-length", "date", "server"}


@dataclass(frozen=True, slots=True)
class Seen:
    """A request that came."""

    method: str
    path: str
    key: str | None
    last: str | None
    size: int


@dataclass(slots=True)
class Hostile:
    """What the server does, and what it saw."""

    url: str = ""
    faults: deque[str] = field(default_factory=deque)
    """What happens to the next requests that are meant; when there is none left, they pass."""
    meant: Callable[[str, str], bool] = lambda method, _: method == "POST"
    """Tells, of method and path, which requests are meant."""
    seen: list[Seen] = field(default_factory=list)
    retry_after: str = "0"
    over: threading.Event = field(default_factory=threading.Event)
    """Ends what does not end by itself."""
    _held: list[tuple[socket.socket, bytes]] = field(default_factory=list)

    def hold(self, line: socket.socket, body: bytes) -> None:
        """Keep a request that the service has half of."""
        self._held.append((line, body))

    def let_go(self) -> None:
        """Let the service have the rest of it, and wait until it has answered."""
        line, body = self._held.pop()
        with line:
            line.sendall(body[len(body) // 2 :])
            assert line.recv(100).startswith(b"HTTP/1.1 200")

    def plan(self, *faults: str, meant: Callable[[str, str], bool] | None = None) -> None:
        """Forget what was, and set what will happen."""
        self.faults = deque(faults)
        self.seen = []
        self.meant = meant or (lambda method, _: method == "POST")

    def posts(self) -> list[Seen]:
        return [one for one in self.seen if one.method == "POST"]


@contextmanager
def hostile(target: str) -> Iterator[Hostile]:
    """Run one before a service."""
    plan = Hostile()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name that the library gives it
            """Say nothing."""

        def do_GET(self) -> None:
            self._handle()

        def do_POST(self) -> None:
            self._handle()

        def _handle(self) -> None:
            path, size = self.path.split("?")[0], int(self.headers.get("Content-Length", 0))
            fault = plan.faults.popleft() if plan.faults and plan.meant(self.command, path) else "pass"
            body = self._body(size, keep=fault not in _REFUSALS)
            plan.seen.append(
                Seen(self.command, path, self.headers["Idempotency-Key"], self.headers["Last-Event-ID"], size)
            )
            self.close_connection = True
            if fault == "request lost":
                self._cut()
            elif fault in _REFUSALS:
                status, code = _REFUSALS[fault]
                self._refuse(status, code)
            elif fault == "bad gateway":
                self._answer(502, b"<html>bad gateway</html>", {"Content-Type": "text/html"})
            elif fault == "mute":
                self._answer(200, None, {"Content-Type": "text/event-stream"})
                plan.over.wait(30)
            elif fault == "held":
                plan.hold(self._begun(body), body)
                self._cut()
            elif fault == "no events":
                self._answer(200, b"hello", {"Content-Type": "text/plain"})
            else:
                self._forward(body, fault)

        def _body(self, size: int, *, keep: bool) -> bytes:
            """Take the body; of what is not passed on nothing is kept."""
            kept = []
            while size > 0 and (piece := self.rfile.read(min(size, 1 << 16))):
                size -= len(piece)
                kept += [piece] if keep else []
            assert size == 0, "the body has an end"
            return b"".join(kept)

        def _begun(self, body: bytes) -> socket.socket:
            """Send the service all of a request but the end of its body."""
            line = socket.create_connection(("127.0.0.1", int(target.rsplit(":", 1)[1])))
            head = f"{self.command} {self.path} HTTP/1.1\r\n" + "".join(
                f"{k}: {v}\r\n" for k, v in self.headers.items()
            )
            line.sendall(head.encode("latin-1") + b"\r\n" + body[: len(body) // 2])
            return line

        def _forward(self, body: bytes, fault: str) -> None:
            if fault == "let go":
                plan.let_go()
            headers = {name: value for name, value in self.headers.items() if name.lower() not in ("host",)}
            with (
                httpx2.Client(timeout=30, verify=False, trust_env=False) as client,
                client.stream(self.command, target + self.path, content=body, headers=headers) as answer,
            ):
                if fault == "answer lost":
                    answer.read()
                    self._cut()
                    return
                kept = {k: v for k, v in answer.headers.items() if k.lower() not in _NOT_PASSED}
                if answer.headers.get("content-type", "").startswith("text/event-stream"):
                    self._answer(answer.status_code, None, kept)
                    self._relay(answer.iter_raw(), cut=fault == "answer cut")
                    return
                content = answer.read()
                self._answer(answer.status_code, content, kept, cut=fault == "answer cut")

        def _relay(self, pieces: Iterable[bytes], *, cut: bool) -> None:
            """Pass events on; a cut comes in the middle of the second that the log has."""
            sent = b""
            for piece in pieces:
                sent += piece
                try:
                    if cut and sent.count(b"\nid: ") + sent.startswith(b"id: ") >= 2:
                        self.wfile.write(piece[: len(piece) // 2])
                        self._cut()
                        return
                    self.wfile.write(piece)
                except OSError:
                    return

        def _refuse(self, status: int, code: str) -> None:
            error = {"error": {"code": code, "message": code, "details": {}}, "detail": code}
            headers = {"Content-Type": "application/json", "Retry-After": plan.retry_after}
            self._answer(status, json.dumps(error).encode(), headers)

        def _answer(self, status: int, content: bytes | None, headers: dict[str, str], *, cut: bool = False) -> None:
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            if content is not None:
                self.send_header("Content-Length", str(len(content)))
            self.send_header("Connection", "close")
            self.end_headers()
            self.wfile.write((content or b"")[: len(content or b"") // 2 if cut else None])

        def _cut(self) -> None:
            self.wfile.flush()
            self.connection.shutdown(socket.SHUT_RDWR)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    plan.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield plan
    finally:
        plan.over.set()
        server.shutdown()
        server.server_close()
        thread.join()


_REFUSALS = {
    "busy": (503, "database_away"),
    "full": (429, "queue_full"),
    "disk full": (507, "store_full"),
    "being answered": (409, "being_answered"),
    "wrong state": (409, "wrong_state"),
    "not found": (404, "not_found"),
}

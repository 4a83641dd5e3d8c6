"""Servers that are not to be trusted: each answers as it is told, and counts who comes."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Self

Answer = Callable[[socket.socket, bytes], None]


class Stranger:
    """A server on a loopback address; a context manager."""

    def __init__(self, answer: Answer, host: str = "127.0.0.1", port: int = 0, tls: ssl.SSLContext | None = None):
        self.connections = 0
        self.requests: list[bytes] = []
        self.closing = threading.Event()
        self._answer, self._tls = answer, tls
        self._listener = socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
        self._listener.settimeout(0.05)
        self.host, self.port = host, self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._serve)
        self._talks: list[threading.Thread] = []

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.closing.set()
        self._thread.join()
        for talk in self._talks:
            talk.join()
        self._listener.close()

    def url(self, path: str = "/photo.png", host: str = "") -> str:
        return f"http://{host or self.host}:{self.port}{path}"

    def _serve(self) -> None:
        while not self.closing.is_set():
            try:
                connection, _ = self._listener.accept()
            except TimeoutError:
                continue
            self.connections += 1
            talk = threading.Thread(target=self._talk, args=(connection,))
            self._talks.append(talk)
            talk.start()

    def _talk(self, connection: socket.socket) -> None:
        connection.settimeout(5)
        with connection, suppress(OSError):
            spoken = self._tls.wrap_socket(connection, server_side=True) if self._tls else connection
            with spoken:
                request = b""
                while b"\r\n\r\n" not in request and (data := spoken.recv(4096)):
                    request += data
                self.requests.append(request)
                self._answer(spoken, request)


def gives(body: bytes, *headers: str, status: str = "200 OK", length: int | None = None) -> Answer:
    """An answer with a body; ``length`` is what it says about its length, if that is not the truth."""

    def answer(connection: socket.socket, _: bytes) -> None:
        lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body) if length is None else length}", *headers]
        connection.sendall("\r\n".join([*lines, "", ""]).encode("latin-1") + body)

    return answer


def leads(to: str, status: str = "302 Found") -> Answer:
    """An answer that leads elsewhere."""
    return gives(b"", f"Location: {to}", status=status)

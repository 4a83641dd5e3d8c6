"""A real HTTP server on the loopback, with the faults that real ones have, and tiny packages to serve."""

from __future__ import annotations

import hashlib
import io
import re
import tarfile
import threading
import zipfile
from collections import defaultdict
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


def sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def wheel(members: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def sdist(members: dict[str, bytes], links: dict[str, str] | None = None) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        for name, target in (links or {}).items():
            link = tarfile.TarInfo(name)
            link.type, link.linkname = tarfile.SYMTYPE, target
            archive.addfile(link)
        for name, data in members.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            archive.addfile(entry, io.BytesIO(data))
    return buffer.getvalue()


class _QuietServer(ThreadingHTTPServer):
    def handle_error(self, *_: object) -> None:
        """Clients that go away in the middle are part of the tests."""


class FileServer:
    """Serves ``files`` by path; what else it does is set per path, one entry for each coming request."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.cuts: defaultdict[str, list[int]] = defaultdict(list)
        self.statuses: defaultdict[str, list[int]] = defaultdict(list)
        self.redirects: dict[str, str] = {}
        self.kinds: dict[str, str] = {}
        self.hold_at: dict[str, int] = {}
        self.ranges = True
        self.requests: list[tuple[str, str | None]] = []
        self.credentials: list[str | None] = []
        self.go_on = threading.Event()
        self._server = _QuietServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})
        self._thread.start()

    def close(self) -> None:
        self.go_on.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def url(self, path: str, credentials: str = "") -> str:
        return f"http://{credentials}127.0.0.1:{self._server.server_port}{path}"

    def asked(self, path: str) -> list[str | None]:
        return [given for one, given in self.requests if one == path]

    def publish(self, package: str, file: str, data: bytes) -> None:
        """Put an archive into a simple index under ``/simple``."""
        self.files[f"/files/{file}"] = data
        page = f'<!DOCTYPE html><html><body><a href="/files/{file}#sha256={sha(data)}">{file}</a></body></html>'
        self.files[f"/simple/{package}/"] = page.encode()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_: object) -> None:
                pass

            def do_GET(self) -> None:
                server.requests.append((self.path, self.headers["Range"]))
                server.credentials.append(self.headers["Authorization"])
                if server.statuses[self.path]:
                    return self._head(server.statuses[self.path].pop(0), 0)
                if self.path in server.redirects:
                    self.send_response(302)
                    self.send_header("Location", server.redirects[self.path])
                    self.send_header("Content-Length", "0")
                    return self.end_headers()
                if self.path not in server.files:
                    return self._head(404, 0)
                return self._send(server.files[self.path])

            def _send(self, data: bytes) -> None:
                asked = re.fullmatch(r"bytes=(\d+)-", self.headers["Range"] or "") if server.ranges else None
                start = int(asked[1]) if asked else 0
                if asked and start >= len(data):
                    return self._head(416, 0)
                extra = {"Content-Range": f"bytes {start}-{len(data) - 1}/{len(data)}"} if asked else {}
                self._head(206 if asked else 200, len(data) - start, extra)
                body = data[start:]
                if server.cuts[self.path]:
                    self.wfile.write(body[: server.cuts[self.path].pop(0)])
                    self.close_connection = True
                    return None
                if self.path in server.hold_at:
                    at = server.hold_at.pop(self.path)
                    self.wfile.write(body[:at])
                    self.wfile.flush()
                    server.go_on.wait(20)
                    self.close_connection = True
                    return None
                self.wfile.write(body)
                return None

            def _head(self, status: int, length: int, extra: dict[str, str] | None = None) -> None:
                self.send_response(status)
                kind = "text/html" if self.path.endswith("/") else "application/octet-stream"
                kind = server.kinds.get(self.path, kind)
                for name, value in {"Content-Type": kind, "Content-Length": str(length), **(extra or {})}.items():
                    self.send_header(name, value)
                self.end_headers()

        return Handler

"""A web server that takes the letters of the hook."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass(slots=True)
class Letters:
    """What came."""

    url: str = ""
    secret: str = "a secret of the hook"
    came: list[tuple[dict[str, str], bytes]] = field(default_factory=list)


@contextmanager
def taking_letters() -> Iterator[Letters]:
    """Take letters on a free port."""
    letters = Letters()

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name that the library gives it
            """Say nothing."""

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            letters.came.append((dict(self.headers.items()), body))
            self.send_response(204)
            self.end_headers()

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    letters.url = f"http://127.0.0.1:{server.server_port}/hook"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield letters
    finally:
        server.shutdown()
        server.server_close()
        thread.join()

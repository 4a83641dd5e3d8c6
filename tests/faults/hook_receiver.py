"""A server that takes what the hook posts, and can be away."""

from __future__ import annotations

import hashlib
import hmac
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from service_process import free_port


class HookReceiver:
    """Away at first. As a ``with`` block it ends with it."""

    def __init__(self) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}/hook"
        self.bodies: list[dict[str, object]] = []
        self.unsigned = 0
        self.secret = b"a secret"
        self._server: ThreadingHTTPServer | None = None
        self._thread = threading.Thread()

    def __enter__(self) -> HookReceiver:
        return self

    def __exit__(self, *_: object) -> None:
        self.away()

    def there(self) -> None:
        """Begin to take what comes."""
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                signed = f"{self.headers['X-Safelight-Timestamp']}.".encode() + body
                right = "sha256=" + hmac.new(receiver.secret, signed, hashlib.sha256).hexdigest()
                receiver.unsigned += self.headers["X-Safelight-Signature"] != right
                receiver.bodies.append(json.loads(body))
                self.send_response(204)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        ThreadingHTTPServer.allow_reuse_address = True
        self._server = ThreadingHTTPServer(("127.0.0.1", self.port), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))
        self._thread.start()

    def away(self) -> None:
        """Take nothing any more."""
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._thread.join()
            self._server = None

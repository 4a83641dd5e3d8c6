"""The server: ``python -m fake_captions --port 0``.

A script is, for each model, what it does call by call; after that, and without one, it answers well. A step is one of::

    {"say": "text"}                     answers with this text
    {"status": 429, "headers": {...}}   answers so, with an error of OpenAI's form
    {"html": true}                      answers 200 with a web page
    {"json": ...}                       answers 200 with this, whatever it is
    {"raw": "text"}                     answers 200 with this as JSON, though it may be none
    {"wait": 0.5, ...}                  does the rest later
    {"hang": true}                      never answers
    {"drip": true}                      answers a byte at a time, for ever
    {"huge": true}                      answers for ever
    {"cut": true}                       breaks off in the middle
"""

from __future__ import annotations

import argparse
import base64
import json
import os
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

GOOD = "close-up, looking left, smiling, wearing a grey jacket, soft light, blurred green background"
PAGE = b"<!DOCTYPE html><html><head><title>Welcome</title></head><body>nginx</body></html>"


class State:
    """What the server was told, and what came in."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.script: dict[str, list[dict[str, Any]]] = {}
        self.models = ["eye", "second"]
        self.key = ""
        self.no_models = False
        self.requests: list[dict[str, Any]] = []
        self.now = self.most = 0

    def next_step(self, model: str) -> dict[str, Any]:
        with self.lock:
            steps = self.script.get(model, [])
            if not steps:
                return {"say": GOOD}
            return steps[0] if steps[0].get("always") else steps.pop(0)


class Handler(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    state: State

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        if self.path == "/_requests":
            self._json(200, {"requests": self.state.requests, "most": self.state.most})
        elif self.path == "/v1/models" and not self.state.no_models and self._may():
            self._json(200, {"object": "list", "data": [{"id": name, "object": "model"} for name in self.state.models]})
        else:
            self._json(404, {"error": {"message": "Not Found"}})

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length", "0")))
        if self.path == "/_control":
            for name, value in json.loads(body).items():
                setattr(self.state, name, value)
            self._json(200, {})
            return
        with self.state.lock:
            self.state.now += 1
            self.state.most = max(self.state.most, self.state.now)
        try:
            self._completion(body)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True
        finally:
            with self.state.lock:
                self.state.now -= 1

    def _completion(self, body: bytes) -> None:
        asked = json.loads(body)
        url = next(
            part["image_url"]["url"]
            for message in asked["messages"]
            for part in message["content"]
            if part["type"] == "image_url"
        )
        kind, _, data = url.partition(";base64,")
        with self.state.lock:
            self.state.requests.append({
                "path": self.path, "headers": {name.lower(): value for name, value in self.headers.items()},
                "bytes": len(body), "model": asked["model"], "kind": kind, "picture": data,
                "prompt": next(part["text"] for part in asked["messages"][0]["content"] if part["type"] == "text"),
                "extras": sorted(set(asked) - {"model", "messages"}), "at": time.monotonic(),
            })  # fmt: skip
        if self.path != "/v1/chat/completions":
            self._json(404, {"error": {"message": f"no route {self.path}"}})
        elif self._may():
            if base64.b64decode(data)[:2] != b"\xff\xd8":
                self._json(400, {"error": {"message": "only JPEG is supported"}})
            elif asked["model"] not in self.state.models:
                self._json(404, {"error": {"message": f"The model `{asked['model']}` does not exist"}})
            else:
                self._do(self.state.next_step(asked["model"]), asked)

    def _do(self, step: dict[str, Any], asked: dict[str, Any]) -> None:
        time.sleep(step.get("wait", 0))
        if step.get("hang"):
            time.sleep(3600)
        if "refuses" in step and step["refuses"] in asked:
            self._json(400, {"error": {"message": f"Unsupported parameter: '{step['refuses']}'"}})
        elif "status" in step:
            told = step.get("message", "on purpose")
            self._json(step["status"], {"error": {"message": told, "type": "fake"}}, step.get("headers", {}))
        elif step.get("html"):
            self._send(200, PAGE, "text/html")
        elif "raw" in step:
            self._send(200, step["raw"].encode(), "application/json")
        elif "json" in step:
            self._json(200, step["json"])
        elif step.get("drip") or step.get("huge"):
            self._for_ever(slowly=bool(step.get("drip")))
        elif step.get("cut"):
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", "5000")
            self.end_headers()
            self.wfile.write(b'{"id": "1", "choices": [')
            self.close_connection = True
        else:
            self._json(200, completion(asked["model"], step.get("say", GOOD)))

    def _for_ever(self, *, slowly: bool) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.close_connection = True
        while True:
            self.wfile.write(b" " if slowly else bytes(1 << 16))
            time.sleep(0.05 if slowly else 0)

    def _may(self) -> bool:
        if not self.state.key or self.headers.get("authorization") == f"Bearer {self.state.key}":
            return True
        told = self.headers.get("authorization", "").removeprefix("Bearer ")
        self._json(401, {"error": {"message": f"Incorrect API key provided: {told}"}})
        return False

    def _json(self, status: int, content: object, headers: dict[str, str] | None = None) -> None:
        self._send(status, json.dumps(content).encode(), "application/json", headers)

    def _send(self, status: int, body: bytes, kind: str, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)


def completion(model: str, text: str | None) -> dict[str, Any]:
    """An answer of OpenAI's form."""
    return {
        "id": "chatcmpl-1", "object": "chat.completion", "created": 1, "model": model,
        "choices": [{"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": text}}],
        "usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2},
    }  # fmt: skip


def main() -> None:
    """Listen, say where in one line of JSON, and serve until the standard input ends."""
    parser = argparse.ArgumentParser(prog="fake_captions")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--with-parent", action="store_true", help="end when the standard input does")
    asked = parser.parse_args()
    Handler.state = State()
    server = ThreadingHTTPServer(("127.0.0.1", asked.port), Handler)
    server.daemon_threads = True
    print(json.dumps({"url": f"http://127.0.0.1:{server.server_address[1]}"}), flush=True)
    if asked.with_parent:
        threading.Thread(target=lambda: (os.read(0, 1), os._exit(0)), daemon=True).start()
    server.serve_forever()


if __name__ == "__main__":
    main()

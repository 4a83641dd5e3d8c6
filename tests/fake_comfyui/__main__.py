"""A ComfyUI without networks, in a process of its own: ``python -m fake_comfyui --port 0``."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import signal
import socket
import sys
import tempfile
import threading
from pathlib import Path

import uvicorn

from fake_comfyui.app import ComfyUI
from fake_comfyui.options import Options


def main() -> None:
    """Listen, say where in one line of JSON, and serve until the end."""
    parser = argparse.ArgumentParser(prog="fake_comfyui")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--folder", type=Path, help="where its files are; a new one by default")
    parser.add_argument("--options", type=json.loads, default={}, help="JSON: see fake_comfyui/options.py")
    parser.add_argument("--with-parent", action="store_true", help="end when the standard input does")
    asked = parser.parse_args()
    options = Options()
    options.change(asked.options)
    if asked.with_parent:
        threading.Thread(target=_outlive_no_parent, daemon=True).start()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    if asked.folder is not None:
        _serve(asked.folder, asked.port, options)
        return
    with tempfile.TemporaryDirectory() as folder:
        _serve(Path(folder), asked.port, options)


def _serve(folder: Path, port: int, options: Options) -> None:
    # By this name of the protocol asyncio knows that it may send small answers at once.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    # Whoever started it may hold the port meanwhile, so that nobody else gets it between two lives.
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    listener.bind(("127.0.0.1", port))
    config = uvicorn.Config(
        ComfyUI(folder, options).app(), log_level="warning", ws="websockets-sansio", ws_ping_interval=None,
        timeout_graceful_shutdown=1,
    )  # fmt: skip
    asyncio.run(_Server(config).serve(sockets=[listener]))


class _Server(uvicorn.Server):
    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        assert sockets
        print(json.dumps({"url": f"http://127.0.0.1:{sockets[0].getsockname()[1]}"}), flush=True)


def _outlive_no_parent() -> None:
    os.read(0, 1)
    os._exit(1)


if __name__ == "__main__":
    main()

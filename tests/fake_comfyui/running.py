"""Starts a fake ComfyUI for a test, changes it, asks what it did, and ends it."""

from __future__ import annotations

import json
import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2

from fake_comfyui.records import JOURNAL

_TESTS = Path(__file__).resolve().parents[1]
_START_S = 30.0


class FakeComfyUI:
    """One server; its port and its folder stay the same for all its lives."""

    def __init__(self, folder: Path, options: dict[str, object]) -> None:
        self.folder = folder
        self.log = folder / "comfyui.log"
        self._options = options
        # A socket that is bound and does not listen: nobody else gets the port while the server is away.
        self._port = socket.socket()
        self._port.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        self._port.bind(("127.0.0.1", 0))
        self.port: int = self._port.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, as it was at first, and wait until it listens."""
        command = [
            sys.executable, "-m", "fake_comfyui", "--with-parent", "--port", str(self.port), "--folder",
            str(self.folder), "--options", json.dumps(self._options),
        ]  # fmt: skip
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                command, env={**os.environ, "PYTHONPATH": str(_TESTS)}, stdin=subprocess.PIPE,
                stdout=subprocess.PIPE, stderr=log,
            )  # fmt: skip
        assert self.process.stdout is not None
        ready, _, _ = select.select([self.process.stdout], [], [], _START_S)
        line = self.process.stdout.readline() if ready else b""
        if not line or json.loads(line)["url"] != self.url:
            self.kill()
            raise RuntimeError(f"it does not start: {self.log.read_text('utf-8', 'replace')}")

    def kill(self) -> None:
        """End it at once, with all it has in memory; nothing if it has ended."""
        if self.process is None:
            return
        self.process.kill()
        self.wait_dead()

    def wait_dead(self, seconds: float = 30) -> None:
        """Wait until it has ended by itself."""
        assert self.process is not None
        self.process.wait(seconds)
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                pipe.close()
        self.process = None

    def restart(self, **options: object) -> None:
        """End it and start it again, at the same address; queue, history, counts and changes are lost, files not."""
        self.kill()
        self._options = {**self._options, **options}
        self.start()

    def pause(self) -> None:
        """Let it stand still: connections are taken, nothing is answered."""
        assert self.process is not None
        self.process.send_signal(signal.SIGSTOP)

    def resume(self) -> None:
        """Let it go on."""
        assert self.process is not None
        self.process.send_signal(signal.SIGCONT)

    @property
    def alive(self) -> bool:
        """Whether its process is there."""
        return self.process is not None and self.process.poll() is None

    def control(self, **changes: object) -> dict[str, Any]:
        """Change options while it runs; gives all of them. Raises ValueError for one that does not exist."""
        answer = httpx2.post(f"{self.url}/_control", json=changes, timeout=30, verify=False, trust_env=False)
        if answer.status_code == httpx2.codes.BAD_REQUEST:
            raise ValueError(answer.json()["error"])
        return dict(answer.raise_for_status().json())

    def stats(self) -> dict[str, Any]:
        """What it did in this life; see ``journal`` for all its lives."""
        answer = httpx2.get(f"{self.url}/_stats", timeout=30, verify=False, trust_env=False)
        return dict(answer.raise_for_status().json())

    def journal(self, *events: str) -> list[dict[str, Any]]:
        """What happened to prompts in all its lives, also while it is dead; of these events only, if any are named."""
        path = self.folder / JOURNAL
        lines = path.read_text("utf-8").splitlines() if path.exists() else []
        return [one for line in lines if (one := json.loads(line)) and (not events or one["event"] in events)]

    def file(self, name: str, kind: str = "input") -> bytes:
        """The content of a file that it has: ``input``, ``output`` or ``temp``."""
        return (self.folder / kind / name).read_bytes()

    def close(self) -> None:
        """End it, and give its port back."""
        self.kill()
        self._port.close()


@contextmanager
def comfyui(*, folder: Path | None = None, **options: object) -> Iterator[FakeComfyUI]:
    """Run a fake ComfyUI with these options (see ``Options``), in a folder of its own unless one is given."""
    with tempfile.TemporaryDirectory() as own:
        place = folder or Path(own)
        place.mkdir(parents=True, exist_ok=True)
        server = FakeComfyUI(place, options)
        try:
            server.start()
            yield server
        finally:
            server.close()

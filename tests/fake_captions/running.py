"""Running a fake caption server for a test."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.request import ProxyHandler, Request, build_opener

TESTS = Path(__file__).resolve().parents[1]
_DIRECT = build_opener(ProxyHandler({}))


class FakeCaptions:
    """A server that runs."""

    def __init__(self, url: str) -> None:
        self.url = url

    @property
    def base_url(self) -> str:
        """As a user writes it."""
        return f"{self.url}/v1"

    def script(self, **steps: list[dict[str, Any]]) -> None:
        """Tell each model what it does, call by call."""
        self.told(script=steps)

    def told(self, **options: object) -> None:
        """Tell it anything of ``State``."""
        body = json.dumps(options).encode()
        _DIRECT.open(Request(f"{self.url}/_control", body, method="POST"), timeout=10).close()

    @property
    def requests(self) -> list[dict[str, Any]]:
        """What came in, the oldest first."""
        return list(self._records()["requests"])

    @property
    def most(self) -> int:
        """The most questions that were there at one time."""
        return int(self._records()["most"])

    def _records(self) -> dict[str, Any]:
        with _DIRECT.open(f"{self.url}/_requests", timeout=10) as answer:
            return dict(json.load(answer))


@contextmanager
def captions() -> Iterator[FakeCaptions]:
    """Run a server for the block."""
    process = subprocess.Popen(
        [sys.executable, "-m", "fake_captions", "--with-parent"], cwd=TESTS, stdin=subprocess.PIPE,
        stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        assert process.stdout is not None
        yield FakeCaptions(json.loads(process.stdout.readline())["url"])
    finally:
        process.kill()
        process.communicate()

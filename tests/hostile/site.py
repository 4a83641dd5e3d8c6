"""What is attacked: a whole service of its own, and what has to be as it was before when an attack is over."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2
import psutil

from service_process import API, ServiceProcess, wait_until

__all__ = ["API", "Outcome", "Site"]

PATIENCE_S = 60.0
ENDED = ("completed", "failed", "cancelled")
NOTHING = {"steps": [{"operation": "tune", "sharpen": 0, "saturation": 0, "contrast": 0, "denoise": 0}]}
"""A recipe that decodes a photo and writes it again."""
_CHANGES = ("safelight.db", "service.log", "speeds.json", "secret", "history")
"""What the data folder has besides what people send."""
_MOST_MEMORY = 1 << 30
_SWEPT_S = 60.0
"""What is deleted goes some seconds later."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of something that was sent."""

    end: str
    """``completed``, or the code of the error."""
    words: str
    """The message."""
    result: bytes = b""
    """What was made of it."""


@dataclass
class Site:
    """The service, and somebody who attacks it."""

    service: ServiceProcess
    user: str = "mallory"
    pids: frozenset[int] = frozenset()
    before: frozenset[str] = frozenset()
    http: httpx2.Client = field(init=False)

    def __post_init__(self) -> None:
        """Open one pool of connections."""
        self.http = self.client(self.user)

    def client(self, user: str | None = None, **headers: str) -> httpx2.Client:
        """Somebody who calls."""
        named = {"X-User-Id": user} if user is not None else {}
        return httpx2.Client(base_url=self.service.url, headers={**named, **headers}, timeout=30, trust_env=False)

    def remember(self) -> None:
        """Note which processes and which files there are, once what was deleted is gone."""
        wait_until(lambda: not _sent(self.files()), _SWEPT_S, lambda: f"these stay: {self.files()}")
        self.pids = frozenset(one.pid for one in self.service.processes())
        self.before = self.files()

    def files(self) -> frozenset[str]:
        """All files in the data folder that come from what people send."""
        names = (str(one.relative_to(self.service.data)) for one in self.service.data.rglob("*") if not one.is_dir())
        return frozenset(name for name in names if not name.startswith(_CHANGES) and not name.endswith("lock"))

    def check(self) -> None:
        """Check that nothing is harmed: it answers, no process has died, no file was left, nothing grew too large."""
        wait_until(lambda: self.files() == self.before, _SWEPT_S, lambda: f"left behind: {self.files() ^ self.before}")
        health = self.service.health()
        assert health is not None, f"it does not answer any more:\n{self.service.tail()}"
        assert health["status"] == "ok", health
        now = frozenset(one.pid for one in self.service.processes())
        assert self.pids <= now, f"a process has died:\n{self.service.tail()}"
        for one in self.service.processes():
            with contextlib.suppress(psutil.NoSuchProcess):
                assert _peak(one.pid) < _MOST_MEMORY, f"{one.cmdline()} had {_peak(one.pid) >> 20} MB"
        faults = [line for line in self.service.lines() if '"event": "fault"' in line or "Traceback" in line]
        assert not faults, f"{len(faults)} faults in the log, the first: {faults[0][:2000]}"

    def task(self, body: Mapping[str, Any]) -> str | Outcome:
        """Ask for a task; gives its id, or why there is none."""
        return made(self.http.post(f"{API}/tasks", json={"recipe": NOTHING, **body}))

    def upload(self, name: str, data: bytes) -> str | Outcome:
        """Send a photo; gives the id of its task, or why there is none."""
        files, fields = {"file": (name, data)}, {"recipe": json.dumps(NOTHING)}
        return made(self.http.post(f"{API}/tasks", files=files, data=fields))

    def ended(self, task: str | Outcome, seconds: float = PATIENCE_S) -> Outcome:
        """Wait until a task has ended, and delete it with all its files."""
        if isinstance(task, Outcome):
            return task
        found: dict[str, Any] = {}

        def over() -> bool:
            found.update(self.http.get(f"{API}/tasks/{task}").json())
            return found["status"] in ENDED

        wait_until(over, seconds, lambda: f"it does not end: {found}\n{self.service.tail()}")
        result = b""
        if found["status"] == "completed":
            result = self.http.get(f"{API}/download/{task}").content
        assert self.http.delete(f"{API}/tasks/{task}").status_code in (200, 204)
        code = str(found["error_code"] or found["status"])
        return Outcome(code, str(found["error_message"] or found["message"]), result)


def said(answer: httpx2.Response) -> Outcome:
    """What an answer says: the code of its error, or its status."""
    try:
        error = answer.json()["error"]
    except (ValueError, KeyError, TypeError):
        return Outcome(str(answer.status_code), answer.text[:200])
    assert set(answer.json()) == {"error", "detail"}
    return Outcome(error["code"], error["message"])


def shown(value: object, most: int = 70) -> str:
    """Something hostile, so that a terminal can show it."""
    text = ascii(value) if not isinstance(value, str) or not value.isprintable() else value
    return text if len(text) <= most else f"{text[: most - 4]} ..."


def made(answer: httpx2.Response) -> str | Outcome:
    if answer.status_code >= 300:
        return said(answer)
    return str(answer.json()["task_id"])


def _sent(files: frozenset[str]) -> list[str]:
    """Those that hold what somebody has sent, or was made of it."""
    return [name for name in files if name.startswith(("files/", "datasets/"))]


def _peak(pid: int) -> int:
    """The most memory that a process has had, in bytes."""
    try:
        text = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0
    line = next((one for one in text.splitlines() if one.startswith("VmHWM")), "VmHWM: 0 kB")
    return int(line.split()[1]) << 10

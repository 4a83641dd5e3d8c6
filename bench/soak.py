"""Whether memory grows while the service works on and on: 2,000 small tasks, or an hour of mixed work."""

from __future__ import annotations

import json
import os
import tempfile
import time
from collections import deque
from collections.abc import Callable
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path
from statistics import median

from bench.figures import Cell, Check, Report, shown, table
from bench.harness import Unavailable
from bench.listeners import Listeners
from bench.pictures import noise
from bench.serving import MIXED, Served, ask, upload, wait_for

NAME, NAME_SHORT = "soak", "soak-short"
_TASKS, _FIRST = 2_000, 200
_MINUTES = 60.0
_MOST = 1.05
_SIDES = (24, 64, 160)
_NETWORK = {"preset": "raw", "model": "realesr-animevideov3"}
_NETWORK_SIDE, _NETWORK_EVERY = 32, 20
_AHEAD = 10
_LOOK_EVERY, _TELL_EVERY = 20, 200
_LAST = 10
_MB = 1 << 20
_ROLES = ("api", "worker", "remote")


def run(say: Callable[[str], None]) -> Report:
    """Work for an hour, or for as many minutes as SOAK_MINUTES tells."""
    minutes = float(os.environ.get("SOAK_MINUTES") or _MINUTES)
    end = time.monotonic() + 60 * minutes
    return _soaked(NAME, f"Soak: {minutes:g} minutes of mixed work", lambda _count: time.monotonic() < end, say)


def run_short(say: Callable[[str], None]) -> Report:
    """Do 2,000 small tasks; a few minutes."""
    return _soaked(NAME_SHORT, f"Soak: {_TASKS:,} small tasks", lambda count: count < _TASKS, say)


def _soaked(name: str, title: str, more: Callable[[int], bool], say: Callable[[str], None]) -> Report:
    rows: list[tuple[Cell, ...]] = []
    with (
        tempfile.TemporaryDirectory(prefix="safelight-bench-") as folder,
        Served(Path(folder) / "data", factory=MIXED) as service,
        closing(service.connect()) as connection,
    ):
        client, count = _Client(service, connection), 0
        while more(count) or count < _FIRST:
            client.step(count)
            count += 1
            if count % _LOOK_EVERY == 0:
                rows.append((count, *(service.process(role).memory_info().rss / _MB for role in _ROLES)))
            if count % _TELL_EVERY == 0:
                say(f"{count:,} tasks: " + ", ".join(f"{shown(one)} MB" for one in rows[-1][1:]))
        client.finish()
        died = len(service.lines("process ended"))
    checks = []
    for column, role in enumerate(_ROLES, 1):
        after = [float(row[column] or 0) for row in rows if int(row[0] or 0) >= _FIRST]
        grown = median(after[-_LAST:]) / after[0]
        checks.append(
            Check(what=f"memory of {role} after the first {_FIRST} tasks", value=grown, bound=_MOST, at_least=False)
        )
    checks.append(Check(what="processes that ended", value=float(died), bound=0, at_least=False))
    some = rows[:: max(1, len(rows) // 20)]
    return Report(
        name=name,
        title=title,
        tables=(table(f"RSS over {count:,} tasks, MB", ("tasks", *_ROLES), [*some, rows[-1]]),),
        checks=tuple(checks),
        notes=(
            f"Small photos through POST /enhance, each new to the service; one of {_NETWORK_EVERY} goes through the "
            "compact network, the others are only turned to their negatives. In between results and thumbnails are "
            "fetched, tasks deleted and searched, previews, batches and reports made, and live events listened to. The "
            f"end is the median of the last {_LAST} looks.",
        ),
    )


class _Client:
    """Does a little of everything."""

    def __init__(self, service: Served, connection: HTTPConnection) -> None:
        self._service = service
        self._connection = connection
        self._waiting: deque[str] = deque()

    def step(self, number: int) -> None:
        """Send a photo, look after one that was sent before, and now and then do something else."""
        network = number % _NETWORK_EVERY == 0
        side = _NETWORK_SIDE if network else _SIDES[number % len(_SIDES)]
        name = f"{'network' if network else 'quick'} {number} 张伟.png"
        self._waiting.append(upload(self._connection, noise(side, number), name, _NETWORK if network else {}))
        if len(self._waiting) > _AHEAD:
            self._look_after(self._waiting.popleft(), number)

    def finish(self) -> None:
        """Wait for what is still to come."""
        while self._waiting:
            self._look_after(self._waiting.popleft(), 1)

    def _look_after(self, task: str, number: int) -> None:
        connection, here = self._connection, f"/api/v1/tasks/{task}"
        wait_for(connection, task)
        self._fetch(f"/api/v1/download/{task}")
        self._fetch(f"{here}/thumbnail")
        if number % 25 == 1:
            ask(connection, "GET", "/api/v1/tasks?limit=50&text=quick")
            ask(connection, "GET", "/api/v1/stats")
            self._fetch("/metrics")
        if number % 40 == 2:
            with Listeners(self._service.port, 5):
                time.sleep(0.1)
        if number % 50 == 3:
            self._fetch(f"{here}/report")
        if number % 100 == 4:
            self._fetch(f"{here}/report.pdf")
        if number % 60 == 5:
            body = {"task": task, "preset": "raw", "region": {"left": 0.2, "top": 0.2, "width": 0.5, "height": 0.5}}
            body["params"] = {"upscale": {"model": _NETWORK["model"]}}
            ask(connection, "POST", "/api/v1/preview", json.dumps(body).encode(), "application/json")
        if number % 3 == 0:
            ask(connection, "DELETE", here)

    def _fetch(self, path: str) -> None:
        self._connection.request("GET", path)
        response = self._connection.getresponse()
        response.read()
        if response.status != 200:
            raise Unavailable(f"{path}: {response.status}")

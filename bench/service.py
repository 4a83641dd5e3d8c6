"""What the service costs: overhead of a task, uploads under load, listeners, start, memory, warm models."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from statistics import median
from typing import Any

from bench.figures import Cell, Check, Report, Timing, table
from bench.listeners import Listeners
from bench.overhead import Overhead, commit_seconds, fsync_seconds, overhead
from bench.pictures import noise
from bench.serving import COUNTED, QUICK, Served, ask, cpu_seconds, upload, wait_for
from bench.toolbox import BUSY, LOADED, NOTHING
from safelight.tasks.database import Database, sqlite_url
from safelight.tasks.moves import Moves
from safelight.tasks.repository import Repository
from safelight.tasks.task import LOCAL, NewTask, now

NAME = "service"
_ROUNDS, _SINGLES, _IDLES, _MANY = 3, 150, 5, 500
_UPLOADS, _UPLOAD_SIDE = 80, 592
_LISTENERS, _PER_SECOND, _LISTEN_S = 200, 10, 10.0
_STARTS = 3
_PHOTOS, _PHOTO_SIDE = 10, 96
_MODEL = "realesrgan-general-x4v3"
_MB = 1 << 20

Cells = list[tuple[Cell, ...]]


def run(say: Callable[[str], None]) -> Report:
    """Measure; about three minutes."""
    with tempfile.TemporaryDirectory(prefix="safelight-bench-") as name:
        folder = Path(name)
        parts = [_overhead(folder, say), *_served(folder, say), _warm(folder, say)]
    return Report(
        name=NAME,
        title="The service",
        tables=tuple(one for part in parts for one in part.tables),
        checks=tuple(check for part in parts for check in part.checks),
        timings={key: timing for part in parts for key, timing in part.timings.items()},
        notes=tuple(note for part in parts for note in part.notes),
    )


def _overhead(folder: Path, say: Callable[[str], None]) -> Report:
    floors: list[tuple[float, float]] = []
    rounds: list[Overhead] = []
    for number in range(_ROUNDS):
        say(f"overhead of a task, round {number + 1}")
        own = folder / f"overhead{number}"
        own.mkdir()
        floors.append((median(fsync_seconds(own)), median(commit_seconds(own))))
        rounds.append(overhead(own, singles=_SINGLES, idles=_IDLES if number == 0 else 0, many=_MANY))
    best = min(range(_ROUNDS), key=lambda one: median(rounds[one].single))
    fastest = max(one.rate for one in rounds)
    fsync, commit = min(one for one, _ in floors), min(one for _, one in floors)
    rows: Cells = [
        (number + 1, _ms(floors[number][0]), _ms(floors[number][1]), _ms(_quantile(one.accept, 0.5)),
         _ms(_quantile(one.single, 0.5)), _ms(_quantile(one.single, 0.95)), one.rate)
        for number, one in enumerate(rounds)
    ]  # fmt: skip
    columns = ("round", "fsync ms", "bare commit ms", "accept ms", "done p50 ms", "done p95 ms", "tasks/s")
    single = _ms(_quantile(rounds[best].single, 0.5))
    return Report(
        name=NAME,
        title="",
        tables=(
            table("A task that does nothing, SQLite, one worker", columns, rows),
            table(
                "The same beside the limit of the disk",
                ("what", "found", "limit", "of the limit"),
                [
                    ("one task, ms; three bare commits", single, 3 * _ms(commit), single / (3 * _ms(commit))),
                    ("tasks/s; two bare commits each", fastest, 0.5 / commit, f"{fastest * 2 * commit:.0%}"),
                    ("after silence, p50 ms", _ms(median(rounds[0].idle)), None, None),
                ],
            ),
        ),
        checks=(
            Check(what="accepted to done, p50, best round", value=single, bound=20, at_least=False, unit="ms"),
            Check(what="tasks that do nothing, best round", value=fastest, bound=150, at_least=True, unit="/s"),
        ),
        timings={"accepted to done": Timing(seconds=rounds[best].single)},
        notes=(
            "A task is accepted in one process through the repository and done by a worker process; it is done when a "
            "third connection sees it. Accepted one at a time it takes three transactions, in a row two. A bare commit "
            f"inserts one small row, in the same mode (WAL, synchronous=FULL); one fsync took {_ms(fsync):.2f} ms.",
        ),
    )


def _served(folder: Path, say: Callable[[str], None]) -> Sequence[Report]:
    say("start")
    ready, working = [], []
    for number in range(_STARTS):
        with Served(folder / f"start{number}") as service:
            ready.append(service.ready_s)
            working.append(service.working_s)
    with Served(folder / "served", factory=QUICK) as service:
        memory: list[tuple[str, float | None]] = [("after start", _rss(service))]
        say("uploads while the cores are busy")
        uploads = _uploads(service)
        memory.append(("after uploads", _rss(service)))
        say("listeners")
        listeners = _listeners(service)
        memory.append(("after 200 listeners", _rss(service)))
        say("report")
        memory.append(("after a report as PDF", _rss(service) if _pdf(service) else None))
    starts = Report(
        name=NAME,
        title="",
        tables=(
            table(
                "Start of `safelight serve`",
                ("until", "best s", "median s", "runs"),
                [
                    ("/health is ok", min(ready), median(ready), _STARTS),
                    ("both workers are there", min(working), median(working), _STARTS),
                ],
            ),
            table("Memory of the API process", ("when", "RSS MB"), memory),
        ),
        checks=(
            Check(what="/health is ok after the start, best", value=min(ready), bound=4, at_least=False, unit="s"),
            Check(
                what="memory of the API process, most",
                value=max(found for _, found in memory if found is not None),
                bound=200, at_least=False, unit="MB",
            ),
        ),
        timings={"ready": Timing(seconds=tuple(ready)), "both workers there": Timing(seconds=tuple(working))},
    )  # fmt: skip
    return starts, uploads, listeners


def _uploads(service: Served) -> Report:
    photos = [noise(_UPLOAD_SIDE, number) for number in range(_UPLOADS)]
    rows, taken = list[tuple[Cell, ...]](), dict[str, Timing]()
    for name, threads in (("a worker burns all cores", os.cpu_count() or 1), ("nothing else", 0)):
        with closing(service.connect()) as connection, _busy(service, threads):
            seconds = []
            for number, photo in enumerate(photos):
                sent = photo + f"{threads}-{number}".encode()
                start = time.perf_counter()
                upload(connection, sent, f"photo{number}.png", {})
                seconds.append(time.perf_counter() - start)
                time.sleep(0.02)
        taken[f"POST /enhance, {name}"] = Timing(seconds=tuple(seconds))
        rows.append((name, _ms(_quantile(seconds, 0.5)), _ms(_quantile(seconds, 0.95)), _ms(max(seconds))))
        _until_empty(service)
    size = len(photos[0]) / 1e6
    return Report(
        name=NAME,
        title="",
        tables=(table(f"POST /enhance of {size:.2f} MB, beside", ("what runs", "p50 ms", "p95 ms", "most ms"), rows),),
        checks=(
            Check(
                what="POST /enhance of 1 MB while a worker burns all cores, p95",
                value=float(rows[0][2] or 0), bound=30, at_least=False, unit="ms",
            ),
        ),
        timings=taken,
        notes=("Uploads come one after another over one connection; each photo is new to the service.",),
    )  # fmt: skip


def _listeners(service: Served) -> Report:
    api, rows, shares = service.process("api"), list[tuple[Cell, ...]](), list[float]()
    with _repository(service) as repository:
        for name, users in (("every event goes to all", False), ("every event goes to one", True)):
            with Listeners(service.port, _LISTENERS, users=users) as listeners:
                time.sleep(2)
                before, start = listeners.events, time.perf_counter()
                with cpu_seconds(api) as cpu:
                    for number in range(round(_LISTEN_S * _PER_SECOND)):
                        owner = f"user{number % _LISTENERS}" if users else LOCAL
                        later = NewTask(owner=owner, kind=NOTHING, payload={}, not_before=now() + 3_600_000)
                        repository.accept([later])
                        time.sleep(max(0.0, start + (number + 1) / _PER_SECOND - time.perf_counter()))
                seconds = time.perf_counter() - start
                time.sleep(0.5)
                shares.append(100 * cpu[0] / seconds)
                rows.append((name, shares[-1], (listeners.events - before) / seconds))
    return Report(
        name=NAME,
        title="",
        tables=(
            table(
                f"{_LISTENERS} listeners (SSE), {_PER_SECOND} events a second in all",
                ("of which", "CPU of the API, % of a core", "events sent a second"),
                rows,
            ),
        ),
        checks=(Check(what="200 listeners, % of a core", value=max(shares), bound=10, at_least=False, unit="%"),),
    )


def _warm(folder: Path, say: Callable[[str], None]) -> Report:
    say("ten photos with a real network")
    with (
        Served(folder / "warm", factory=COUNTED, ENHANCE_PRESET="raw") as service,
        closing(service.connect()) as connection,
    ):
        photos = [noise(_PHOTO_SIDE, number) for number in range(_PHOTOS + 1)]
        seconds = []
        for number, photo in enumerate(photos):
            found = wait_for(connection, upload(connection, photo, f"photo{number}.png", {"model": _MODEL}))
            seconds.append(float(found["seconds"]))
        models = found["result"]["models"]
        loads = len(service.lines(LOADED))
    first, rest = seconds[0], seconds[1:]
    ten = sum(rest) / median(rest)
    return Report(
        name=NAME,
        title="",
        tables=(
            table(
                f"{_PHOTOS + 1} photos of {_PHOTO_SIDE} x {_PHOTO_SIDE} pixels one after another, {', '.join(models)}",
                ("what", "found"),
                [
                    ("first photo, with the load, s", first),
                    ("second photo, s", rest[0]),
                    ("median of the other ten, s", median(rest)),
                    ("ten photos, of one of them", ten),
                    ("times that a model was loaded", loads),
                ],
            ),
        ),
        checks=(
            Check(what="models loaded for eleven photos", value=float(loads), bound=1, at_least=False),
            Check(
                what="second photo beside the median of ten", value=rest[0] / median(rest), bound=1.5, at_least=False
            ),
            Check(what="ten photos beside one", value=ten, bound=12, at_least=False),
        ),
        timings={"photos with a network": Timing(seconds=tuple(seconds))},
    )


@contextmanager
def _busy(service: Served, threads: int) -> Iterator[None]:
    """Keep so many cores busy in the worker while the block runs."""
    if not threads:
        yield
        return
    with _repository(service) as repository:
        payload = {"seconds": 120, "threads": threads}
        [task] = repository.accept([NewTask(owner=LOCAL, kind=BUSY, payload=payload)])
        while repository.find(None, task.id).started_at is None:
            time.sleep(0.05)
        time.sleep(0.5)
        try:
            yield
        finally:
            repository.cancel(None, task.id)


@contextmanager
def _repository(service: Served) -> Iterator[Repository]:
    """The service's own table, so that tasks can be made that no route makes."""
    with closing(Database(sqlite_url(service.folder / "safelight.db"))) as database:
        yield Repository(database, Moves(database, posting=False), most_waiting=1_000_000)


def _until_empty(service: Served) -> None:
    with closing(service.connect()) as connection:
        until = time.monotonic() + 120
        while time.monotonic() < until:
            counts: dict[str, Any] = ask(connection, "GET", "/api/v1/stats")
            if not counts["pending"] + counts["processing"]:
                return
            time.sleep(0.1)


def _pdf(service: Served) -> bool:
    """Ask for the report of a finished task as PDF; tells whether there was one."""
    with closing(service.connect()) as connection:
        page = ask(connection, "GET", "/api/v1/tasks?status=completed&operation=upscale&limit=1")
        if not page["tasks"]:
            return False
        connection.request("GET", f"/api/v1/tasks/{page['tasks'][0]['task_id']}/report.pdf")
        response = connection.getresponse()
        return response.read()[:4] == b"%PDF" and response.status == 200


def _rss(service: Served) -> float:
    return float(service.process("api").memory_info().rss) / _MB


def _ms(seconds: float) -> float:
    return seconds * 1000


def _quantile(seconds: Sequence[float], share: float) -> float:
    return sorted(seconds)[min(len(seconds) - 1, int(len(seconds) * share))]

"""What the service needs is away for a while: its database, room on its disk, the other end of its hook."""

from __future__ import annotations

import random
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2
import psycopg
import pytest
from clients import Client, colour_of, photo
from invariants import all_tasks, check, wait_ended
from scenes import LONG, Site, both, either

from safelight.tasks.database import Database, sqlite_url
from safelight.tasks.status import Status
from service_process import API, ServiceProcess, wait_until

AWAY_S = 30.0 if LONG else 6.0
LATE_S = 0.1

_REFUSALS = {503: ("database_away",), 507: ("disk_full", "store_full")}
"""What a service without room answers: it depends on whether the database, the photo or the look before was first."""


@both
def test_nothing_is_lost_while_the_database_is_away(site: Site, kind: str, rng: random.Random) -> None:
    before = site.client.send_all([f"sleep-{rng.uniform(0.2, 1):.2f}.png" for _ in range(8)])
    site.client.refused.clear()
    workers = _workers(site.service)
    after: list[str] = []

    def send() -> None:
        after.extend(one.id for one in site.client.send_all([f"plain-{n}.png" for n in range(12)], threads=3))

    sender = threading.Thread(target=send)
    with (_locked if kind == "sqlite" else _closed)(site):
        end = time.monotonic() + AWAY_S
        sender.start()
        if kind == "postgresql":
            wait_until(lambda: _is_away(site), AWAY_S, "the service does not tell that its database is away")
        while time.monotonic() < end:
            time.sleep(LATE_S)
    sender.join()
    assert len(after) == 12
    assert site.client.refused, "no client was told to come again"
    assert _workers(site.service) == workers, "workers died of it, and their warm models with them"
    for answer in site.client.refused:
        _is_refusal(answer, 503, "database_away")
    for task in check(site.service, site.database, [*(one.id for one in before), *after]):
        assert task.status is Status.COMPLETED, f"{task}"


@pytest.mark.skipif(sys.platform != "linux", reason="a disk of a test's own needs Linux")
def test_a_full_disk_delays_and_loses_nothing(tmp_path: Path, rng: random.Random) -> None:
    with _small_disk(tmp_path / "disk") as data:
        service = ServiceProcess(data)
        service.log = tmp_path / "service.log"
        with service:
            _fill_and_wait(service, rng)


@either
def test_a_hook_that_was_down_hears_of_every_task_that_ended(site: Site) -> None:
    sent = site.client.send_all(["plain-0.png", "fail-1.png", "sleep-9.png", "plain-3.png"])
    site.client.cancel(sent[2])
    wait_ended(site.service, site.database, [one.id for one in sent])
    ended = {task.id: task.status.value for task in all_tasks(site.database)}
    time.sleep(2)
    assert not site.hook.bodies
    site.hook.there()
    wait_until(
        lambda: ended.keys() <= {str(body["task_id"]) for body in site.hook.bodies}, 90,
        lambda: f"{len(ended)} tasks have ended, and {len(site.hook.bodies)} were posted",
    )  # fmt: skip
    site.hook.away()
    assert not site.hook.unsigned
    for body in site.hook.bodies:
        if body["task_id"] in ended:
            assert body["status"] == ended[str(body["task_id"])]
    check(site.service, site.database, [one.id for one in sent])


def _workers(service: ServiceProcess) -> set[int]:
    """The processes of it that are there, and have been for a while."""
    return {one.pid for one in service.processes()}


def _is_away(site: Site) -> bool:
    found = site.service.health()
    return found is not None and found["status"] == "degraded"


def _is_refusal(answer: httpx2.Response, status: int, *codes: str) -> None:
    assert answer.status_code == status, answer.text
    body = answer.json()
    assert body["error"]["code"] in codes
    assert body["error"].keys() == {"code", "message", "details"}
    assert body["detail"] == body["error"]["message"]
    assert int(answer.headers["Retry-After"]) > 0


@contextmanager
def _locked(site: Site) -> Iterator[None]:
    """Hold the one lock for writing that a SQLite file has."""
    connection = sqlite3.connect(site.service.data / "safelight.db", timeout=30, isolation_level=None)
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        connection.rollback()
        connection.close()


@contextmanager
def _closed(site: Site) -> Iterator[None]:
    """Throw everybody out of a PostgreSQL database, and let nobody in."""
    server, _, name = site.service.settings.database_url.rpartition("/")
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        connection.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
        try:
            connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name])
            yield
        finally:
            connection.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")


@contextmanager
def _small_disk(folder: Path) -> Iterator[Path]:
    """A disk of 16 MB; its maker has to be root."""
    folder.mkdir()
    made = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=16m", "tmpfs", str(folder)], capture_output=True)
    if made.returncode:
        pytest.skip(f"no disk can be mounted here: {made.stderr.decode().strip()}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def _fill_and_wait(service: ServiceProcess, rng: random.Random) -> None:
    client, database = Client(service.url), Database(sqlite_url(service.data / "safelight.db"))
    filler = service.data / "filler"
    sent = client.send_all([f"sleep-{rng.uniform(0.5, 1):.2f}.png" for _ in range(4)])
    client.wait(sent[0], "processing")
    workers = _workers(service)
    try:
        _fill(filler)
        answer = httpx2.post(
            f"{service.url}{API}/enhance", files={"file": ("late.png", photo(colour_of(9), side=900))}, timeout=30
        )
        assert answer.status_code in (503, 507), answer.text
        _is_refusal(answer, answer.status_code, *_REFUSALS[answer.status_code])
        end = time.monotonic() + AWAY_S + 3
        while time.monotonic() < end:
            _fill(filler)
            time.sleep(LATE_S)
        assert any(task.status is not Status.COMPLETED for task in all_tasks(database)), "the disk was not full"
        assert _workers(service) == workers, "workers died of it, and their warm models with them"
        filler.unlink()
        late = client.send("plain-5.png", colour_of(5))
        for task in check(service, database, [*(one.id for one in sent), late.id]):
            assert task.status is Status.COMPLETED, f"{task}"
    finally:
        filler.unlink(missing_ok=True)
        database.close()
        client.close()


def _fill(filler: Path) -> None:
    """Write until there is no room for a single byte."""
    with filler.open("ab", buffering=0) as file:
        for size in (1 << 20, 4096, 1):
            try:
                while file.write(bytes(size)) == size:
                    pass
            except OSError:
                continue

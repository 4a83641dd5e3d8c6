"""A service in this process: the real application behind a real socket, and a worker with quick handlers."""

from __future__ import annotations

import io
import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import numpy as np
import pyvips
import uvicorn

from safelight.api.app import create_app
from safelight.api.studio import BUNDLE
from safelight.engine.attempt import Attempts, Stop
from safelight.engine.heart import Heart
from safelight.engine.worker import Worker
from safelight.service import Service
from safelight.settings import Settings
from safelight.tasks.claims import Claims
from safelight.tasks.database import Database
from safelight.tasks.ear import open_ear
from safelight.tasks.migrate import migrate
from safelight.tasks.moves import Moves
from safelight.tasks.task import Lane
from service_fakes import toolbox

API = "/api/v1"
LONG_S = 20.0
Json = dict[str, Any]


@dataclass(kw_only=True)
class Running:
    """A service that runs."""

    url: str
    service: Service

    def client(self, user: str | None = None, **headers: str) -> httpx2.Client:
        """Somebody who calls; ``user`` is whom they act for."""
        if user is not None:
            headers["X-User-Id"] = user
        return httpx2.Client(base_url=self.url, headers=headers, timeout=LONG_S)


@contextmanager
def running(data: Path, *, worker: bool = True, bundle: Path = BUNDLE, **changes: object) -> Iterator[Running]:
    """Run a service on a data folder; without ``worker`` nothing is done with what it accepts."""
    settings = Settings.model_validate({"data_dir": data, "min_free_mb": 0, "auto_pull": False, **changes})
    service = Service(settings)
    migrate(service.database)
    with serving(service, bundle) as url:
        if worker:
            with working(settings):
                yield Running(url=url, service=service)
        else:
            yield Running(url=url, service=service)
    service.store.close()
    service.database.close()


@contextmanager
def serving(service: Service, bundle: Path = BUNDLE) -> Iterator[str]:
    """Serve on a free port; gives the address."""
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    app = create_app(service, bundle)
    config = uvicorn.Config(
        app, log_config=None, ws="websockets-sansio", server_header=False, proxy_headers=False, lifespan="on"
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=lambda: server.run(sockets=[listening]), daemon=True)
    thread.start()
    until(lambda: server.started)
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        app.state.parts.hub.stop()
        server.should_exit = True
        thread.join(LONG_S)
        listening.close()


@contextmanager
def working(settings: Settings) -> Iterator[None]:
    """Do the tasks that wait, in a thread."""
    database, stop, tools = Database(settings.database_address), Stop(), toolbox(settings, Lane.DEVICE)
    claims = Claims(database, Moves(database, posting=False), lease_ms=30_000)
    heart = Heart(claims, Lane.DEVICE, lease_s=30, show=lambda: None)
    attempts = Attempts(
        Lane.DEVICE, claims=claims, toolbox=tools, task_s=60, folder=settings.data_dir / "work", heart=heart,
        stop=stop,
    )  # fmt: skip
    ear = open_ear(database)
    worker = Worker("worker", claims=claims, ear=ear, toolbox=tools, attempts=attempts, heart=heart, stop=stop)
    thread = threading.Thread(target=worker.run, daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.ask(1.0)
        thread.join(LONG_S)
        ear.close()
        database.close()


def until(true: object, what: str = "nothing came of it", seconds: float = LONG_S) -> None:
    """Wait until a function gives something that is true."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, what
        time.sleep(0.01)


def png(seed: int = 0, width: int = 12, height: int = 10) -> bytes:
    """A photo of its own for each seed."""
    pixels = np.random.default_rng(seed).integers(0, 255, (height, width, 3), dtype=np.uint8)
    return bytes(pyvips.Image.new_from_array(pixels).pngsave_buffer())


def enhance(client: httpx2.Client, name: str = "a.png", seed: int = 0, **fields: str) -> Json:
    """Send a photo; gives the task."""
    answer = client.post(f"{API}/enhance", files={"file": (name, png(seed))}, data=fields)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def finished(client: httpx2.Client, task: str, *states: str) -> Json:
    """Wait until a task has ended; gives it as the fixed routes do."""
    found: Json = {}

    def ended() -> bool:
        found.update(client.get(f"{API}/task/{task}").json())
        return found["status"] in (states or ("completed", "failed"))

    until(ended, f"task {task} did not end: {found}")
    return found


def batch_of(client: httpx2.Client, *photos: tuple[str, bytes], **fields: str) -> Json:
    """Send photos as a batch; gives the answer."""
    answer = client.post(f"{API}/enhance/batch", files=[("files", one) for one in photos], data=fields)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def batch_ended(client: httpx2.Client, batch: str) -> Json:
    """Wait until a batch has ended; gives it."""
    found: Json = {}

    def ended() -> bool:
        found.update(client.get(f"{API}/batch/status/{batch}").json())
        return found["status"] in ("completed", "partial_completed", "failed")

    until(ended, f"batch {batch} did not end: {found}")
    return found


def failure(answer: httpx2.Response, status: int, code: str) -> Json:
    """Check that an answer is an error of the one shape; gives its inner part."""
    assert answer.status_code == status, answer.text
    content = answer.json()
    assert set(content) == {"error", "detail"}
    assert set(content["error"]) == {"code", "message", "details"}
    assert content["detail"] == content["error"]["message"]
    assert content["error"]["code"] == code
    return dict(content["error"])


def same_picture(data: bytes) -> pyvips.Image:
    """Open what was downloaded."""
    return pyvips.Image.new_from_buffer(data, "")


def sse(lines: Iterator[str]) -> Iterator[Json]:
    """Take server-sent events apart: their data, with ``id`` and ``event``."""
    found: Json = {}
    for line in lines:
        if line == "":
            if "data" in found:
                yield {"id": found.get("id"), "event": found["event"], **json.loads(found["data"])}
            found = {}
        elif not line.startswith(":"):
            name, _, value = line.partition(": ")
            found[name] = value


def names_in(data: bytes) -> list[str]:
    """Names in a ZIP, which must be whole."""
    import zipfile

    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        return archive.namelist()

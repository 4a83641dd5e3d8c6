"""A running service to measure: ``safelight serve`` in processes of its own, and what its processes take.

``python -m bench.serving FOLDER FACTORY`` is the same service with workers whose toolbox another factory makes.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from types import TracebackType
from typing import Any

import psutil

from bench.harness import ROOT, Unavailable, safelight_command

QUICK = "bench.toolbox:toolbox"
"""A factory of workers that do photos without a network."""
COUNTED = "bench.toolbox:counted"
"""A factory of the usual workers, which tell in the log when they load a model."""
MIXED = "bench.toolbox:mixed"
"""A factory of the usual workers, which do photos whose names begin with ``quick`` without a network."""

_PATIENCE_S = 60.0
_LOOK_S = 0.02


class Served:
    """A service that runs while the ``with`` block does."""

    def __init__(self, folder: Path, *, factory: str | None = None, **settings: str) -> None:
        """Start it on an empty folder; ``settings`` go to its environment, with SAFELIGHT_ before their names.

        Raises:
            Unavailable: it does not come up.
        """
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self.log = folder.with_suffix(".log")
        own = [sys.executable, "-m", "bench.serving", str(folder), factory or ""]
        command = own if factory else safelight_command("serve", "--port", "0", "--data", str(folder))
        with self.log.open("wb") as log:
            self.began = time.perf_counter()
            self._process = subprocess.Popen(
                command, cwd=ROOT, env=_environment(settings), stdout=subprocess.PIPE, stderr=log, text=True
            )
        try:
            self.port = self._port()
            self.ready_s = self._wait(lambda: self.health()["status"] == "ok")
            self.working_s = self._wait(lambda: {"device", "remote"} <= {one["lane"] for one in self.workers()})
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Served:
        """Give itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End it."""
        self.close()

    def close(self) -> None:
        """End it, and wait until it has."""
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(timeout=60)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        if self._process.stdout:
            self._process.stdout.close()

    def connect(self) -> HTTPConnection:
        """Open a connection that stays open between requests."""
        return HTTPConnection("127.0.0.1", self.port, timeout=_PATIENCE_S)

    def health(self) -> dict[str, Any]:
        """What the service tells of itself."""
        connection = self.connect()
        try:
            found: dict[str, Any] = ask(connection, "GET", "/health")
        except Unavailable as error:
            return {"status": str(error)}
        finally:
            connection.close()
        return found

    def workers(self) -> list[dict[str, Any]]:
        """The workers that live."""
        found: list[dict[str, Any]] = self.health()["engine"]["workers"]
        return found

    def process(self, role: str) -> psutil.Process:
        """The process of a role: ``api``, ``worker`` or ``remote``; the last one that was started.

        Raises:
            Unavailable: there is none.
        """
        for line in reversed(self.lines("started")):
            if line.get("role") == role:
                return psutil.Process(line["pid"])
        raise Unavailable(f"there is no process {role}")

    def lines(self, event: str) -> list[dict[str, Any]]:
        """What the log has of one event."""
        lines = self.log.read_text(encoding="utf-8", errors="replace").splitlines()
        found = [json.loads(line) for line in lines if line.startswith("{") and line.endswith("}")]
        return [line for line in found if line.get("event") == event]

    def _port(self) -> int:
        line = self._process.stdout.readline() if self._process.stdout else ""
        try:
            return int(line.split("http://", 1)[1].split()[0].rsplit(":", 1)[1])
        except (IndexError, ValueError) as error:
            raise Unavailable(f"the service does not start: {self.log.read_text()[-300:]}") from error

    def _wait(self, there: Any) -> float:  # noqa: ANN401 - any function that says whether
        while time.perf_counter() - self.began < _PATIENCE_S:
            try:
                if there():
                    return time.perf_counter() - self.began
            except (OSError, HTTPException, Unavailable, KeyError):
                pass
            time.sleep(_LOOK_S)
        raise Unavailable("the service is not ready after a minute")


def ask(connection: HTTPConnection, method: str, path: str, body: bytes | None = None, form: str = "") -> Any:  # noqa: ANN401 - JSON
    """Send a request and give the JSON of the answer; None if it has no content.

    Raises:
        Unavailable: it was refused.
    """
    connection.request(method, path, body=body, headers={"Content-Type": form} if form else {})
    response = connection.getresponse()
    content = response.read()
    if response.status >= 400:
        raise Unavailable(f"{method} {path}: {response.status} {content[:200]!r}")
    return json.loads(content) if content else None


def upload(connection: HTTPConnection, photo: bytes, name: str, fields: Mapping[str, str]) -> str:
    """Send a photo to POST /enhance; gives the id of its task.

    Raises:
        Unavailable: it was refused.
    """
    mark = "bench0123456789"
    start = f"--{mark}\r\nContent-Disposition: form-data; name="
    parts = [f'{start}"{key}"\r\n\r\n{value}\r\n' for key, value in fields.items()]
    head = f'{start}"file"; filename="{name}"\r\nContent-Type: image/png\r\n\r\n'
    body = "".join([*parts, head]).encode() + photo + f"\r\n--{mark}--\r\n".encode()
    answer = ask(connection, "POST", "/api/v1/enhance", body, f"multipart/form-data; boundary={mark}")
    return str(answer["task_id"])


def wait_for(connection: HTTPConnection, task: str, patience_s: float = 300.0) -> dict[str, Any]:
    """Ask for a task until it has ended; gives everything about it.

    Raises:
        Unavailable: it failed, or takes too long.
    """
    until = time.monotonic() + patience_s
    while time.monotonic() < until:
        found: dict[str, Any] = ask(connection, "GET", f"/api/v1/tasks/{task}")
        if found["status"] == "completed":
            return found
        if found["status"] in ("failed", "cancelled"):
            raise Unavailable(f"a task {found['status']}: {found['error']}")
        time.sleep(_LOOK_S)
    raise Unavailable("a task takes too long")


@contextmanager
def cpu_seconds(process: psutil.Process) -> Iterator[list[float]]:
    """Add the CPU time that a process takes within the block to the list that is given."""
    before, taken = process.cpu_times(), list[float]()
    yield taken
    after = process.cpu_times()
    taken.append(after.user + after.system - before.user - before.system)


def _environment(settings: Mapping[str, str]) -> dict[str, str]:
    """The environment, with no settings of Safelight but where models are, and those that are given."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SAFELIGHT_")}
    models = os.environ.get("SAFELIGHT_MODELS_DIR")
    own = {"DEVICE": "cpu", "HISTORY_FILES": "true", **({"MODELS_DIR": models} if models else {}), **settings}
    return {**kept, **{f"SAFELIGHT_{name}": value for name, value in own.items()}}


def main() -> None:
    """Serve in a folder, with workers whose toolbox a factory makes; as ``safelight serve`` does."""
    import socket

    from safelight.engine.calling import begin
    from safelight.engine.chores import Keeper
    from safelight.engine.local import LocalEngine
    from safelight.engine.logs import configure
    from safelight.service import Service
    from safelight.settings import load_settings
    from safelight.tasks.migrate import migrate

    folder, factory = Path(sys.argv[1]), sys.argv[2]
    settings = load_settings().model_copy(update={"data_dir": folder})
    configure(settings.log_level, worker="engine")
    listening = socket.create_server(("127.0.0.1", 0), backlog=2048)
    service = Service(settings)
    migrate(service.database)
    keeper = Keeper(service.chores())
    engine = LocalEngine(
        settings, claims=service.claims, workers=service.workers, factory=factory,
        serve=lambda context: begin(context, "safelight.api.server:serve", settings, listening),
    )  # fmt: skip
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda _number, _frame: engine.stop())
    sys.stdout.write(f"Safelight serves at http://127.0.0.1:{listening.getsockname()[1]}\n")
    sys.stdout.flush()
    keeper.start()
    try:
        engine.run()
    finally:
        keeper.stop()
        service.store.close()


if __name__ == "__main__":
    main()

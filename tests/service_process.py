"""A whole service in processes of its own, for tests: started, watched, killed, started again, ended.

It is the real ``safelight serve`` with every process of it, only with the workers' toolbox of ``service_fakes``.
"""

from __future__ import annotations

import contextlib
import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import TracebackType

import httpx2
import psutil

from safelight.settings import Settings

API = "/api/v1"
_TESTS = Path(__file__).resolve().parent
_START_S, _END_S = 60.0, 60.0


class ServiceProcess:
    """A service with a data folder and a port of its own; as a ``with`` block it runs, and is ended."""

    def __init__(self, data: Path, *, factory: str = "service_fakes:toolbox", **environment: str) -> None:
        """Take the data folder; ``environment`` are settings, as ``lease_s="2"``. Its log is in the data folder."""
        self.data = data
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = data / "service.log"
        self.process: subprocess.Popen[bytes] | None = None
        self._factory = factory
        changes = {"lease_s": "2", "min_free_mb": "0", "device": "cpu", "auto_pull": "0", **environment}
        self._settings = {f"SAFELIGHT_{name.upper()}": value for name, value in changes.items()}
        self._settings["SAFELIGHT_DATA_DIR"] = str(data)
        self._known: dict[int, psutil.Process] = {}

    @property
    def settings(self) -> Settings:
        """The settings that the service has."""
        prefix = len("SAFELIGHT_")
        return Settings.model_validate({name[prefix:].lower(): value for name, value in self._settings.items()})

    def __enter__(self) -> ServiceProcess:
        """Start it and wait until it works."""
        self.start()
        try:
            self.wait_healthy()
        except BaseException:
            self.kill_all()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End it; after a failure at once, and with the end of its log for whoever reads the report."""
        if kind is None:
            self.stop()
            return
        self.kill_all()
        print(f"--- {self.log}\n" + self.tail(60))

    def start(self) -> None:
        """Start its first process, which starts the others."""
        self.data.mkdir(parents=True, exist_ok=True)
        self._reap()
        path = os.pathsep.join([str(_TESTS.parent / "src"), str(_TESTS)])
        clean = {name: value for name, value in os.environ.items() if not name.startswith("SAFELIGHT_")}
        command = [sys.executable, str(_TESTS / "service_process.py"), self._factory, str(self.port)]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                command, env={**clean, **self._settings, "PYTHONPATH": path}, stdin=subprocess.PIPE, stdout=log,
                stderr=log, start_new_session=True,
            )  # fmt: skip

    def keep_running(self) -> bool:
        """Start it again if its first process has ended, as the system's own supervisor does; tells whether it had."""
        if self.process is not None and self.process.poll() is None:
            return False
        self.start()
        return True

    def stop(self) -> int:
        """End it in order; gives the exit code of its first process."""
        if self.process is None:
            return 0
        self.processes()
        self.process.terminate()
        try:
            return self.process.wait(_END_S)
        finally:
            self.kill_all()

    def kill_all(self) -> None:
        """End all its processes at once, as a cut of the power does."""
        if self.process is None:
            return
        found = self.processes()
        for one in found:
            with contextlib.suppress(psutil.NoSuchProcess):
                one.kill()
        if self.process.poll() is None:
            self.process.kill()
        psutil.wait_procs(found, timeout=10)
        self._reap()
        self._known.clear()

    def _reap(self) -> None:
        """Close what belongs to a first process that has ended, or is about to."""
        if self.process is not None:
            self.process.wait()
            if self.process.stdin is not None:
                self.process.stdin.close()

    def processes(self) -> list[psutil.Process]:
        """All processes of it that live, also those that have lost their parent; the newest last."""
        with contextlib.suppress(psutil.NoSuchProcess):
            if self.process is not None:
                first = psutil.Process(self.process.pid)
                self._known.update({one.pid: one for one in (first, *first.children(recursive=True))})
        self._known = {pid: one for pid, one in self._known.items() if _lives(one)}
        return list(self._known.values())

    def started(self) -> Iterator[Mapping[str, object]]:
        """What the log tells of processes that were started: role (``api``, ``worker``, ``remote``), name, pid."""
        for line in self.lines():
            if line.startswith("{") and '"started"' in line:
                with contextlib.suppress(ValueError):
                    told = json.loads(line)
                    if told.get("event") == "started":
                        yield told

    def pid_of(self, role: str) -> int | None:
        """The process that lives and has a role; None if there is none just now."""
        alive = {one.pid for one in self.processes()}
        pids = [int(str(told["pid"])) for told in self.started() if told["role"] == role]
        return next((pid for pid in reversed(pids) if pid in alive), None)

    def health(self) -> Mapping[str, object] | None:
        """What ``/health`` answers; None if nobody does."""
        try:
            return dict(httpx2.get(f"{self.url}/health", timeout=5, verify=False).json())
        except (httpx2.HTTPError, ValueError):
            return None

    def wait_healthy(self, *, workers: int = 2, seconds: float = _START_S) -> None:
        """Wait until ``/health`` reads ok and so many workers that live are on its list."""

        def healthy() -> bool:
            found = self.health()
            if found is None or found["status"] != "ok":
                self.keep_running()
                return False
            alive = {one.pid for one in self.processes()}
            dead = {told["name"] for told in self.started() if told["pid"] not in alive}
            listed = {one["name"] for one in found["engine"]["workers"]}
            return len(listed - dead) >= workers

        wait_until(healthy, seconds, lambda: f"the service is not healthy: {self.health()}\n{self.tail()}")

    def lines(self) -> list[str]:
        """Its log."""
        return self.log.read_text("utf-8", "replace").splitlines()

    def tail(self, lines: int = 30) -> str:
        """The end of its log."""
        return "\n".join(self.lines()[-lines:])


def wait_until(true: Callable[[], bool], seconds: float, told: Callable[[], str] | str, step: float = 0.15) -> None:
    """Wait until something is true; an AssertionError with what is told if it is not within so many seconds."""
    end = time.monotonic() + seconds
    while not true():
        if time.monotonic() > end:
            raise AssertionError(told if isinstance(told, str) else told())
        time.sleep(step)


def free_port() -> int:
    """A port that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _lives(process: psutil.Process) -> bool:
    try:
        return bool(process.is_running() and process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def _serve(factory: str, port: int) -> None:
    """Be the service: what ``safelight serve`` does, but with another toolbox."""
    from safelight.cli.serve import serve
    from safelight.engine import local

    real = local.LocalEngine.__init__

    def with_fakes(self: local.LocalEngine, *arguments: object, **rest: object) -> None:
        real(self, *arguments, **{**rest, "factory": factory})

    local.LocalEngine.__init__ = with_fakes
    threading.Thread(target=_outlive_no_tests, daemon=True).start()
    serve(port=port)


def _outlive_no_tests() -> None:
    """End when the process that runs the tests is gone, however it went."""
    os.read(0, 1)
    os._exit(1)


if __name__ == "__main__":
    _serve(sys.argv[1], int(sys.argv[2]))

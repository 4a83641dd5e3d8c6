"""One service for all tests of a file that need no settings of their own; each test acts for a user of its own."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from secrets import token_hex

import httpx2
import pytest
import structlog

from api.running import Running, running
from service_process import free_port

_REQUIRED = os.environ.get("SAFELIGHT_REQUIRE_SERVICES", "") not in ("", "0")
_REDIS_PORT = 6379
_START_S = 30.0


@pytest.fixture(scope="module", autouse=True)
def _plain_logs() -> Iterator[None]:
    # Tracebacks in colour, as they are by default, take seconds.
    structlog.configure(processors=[structlog.processors.format_exc_info, structlog.processors.LogfmtRenderer()])
    yield
    structlog.reset_defaults()


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A service that runs, with a worker."""
    with running(tmp_path_factory.mktemp("house")) as found:
        yield found


@pytest.fixture
def user() -> str:
    """A user that no other test has."""
    return f"user-{token_hex(4)}"


@pytest.fixture
def client(house: Running, user: str) -> Iterator[httpx2.Client]:
    """Calls for the user of this test."""
    with house.client(user) as found:
        yield found


@pytest.fixture(scope="session")
def redis_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a Redis: the one that runs here, or one that is started for the tests."""
    if _listens(_REDIS_PORT):
        yield _redis_at(_REDIS_PORT)
        return
    binary = shutil.which("redis-server")
    if binary is None:
        reason = f"no Redis at 127.0.0.1:{_REDIS_PORT}, and none is installed that could be started"
        if _REQUIRED:
            pytest.fail(reason)
        pytest.skip(reason)
    yield from _started(binary, tmp_path_factory.mktemp("redis"))


def _started(binary: str, folder: Path) -> Iterator[str]:
    port = free_port()
    command = [binary, "--port", str(port), "--bind", "127.0.0.1", "--save", ""]
    with subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL) as process:
        try:
            end = time.monotonic() + _START_S
            while not _listens(port):
                assert process.poll() is None, f"{binary} ended with {process.returncode}"
                assert time.monotonic() < end, f"{binary} does not listen"
                time.sleep(0.05)
            yield _redis_at(port)
        finally:
            process.terminate()


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(2)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _redis_at(port: int) -> str:
    return f"redis://127.0.0.1:{port}/15"

"""One service per kind of database for all tests of faults: each test has to leave it healthy."""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from pathlib import Path
from secrets import token_hex

import psycopg
import pytest
from clients import Client
from hook_receiver import HookReceiver
from scenes import Site

from safelight.tasks.database import Database, sqlite_url
from service_process import ServiceProcess

_SEED = os.environ.get("SAFELIGHT_FAULTS_SEED", "")
_REQUIRED = os.environ.get("SAFELIGHT_REQUIRE_SERVICES", "") not in ("", "0")
_SERVER = "postgresql://postgres@127.0.0.1:5432"


@pytest.fixture(scope="session")
def site(kind: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A service that runs, on a database of its own."""
    data = tmp_path_factory.mktemp(f"service-{kind}")
    with _database(kind, data) as url, HookReceiver() as hook:
        settings = {
            "database_url": url, "hook_url": hook.url, "hook_secret": "a secret", "cancel_grace_s": "2",
            "workers": "2", "workers_min": "2",
        }  # fmt: skip
        service = ServiceProcess(data, **settings)
        database = Database(url)
        try:
            with service:
                client = Client(service.url)
                yield Site(service=service, client=client, database=database, hook=hook)
                client.close()
        finally:
            database.close()


@pytest.fixture
def rng(request: pytest.FixtureRequest) -> random.Random:
    """Chance that can be had again: a test that fails shows its seed."""
    seed = _SEED or token_hex(4)
    print(f"SAFELIGHT_FAULTS_SEED={seed}")
    return random.Random(f"{seed} {request.node.name}")


class _database:  # noqa: N801 - it reads as a function, `with _database(...) as url`
    """The address of a database that is dropped when the block ends."""

    def __init__(self, kind: str, data: Path) -> None:
        self._name = f"safelight_faults_{token_hex(6)}"
        self._url = sqlite_url(data / "safelight.db") if kind == "sqlite" else f"{_SERVER}/{self._name}"
        self._sqlite = kind == "sqlite"

    def __enter__(self) -> str:
        if not self._sqlite:
            try:
                self._run(f"CREATE DATABASE {self._name}")
            except psycopg.OperationalError as error:
                if _REQUIRED:
                    raise
                pytest.skip(f"no PostgreSQL at 127.0.0.1:5432: {error}")
        return self._url

    def __exit__(self, *_: object) -> None:
        if not self._sqlite:
            self._run(f"DROP DATABASE IF EXISTS {self._name} WITH (FORCE)")

    def _run(self, statement: str) -> None:
        with psycopg.connect(f"{_SERVER}/postgres", autocommit=True, connect_timeout=5) as connection:
            connection.execute(statement)

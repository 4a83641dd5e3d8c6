"""Databases for tests: SQLite and PostgreSQL, migrated and empty, a new one for each test."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from secrets import token_hex

import psycopg
import pytest

from safelight.tasks.database import Database, sqlite_url
from safelight.tasks.migrate import migrate

_REQUIRED = os.environ.get("SAFELIGHT_REQUIRE_SERVICES", "") not in ("", "0")
_USUAL = "postgresql://postgres@127.0.0.1:5432"
_BINARIES = "/usr/lib/postgresql/*/bin/initdb"


@pytest.fixture(params=["sqlite", "postgresql"])
def kind(request: pytest.FixtureRequest) -> str:
    """Which kind of database a test runs on; every test of ``database`` runs on each."""
    return str(request.param)


@pytest.fixture
def database_url(kind: str, request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of a migrated, empty database of the test's own."""
    if kind == "sqlite":
        path = request.getfixturevalue("tmp_path") / "safelight.db"
        shutil.copyfile(request.getfixturevalue("sqlite_template"), path)
        yield sqlite_url(path)
        return
    server, template = request.getfixturevalue("postgresql_template")
    with new_database(server, template) as url:
        yield url


@pytest.fixture
def empty_url(kind: str, request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of a database of the test's own without any tables."""
    if kind == "sqlite":
        yield sqlite_url(request.getfixturevalue("tmp_path") / "empty.db")
        return
    with new_database(request.getfixturevalue("postgresql")) as url:
        yield url


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """A migrated, empty database."""
    opened = Database(database_url)
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file to copy: migrating takes longer than copying."""
    path = tmp_path_factory.mktemp("template") / "safelight.db"
    _migrate(sqlite_url(path))
    return path


@pytest.fixture(scope="session")
def postgresql_template(postgresql: str) -> Iterator[tuple[str, str]]:
    """A server and the name of a migrated database on it to copy."""
    with new_database(postgresql) as url:
        _migrate(url)
        yield postgresql, url.rsplit("/", 1)[1]


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """The address of a PostgreSQL server: the one that runs here, or one that is started for the tests."""
    with socket.socket() as probe:
        probe.settimeout(2)
        running = probe.connect_ex(("127.0.0.1", 5432)) == 0
    if running:
        with suppress(psycopg.OperationalError), psycopg.connect(f"{_USUAL}/postgres", connect_timeout=5):
            yield _USUAL
            return
    initdb = shutil.which("initdb") or next(iter(sorted(map(str, Path("/").glob(_BINARIES[1:])), reverse=True)), None)
    if initdb is None:
        reason = "no PostgreSQL at 127.0.0.1:5432, and none is installed that could be started"
        if _REQUIRED:
            pytest.fail(reason)
        pytest.skip(reason)
    yield from _started(Path(initdb).resolve())


class new_database:  # noqa: N801 - it reads as a function, `with new_database(...) as url`
    """A database on a server, which is dropped when the block ends."""

    def __init__(self, server: str, template: str = "template1") -> None:
        self._server, self._template, self._name = server, template, f"safelight_test_{token_hex(6)}"

    def __enter__(self) -> str:
        self._run(f"CREATE DATABASE {self._name} TEMPLATE {self._template}")
        return f"{self._server}/{self._name}"

    def __exit__(self, *_: object) -> None:
        self._run(f"DROP DATABASE IF EXISTS {self._name} WITH (FORCE)")

    def _run(self, statement: str) -> None:
        with psycopg.connect(f"{self._server}/postgres", autocommit=True) as connection:
            connection.execute(statement)


def _migrate(url: str) -> None:
    database = Database(url)
    migrate(database)
    database.close()


def _started(initdb: Path) -> Iterator[str]:
    with tempfile.TemporaryDirectory(prefix="pg-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        # PostgreSQL refuses to run as root.
        user = "nobody" if os.name == "posix" and os.geteuid() == 0 else None
        if user:
            shutil.chown(folder, user)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]

        def run(*command: str) -> None:
            subprocess.run(command, user=user, cwd=folder, check=True, stdout=subprocess.DEVNULL, timeout=120)

        data, control = str(folder / "data"), str(initdb.with_name("pg_ctl"))
        run(str(initdb), "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync")
        options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=off"
        run(control, "-D", data, "-w", "-l", str(folder / "log"), "-o", options, "start")
        try:
            yield f"postgresql://postgres@127.0.0.1:{port}"
        finally:
            run(control, "-D", data, "-m", "immediate", "-w", "stop")

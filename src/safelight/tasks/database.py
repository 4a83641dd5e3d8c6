"""The connection to the database: SQLite in WAL by default, PostgreSQL by URL. One way to write, one to read."""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, Table, create_engine, event, func, select, text
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import (
    ArgumentError,
    DBAPIError,
    InterfaceError,
    NoSuchModuleError,
    OperationalError,
)
from sqlalchemy.exc import TimeoutError as NoConnectionFreeError

from safelight.errors import DatabaseAwayError, SettingsError
from safelight.settings import sqlite_address
from safelight.tasks.queueing import WriteLine

_WAIT_MS = 5_000
_CACHE_KB = 512
_COMMIT_ORDER = 7_310_001
"""Number of the advisory lock that makes events become visible in the order of their ids."""
_KEY_SPACE, _KEY_LOCKS = 731, 256
"""First number of the advisory locks for files of the store, and how many there are."""


CHANNEL = "safelight"
"""Where PostgreSQL tells listeners that something changed."""


class Database:
    """Connections to one database, for many threads."""

    def __init__(self, url: str, *, first: bool = False) -> None:
        """Take the address; nothing is connected yet. ``first`` is for the process that answers requests.

        Raises:
            SettingsError: it is no address of a database, or its driver is not installed.
        """
        try:
            parsed = make_url(url)
            if parsed.drivername in ("postgresql", "postgres"):
                parsed = parsed.set(drivername="postgresql+psycopg")
            self.engine = _open(parsed)
        except (ArgumentError, NoSuchModuleError) as error:
            raise SettingsError(f"SAFELIGHT_DATABASE_URL: {url!r} is no address of a database") from error
        except ImportError as error:
            raise SettingsError(
                f"SAFELIGHT_DATABASE_URL: the driver of {parsed.drivername} is not installed",
                hint="pip install 'safelight[postgres]'",
            ) from error
        self.sqlite = self.engine.dialect.name == "sqlite"
        self.where = parsed.render_as_string(hide_password=True)
        file = parsed.database if self.sqlite else None
        self._line = WriteLine(Path(file) if file and file != ":memory:" else None, first=first)

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """One transaction; it is on disk when the block ends, and undone if the block raises.

        On SQLite there is one writer at a time, and everybody lines up for it; see :mod:`safelight.tasks.queueing`.

        Raises:
            DatabaseAwayError: the database cannot be reached, or was busy for too long.
        """
        with self._reachable():
            if not self.sqlite:
                with self.engine.begin() as connection:
                    yield connection
                return
            with self._line.turn(_WAIT_MS / 1000) as mine:
                if not mine:
                    raise DatabaseAwayError(f"{self.where}: busy for too long")
                with self.engine.begin() as connection:
                    yield connection

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection on which every statement sees what is committed when it begins.

        Raises:
            DatabaseAwayError: the database cannot be reached.
        """
        with self._reachable(), self.engine.connect() as connection:
            yield connection.execution_options(reading=True)

    def order_events(self, connection: Connection) -> None:
        """Let nobody else write events until this transaction ends, so that their ids become visible in order.

        SQLite has one writer at a time anyway.
        """
        if not self.sqlite:
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _COMMIT_ORDER})
            connection.execute(text("SELECT pg_notify(:channel, '')"), {"channel": CHANNEL})

    def lock(self, connection: Connection, keys: Iterable[str], *, alone: bool = False) -> None:
        """Keep files of the store from being swept until this transaction ends; ``alone`` is for the one who sweeps.

        Whoever comes to need a file, and whoever deletes one, holds its lock while looking and until the commit. On
        SQLite there is one writer at a time anyway. Keys share a few locks, as a server has only so many of them.
        """
        if self.sqlite:
            return
        numbers = sorted({zlib.crc32(key.encode()) % _KEY_LOCKS for key in keys})
        take = func.pg_advisory_xact_lock if alone else func.pg_advisory_xact_lock_shared
        for number in numbers:
            connection.execute(select(take(_KEY_SPACE, number)))

    def close(self) -> None:
        """Close all connections."""
        self.engine.dispose()

    @contextmanager
    def _reachable(self) -> Iterator[None]:
        try:
            yield
        except (OperationalError, InterfaceError) as error:
            raise DatabaseAwayError(f"{self.where}: {_reason(error)}") from error
        except NoConnectionFreeError as error:
            raise DatabaseAwayError(f"{self.where}: all connections are in use") from error
        except DBAPIError as error:
            if error.connection_invalidated:
                raise DatabaseAwayError(f"{self.where}: {_reason(error)}") from error
            raise


def upsert(connection: Connection, table: Table, values: Mapping[str, Any]) -> None:
    """Insert a row, or change the one that has the same primary key."""
    # Both kinds of databases write it the same way, but SQLAlchemy has a construct for each of its own.
    construct = sqlite_insert if connection.dialect.name == "sqlite" else postgresql_insert
    statement: Any = construct(table).values(**values)
    keys = [column.name for column in table.primary_key]
    rest = {name: statement.excluded[name] for name in values if name not in keys}
    connection.execute(statement.on_conflict_do_update(index_elements=keys, set_=rest))


def sqlite_url(path: Path) -> str:
    """The address of a SQLite file."""
    return sqlite_address(path)


def _open(url: URL) -> Engine:
    if url.get_backend_name() != "sqlite":
        return create_engine(
            url, pool_pre_ping=True, pool_size=10, max_overflow=20, pool_timeout=10,
            connect_args={"connect_timeout": 5},
        )  # fmt: skip
    if url.database and url.database != ":memory:":
        # Photos and prompts are nobody else's business; a folder that is there keeps its mode.
        Path(url.database).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    # The newest connection first: each has a cache of its own, and so most of them hold nothing.
    engine = create_engine(
        url, pool_size=10, max_overflow=20, pool_use_lifo=True, connect_args={"timeout": _WAIT_MS / 1000}
    )
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    return engine


def _prepare(connection: sqlite3.Connection, _record: object) -> None:
    # The driver must not begin transactions by itself, as it does not begin them with the lock for writing.
    connection.isolation_level = None
    # Every connection has a cache of its own, and the system has one for all; so each of ours is small.
    cache = f"cache_size=-{_CACHE_KB}"
    for pragma in ("journal_mode=WAL", "synchronous=FULL", f"busy_timeout={_WAIT_MS}", "foreign_keys=ON", cache):
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: Connection) -> None:
    # Without a BEGIN every statement is a transaction of its own.
    if not connection.get_execution_options().get("reading"):
        connection.exec_driver_sql("BEGIN IMMEDIATE")


def _reason(error: DBAPIError) -> str:
    first: Any = error.orig or error
    return " ".join(str(first).split()) or type(first).__name__

"""Hearing at once that something changed in the database, without asking it all the time."""

from __future__ import annotations

import time
from typing import Any, Protocol

from sqlalchemy.exc import DBAPIError

from safelight.errors import DatabaseAwayError
from safelight.tasks.database import CHANNEL, Database

_LOOK_S = 0.004
_IDLE_LOOK_S = 0.02
_IDLE_AFTER_S = 2.0


class Ear(Protocol):
    """Hears changes; for one thread."""

    def wait(self, seconds: float) -> bool:
        """Wait until something may have changed since the last call, but no longer than ``seconds``.

        Raises:
            DatabaseAwayError: the database cannot be reached.
        """

    def close(self) -> None:
        """Listen no more."""


def open_ear(database: Database) -> Ear:
    """Listen to a database.

    Raises:
        DatabaseAwayError: it cannot be reached.
    """
    return _SqliteEar(database) if database.sqlite else _PostgresEar(database)


class _SqliteEar:
    """Looks at the number that SQLite changes with every commit of somebody else: some microseconds a look."""

    def __init__(self, database: Database) -> None:
        self._connection: Any = database.engine.raw_connection()
        self._version = self._read()
        self._changed_at = time.monotonic()

    def wait(self, seconds: float) -> bool:
        end = time.monotonic() + seconds
        while True:
            version, at = self._read(), time.monotonic()
            if version != self._version:
                self._version, self._changed_at = version, at
                return True
            if at >= end:
                return False
            idle = at - self._changed_at > _IDLE_AFTER_S
            time.sleep(min(_IDLE_LOOK_S if idle else _LOOK_S, end - at))

    def close(self) -> None:
        self._connection.close()

    def _read(self) -> int:
        return int(self._connection.driver_connection.execute("PRAGMA data_version").fetchone()[0])


class _PostgresEar:
    """Listens to what every transaction that writes an event sends."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._connection: Any = None

    def wait(self, seconds: float) -> bool:
        import psycopg

        try:
            if self._connection is None:
                # What happened before the first LISTEN was not heard.
                self._listen()
                return True
            heard = any(True for _ in self._connection.notifies(timeout=seconds, stop_after=1))
            if heard:
                # One look at the database will answer all that have come by now.
                while any(True for _ in self._connection.notifies(timeout=0)):
                    pass
            return heard
        except (psycopg.Error, DBAPIError) as error:
            self.close()
            raise DatabaseAwayError(f"{self._database.where}: {' '.join(str(error).split())}") from error

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _listen(self) -> None:
        pooled = self._database.engine.raw_connection()
        self._connection = pooled.driver_connection
        pooled.detach()
        self._connection.autocommit = True
        self._connection.execute(f"LISTEN {CHANNEL}")

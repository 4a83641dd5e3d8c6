"""The audit log: who did what that matters to others, in the database and as lines of the log. Never a secret."""

from __future__ import annotations

from dataclasses import dataclass

import structlog
from sqlalchemy import delete, insert, select

from safelight.tasks.database import Database
from safelight.tasks.tables import audit
from safelight.tasks.task import now

_LONGEST = 500

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """Something that was done."""

    id: int
    """Its place in the log."""
    at: int
    """When, in ms since 1970."""
    who: str
    """Name of the user; of a failure, the name that was tried; empty = the house."""
    via: str
    """By what they were let in; ``console`` is the command line."""
    what: str
    """What they did."""
    about: str
    """To what."""
    address: str
    """From where; empty where it was no network."""


class Audit:
    """The log."""

    def __init__(self, database: Database) -> None:
        """Take the database."""
        self._database = database

    def note(self, what: str, *, who: str = "", via: str = "console", about: str = "", address: str = "") -> None:
        """Write a line."""
        values = {
            "who": who[:200], "via": via, "what": what, "about": _plain(about)[:_LONGEST], "address": address[:64],
        }  # fmt: skip
        log.info("audit", **values)
        with self._database.write() as connection:
            connection.execute(insert(audit).values(**values, at=now()))

    def page(
        self, *, who: str | None = None, what: str | None = None, before: int | None = None, limit: int = 100
    ) -> list[Entry]:
        """The newest lines, or those before one; with ``who`` and ``what`` only those of somebody, and of a kind."""
        query = select(audit).order_by(audit.c.id.desc()).limit(limit)
        if who is not None:
            query = query.where(audit.c.who == who)
        if what is not None:
            query = query.where(audit.c.what == what)
        if before is not None:
            query = query.where(audit.c.id < before)
        with self._database.read() as connection:
            return [Entry(**row) for row in connection.execute(query).mappings()]

    def prune(self, before: int) -> None:
        """Forget lines from before a time in ms since 1970."""
        with self._database.write() as connection:
            connection.execute(delete(audit).where(audit.c.at < before))


def _plain(text: str) -> str:
    """One line, whatever somebody wrote."""
    return "".join(one if one.isprintable() else " " for one in text)

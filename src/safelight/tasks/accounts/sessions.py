"""Sessions of browsers that signed in with name and password."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, delete, insert, select, update

from safelight.tasks.accounts.known import Known, known_of
from safelight.tasks.database import Database
from safelight.tasks.tables import sessions, users
from safelight.tasks.task import now

VALID_MS = 30 * 24 * 3_600_000
"""How long somebody stays signed in who does not come."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A browser in which somebody is signed in."""

    digest: str
    """The hash of its secret."""
    created_at: int
    """When they signed in there, in ms since 1970."""
    seen_at: int
    """When they last came from there, within some minutes, in ms since 1970."""
    expires_at: int
    """When it ends if they do not come, in ms since 1970."""


class SessionTable:
    """All sessions; of each only the hash of its secret is kept."""

    def __init__(self, database: Database) -> None:
        """Take the database."""
        self._database = database

    def begin(self, digest: str, user: str) -> None:
        """Begin a session."""
        at = now()
        values = {"digest": digest, "user": user, "created_at": at, "seen_at": at, "expires_at": at + VALID_MS}
        with self._database.write() as connection:
            connection.execute(insert(sessions).values(**values))

    def known(self, digest: str) -> Known | None:
        """Give who a session is of; None if it has ended or they may not come in."""
        query = (
            select(sessions, users.c.role)
            .join(users, users.c.name == sessions.c.user)
            .where(sessions.c.digest == digest, sessions.c.expires_at > now(), users.c.disabled.is_(False))
        )
        with self._database.read() as connection:
            row = connection.execute(query).mappings().one_or_none()
        if row is None:
            return None
        return known_of(row["user"], row["role"], digest=digest)

    def touch(self, digest: str) -> None:
        """Note that they came: the session lasts anew."""
        at = now()
        with self._database.write() as connection:
            changed = {"seen_at": at, "expires_at": at + VALID_MS}
            connection.execute(update(sessions).where(sessions.c.digest == digest).values(**changed))

    def end(self, digest: str) -> None:
        """End a session."""
        with self._database.write() as connection:
            connection.execute(delete(sessions).where(sessions.c.digest == digest))

    def all(self, user: str) -> list[Session]:
        """The sessions of a user that have not ended, the one that came last first."""
        query = (
            select(sessions.c.digest, sessions.c.created_at, sessions.c.seen_at, sessions.c.expires_at)
            .where(sessions.c.user == user, sessions.c.expires_at > now())
            .order_by(sessions.c.seen_at.desc(), sessions.c.digest)
        )
        with self._database.read() as connection:
            return [Session(**row) for row in connection.execute(query).mappings()]

    def end_others(self, user: str, but: str) -> None:
        """End all sessions of a user but one."""
        with self._database.write() as connection:
            connection.execute(delete(sessions).where(sessions.c.user == user, sessions.c.digest != but))

    def prune(self) -> None:
        """Forget the sessions that have ended."""
        with self._database.write() as connection:
            connection.execute(delete(sessions).where(sessions.c.expires_at <= now()))


def end_all(connection: Connection, user: str) -> None:
    """End all sessions of a user, within a transaction."""
    connection.execute(delete(sessions).where(sessions.c.user == user))

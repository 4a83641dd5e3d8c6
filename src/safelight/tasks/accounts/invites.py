"""Invitations: links that make a user once, or let one choose a new password."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import delete, insert, select, update

from safelight.accounts.keys import digest_of, new_secret
from safelight.accounts.role import Role
from safelight.errors import NotSignedInError, UnknownTaskError
from safelight.tasks.accounts.sessions import end_all
from safelight.tasks.accounts.users import add_user
from safelight.tasks.database import Database
from safelight.tasks.tables import invites, users
from safelight.tasks.task import now

FIRST_MS = 3_600_000
"""How long the link for the first admin is valid."""
LATER_MS = 7 * 24 * 3_600_000
"""How long every other one is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Invite:
    """What a link is for."""

    user: str | None
    """Who chooses a password; None = somebody new, who chooses a name too."""
    role: Role
    """What somebody new may do."""
    expires_at: int
    """When it ends, in ms since 1970."""


class Invites:
    """All invitations; of each only the hash of its code is kept."""

    def __init__(self, database: Database) -> None:
        """Take the database."""
        self._database = database

    def make(self, role: Role, *, user: str | None = None, valid_ms: int = LATER_MS) -> tuple[str, Invite]:
        """Make an invitation: gives its code, which nobody can tell later, and what it is for.

        ``user`` is one who exists; a newer one for the same user, or for a first admin, ends the older ones.

        Raises:
            UnknownTaskError: there is no such user.
        """
        code, at = new_secret(), now()
        with self._database.write() as connection:
            if user is not None:
                if connection.execute(select(users.c.name).where(users.c.name == user)).first() is None:
                    raise UnknownTaskError("there is no such user")
                connection.execute(delete(invites).where(invites.c.user == user))
            connection.execute(delete(invites).where(invites.c.expires_at <= at))
            values = {"digest": digest_of(code), "user": user, "role": role.value}
            connection.execute(insert(invites).values(**values, created_at=at, expires_at=at + valid_ms))
        return code, Invite(user=user, role=role, expires_at=at + valid_ms)

    def find(self, code: str) -> Invite:
        """Give what a code is for.

        Raises:
            NotSignedInError: there is no such invitation, or it has ended or was used.
        """
        query = select(invites).where(invites.c.digest == digest_of(code), invites.c.expires_at > now())
        with self._database.read() as connection:
            row = connection.execute(query).mappings().one_or_none()
        if row is None:
            raise _ended()
        return Invite(user=row["user"], role=Role(row["role"]), expires_at=row["expires_at"])

    def use(self, code: str, name: str, password: str) -> str:
        """Make the user, or give them the password whose hash this is; gives their name. It works once.

        Raises:
            NotSignedInError: there is no such invitation, or it has ended or was used.
            WrongStateError: there is a user of that name.
        """
        mine = (invites.c.digest == digest_of(code), invites.c.expires_at > now())
        with self._database.write() as connection:
            row = connection.execute(delete(invites).where(*mine).returning(invites)).mappings().one_or_none()
            if row is None:
                raise _ended()
            if row["user"] is None:
                add_user(connection, name, Role(row["role"]), password)
                return name
            user = str(row["user"])
            connection.execute(update(users).where(users.c.name == user).values(password=password))
            end_all(connection, user)
            return user


def _ended() -> NotSignedInError:
    return NotSignedInError("this link has been used, or is too old", hint="ask an admin for another one")

"""Keys of programs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import RowMapping, delete, insert, select, update

from safelight.accounts.role import Role
from safelight.accounts.scope import Scope, scopes_of
from safelight.errors import UnknownTaskError
from safelight.tasks.accounts.known import Known
from safelight.tasks.database import Database
from safelight.tasks.tables import keys, users
from safelight.tasks.task import now


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """A key, without what only its owner knows."""

    id: str
    """What it is called; the key begins with it."""
    user: str
    """Whose it is."""
    name: str
    """What it is for, in its owner's words."""
    scopes: tuple[Scope, ...]
    """What it may be used for."""
    acts: bool
    """Whether it may act for other users."""
    created_at: int
    """When it was made, in ms since 1970."""
    expires_at: int | None
    """When it ends, in ms since 1970."""
    used_at: int | None
    """When it was last used, within some minutes, in ms since 1970."""


class Keys:
    """All keys; of each only the hash of its secret is kept."""

    def __init__(self, database: Database) -> None:
        """Take the database."""
        self._database = database

    def add(
        self,
        id_: str,
        digest: str,
        *,
        user: str,
        name: str,
        scopes: Iterable[Scope],
        acts: bool = False,
        expires_at: int | None = None,
    ) -> Key:
        """Keep a key.

        Raises:
            UnknownTaskError: there is no such user.
        """
        values = {
            "id": id_, "digest": digest, "user": user, "name": name, "scopes": [one.value for one in scopes],
            "acts": acts, "created_at": now(), "expires_at": expires_at,
        }  # fmt: skip
        with self._database.write() as connection:
            if connection.execute(select(users.c.name).where(users.c.name == user)).first() is None:
                raise UnknownTaskError("there is no such user")
            connection.execute(insert(keys).values(**values))
        return self.find(None, id_)

    def all(self, user: str | None) -> list[Key]:
        """The keys of a user, or of all, the newest first."""
        query = select(keys).order_by(keys.c.created_at.desc(), keys.c.id)
        if user is not None:
            query = query.where(keys.c.user == user)
        with self._database.read() as connection:
            return [_key(row) for row in connection.execute(query).mappings()]

    def find(self, user: str | None, id_: str) -> Key:
        """Give a key; ``user`` None is an admin.

        Raises:
            UnknownTaskError: the user has no such key.
        """
        mine = () if user is None else (keys.c.user == user,)
        with self._database.read() as connection:
            row = connection.execute(select(keys).where(keys.c.id == id_, *mine)).mappings().one_or_none()
        if row is None:
            raise UnknownTaskError("there is no such key")
        return _key(row)

    def revoke(self, user: str | None, id_: str) -> Key:
        """Take a key away; it opens nothing any more.

        Raises:
            UnknownTaskError: the user has no such key.
        """
        found = self.find(user, id_)
        with self._database.write() as connection:
            connection.execute(delete(keys).where(keys.c.id == id_))
        return found

    def known(self, id_: str) -> Known | None:
        """Give who a key is of; None if there is none, or they may not come in."""
        query = (
            select(keys, users.c.role)
            .join(users, users.c.name == keys.c.user)
            .where(keys.c.id == id_, users.c.disabled.is_(False))
        )
        with self._database.read() as connection:
            row = connection.execute(query).mappings().one_or_none()
        if row is None or (row["expires_at"] is not None and row["expires_at"] <= now()):
            return None
        role, key = Role(row["role"]), _key(row)
        # A user who is no admin any more has keys that act for nobody any more.
        acts = key.acts and role is Role.ADMIN
        return Known(
            user=key.user, role=role, scopes=frozenset(key.scopes) & scopes_of(role), digest=row["digest"], acts=acts,
            house=acts, expires=None if key.expires_at is None else key.expires_at / 1000,
        )  # fmt: skip

    def touch(self, id_: str) -> None:
        """Note that a key was used."""
        with self._database.write() as connection:
            connection.execute(update(keys).where(keys.c.id == id_).values(used_at=now()))


def _key(row: RowMapping) -> Key:
    found = {name: row[name] for name in Key.__dataclass_fields__}
    return Key(**{**found, "scopes": tuple(Scope(one) for one in found["scopes"])})

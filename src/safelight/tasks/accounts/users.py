"""Users: their roles and passwords."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, RowMapping, insert, select, update
from sqlalchemy.exc import IntegrityError

from safelight.accounts.role import Role
from safelight.errors import UnknownTaskError, WrongStateError
from safelight.tasks.accounts.sessions import end_all
from safelight.tasks.database import Database
from safelight.tasks.tables import users
from safelight.tasks.task import now


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """Somebody with an account."""

    name: str
    """Their name, which is also the owner of what is theirs."""
    role: Role
    """What they may do."""
    password: str | None
    """The hash of their password; None = none was chosen yet."""
    disabled: bool
    """Whether nothing lets them in."""
    created_at: int
    """When the account was made, in ms since 1970."""
    signed_in_at: int | None
    """When they last signed in, in ms since 1970."""


class Users:
    """All users."""

    def __init__(self, database: Database) -> None:
        """Take the database."""
        self._database = database

    def any(self) -> bool:
        """Tell whether there is a user: then there are accounts."""
        with self._database.read() as connection:
            return connection.execute(select(users.c.name).limit(1)).first() is not None

    def all(self) -> list[User]:
        """All users, by name."""
        with self._database.read() as connection:
            return [_user(row) for row in connection.execute(select(users).order_by(users.c.name)).mappings()]

    def find(self, name: str) -> User | None:
        """Give a user; None if there is none of that name."""
        with self._database.read() as connection:
            row = connection.execute(select(users).where(users.c.name == name)).mappings().one_or_none()
        return None if row is None else _user(row)

    def get(self, name: str) -> User:
        """Give a user.

        Raises:
            UnknownTaskError: there is none of that name.
        """
        found = self.find(name)
        if found is None:
            raise UnknownTaskError("there is no such user")
        return found

    def add(self, name: str, role: Role, password: str | None) -> User:
        """Make a user with the hash of a password.

        Raises:
            WrongStateError: there is one of that name, or it would be the first and is no admin.
        """
        with self._database.write() as connection:
            add_user(connection, name, role, password)
        return self.get(name)

    def change(
        self, name: str, *, role: Role | None = None, disabled: bool | None = None, password: str | None = None
    ) -> User:
        """Change what is given; a new password or a disabled account ends all sessions.

        Raises:
            UnknownTaskError: there is no such user.
            WrongStateError: no admin would be left.
        """
        values = {"role": role and role.value, "disabled": disabled, "password": password}
        changed = {key: value for key, value in values.items() if value is not None}
        with self._database.write() as connection:
            if changed:
                connection.execute(update(users).where(users.c.name == name).values(**changed))
            if (role is not None or disabled) and not _admins(connection):
                raise WrongStateError("an admin has to be left", hint="make another one first")
            if password is not None or disabled:
                end_all(connection, name)
        return self.get(name)

    def rehash(self, name: str, before: str, password: str) -> None:
        """Keep another hash of the same password, if it is still the same."""
        with self._database.write() as connection:
            same = (users.c.name == name, users.c.password == before)
            connection.execute(update(users).where(*same).values(password=password))

    def signed_in(self, name: str) -> None:
        """Note that somebody signed in."""
        with self._database.write() as connection:
            connection.execute(update(users).where(users.c.name == name).values(signed_in_at=now()))


def add_user(connection: Connection, name: str, role: Role, password: str | None) -> None:
    """Make a user, within a transaction.

    Raises:
        WrongStateError: there is one of that name, or it would be the first and is no admin.
    """
    if role is not Role.ADMIN and not _admins(connection):
        raise WrongStateError("the first user has to be an admin: nobody else could make users then")
    values = {"name": name, "role": role.value, "password": password, "disabled": False, "created_at": now()}
    try:
        with connection.begin_nested():
            connection.execute(insert(users).values(**values))
    except IntegrityError as error:
        raise WrongStateError(f"there is a user {name} already") from error


def _admins(connection: Connection) -> int:
    """How many admins can come in; they stay as they are until the transaction ends."""
    able = (users.c.role == Role.ADMIN.value, users.c.disabled.is_(False))
    return len(connection.execute(select(users.c.name).where(*able).with_for_update()).all())


def _user(row: RowMapping) -> User:
    return User(**{**row, "role": Role(row["role"])})

"""Uploaded photos: what a user has sent, to be named in tasks, plans and previews without sending it again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from sqlalchemy import ColumnElement, Connection, and_, delete, insert, select

from safelight.errors import UnknownTaskError
from safelight.tasks.database import Database
from safelight.tasks.removing import discard
from safelight.tasks.tables import photos
from safelight.tasks.task import new_id, now


@dataclass(frozen=True, slots=True, kw_only=True)
class Uploaded:
    """A photo in the store."""

    owner: str
    """Whose it is."""
    key: str
    """Where it lies in the store."""
    name: str
    """Its file name, as the user has it; never a path."""
    format: str
    """Its format, by content."""
    width: int
    """Pixels across, upright."""
    height: int
    """Pixels down, upright."""
    size: int
    """Bytes."""
    id: str = field(default_factory=new_id)
    """Its public id."""
    created_at: int = field(default_factory=now)
    """When it was sent, in ms since 1970."""


class Photos:
    """The list of uploaded photos."""

    def __init__(self, database: Database) -> None:
        """Take the database."""
        self._database = database

    def add(self, photo: Uploaded, keep: Callable[[Connection], None]) -> None:
        """Put a photo on the list; ``keep`` brings it to its place in the store, within the transaction."""
        with self._database.write() as connection:
            self._database.lock(connection, [photo.key])
            keep(connection)
            values = {name: getattr(photo, name) for name in Uploaded.__dataclass_fields__}
            connection.execute(insert(photos).values(**values))

    def find(self, owner: str | None, photo: str) -> Uploaded:
        """Give a photo; ``owner`` None is the operator, who sees all.

        Raises:
            UnknownTaskError: the owner has no such photo.
        """
        query = select(photos).where(_one(owner, photo))
        with self._database.read() as connection:
            row = connection.execute(query).mappings().one_or_none()
        if row is None:
            raise UnknownTaskError(f"there is no photo {photo[:64]}")
        return Uploaded(**row)

    def delete(self, owner: str | None, photo: str) -> None:
        """Take a photo off the list; its file goes when no task needs it.

        Raises:
            UnknownTaskError: the owner has no such photo.
        """
        self.find(owner, photo)
        with self._database.write() as connection:
            gone = delete(photos).where(_one(owner, photo)).returning(photos.c.key)
            discard(connection, set(connection.scalars(gone)))

    def prune(self, before: int, *, limit: int = 500) -> int:
        """Take off the list what was uploaded before a time in ms since 1970; tells how many that were."""
        old = select(photos.c.id).where(photos.c.created_at < before).limit(limit)
        with self._database.write() as connection:
            gone = connection.scalars(delete(photos).where(photos.c.id.in_(old)).returning(photos.c.key)).all()
            discard(connection, set(gone))
        return len(gone)


def _one(owner: str | None, photo: str) -> ColumnElement[bool]:
    return and_(photos.c.id == photo, *(() if owner is None else (photos.c.owner == owner,)))

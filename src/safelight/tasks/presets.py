"""Users' own presets: recipes that they gave a name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, select

from safelight.errors import UnknownTaskError
from safelight.tasks.database import Database, upsert
from safelight.tasks.tables import presets
from safelight.tasks.task import now


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnPreset:
    """A recipe with a name."""

    owner: str
    """Whose it is."""
    name: str
    """Its name; one owner has one preset of a name."""
    recipe: Mapping[str, Any]
    """The recipe, as JSON."""
    created_at: int
    """When it was made, in ms since 1970."""
    updated_at: int
    """When it was last changed, in ms since 1970."""


class OwnPresets:
    """The presets of all users; every method takes the owner."""

    def __init__(self, database: Database) -> None:
        """Take the database."""
        self._database = database

    def all(self, owner: str) -> list[OwnPreset]:
        """The owner's presets, by name."""
        query = select(presets).where(presets.c.owner == owner).order_by(presets.c.name)
        with self._database.read() as connection:
            return [OwnPreset(**row) for row in connection.execute(query).mappings()]

    def find(self, owner: str, name: str) -> OwnPreset:
        """Give a preset.

        Raises:
            UnknownTaskError: the owner has none of that name.
        """
        query = select(presets).where(presets.c.owner == owner, presets.c.name == name)
        with self._database.read() as connection:
            row = connection.execute(query).mappings().one_or_none()
        if row is None:
            raise UnknownTaskError(f"there is no preset {name[:64]!r} of your own")
        return OwnPreset(**row)

    def save(self, owner: str, name: str, recipe: Mapping[str, Any]) -> OwnPreset:
        """Make a preset, or change the one of that name."""
        at = now()
        with self._database.write() as connection:
            made = connection.scalar(
                select(presets.c.created_at).where(presets.c.owner == owner, presets.c.name == name)
            )
            values = {"owner": owner, "name": name, "recipe": dict(recipe)}
            upsert(connection, presets, {**values, "created_at": made or at, "updated_at": at})
        return self.find(owner, name)

    def delete(self, owner: str, name: str) -> None:
        """Delete a preset.

        Raises:
            UnknownTaskError: the owner has none of that name.
        """
        self.find(owner, name)
        with self._database.write() as connection:
            connection.execute(delete(presets).where(presets.c.owner == owner, presets.c.name == name))

"""Brings a database to the tables of this version."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.util import CommandError

from safelight.errors import SettingsError
from safelight.tasks.database import Database

_SCRIPTS = Path(__file__).with_name("migrations")


def migrate(database: Database) -> None:
    """Create the tables, or change those of an older version; several processes may do so at once.

    Raises:
        DatabaseAwayError: the database cannot be reached.
        SettingsError: the database belongs to a newer version of Safelight.
    """
    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS))
    try:
        with database.write() as connection:
            database.order_events(connection)
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
    except CommandError as error:
        raise SettingsError(f"{database.where}: made by a newer version of Safelight: {error}") from error

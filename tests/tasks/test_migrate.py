"""The migrations."""

from __future__ import annotations

import threading

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text

from safelight.errors import SettingsError
from safelight.tasks.database import Database
from safelight.tasks.migrate import migrate
from safelight.tasks.tables import metadata


def _ours(_object: object, name: str | None, kind: str, reflected: bool, _compared: object) -> bool:
    """Leave out what holds the text of the history; SQLAlchemy has no words for it."""
    return not (kind in ("table", "index") and reflected and (name or "").startswith("tasks_text"))


def test_the_migrations_give_the_tables_of_the_metadata(database: Database) -> None:
    with database.read() as connection:
        context = MigrationContext.configure(
            connection, opts={"include_object": _ours, "compare_type": True, "target_metadata": metadata}
        )
        assert compare_metadata(context, metadata) == []


def test_migrating_again_changes_nothing(database: Database) -> None:
    with database.read() as connection:
        before = connection.scalar(text("SELECT version_num FROM alembic_version"))
    migrate(database)
    with database.read() as connection:
        assert connection.scalar(text("SELECT version_num FROM alembic_version")) == before


def test_a_database_of_a_newer_version_is_refused(database: Database) -> None:
    with database.write() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(SettingsError, match="newer version"):
        migrate(database)


def test_several_may_migrate_at_once(empty_url: str) -> None:
    troubles: list[BaseException] = []

    def run() -> None:
        database = Database(empty_url)
        try:
            migrate(database)
        except BaseException as error:  # noqa: BLE001 - the test says which
            troubles.append(error)
        finally:
            database.close()

    threads = [threading.Thread(target=run) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert troubles == []

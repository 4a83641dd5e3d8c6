"""What goes, and when: files that nobody needs, tasks whose time is over, and what only served for a while.

A file is deleted within a transaction, after a look at whether somebody needs it; whoever comes to need a file brings
it to its place within the transaction that says so. The two exclude each other (:meth:`Database.lock`), so that a
file that is needed is there, whatever happens at the same time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from sqlalchemy import ColumnElement, and_, delete, select, update

from safelight.errors import DatabaseAwayError, SafelightError
from safelight.tasks.answers import Answers
from safelight.tasks.batches import Batches
from safelight.tasks.database import Database
from safelight.tasks.events import Events
from safelight.tasks.photos import Photos
from safelight.tasks.removing import AT_ONCE, HAS_ENDED, needed, remove_some
from safelight.tasks.tables import garbage, tasks
from safelight.tasks.task import HIDDEN, now

_MINUTE, _DAY = 60_000, 86_400_000
_PREVIEWS, _PHOTOS, _ANSWERS, _EVENTS = 10 * _MINUTE, _DAY, _DAY, 7 * _DAY
_PATIENCE = 3
"""Files that cannot be deleted before a sweep gives up: then it is the store, and not the file."""


class Retention:
    """Throws away."""

    def __init__(
        self,
        database: Database,
        delete_blob: Callable[[str], None],
        *,
        sources: Callable[[str], Iterable[str]] = lambda key: (key,),
    ) -> None:
        """Take what it needs of the store.

        Args:
            database: where it is known who needs what.
            delete_blob: deletes a file and what was made from it; that it is not there is no error.
            sources: the keys by which a file is needed: its own, or those of what it was made from.
        """
        self._database = database
        self._delete_blob = delete_blob
        self._sources = sources

    def sweep(self, limit: int = 500) -> int:
        """Delete files that were perhaps not needed any more, and are not; tells how many.

        What cannot be deleted now is tried again later.

        Raises:
            StoreError: several files could not be deleted.
            DatabaseAwayError: the database cannot be reached.
        """
        with self._database.read() as connection:
            keys = connection.scalars(select(garbage.c.key).order_by(garbage.c.since).limit(limit)).all()
        gone = failed = 0
        for key in keys:
            try:
                gone += self._sweep(key)
            except DatabaseAwayError:
                raise
            except SafelightError:
                failed += 1
                self._later(key)
                if failed == _PATIENCE:
                    raise
        return gone

    def expire(self, days: float) -> int:
        """Delete tasks that ended more than ``days`` ago and are not pinned (0 = never); tells how many.

        Deletes as well what never lasts: previews 10 minutes after they ended, uploaded photos and kept answers after
        a day, events after a week, batches that have no task any more, and after a day those that never had one.

        Raises:
            DatabaseAwayError: the database cannot be reached.
        """
        at = now()
        hidden = tasks.c.kind.in_(sorted(HIDDEN))
        self._expire(and_(HAS_ENDED, hidden, tasks.c.finished_at < at - _PREVIEWS))
        old = and_(HAS_ENDED, ~hidden, tasks.c.pinned.is_(False), tasks.c.finished_at < at - round(days * _DAY))
        gone = self._expire(old) if days > 0 else 0
        photos, log = Photos(self._database), Events(self._database)
        while photos.prune(at - _PHOTOS):
            continue
        while log.prune(at - _EVENTS):
            continue
        Answers(self._database).prune(at - _ANSWERS)
        Batches(self._database).prune(at)
        return gone

    def scrub(self, keys: Iterable[tuple[str, int]], older_than_ms: int) -> int:
        """Delete files that nobody needs, as a crash may have left them; tells how many.

        Args:
            keys: what is in the store, each with the time in ms since 1970 at which it was put.
            older_than_ms: younger files are left alone, as somebody may be about to need them.

        Raises:
            StoreError: a file could not be deleted.
            DatabaseAwayError: the database cannot be reached.
        """
        before = now() - older_than_ms
        return sum(self._sweep(key) for key, at in keys if at < before and not self._needed(key))

    def _needed(self, key: str) -> bool:
        with self._database.read() as connection:
            return any(needed(connection, one) for one in self._sources(key))

    def _sweep(self, key: str) -> bool:
        """Delete a file unless it is needed; either way it is no garbage any more."""
        sources = list(self._sources(key))
        with self._database.write() as connection:
            self._database.lock(connection, sources, alone=True)
            # Whoever just now notes it as garbage is waited for, and then seen; or waits, and notes it anew.
            connection.execute(select(garbage.c.key).where(garbage.c.key == key).with_for_update())
            gone = not any(needed(connection, one) for one in sources)
            if gone:
                self._delete_blob(key)
            connection.execute(delete(garbage).where(garbage.c.key == key))
        return gone

    def _later(self, key: str) -> None:
        with self._database.write() as connection:
            connection.execute(update(garbage).where(garbage.c.key == key).values(since=now()))

    def _expire(self, which: ColumnElement[bool]) -> int:
        """Delete tasks, a few at a time, with their events."""
        total = 0
        while True:
            with self._database.write() as connection:
                gone = remove_some(connection, which)
            total += gone
            if gone < AT_ONCE:
                return total

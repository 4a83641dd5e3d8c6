"""Deleting tasks, and noting which files are perhaps not needed any more."""

from __future__ import annotations

from sqlalchemy import ColumnElement, Connection, and_, delete, select

from safelight.tasks.database import upsert
from safelight.tasks.status import ENDED
from safelight.tasks.tables import events, garbage, photos, tasks
from safelight.tasks.task import now

AT_ONCE = 200
"""Tasks that are deleted in one transaction: nobody else can write meanwhile."""

HAS_ENDED = tasks.c.status.in_(sorted(one.value for one in ENDED))
"""Nothing happens to the task any more unless somebody asks for it."""


def remove(connection: Connection, which: ColumnElement[bool]) -> int:
    """Delete tasks, and note their files as perhaps not needed any more; tells how many were deleted."""
    columns = (tasks.c.id, tasks.c.input_key, tasks.c.result_key)
    gone = connection.execute(delete(tasks).where(which).returning(*columns)).all()
    connection.execute(delete(events).where(events.c.task.in_([row.id for row in gone])))
    discard(connection, {key for row in gone for key in (row.input_key, row.result_key) if key})
    return len(gone)


def remove_some(connection: Connection, which: ColumnElement[bool]) -> int:
    """Delete :data:`AT_ONCE` tasks at most, those first that ended first; tells how many: fewer = there are no more."""
    old = select(tasks.c.seq).where(which).order_by(tasks.c.finished_at).limit(AT_ONCE)
    return remove(connection, and_(tasks.c.seq.in_(old), which))


def discard(connection: Connection, keys: set[str]) -> None:
    """Note files as perhaps not needed any more."""
    for key in sorted(keys):
        upsert(connection, garbage, {"key": key, "since": now()})


def needed(connection: Connection, key: str) -> bool:
    """Tell whether a task or an uploaded photo needs the file of this key."""
    for column in (tasks.c.input_key, tasks.c.result_key, photos.c.key):
        if connection.execute(select(column).where(column == key).limit(1)).first():
            return True
    return False

"""The one place where the state of a task changes, together with the event that tells of it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from sqlalchemy import ColumnElement, Connection, RowMapping, Update, bindparam, insert, literal_column, update

from safelight.tasks.database import Database
from safelight.tasks.record import record
from safelight.tasks.rows import to_task
from safelight.tasks.status import ENDED, SOURCES, Status
from safelight.tasks.tables import events, outbox, tasks
from safelight.tasks.task import HIDDEN, now

_TOLD = ("attempts", "error_code", "error", "message")
_TELL, _POST = insert(events), insert(outbox)
_NONE: Mapping[str, Any] = MappingProxyType({})

OF_SEQ = tasks.c.seq == bindparam("of_seq")
"""The task with one ``seq``; for :meth:`Moves.move`."""


class Moves:
    """Changes states in somebody's transaction."""

    def __init__(self, database: Database, *, posting: bool) -> None:
        """Take the database, and whether a hook wants to hear of every task that ends."""
        self._database = database
        self._posting = posting

    def move(
        self,
        connection: Connection,
        which: ColumnElement[bool],
        to: Status,
        values: Mapping[str, Any],
        where: Mapping[str, Any] = _NONE,
    ) -> list[RowMapping]:
        """Bring the tasks that ``which`` names, and whose state allows it, to state ``to``; write an event for each.

        Args:
            connection: of the transaction in which it happens.
            which: condition on the task table; tasks in a state from which ``to`` cannot be reached are left alone.
            to: the new state.
            values: other columns to set.
            where: the parameters of ``which``, if it is a condition that is made once and used often: then so is the
                statement, which takes longer to make than to run.

        Returns:
            The tasks that were moved, as they are now.
        """
        at = now()
        held: Mapping[str, Any] = {} if to is Status.PROCESSING else {"worker": None, "lease_until": None}
        changed = {"status": to.value, "updated_at": at, "finished_at": at if to in ENDED else None, **held, **values}
        statement = _kept(which, to) if where else _update(which, to)
        rows = connection.execute(statement, {**changed, **where}).mappings().all()
        self.tell(connection, rows, to.value, at)
        return list(rows)

    def tell(self, connection: Connection, rows: Sequence[RowMapping], what: str, at: int) -> None:
        """Write an event for each of the tasks, and post those that have ended."""
        if not rows:
            return
        self._database.order_events(connection)
        connection.execute(_TELL, [_event(row, what, at) for row in rows])
        ended = [row for row in rows if self._posting and row["status"] in ENDED and row["kind"] not in HIDDEN]
        if ended and what in ENDED:
            connection.execute(_POST, [_letter(row, at) for row in ended])


def _update(which: ColumnElement[bool], to: Status) -> Update:
    sources: list[ColumnElement[str]] = [literal_column(f"'{one}'") for one in sorted(SOURCES[to])]
    return update(tasks).where(which, tasks.c.status.in_(sources)).returning(tasks)


_kept = lru_cache(maxsize=64)(_update)


def _event(row: RowMapping, what: str, at: int) -> dict[str, Any]:
    data = {"status": row["status"], "progress": row["progress"]}
    data.update({name: row[name] for name in _TOLD if row[name]})
    return {"task": row["id"], "owner": row["owner"], "batch": row["batch"], "at": at, "type": what, "data": data}


def _letter(row: RowMapping, at: int) -> dict[str, Any]:
    body = json.dumps(record(to_task(row)), ensure_ascii=False, separators=(",", ":"))
    return {"task": row["id"], "body": body, "attempts": 0, "next_at": at, "error": None, "created_at": at}

"""The one place where the state of a task changes, together with the event that tells of it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, RowMapping, insert, update

from safelight.tasks.database import Database
from safelight.tasks.record import record
from safelight.tasks.rows import to_task
from safelight.tasks.status import ENDED, SOURCES, Status
from safelight.tasks.tables import events, outbox, tasks
from safelight.tasks.task import HIDDEN, now

_TOLD = ("attempts", "error_code", "error", "message")


class Moves:
    """Changes states in somebody's transaction."""

    def __init__(self, database: Database, *, posting: bool) -> None:
        """Take the database, and whether a hook wants to hear of every task that ends."""
        self._database = database
        self._posting = posting

    def move(
        self, connection: Connection, which: ColumnElement[bool], to: Status, values: Mapping[str, Any]
    ) -> list[RowMapping]:
        """Bring the tasks that ``which`` names, and whose state allows it, to state ``to``; write an event for each.

        Args:
            connection: of the transaction in which it happens.
            which: condition on the task table; tasks in a state from which ``to`` cannot be reached are left alone.
            to: the new state.
            values: other columns to set.

        Returns:
            The tasks that were moved, as they are now.
        """
        at = now()
        held: Mapping[str, Any] = {} if to is Status.PROCESSING else {"worker": None, "lease_until": None}
        rows = (
            connection.execute(
                update(tasks)
                .where(which, tasks.c.status.in_([one.value for one in SOURCES[to]]))
                .values(status=to.value, updated_at=at, finished_at=at if to in ENDED else None, **held, **values)
                .returning(tasks)
            )
            .mappings()
            .all()
        )
        self.tell(connection, rows, to.value, at)
        return list(rows)

    def tell(self, connection: Connection, rows: Sequence[RowMapping], what: str, at: int) -> None:
        """Write an event for each of the tasks, and post those that have ended."""
        if not rows:
            return
        self._database.order_events(connection)
        connection.execute(insert(events), [_event(row, what, at) for row in rows])
        ended = [row for row in rows if self._posting and row["status"] in ENDED and row["kind"] not in HIDDEN]
        if ended and what in ENDED:
            connection.execute(insert(outbox), [_letter(row, at) for row in ended])


def _event(row: RowMapping, what: str, at: int) -> dict[str, Any]:
    data = {"status": row["status"], "progress": row["progress"]}
    data.update({name: row[name] for name in _TOLD if row[name]})
    return {"task": row["id"], "owner": row["owner"], "batch": row["batch"], "at": at, "type": what, "data": data}


def _letter(row: RowMapping, at: int) -> dict[str, Any]:
    body = json.dumps(record(to_task(row)), ensure_ascii=False, separators=(",", ":"))
    return {"task": row["id"], "body": body, "attempts": 0, "next_at": at, "error": None, "created_at": at}

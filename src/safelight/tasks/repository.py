"""What users do to tasks and batches: accept, look at, cancel, retry, delete. Every method takes the owner."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Connection,
    and_,
    bindparam,
    func,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy.exc import IntegrityError

from safelight.errors import QueueFullError, SafelightError, UnknownBatchError, UnknownTaskError, WrongStateError
from safelight.tasks.batches import join
from safelight.tasks.database import Database, upsert
from safelight.tasks.moves import Moves
from safelight.tasks.quotas import Quotas
from safelight.tasks.removing import HAS_ENDED, needed, remove
from safelight.tasks.rows import from_new, size_of, to_task
from safelight.tasks.status import ENDED, Status
from safelight.tasks.tables import RUNNING, WAITING, batches, switches, tasks
from safelight.tasks.task import HIDDEN, PAUSE, PREVIEW, Batch, Lane, NewTask, Priority, Task, now
from safelight.tasks.turns import next_turn

_INSERT = insert(tasks).returning(tasks, sort_by_parameter_order=True)
_COUNT = select(func.count()).select_from(tasks).where(WAITING)
_COUNTED_S = 1.0
"""For how long a count of the waiting tasks is gone by, with what has come to them here since."""
_VISIBLE = tasks.c.kind.not_in(sorted(HIDDEN))
_SAME = (
    select(tasks)
    .where(
        # By itself, as SQLite would otherwise go through all finished tasks of the owner.
        tasks.c.seq.in_(select(tasks.c.seq).where(tasks.c.input_key == bindparam("input_key"))),
        tasks.c.owner == bindparam("owner"),
        tasks.c.signature == bindparam("signature"),
        tasks.c.status == Status.COMPLETED.value,
        tasks.c.result_key.is_not(None),
        _VISIBLE,
    )
    .order_by(tasks.c.seq.desc())
    .limit(1)
)
_TURN = select(tasks.c.turn).where(tasks.c.seq == bindparam("of_seq")).scalar_subquery()
_SOONER = or_(tasks.c.turn < _TURN, and_(tasks.c.turn == _TURN, tasks.c.seq < bindparam("of_seq")))
_PRIORITY: BindParameter[int] = bindparam("priority")
_AHEAD = _COUNT.where(
    tasks.c.lane == bindparam("lane"),
    # This follows from the next condition, but only so the index of waiting tasks is used.
    tasks.c.priority <= _PRIORITY,
    or_(tasks.c.priority < _PRIORITY, _SOONER),
)


class Repository:
    """The side of the task table that users see: of each owner only what is the owner's."""

    def __init__(self, database: Database, moves: Moves, *, most_waiting: int, quotas: Quotas | None = None) -> None:
        """Take the database, how many tasks may wait at a time, and what one user may have; None = anything."""
        self._quotas = quotas
        self._database = database
        self._moves = moves
        self._most_waiting = most_waiting
        self._waiting = 0
        self._counted = float("-inf")

    def accept(
        self,
        new: Sequence[NewTask],
        *,
        batch: Batch | None = None,
        joining: str | None = None,
        done: Mapping[str, Task] | None = None,
        given: Mapping[str, Mapping[str, Any]] | None = None,
        failed: Mapping[str, SafelightError] | None = None,
        keep: Callable[[Connection], None] | None = None,
    ) -> list[Task]:
        """Accept tasks, all or none; when this returns they are on disk, and will not be lost.

        Args:
            new: what is to be done.
            batch: what they belong to, if they were sent together.
            joining: the id of a batch of the same owner, made before, that they become the next tasks of.
            failed: by task id, why a task that is only there to be accounted for has failed already.
            done: by task id, finished tasks whose result is this task's result too; such a task is completed at once,
                unless the result has been thrown away meanwhile.
            given: by task id, what a task gives for which nothing has to be done; it is completed at once.
            keep: called within the transaction, while nothing is swept that the tasks need:
                it must bring the photos of the tasks to their place in the store, or find them there.

        Raises:
            QueueFullError: too many tasks are waiting.
            TooManyTasksError, PixelsSpentError: the owner has had as much as one user may have.
            WrongStateError: tasks with these ids were accepted before, and were others.
            UnknownBatchError: the owner has no such batch to join.
            DatabaseAwayError: the database cannot be reached; nothing was accepted.
        """
        try:
            return self._accept(new, batch, joining, done or {}, given or {}, failed or {}, keep)
        except IntegrityError as error:
            # The ids are there: a request of this name was accepted before.
            with self._database.read() as connection:
                query = select(tasks).where(tasks.c.id.in_([one.id for one in new])).order_by(tasks.c.seq)
                before = [to_task(row) for row in connection.execute(query).mappings()]
            if sorted(_asked(one) for one in before) != sorted(_asked(one) for one in new):
                raise WrongStateError("this Idempotency-Key was used for another request") from error
            return before

    def find(self, owner: str | None, task: str) -> Task:
        """Give a task; ``owner`` None is the operator, who sees all.

        Raises:
            UnknownTaskError: the owner has no such task.
        """
        with self._database.read() as connection:
            row = connection.execute(select(tasks).where(_one(owner, task))).mappings().one_or_none()
        if row is None:
            raise UnknownTaskError(f"there is no task {task[:64]}")
        return to_task(row)

    def find_batch(self, owner: str | None, batch: str) -> tuple[Batch, list[Task]]:
        """Give a batch and its tasks, in the order in which they were sent.

        Raises:
            UnknownBatchError: the owner has no such batch.
        """
        mine = and_(batches.c.id == batch, *(() if owner is None else (batches.c.owner == owner,)))
        with self._database.read() as connection:
            found = connection.execute(select(batches).where(mine)).mappings().one_or_none()
            if found is None:
                raise UnknownBatchError(f"there is no batch {batch[:64]}")
            rows = connection.execute(select(tasks).where(tasks.c.batch == batch).order_by(tasks.c.seq)).mappings()
            return Batch(**found), [to_task(row) for row in rows]

    def same(self, owner: str, input_key: str, signature: str) -> Task | None:
        """Find a finished task of the owner with the same photo and plan: its result is the result of both."""
        like = {"owner": owner, "input_key": input_key, "signature": signature}
        with self._database.read() as connection:
            row = connection.execute(_SAME, like).mappings().one_or_none()
        return None if row is None else to_task(row)

    def going(self, kind: str, lane: Lane, name: str) -> Task | None:
        """Find a task of a kind and with this input name that waits in a lane, or runs."""
        waits, runs = and_(WAITING, tasks.c.lane == lane.value), RUNNING
        like = and_(tasks.c.kind == kind, tasks.c.input_name == name)
        with self._database.read() as connection:
            for state in (runs, waits):
                row = connection.execute(select(tasks).where(state, like).limit(1)).mappings().one_or_none()
                if row is not None:
                    return to_task(row)
        return None

    def cancel(self, owner: str | None, task: str) -> Task:
        """Cancel a task: one that waits at once, one that runs as soon as its worker looks. Twice is no error.

        Raises:
            UnknownTaskError: the owner has no such task.
            WrongStateError: it has ended already.
        """
        self._cancel(_one(owner, task))
        found = self.find(owner, task)
        if found.status in ENDED - {Status.CANCELLED}:
            raise WrongStateError(f"the task is {found.status} already")
        return found

    def cancel_batch(self, owner: str | None, batch: str) -> None:
        """Cancel all tasks of a batch that have not ended.

        Raises:
            UnknownBatchError: the owner has no such batch.
        """
        self.find_batch(owner, batch)
        self._cancel(tasks.c.batch == batch)

    def cancel_page(self, owner: str, page: str) -> None:
        """Cancel the previews that a page has asked for: it is about to ask for a newer one."""
        self._cancel(and_(tasks.c.owner == owner, tasks.c.kind == PREVIEW, tasks.c.page == page))

    def retry(self, owner: str | None, task: str) -> Task:
        """Put a failed or cancelled task back in the queue, with all its attempts before it.

        Raises:
            UnknownTaskError: the owner has no such task.
            WrongStateError: it has not failed and was not cancelled.
        """
        with self._database.write() as connection:
            moved = self._retry(connection, _one(owner, task))
        self._waiting += len(moved)
        if not moved:
            found = self.find(owner, task)
            if found.status is Status.FAILED:
                raise WrongStateError("the photo was refused when it was sent; send another one")
            raise WrongStateError(f"the task is {found.status}; only failed and cancelled ones can be tried again")
        return moved[0]

    def retry_batch(self, owner: str | None, batch: str, *, cancelled: bool = False) -> list[Task]:
        """Put all failed tasks of a batch back in the queue, and with ``cancelled`` those too.

        Raises:
            UnknownBatchError: the owner has no such batch.
        """
        self.find_batch(owner, batch)
        states = (Status.FAILED.value, *((Status.CANCELLED.value,) if cancelled else ()))
        with self._database.write() as connection:
            moved = self._retry(connection, and_(tasks.c.batch == batch, tasks.c.status.in_(states)))
        self._waiting += len(moved)
        return moved

    def delete(self, owner: str | None, task: str) -> None:
        """Forget a task that has ended; its files go when no other task needs them.

        Raises:
            UnknownTaskError: the owner has no such task.
            WrongStateError: it has not ended; cancel it first.
        """
        self.find(owner, task)
        with self._database.write() as connection:
            gone = remove(connection, and_(_one(owner, task), HAS_ENDED))
        if not gone:
            raise WrongStateError("the task has not ended yet; cancel it first")

    def pin(self, owner: str | None, task: str, *, pinned: bool) -> Task:
        """Keep a task when its time is over, or let it go then.

        Raises:
            UnknownTaskError: the owner has no such task.
        """
        with self._database.write() as connection:
            connection.execute(update(tasks).where(_one(owner, task)).values(pinned=pinned, updated_at=now()))
        return self.find(owner, task)

    def counts(self, owner: str | None = None) -> dict[Status, int]:
        """How many tasks are in each state."""
        query = select(tasks.c.status, func.count()).where(_VISIBLE).group_by(tasks.c.status)
        if owner is not None:
            query = query.where(tasks.c.owner == owner)
        with self._database.read() as connection:
            found = {Status(status): int(count) for status, count in connection.execute(query)}
        return {status: found.get(status, 0) for status in Status}

    def ahead(self, task: Task) -> int:
        """How many tasks go before a waiting one; 0 if it does not wait."""
        if task.status is not Status.PENDING:
            return 0
        place = {"lane": task.lane.value, "priority": task.priority, "of_seq": task.seq}
        with self._database.read() as connection:
            return int(connection.scalar(_AHEAD, place) or 0)

    def pause(self, *, paused: bool) -> None:
        """Stop or start handing out work; what runs goes on, and previews are made all the same."""
        with self._database.write() as connection:
            upsert(connection, switches, {"name": PAUSE, "value": paused})

    @property
    def paused(self) -> bool:
        """Whether handing out work is stopped."""
        with self._database.read() as connection:
            return bool(connection.scalar(select(switches.c.value).where(switches.c.name == PAUSE)))

    def _still_there(
        self, connection: Connection, new: Sequence[NewTask], done: Mapping[str, Task]
    ) -> Mapping[str, Task]:
        """Keep the sweeper from the files of new tasks; give those finished tasks whose results have not been swept."""
        results = {task: str(like.result_key) for task, like in done.items()}
        self._database.lock(connection, {*results.values(), *(one.input_key for one in new if one.input_key)})
        return {task: like for task, like in done.items() if needed(connection, results[task])}

    def _accept(
        self,
        new: Sequence[NewTask],
        batch: Batch | None,
        joining: str | None,
        done: Mapping[str, Task],
        given: Mapping[str, Mapping[str, Any]],
        failed: Mapping[str, SafelightError],
        keep: Callable[[Connection], None] | None,
    ) -> list[Task]:
        with self._database.write() as connection:
            done = self._still_there(connection, new, done)
            self._check_room(connection, len(new) - len(done) - len(given) - len(failed))
            if self._quotas is not None:
                self._quotas.take(connection, [one for one in new if one.id not in {*done, *given, *failed}])
            if keep is not None:
                keep(connection)
            if batch is not None:
                values = {"id": batch.id, "owner": batch.owner, "total": batch.total, "created_at": batch.created_at}
                connection.execute(insert(batches).values(**values))
            if joining is not None:
                first = join(connection, new[0].owner, joining, len(new))
                new = [replace(one, batch=joining, index=first + place) for place, one in enumerate(new)]
            rows = connection.execute(_INSERT, self._rows(connection, new)).mappings().all()
            at = now()
            self._moves.tell(connection, rows, "accepted", at)
            accepted = [to_task(row) for row in rows]
            ends = {task: _as_before(like) for task, like in done.items()} | {
                task: {"result": dict(result)} for task, result in given.items()
            }
            return [self._settled(connection, one, ends.get(one.id), failed.get(one.id)) for one in accepted]

    def _check_room(self, connection: Connection, coming: int) -> None:
        if coming <= 0:
            return
        at = time.monotonic()
        if self._waiting + coming > self._most_waiting or at - self._counted > _COUNTED_S:
            self._waiting, self._counted = int(connection.scalar(_COUNT) or 0), at
        if self._waiting + coming > self._most_waiting:
            raise QueueFullError(
                f"{self._waiting} tasks are waiting, and {self._most_waiting} may", hint="try again in a while"
            )
        self._waiting += coming

    def _rows(self, connection: Connection, new: Sequence[NewTask]) -> list[dict[str, Any]]:
        turns: dict[tuple[str, Lane, Priority], int] = {}
        rows = []
        for one in new:
            queue = (one.owner, one.lane, one.priority)
            turns[queue] = turns[queue] + 1 if queue in turns else next_turn(connection, *queue)
            rows.append(from_new(one, turn=turns[queue], at=now()))
        return rows

    def _settled(
        self, connection: Connection, task: Task, end: Mapping[str, Any] | None, error: SafelightError | None
    ) -> Task:
        """End a task at once whose result is there already, or that has failed already."""
        which = tasks.c.seq == task.seq
        if error is not None:
            [row] = self._moves.move(
                connection, which, Status.FAILED, {"error_code": error.code, "error": str(error)}
            )  # fmt: skip
            return to_task(row)
        if end is None:
            return task
        self._moves.move(connection, which, Status.PROCESSING, {"started_at": now()})
        [row] = self._moves.move(connection, which, Status.COMPLETED, {"progress": 1.0, "seconds": 0.0, **end})
        return to_task(row)

    def _cancel(self, which: ColumnElement[bool]) -> None:
        with self._database.write() as connection:
            # Rows before events, as everywhere: a worker that commits holds its row and waits for its turn to write.
            connection.execute(
                update(tasks)
                .where(which, tasks.c.status == Status.PROCESSING.value, tasks.c.cancel_at.is_(None))
                .values(cancel_at=now(), message="cancelling")
            )
            self._moves.move(
                connection, and_(which, WAITING), Status.CANCELLED, {"message": "cancelled", "cancel_at": now()}
            )

    def _retry(self, connection: Connection, which: ColumnElement[bool]) -> list[Task]:
        # What was refused when it was sent was never begun, and would be refused again.
        failed = and_(tasks.c.status == Status.FAILED.value, tasks.c.started_at.is_not(None))
        ended = or_(failed, tasks.c.status == Status.CANCELLED.value)
        query = select(tasks).where(which, ended).order_by(tasks.c.seq).with_for_update()
        rows = connection.execute(query).mappings().all()
        return [
            to_task(moved)
            for row in rows
            for moved in self._moves.move(
                connection,
                tasks.c.seq == row["seq"],
                Status.PENDING,
                {
                    "turn": next_turn(connection, row["owner"], row["lane"], row["priority"]),
                    "attempts": 0,
                    "progress": 0.0,
                    "message": "",
                    "error": None,
                    "error_code": None,
                    "cancel_at": None,
                    "not_before": 0,
                },
            )
        ]


def _as_before(like: Task) -> dict[str, Any]:
    """What a task gives whose photo and plan are those of one that is done."""
    return {
        "result_key": like.result_key,
        "result": {**(like.result or {}), "cached": True},
        "result_size": size_of(like.result or {}),
        "resolution": like.facts.resolution,
    }


def _asked(task: NewTask | Task) -> tuple[str, str, str, str]:
    """What tells whether two requests are the same."""
    return task.id, task.owner, task.input_key or "", task.signature or ""


def _one(owner: str | None, task: str) -> ColumnElement[bool]:
    return and_(tasks.c.id == task, *(() if owner is None else (tasks.c.owner == owner,)))

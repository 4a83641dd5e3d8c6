"""What workers do to tasks: claim, show that they live, commit, hand back. Every change needs the newest fence."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, RowMapping, Select, and_, bindparam, func, select, update

from safelight.errors import LostLeaseError, WorkerCrashedError
from safelight.tasks.database import Database
from safelight.tasks.moves import OF_SEQ, Moves
from safelight.tasks.quotas import count_pixels
from safelight.tasks.removing import discard
from safelight.tasks.rows import size_of, to_task
from safelight.tasks.status import Status
from safelight.tasks.tables import RUNNING, WAITING, switches, tasks
from safelight.tasks.task import LOCAL, PAUSE, Lane, Priority, Task, now
from safelight.tasks.turns import next_turn

ATTEMPTS = 3
"""How often a task is begun before it counts as one that kills its worker."""

# Statements that run often are made once: to make one takes longer than to run it.
_HELD = and_(
    OF_SEQ,
    tasks.c.fence == bindparam("of_fence"),
    tasks.c.worker == bindparam("of_worker"),
    RUNNING,
)
_OPEN = (tasks.c.lane == bindparam("lane"), tasks.c.priority <= bindparam("most"))
_DUE = (*_OPEN, WAITING, tasks.c.not_before <= bindparam("at"))
_GONE = (*_OPEN, RUNNING, tasks.c.lease_until < bindparam("at"))
_LOOKS = (select(tasks.c.seq).where(*_DUE).limit(1), select(tasks.c.seq).where(*_GONE).limit(1))
_NEXT = (
    select(tasks)
    .where(*_DUE)
    .order_by(tasks.c.priority, tasks.c.turn, tasks.c.seq)
    .limit(1)
    .with_for_update(skip_locked=True)
)
_EXPIRED = select(tasks).where(*_GONE).order_by(tasks.c.lease_until).limit(1).with_for_update(skip_locked=True)
_PAUSED = select(switches.c.value).where(switches.c.name == PAUSE)
_UNWANTED = select(tasks.c.cancel_at).where(_HELD)
_RENEW = update(tasks).where(_HELD).returning(tasks.c.cancel_at)
_ANY = max(Priority)


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What a worker commits."""

    result: Mapping[str, Any]
    """What the task gave, as JSON."""
    result_key: str | None = None
    """Where its file lies in the store."""
    seconds: float | None = None
    """How long it took."""
    signature: str | None = None
    """Signature of the plan that was run; None leaves what is there."""
    resolution: int | None = None
    """Longest side of the result in pixels; None leaves what is there."""
    keep: Callable[[Connection], None] | None = None
    """Brings the file to its place in the store, if it was swept since, within the transaction."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A photo that was fetched for a task."""

    key: str
    """Where it lies in the store."""
    name: str
    """Its file name."""
    width: int
    """Pixels across, upright."""
    height: int
    """Pixels down, upright."""
    size: int
    """Bytes."""
    keep: Callable[[Connection], None] | None = None
    """Brings it to its place in the store, within the transaction."""


class Claims:
    """The side of the task table that workers see."""

    def __init__(self, database: Database, moves: Moves, *, lease_ms: int) -> None:
        """Take the database, and for how long a claim holds without a sign of life."""
        self._database = database
        self._moves = moves
        self._lease_ms = lease_ms

    def claim(self, worker: str, lane: Lane, *, most: Priority | None = None) -> Task | None:
        """Take the next task of a lane: a waiting one, or one whose worker gave no sign of life for too long.

        ``most`` leaves tasks of less importance alone: with PREVIEW only previews are taken.

        Raises:
            DatabaseAwayError: the database cannot be reached.
        """
        with self._database.write() as connection:
            return self._claim(connection, worker, lane, most)

    def ready(self, lane: Lane, *, most: Priority | None = None) -> bool:
        """Tell whether a claim would seem to get a task; only a look."""
        limits = _limits(lane, most)
        with self._database.read() as connection:
            return any(connection.execute(look, limits).first() for look in _LOOKS)

    def finish(self, task: Task, done: Done, *, then: Lane | None = None) -> Task | None:
        """Commit a result; with ``then``, claim the next task of that lane in the same transaction.

        Raises:
            LostLeaseError: somebody else has the task now; the result must be thrown away.
            DatabaseAwayError: the database cannot be reached; it may be tried again.
        """
        values: dict[str, Any] = {
            "progress": 1.0, "message": "", "result": dict(done.result), "result_key": done.result_key,
            "result_size": size_of(done.result), "seconds": done.seconds, "error": None, "error_code": None,
        }  # fmt: skip
        known = {"signature": done.signature, "resolution": done.resolution}
        values |= {name: value for name, value in known.items() if value is not None}
        with self._database.write() as connection:
            self._database.lock(connection, [done.result_key] if done.result_key else [])
            if done.keep is not None:
                done.keep(connection)
            self._held(connection, task, Status.COMPLETED, values)
            return self._claim(connection, str(task.worker), then, None) if then else None

    def fail(self, task: Task, code: str, message: str, *, seconds: float | None = None) -> None:
        """Commit a failure that another attempt would not mend.

        Raises:
            LostLeaseError: somebody else has the task now.
        """
        with self._database.write() as connection:
            self._held(
                connection,
                task,
                Status.FAILED,
                {"error_code": code, "error": message, "message": "", "seconds": seconds},
            )

    def cancelled(self, task: Task) -> None:
        """Commit that the work was stopped as its owner wished.

        Raises:
            LostLeaseError: somebody else has the task now.
        """
        with self._database.write() as connection:
            self._held(connection, task, Status.CANCELLED, {"message": "cancelled"})

    def hand_back(self, task: Task, *, message: str = "", not_before: int = 0) -> None:
        """Give a task back unfinished: another worker begins it anew, and this attempt does not count.

        Raises:
            LostLeaseError: somebody else has the task now.
        """
        with self._database.write() as connection:
            self._held(
                connection,
                task,
                Status.PENDING,
                {"progress": 0.0, "message": message, "not_before": not_before, "attempts": max(0, task.attempts - 1)},
            )

    def hand_on(
        self, task: Task, lane: Lane, found: Found | None = None, payload: Mapping[str, Any] | None = None
    ) -> None:
        """Give a task to another lane, where it queues like a new one; its attempts begin anew.

        ``found`` is the photo that was found for it, ``payload`` what is to be done if that is not as it was.

        Raises:
            LostLeaseError: somebody else has the task now.
        """
        changed: dict[str, Any] = {"lane": lane.value, "progress": 0.0, "message": "", "attempts": 0}
        if payload is not None:
            changed["payload"] = dict(payload)
        with self._database.write() as connection:
            if found is not None:
                self._database.lock(connection, [found.key])
                if found.keep is not None:
                    found.keep(connection)
                changed |= {
                    "input_key": found.key, "input_name": found.name, "width": found.width, "height": found.height,
                    "size": found.size,
                }  # fmt: skip
                if task.owner != LOCAL:
                    count_pixels(connection, task.owner, found.width * found.height)
            changed["turn"] = next_turn(connection, task.owner, lane, task.priority)
            self._held(connection, task, Status.PENDING, changed)

    def litter(self, key: str) -> None:
        """Note a file that was put in the store for nothing."""
        with self._database.write() as connection:
            discard(connection, {key})

    def renew(self, held: Iterable[Task], progress: Mapping[str, tuple[float, str]]) -> frozenset[str]:
        """Prolong the leases, and note the progress: share and message by task id.

        Returns:
            The ids of those tasks that somebody wants cancelled, or that are no longer held.
        """
        at, stop = now(), set()
        with self._database.write() as connection:
            for task in held:
                share, message = progress.get(task.id, (0.0, ""))
                changed = {"lease_until": at + self._lease_ms, "progress": share, "message": message, "updated_at": at}
                found = connection.execute(_RENEW, {**changed, **_mine(task)}).one_or_none()
                if found is None or found.cancel_at is not None:
                    stop.add(task.id)
        return frozenset(stop)

    def unwanted(self, held: Iterable[Task]) -> frozenset[str]:
        """The ids of those tasks that somebody wants cancelled, or that are no longer held; only a look."""
        stop = set()
        with self._database.read() as connection:
            for task in held:
                found = connection.execute(_UNWANTED, _mine(task)).one_or_none()
                if found is None or found.cancel_at is not None:
                    stop.add(task.id)
        return frozenset(stop)

    def release(self, workers: Iterable[str], reason: str) -> list[Task]:
        """Take the tasks of dead workers away from them, at once and not only when their leases end."""
        with self._database.write() as connection:
            rows = connection.execute(
                select(tasks)
                .where(tasks.c.status == Status.PROCESSING.value, tasks.c.worker.in_(list(workers)))
                .order_by(tasks.c.seq)
                .with_for_update()
            ).mappings()
            return [to_task(moved) for row in rows.all() for moved in self._orphaned(connection, row, reason)]

    def running(self, workers: Iterable[str]) -> list[Task]:
        """The tasks that some workers are at; only a look."""
        query = select(tasks).where(tasks.c.status == Status.PROCESSING.value, tasks.c.worker.in_(list(workers)))
        with self._database.read() as connection:
            return [to_task(row) for row in connection.execute(query).mappings()]

    def bring(self, lane: Lane, to: Lane) -> int:
        """Bring the tasks that wait in a lane which nobody serves any more to another one; tells how many."""
        with self._database.write() as connection:
            moved = connection.execute(update(tasks).where(tasks.c.lane == lane.value, WAITING).values(lane=to.value))
            return moved.rowcount

    def queued(self, lane: Lane) -> int:
        """How many tasks of a lane wait, also those that may not begin yet."""
        query = select(func.count()).select_from(tasks).where(tasks.c.lane == lane.value, WAITING)
        with self._database.read() as connection:
            return int(connection.scalar(query) or 0)

    def waiting(self, lane: Lane) -> int:
        """How many tasks of a lane wait and might begin now."""
        query = (
            select(func.count())
            .select_from(tasks)
            .where(tasks.c.lane == lane.value, tasks.c.status == Status.PENDING.value, tasks.c.not_before <= now())
        )
        with self._database.read() as connection:
            if connection.scalar(_PAUSED):
                return 0
            return int(connection.scalar(query) or 0)

    def _claim(self, connection: Connection, worker: str, lane: Lane, most: Priority | None) -> Task | None:
        while (row := self._expired(connection, lane, most) or self._waiting(connection, lane, most)) is not None:
            if row["cancel_at"] is not None:
                self._moves.move(connection, OF_SEQ, Status.CANCELLED, {"message": "cancelled"}, _of(row))
                continue
            if row["attempts"] >= ATTEMPTS:
                self._orphaned(connection, row, "its worker gave no sign of life")
                continue
            at = now()
            moved = self._moves.move(
                connection,
                OF_SEQ,
                Status.PROCESSING,
                {
                    "worker": worker,
                    "lease_until": at + self._lease_ms,
                    "started_at": at,
                    "progress": 0.0,
                    "message": "",
                    # The row is locked: nobody has changed it since it was read.
                    "fence": row["fence"] + 1,
                    "attempts": row["attempts"] + 1,
                },
                _of(row),
            )
            return to_task(moved[0])
        return None

    def _waiting(self, connection: Connection, lane: Lane, most: Priority | None) -> RowMapping | None:
        if most is None and connection.scalar(_PAUSED):
            most = Priority.PREVIEW
        return _first(connection, _NEXT, _limits(lane, most))

    def _expired(self, connection: Connection, lane: Lane, most: Priority | None) -> RowMapping | None:
        return _first(connection, _EXPIRED, _limits(lane, most))

    def _orphaned(self, connection: Connection, row: RowMapping, reason: str) -> list[RowMapping]:
        """Put a task whose worker is gone back in the queue, unless that has happened too often."""
        which = and_(tasks.c.seq == row["seq"], tasks.c.fence == row["fence"])
        if row["cancel_at"] is not None:
            return self._moves.move(connection, which, Status.CANCELLED, {"message": "cancelled"})
        if row["attempts"] < ATTEMPTS:
            return self._moves.move(connection, which, Status.PENDING, {"progress": 0.0, "message": reason})
        return self._moves.move(
            connection,
            which,
            Status.FAILED,
            {
                "error_code": WorkerCrashedError.code,
                "message": "",
                "error": f"it was begun {row['attempts']} times, and each time {reason}",
            },
        )

    def _held(self, connection: Connection, task: Task, to: Status, values: Mapping[str, Any]) -> None:
        if not self._moves.move(connection, _HELD, to, values, _mine(task)):
            raise LostLeaseError(f"task {task.id}: the lease was lost to another worker")


def _mine(task: Task) -> dict[str, object]:
    return {"of_seq": task.seq, "of_fence": task.fence, "of_worker": task.worker}


def _of(row: RowMapping) -> dict[str, object]:
    return {"of_seq": row["seq"]}


def _limits(lane: Lane, most: Priority | None) -> dict[str, object]:
    return {"lane": lane.value, "most": int(_ANY if most is None else most), "at": now()}


def _first(connection: Connection, query: Select[Any], parameters: Mapping[str, object]) -> RowMapping | None:
    return connection.execute(query, parameters).mappings().one_or_none()

"""Batches as wholes: opened before their tasks are there, joined, summed up, deleted."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    ScalarSelect,
    and_,
    delete,
    exists,
    func,
    insert,
    or_,
    select,
    tuple_,
    update,
)
from sqlalchemy.exc import IntegrityError

from safelight.errors import UnknownBatchError, UnknownTaskError, WrongStateError
from safelight.tasks.database import Database
from safelight.tasks.removing import AT_ONCE, HAS_ENDED, remove_some
from safelight.tasks.status import ENDED, BatchStatus, Status, batch_status
from safelight.tasks.tables import WAITING, batches, tasks
from safelight.tasks.task import Batch

COVERS, PRESETS = 4, 3
"""How many pictures and names a summary has at most."""

Place = tuple[int, str]
"""Where a batch is among all: when it was made, in ms since 1970, and its id."""

_MINUTE, _DAY = 60_000, 86_400_000
_PORTION = 500
_BY_STATE = (
    select(
        tasks.c.batch, tasks.c.status, tasks.c.preset, func.count().label("count"),
        func.max(tasks.c.seq).label("seq"), func.max(tasks.c.updated_at).label("updated_at"),
        func.max(tasks.c.finished_at).label("finished_at"), func.sum(tasks.c.seconds).label("seconds"),
        func.sum(tasks.c.progress).label("progress"), func.sum(tasks.c.result_size).label("bytes"),
    )
    .group_by(tasks.c.batch, tasks.c.status, tasks.c.preset)
)  # fmt: skip
_REFUSED = (
    select(tasks.c.batch, func.count().label("count"))
    .where(tasks.c.status == Status.FAILED.value, tasks.c.started_at.is_(None))
    .group_by(tasks.c.batch)
)
_HAS_TASKS = exists().where(tasks.c.batch == batches.c.id)
_COLUMNS = (batches.c.id, batches.c.owner, batches.c.total, batches.c.created_at)


def _cover(place: int) -> ScalarSelect[str]:
    """The id of a finished task of a batch, counted by preset and then in the order in which they were sent."""
    done = and_(
        tasks.c.batch == batches.c.id,
        tasks.c.status == Status.COMPLETED.value,
        # Whatever has a file has this, and it is in the index.
        tasks.c.result_size.is_not(None),
    )
    return select(tasks.c.id).where(done).order_by(tasks.c.preset, tasks.c.seq).limit(1).offset(place).scalar_subquery()


_COVERS = select(batches.c.id, *(_cover(place) for place in range(COVERS)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """A batch, and its tasks summed up."""

    batch: Batch
    """The batch."""
    counts: Mapping[Status, int]
    """How many tasks are in each state; a state that no task is in may be left out."""
    refused: int = 0
    """How many of the failed were refused when they were sent."""
    running: float = 0.0
    """Finished share of all tasks that run, added up."""
    seconds: float = 0.0
    """How long the work on its tasks took so far."""
    bytes: int | None = None
    """Size of all results; None if there are none."""
    updated_at: int
    """When any of its tasks last changed, in ms since 1970."""
    finished_at: int | None = None
    """When the last of its tasks ended, in ms since 1970; None while not all have, or none is left."""
    last: int | None = None
    """``seq`` of the last task that waits."""
    presets: tuple[str, ...] = ()
    """Names of the recipes, the most used first."""
    covers: tuple[str, ...] = field(default=())
    """Ids of tasks whose results may stand for the batch."""

    @property
    def status(self) -> BatchStatus:
        """Where it is; without any task yet it is pending."""
        return batch_status(self.counts) if self.batch.total else BatchStatus.PENDING

    @property
    def deleted(self) -> int:
        """How many of its tasks were deleted."""
        return max(0, self.batch.total - sum(self.counts.values()))

    @property
    def progress(self) -> float:
        """Finished share, 0-1."""
        ended = sum(self.counts.get(one, 0) for one in ENDED) + self.deleted
        return min(1.0, (ended + self.running) / max(1, self.batch.total))


class Batches:
    """The batches; every method takes the owner, and None is the operator, who sees all."""

    def __init__(self, database: Database) -> None:
        """Take the database."""
        self._database = database

    def open(self, batch: Batch) -> Batch:
        """Make a batch that tasks can join; of the same id and owner it is made once.

        Raises:
            WrongStateError: there is another one with this id.
        """
        values = {"id": batch.id, "owner": batch.owner, "total": batch.total, "created_at": batch.created_at}
        try:
            with self._database.write() as connection:
                connection.execute(insert(batches).values(**values))
        except IntegrityError as error:
            try:
                return self.find(batch.owner, batch.id)
            except UnknownTaskError:
                raise WrongStateError("this Idempotency-Key was used for another request") from error
        return batch

    def find(self, owner: str | None, batch: str) -> Batch:
        """Give a batch without its tasks.

        Raises:
            UnknownBatchError: the owner has no such batch.
        """
        with self._database.read() as connection:
            found = connection.execute(select(*_COLUMNS).where(_one(owner, batch))).mappings().one_or_none()
        if found is None:
            raise UnknownBatchError(f"there is no batch {batch[:64]}")
        return Batch(**found)

    def summary(self, owner: str | None, batch: str) -> Summary:
        """Sum a batch up.

        Raises:
            UnknownBatchError: the owner has no such batch.
        """
        [found] = self._summed([self.find(owner, batch)])
        return found

    def page(
        self, owner: str | None, *, before: Place | None = None, limit: int = 20
    ) -> tuple[Sequence[Summary], Place | None]:
        """Sum up the batches that have tasks, the newest first.

        Args:
            owner: whose batches.
            before: where the page before ended.
            limit: most batches on the page.

        Returns:
            The summaries, and where the next page begins; None = there are no more.
        """
        query = select(*_COLUMNS).where(_HAS_TASKS)
        if owner is not None:
            query = query.where(batches.c.owner == owner)
        if before is not None:
            query = query.where(tuple_(batches.c.created_at, batches.c.id) < tuple_(*before))
        query = query.order_by(batches.c.created_at.desc(), batches.c.id.desc()).limit(limit + 1)
        with self._database.read() as connection:
            found = [Batch(**row) for row in connection.execute(query).mappings()]
        shown = found[:limit]
        following = (shown[-1].created_at, shown[-1].id) if len(found) > limit else None
        return self._summed(shown), following

    def delete(self, owner: str | None, batch: str) -> None:
        """Delete the tasks of a batch, and the batch; files go when no other task needs them.

        A task that joins meanwhile stays, and its batch with it.

        Raises:
            UnknownBatchError: the owner has no such batch.
            WrongStateError: some of its tasks have not ended; cancel it first.
        """
        self.find(owner, batch)
        open_ = and_(tasks.c.batch == batch, ~HAS_ENDED)
        with self._database.read() as connection:
            count = int(connection.scalar(select(func.count()).select_from(tasks).where(open_)) or 0)
        if count:
            raise WrongStateError(f"{count} tasks of the batch have not ended yet; cancel the batch first")
        gone = AT_ONCE
        while gone == AT_ONCE:
            with self._database.write() as connection:
                gone = remove_some(connection, and_(tasks.c.batch == batch, HAS_ENDED))
        with self._database.write() as connection:
            _drop_empty(connection, batches.c.id == batch)

    def prune(self, at: int) -> int:
        """Delete the batches that have no tasks any more, and those that were left empty for a day before ``at``."""
        # A batch that was never joined has a day's time; others have been made together with their tasks.
        old = batches.c.created_at < at - _MINUTE, or_(batches.c.total > 0, batches.c.created_at < at - _DAY)
        with self._database.write() as connection:
            return _drop_empty(connection, and_(*old))

    def _summed(self, found: Sequence[Batch]) -> list[Summary]:
        """Sum up some batches, all with one look at their tasks."""
        ids = [one.id for one in found]
        states: dict[str, list[Row[tuple[object, ...]]]] = defaultdict(list)
        covers: dict[str, tuple[str, ...]] = {}
        if ids:
            with self._database.read() as connection:
                for row in connection.execute(_BY_STATE.where(tasks.c.batch.in_(ids))):
                    states[row.batch].append(row)
                for batch, *shown in connection.execute(_COVERS.where(batches.c.id.in_(ids))):
                    covers[batch] = tuple(one for one in shown if one is not None)
                refused = _refused(connection, states)
                return [_of(one, states[one.id], covers.get(one.id, ()), refused.get(one.id, 0)) for one in found]
        return []


def _refused(connection: Connection, states: Mapping[str, Sequence[Row[tuple[object, ...]]]]) -> dict[str, int]:
    """Count the refused tasks of some batches; only those with failed ones, as it looks at the tasks themselves."""
    failed = [batch for batch, rows in states.items() if any(row.status == Status.FAILED.value for row in rows)]
    if not failed:
        return {}
    return {batch: int(count) for batch, count in connection.execute(_REFUSED.where(tasks.c.batch.in_(failed)))}


def join(connection: Connection, owner: str, batch: str, count: int) -> int:
    """Make room for tasks in a batch; gives the place of the first of them.

    Others who join wait until the transaction ends, so that no place is given twice and none is lost.

    Raises:
        UnknownBatchError: the owner has no such batch.
    """
    grown = update(batches).where(_one(owner, batch)).values(total=batches.c.total + count).returning(batches.c.total)
    total = connection.scalar(grown)
    if total is None:
        raise UnknownBatchError(f"there is no batch {batch[:64]}")
    return int(total) - count


def ahead_of_last(connection: Connection, last: Sequence[int]) -> dict[int, int]:
    """Count what goes before some waiting tasks and is handed out from the same queue; by their ``seq``."""
    one, other = tasks.alias(), tasks
    sooner = or_(other.c.turn < one.c.turn, and_(other.c.turn == one.c.turn, other.c.seq < one.c.seq))
    same = or_(other.c.priority < one.c.priority, and_(other.c.priority == one.c.priority, sooner))
    count = (
        select(func.count())
        .select_from(other)
        .where(WAITING, other.c.lane == one.c.lane, other.c.priority <= one.c.priority, same)
    )
    query = select(one.c.seq, count.correlate(one).scalar_subquery()).where(one.c.seq.in_(last))
    return {seq: int(number) for seq, number in connection.execute(query)} if last else {}


def _of(batch: Batch, rows: Sequence[Row[tuple[object, ...]]], covers: tuple[str, ...], refused: int) -> Summary:
    """Put together what the states of a batch's tasks tell."""
    counts: dict[Status, int] = defaultdict(int)
    presets: dict[str, int] = defaultdict(int)
    for row in rows:
        counts[Status(row.status)] += row._mapping["count"]
        presets[row.preset] += row._mapping["count"]
    sizes = [int(row.bytes) for row in rows if row.bytes is not None]
    ended = bool(rows) and not any(counts[one] for one in (Status.PENDING, Status.PROCESSING))
    used = sorted((name for name in presets if name), key=lambda name: (-presets[name], name))
    return Summary(
        batch=batch, counts=dict(counts),
        running=sum(float(row.progress) for row in rows if row.status == Status.PROCESSING),
        seconds=sum(float(row.seconds or 0) for row in rows), bytes=sum(sizes) if sizes else None,
        updated_at=max((row.updated_at for row in rows), default=batch.created_at),
        finished_at=max((row.finished_at or 0 for row in rows), default=None) if ended else None,
        last=max((row.seq for row in rows if row.status == Status.PENDING), default=None),
        presets=tuple(used[:PRESETS]), covers=covers, refused=refused,
    )  # fmt: skip


def _drop_empty(connection: Connection, which: ColumnElement[bool]) -> int:
    """Delete batches that have no tasks; tells how many."""
    rows = connection.execute(select(batches.c.id, batches.c.total).where(which, ~_HAS_TASKS).limit(_PORTION)).all()
    gone = 0
    for batch, total in rows:
        # Who joins it meanwhile changes the total, and that is looked at again after waiting for them.
        empty = and_(batches.c.id == batch, batches.c.total == total, ~_HAS_TASKS)
        gone += connection.execute(delete(batches).where(empty)).rowcount
    return gone


def _one(owner: str | None, batch: str) -> ColumnElement[bool]:
    return and_(batches.c.id == batch, *(() if owner is None else (batches.c.owner == owner,)))

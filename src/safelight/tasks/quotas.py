"""How much one user may have: tasks at a time, bytes that are kept, pixels a day. The house itself has no limits."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, delete, func, insert, select, union, update
from sqlalchemy.exc import IntegrityError

from safelight.errors import PixelsSpentError, QuotaFullError, TooManyTasksError
from safelight.tasks.database import Database
from safelight.tasks.status import Status
from safelight.tasks.tables import photos, tasks, usage
from safelight.tasks.task import HIDDEN, LOCAL, NewTask

_DAY_S = 86_400
_DAYS = 40
"""For so many days it is kept what was counted."""
_COUNTED_S = 3.0
"""For how long a sum of what is kept is gone by, with what has come to it here since."""
_MOST_OWNERS = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Quota:
    """What one user may have; 0 = as much as there is."""

    tasks: int = 0
    """Tasks that wait or run."""
    stored: int = 0
    """Bytes of photos and results."""
    pixels: int = 0
    """Pixels of photos that are accepted in a day, which begins at midnight UTC."""


@dataclass(slots=True)
class _Stored:
    """What somebody has, as it was counted."""

    size: int
    until: float


class Quotas:
    """Counts what users have."""

    def __init__(self, database: Database, quota: Quota) -> None:
        """Take the database, and what each user may have."""
        self._database = database
        self._quota = quota
        self._stored: dict[str, _Stored] = {}

    def check_stored(self, owner: str, coming: int = 0) -> None:
        """Refuse more bytes than somebody may keep.

        Raises:
            QuotaFullError: ``coming`` bytes would be too many, or what is there is.
        """
        if not self._quota.stored or owner == LOCAL:
            return
        kept = self._kept(owner)
        if kept.size + coming > self._quota.stored or (not coming and kept.size >= self._quota.stored):
            raise QuotaFullError(
                f"{kept.size >> 20} MB are kept for you, {-(-coming >> 20)} MB would come, and "
                f"{self._quota.stored >> 20} MB may be kept",
                hint="delete tasks",
            )
        kept.size += coming

    def take(self, connection: Connection, new: Sequence[NewTask]) -> None:
        """Count new tasks of one owner, within the transaction that accepts them.

        Raises:
            TooManyTasksError: the owner would have too many that wait or run.
            PixelsSpentError: they are more than is left for today.
        """
        if not new or new[0].owner == LOCAL:
            return
        owner, most = new[0].owner, self._quota.tasks
        if most:
            alive = tasks.c.status.in_((Status.PENDING.value, Status.PROCESSING.value))
            query = select(func.count()).select_from(tasks).where(tasks.c.owner == owner, alive)
            there = int(connection.scalar(query) or 0)
            if there + len(new) > most:
                raise TooManyTasksError(f"{there} tasks of yours wait or run, {len(new)} would come, and {most} may")
        photos_ = [one for one in new if one.kind not in HIDDEN]
        coming = sum((one.width or 0) * (one.height or 0) for one in photos_)
        if self._quota.pixels and photos_:
            total = count_pixels(connection, owner, coming)
            # What is yet to be fetched is counted when it is there.
            if total > self._quota.pixels or (total == self._quota.pixels and not coming):
                left = _DAY_S - time.time() % _DAY_S
                told = f"{(total - coming) / 1e6:.1f} of {self._quota.pixels / 1e6:.1f} megapixels of today are used"
                raise PixelsSpentError(
                    f"{told}, and {coming / 1e6:.1f} would come", hint="a day begins at midnight UTC", retry_s=left
                )

    def prune(self) -> None:
        """Forget what was counted on days long ago."""
        with self._database.write() as connection:
            connection.execute(delete(usage).where(usage.c.day < int(time.time()) // _DAY_S - _DAYS))

    def _kept(self, owner: str) -> _Stored:
        found = self._stored.get(owner)
        if found is None or found.until < time.monotonic():
            if len(self._stored) > _MOST_OWNERS:
                self._stored.clear()
            found = self._stored[owner] = _Stored(self._sum(owner), time.monotonic() + _COUNTED_S)
        return found

    def _sum(self, owner: str) -> int:
        mine = tasks.c.owner == owner
        # What several tasks share is there once.
        results = select(func.max(tasks.c.result_size).label("size")).where(mine, tasks.c.result_key.is_not(None))
        named = union(
            select(tasks.c.input_key.label("key"), tasks.c.size).where(mine, tasks.c.input_key.is_not(None)),
            select(photos.c.key, photos.c.size).where(photos.c.owner == owner),
        ).subquery()
        made = results.group_by(tasks.c.result_key).subquery()
        with self._database.read() as connection:
            sums = [connection.scalar(select(func.sum(one.c.size))) for one in (named, made)]
        return sum(int(one or 0) for one in sums)


def count_pixels(connection: Connection, owner: str, pixels: int) -> int:
    """Count pixels of today; gives how many they are with these."""
    mine = {"owner": owner, "day": int(time.time()) // _DAY_S}
    more = (
        update(usage)
        .where(usage.c.owner == owner, usage.c.day == mine["day"])
        .values(pixels=usage.c.pixels + pixels)
        .returning(usage.c.pixels)
    )
    found = connection.scalar(more)
    if found is not None:
        return int(found)
    try:
        with connection.begin_nested():
            connection.execute(insert(usage).values(**mine, pixels=pixels))
        return pixels
    except IntegrityError:
        # Somebody else was the first of the day.
        return int(connection.scalar(more) or 0)

"""The history: all tasks, newest first, by whatever people remember of them."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, Text, and_, cast, func, select
from sqlalchemy.dialects.postgresql import ARRAY

from safelight.tasks.candidates import Candidates, among, known
from safelight.tasks.database import Database
from safelight.tasks.rows import to_task
from safelight.tasks.search import grams, words
from safelight.tasks.status import Status
from safelight.tasks.tables import tasks
from safelight.tasks.task import HIDDEN, Task

_FACETS = (tasks.c.operation, tasks.c.preset, tasks.c.style)

COUNTED = 1000
"""Up to how many tasks :meth:`History.count` counts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What is looked for; None and nothing mean: any."""

    since: int | None = None
    """Accepted at this time or later, in ms since 1970."""
    until: int | None = None
    """Accepted at this time or before, in ms since 1970."""
    operation: str | None = None
    """What was done."""
    preset: str | None = None
    """Name of the recipe."""
    style: str | None = None
    """Name of the look."""
    strength_min: float | None = None
    """Applied so strongly or more."""
    strength_max: float | None = None
    """Applied so strongly or less."""
    resolution_min: int | None = None
    """Longest side of the result in pixels, or more."""
    resolution_max: int | None = None
    """Longest side of the result in pixels, or less."""
    status: frozenset[Status] = frozenset()
    """In one of these states."""
    batch: str | None = None
    """Sent with this batch."""
    text: str = ""
    """Words that are all somewhere in the name of the photo or in the task's text, capital or small."""
    pinned: bool | None = None
    """Whether it stays when its time is over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A part of what was found."""

    tasks: tuple[Task, ...]
    """Tasks, the newest first."""
    next: int | None
    """Where the search goes on; None = there are no more.

    A page may be shorter than was asked for and yet have a next one: a search that finds little among much is handed
    out in parts, so that none takes long.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class Facets:
    """What there is to choose from."""

    operations: tuple[str, ...]
    """Operations that tasks have."""
    presets: tuple[str, ...]
    """Presets that tasks have."""
    styles: tuple[str, ...]
    """Styles that tasks have."""


class History:
    """Finds tasks."""

    def __init__(self, database: Database) -> None:
        """Take the database."""
        self._database = database

    def search(self, owner: str | None, filters: Filters, *, before: int | None = None, limit: int = 50) -> Page:
        """Give tasks of an owner, newest first; ``owner`` None is the operator, who sees all.

        Args:
            owner: whose tasks.
            filters: what is looked for.
            before: the ``next`` of the page before.
            limit: most tasks on the page.

        Raises:
            DatabaseAwayError: the database cannot be reached.
        """
        condition = _condition(owner, filters, sqlite=self._database.sqlite)
        with self._database.read() as connection:
            if self._database.sqlite:
                seqs, following = Candidates(connection, owner, filters).search(condition, before, limit)
                query = select(tasks).where(among(seqs))
            else:
                query = select(tasks).where(condition).limit(limit + 1)
                query = query if before is None else query.where(tasks.c.seq < before)
            rows = connection.execute(query.order_by(tasks.c.seq.desc())).mappings().all()
        found = tuple(to_task(row) for row in rows[:limit])
        if not self._database.sqlite:
            following = found[-1].seq if len(rows) > limit else None
        return Page(tasks=found, next=following)

    def count(self, owner: str | None, filters: Filters) -> tuple[int, bool]:
        """Count what :meth:`search` would find.

        Returns:
            How many there are, and whether that is all: there may be more than :data:`COUNTED`, or more than can be
            found in a short time.
        """
        condition = _condition(owner, filters, sqlite=self._database.sqlite)
        with self._database.read() as connection:
            if self._database.sqlite:
                seqs, following = Candidates(connection, owner, filters).search(condition, None, COUNTED)
                return len(seqs), following is None
            query = select(tasks.c.seq).where(condition).limit(COUNTED + 1).subquery()
            found = int(connection.scalar(select(func.count()).select_from(query)) or 0)
        return min(found, COUNTED), found <= COUNTED

    def facets(self, owner: str | None) -> Facets:
        """Give what an owner can filter by.

        Raises:
            DatabaseAwayError: the database cannot be reached.
        """
        with self._database.read() as connection:
            if self._database.sqlite:
                operations, presets, styles = known(connection, owner)
            else:
                query = select(*(func.array_agg(column.distinct()) for column in _FACETS)).where(_visible(owner))
                operations, presets, styles = (
                    sorted(filter(None, all_ or ())) for all_ in connection.execute(query).one()
                )
        return Facets(operations=tuple(operations), presets=tuple(presets), styles=tuple(styles))


def _visible(owner: str | None) -> ColumnElement[bool]:
    return and_(tasks.c.kind.not_in(sorted(HIDDEN)), *(() if owner is None else (tasks.c.owner == owner,)))


def _condition(owner: str | None, filters: Filters, *, sqlite: bool) -> ColumnElement[bool]:
    """Say of a row whether it is what is looked for; says it all, whatever an index may help with."""
    exact = (
        (tasks.c.operation, filters.operation), (tasks.c.preset, filters.preset),
        (tasks.c.style, filters.style), (tasks.c.batch, filters.batch),
    )  # fmt: skip
    least = (
        (tasks.c.created_at, filters.since), (tasks.c.strength, filters.strength_min),
        (tasks.c.resolution, filters.resolution_min),
    )  # fmt: skip
    most = (
        (tasks.c.created_at, filters.until), (tasks.c.strength, filters.strength_max),
        (tasks.c.resolution, filters.resolution_max),
    )  # fmt: skip
    clauses = [_visible(owner)]
    clauses += [column == value for column, value in exact if value is not None]
    clauses += [column >= value for column, value in least if value is not None]
    clauses += [column <= value for column, value in most if value is not None]
    if filters.status:
        clauses.append(tasks.c.status.in_(sorted(filters.status)))
    if filters.pinned is not None:
        clauses.append(tasks.c.pinned if filters.pinned else ~tasks.c.pinned)
    wanted = words(filters.text)
    place = func.instr if sqlite else func.strpos
    clauses += [place(tasks.c.search, word) > 0 for word in wanted]
    if wanted and not sqlite:
        has = cast([gram for word in wanted for gram in grams(word)], ARRAY(Text))
        clauses.append(func.safelight_grams(tasks.c.search, type_=ARRAY(Text)).contains(has))
    return and_(*clauses)

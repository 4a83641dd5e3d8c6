"""How the history is searched on SQLite: which tasks are worth a look, newest first.

No index fits every mix of filters, and the wrong one reads a million rows. So the indexes only name candidates, and
every candidate's row is looked at:

- A filter that few tasks pass (a batch, failed ones, an unusual size) names them all, as a set.
- Text and facets name theirs in order, out of the full-text index, which meets several lists quickly.
- Otherwise the tasks of the owner, or all, are gone through in order.

What is named is looked at in portions, and after a while the search stops and says where it would go on.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, Connection, Select, and_, func, literal_column, select, text

from safelight.tasks.search import grams, token, words
from safelight.tasks.tables import tasks

if TYPE_CHECKING:
    from safelight.tasks.history import Filters

IMPORTED = 1 << 44
"""Imported tasks lie before all others: their ``seq`` is their time in ms less this, or a few more."""

PATIENCE_S = 0.025
"""How long a search goes on, about."""

_FEW = 500
_MANY = 10_000
_FIRST, _LAST = 128, 4_096
_GRAMS = 32
SLACK_MS = 600_000
"""Several machines accept tasks, and clocks differ: by so much ``created_at`` may be out of the order of ``seq``."""

_SEQ_MAX = (1 << 63) - 1
_FACETS = (("p", "operation"), ("r", "preset"), ("s", "style"))
_MATCH = text(
    "SELECT rowid FROM tasks_text WHERE tasks_text MATCH :match AND rowid >= :low AND rowid < :high "
    "ORDER BY rowid DESC LIMIT :size"
)
_TERMS = text("SELECT term FROM tasks_text_terms WHERE term >= :start AND term < :end")
Span = tuple[int, int]
"""Tasks whose ``seq`` is at least the first and less than the second number."""

Portion = tuple[Sequence[int], int]
"""Candidates, the newest first, and how far the search has come with them: what is still to be seen is less."""


class Candidates:
    """The tasks worth a look for one search."""

    def __init__(self, connection: Connection, owner: str | None, filters: Filters) -> None:
        """Take a connection to SQLite, and what is looked for."""
        self._connection = connection
        self._owner = owner
        self._filters = filters

    def search(
        self, condition: ColumnElement[bool], before: int | None, limit: int
    ) -> tuple[Sequence[int], int | None]:
        """Find the newest tasks for which ``condition`` holds.

        Returns:
            Their ``seq``, the newest first, and ``before`` of the next search; None if there is nothing more.
        """
        deadline = time.monotonic() + PATIENCE_S
        found: list[int] = []
        for seqs, reached in self._portions(_SEQ_MAX if before is None else before):
            found += self._passing(condition, seqs)
            if len(found) > limit:
                return found[:limit], found[limit - 1]
            if time.monotonic() > deadline:
                return found, reached
        return found, None

    def _passing(self, condition: ColumnElement[bool], seqs: Sequence[int]) -> list[int]:
        if not seqs:
            return []
        query = select(tasks.c.seq).where(among(seqs), condition)
        return sorted(self._connection.scalars(query), reverse=True)

    def _portions(self, before: int) -> Iterator[Portion]:
        """Give the candidates in portions that grow, the newest first."""
        few, match = self._few(), self._match()
        for low, high in self._spans(before):
            if few is not None and (match is None or len(few) <= _FEW):
                yield from _cut(sorted((seq for seq in few if low <= seq < high), reverse=True))
                continue
            portions = self._walked((low, high)) if match is None else self._matched(match, (low, high))
            for seqs, reached in portions:
                yield (seqs if few is None else [seq for seq in seqs if seq in few]), reached

    def _matched(self, match: str, span: Span) -> Iterator[Portion]:
        """Give what the full-text index has."""
        yield from _streamed(span, lambda low, high, size: self._connection.scalars(
            _MATCH, {"match": match, "low": low, "high": high, "size": size}
        ))  # fmt: skip

    def _walked(self, span: Span) -> Iterator[Portion]:
        """Give the tasks of the owner, or of a state, or both, or all."""
        [status] = self._filters.status if len(self._filters.status) == 1 else [None]
        query = select(tasks.c.seq)
        if self._owner is not None:
            query = query.where(tasks.c.owner == self._owner)
        if status is not None:
            query = query.where(tasks.c.status == status)
        newest = query.order_by(tasks.c.seq.desc())
        yield from _streamed(span, lambda low, high, size: self._connection.scalars(
            newest.where(tasks.c.seq >= low, tasks.c.seq < high).limit(size)
        ))  # fmt: skip

    def _match(self) -> str | None:
        """Write what the full-text index can tell; None if that is nothing but the owner."""
        scope = "" if self._owner is None else f"o{token(self._owner)}"
        facets = [(mark, getattr(self._filters, name)) for mark, name in _FACETS]
        named = [f"{scope}{mark}{token(value)}" for mark, value in facets if value is not None]
        found = [token(gram) for word in words(self._filters.text) for gram in grams(word)]
        if len(found) > _GRAMS:
            found = found[:: -(-len(found) // _GRAMS)]
        if not named and not found:
            return None
        return " ".join(f'"{one}"' for one in dict.fromkeys([*(named or [scope] if scope else named), *found]))

    def _few(self) -> frozenset[int] | None:
        """Give all tasks that pass those filters which few pass; None if there is no such filter."""
        few: frozenset[int] | None = None
        for query in self._selective():
            found: list[int] = list(self._connection.scalars(query.limit(_MANY + 1)))
            if len(found) <= _MANY:
                few = frozenset(found) if few is None else few.intersection(found)
            if few is not None and len(few) <= _FEW:
                break
        return few

    def _selective(self) -> Iterator[Select[Any]]:
        wanted, seqs = self._filters, select(tasks.c.seq)
        if wanted.batch is not None:
            yield seqs.where(tasks.c.batch == wanted.batch)
        if wanted.pinned:
            yield seqs.where(literal_column("pinned"))
        if wanted.status:
            mine = () if self._owner is None else (tasks.c.owner == self._owner,)
            states = tasks.c.status.in_(sorted(wanted.status))
            yield seqs.where(*mine, states)
        for column, low, high in (
            (tasks.c.resolution, wanted.resolution_min, wanted.resolution_max),
            (tasks.c.strength, wanted.strength_min, wanted.strength_max),
        ):
            bounds = [*([column >= low] if low is not None else []), *([column <= high] if high is not None else [])]
            if bounds:
                yield seqs.where(and_(*bounds))

    def _spans(self, before: int) -> Iterator[Span]:
        """Give what there is between ``since`` and ``until``, the newest first; ``created_at`` grows with ``seq``."""
        since, until = self._filters.since, self._filters.until
        last = self._one(select(func.max(tasks.c.seq)).where(tasks.c.seq < before))
        first = self._one(select(func.min(tasks.c.seq)))
        if last is None or first is None:
            return
        low, high = max(0, first), last + 1
        if since is not None:
            bound = self._bound(tasks.c.created_at >= since - SLACK_MS, tasks.c.created_at.asc())
            low = high if bound is None else max(low, bound)
        if until is not None:
            bound = self._bound(tasks.c.created_at <= until + SLACK_MS, tasks.c.created_at.desc())
            high = 0 if bound is None else min(high, bound + 1)
        if low < high:
            yield low, high
        if (
            first >= 0
            or (newest := self._one(select(func.max(tasks.c.seq)).where(tasks.c.seq < min(before, 0)))) is None
        ):
            return
        low = first if since is None else max(first, since - SLACK_MS - IMPORTED)
        high = newest + 1 if until is None else min(newest + 1, until + SLACK_MS - IMPORTED)
        if low < high:
            yield low, high

    def _one(self, query: Select[Any]) -> int | None:
        found: int | None = self._connection.scalar(query)
        return found

    def _bound(self, condition: ColumnElement[bool], order: ColumnElement[object]) -> int | None:
        query = select(tasks.c.seq).where(condition, literal_column("seq > 0"))
        return self._one(query.order_by(order).limit(1))


def among(seqs: Sequence[int]) -> ColumnElement[bool]:
    """Say that a task is one of these, with one parameter for all."""
    each = func.json_each(json.dumps(list(seqs))).table_valued("value")
    return tasks.c.seq.in_(select(each.c.value))


def known(connection: Connection, owner: str | None) -> list[list[str]]:
    """Give the operations, presets and styles that an owner's tasks have, or all tasks, as the index knows them."""
    scope = "" if owner is None else f"o{token(owner)}"
    found = []
    for mark, _ in _FACETS:
        start = f"{scope}{mark}"
        terms = connection.scalars(_TERMS, {"start": f"{start}0", "end": f"{start}g"})
        found.append(sorted(bytes.fromhex(term.removeprefix(start)).decode() for term in terms))
    return found


def _streamed(span: Span, give: Callable[[int, int, int], Iterable[int]]) -> Iterator[Portion]:
    (low, high), size = span, _FIRST
    while seqs := list(give(low, high, size)):
        high = seqs[-1]
        yield seqs, high
        if len(seqs) < size:
            return
        size = min(size * 4, _LAST)


def _cut(seqs: Sequence[int]) -> Iterator[Portion]:
    at, size = 0, _FIRST
    while at < len(seqs):
        part = seqs[at : at + size]
        yield part, part[-1]
        at, size = at + size, min(size * 4, _LAST)

"""The table of the hostile cases: what was tried, and what came back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

Told = Callable[[object, object], None]
"""Takes what was tried and what came back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One case."""

    family: str
    case: str
    tried: str
    came: str


@dataclass
class Table:
    """All cases that were tried, in their order."""

    rows: list[Row] = field(default_factory=list)

    def lines(self, width: int = 60) -> list[str]:
        """The table as text, a family after the other."""
        found: list[str] = []
        for family in dict.fromkeys(row.family for row in self.rows):
            rows = [row for row in self.rows if row.family == family]
            found += ["", f"{family} ({len(rows)})"]
            names, tries = (min(width, max(len(text) for text in texts)) for texts in _columns(rows))
            found += [f"  {_cut(one.case, names)}  {_cut(one.tried, tries)}  {one.came}" for one in rows]
        return found


TABLE = Table()


def _columns(rows: list[Row]) -> tuple[list[str], list[str]]:
    return [row.case for row in rows], [row.tried for row in rows]


def _cut(text: str, width: int) -> str:
    return (text if len(text) <= width else f"{text[: width - 4]} ...").ljust(width)

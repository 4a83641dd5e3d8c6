"""What a bench reports, as frozen values that go to JSON and back unchanged."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

from pydantic import BaseModel, ConfigDict, Field

Cell = str | int | float | None


class Value(BaseModel):
    """Strict about names, frozen."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Timing(Value):
    """Repetitions of one measurement, in seconds, in the order in which they were taken."""

    seconds: tuple[float, ...] = Field(min_length=1)

    @property
    def best(self) -> float:
        """The least disturbed repetition."""
        return min(self.seconds)

    @property
    def median(self) -> float:
        """The usual repetition."""
        return median(self.seconds)

    @property
    def spread(self) -> float:
        """How much longer the slowest took than the fastest, as a share of the fastest."""
        return max(self.seconds) / self.best - 1


class Ratio(Value):
    """How many times as long one takes as another."""

    best: float
    """Of the two best repetitions."""
    low: float
    """Least that any two repetitions give."""
    high: float
    """Most that any two repetitions give."""

    @classmethod
    def of(cls, slow: Timing, fast: Timing) -> Ratio:
        """Compare two measurements that were taken in turns."""
        return cls(
            best=slow.best / fast.best,
            low=min(slow.seconds) / max(fast.seconds),
            high=max(slow.seconds) / min(fast.seconds),
        )

    def __str__(self) -> str:
        """Show the ratio and its range."""
        return f"{self.best:.2f} ({self.low:.2f} to {self.high:.2f})"


class Check(Value):
    """A figure that must keep to a bound."""

    what: str
    value: float
    bound: float
    at_least: bool
    """Whether the bound is the least that will do; otherwise it is the most."""
    unit: str = ""

    @property
    def held(self) -> bool:
        """Whether the figure keeps to its bound; one that is not a number does not."""
        return self.value >= self.bound if self.at_least else self.value <= self.bound


class Table(Value):
    """Figures in rows."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


class Report(Value):
    """All that one bench found."""

    name: str
    """Its name on the command line."""
    title: str
    """What it measures."""
    taken: str = ""
    """When, RFC 3339, UTC."""
    minutes: float = 0.0
    """How long it took to measure."""
    packages: dict[str, str] = Field(default_factory=dict)
    """Versions it was taken with."""
    tables: tuple[Table, ...] = ()
    checks: tuple[Check, ...] = ()
    timings: dict[str, Timing] = Field(default_factory=dict)
    """Every repetition behind the tables."""
    notes: tuple[str, ...] = ()
    """What must be known to read the figures, in sentences."""


def table(title: str, columns: Sequence[str], rows: Sequence[Sequence[Cell]]) -> Table:
    """Make a table; every row must be as long as the columns.

    Raises:
        ValueError: a row is of another length.
    """
    for row in rows:
        if len(row) != len(columns):
            raise ValueError(f"{title}: {len(row)} cells for {len(columns)} columns")
    return Table(title=title, columns=tuple(columns), rows=tuple(tuple(row) for row in rows))


def shown(cell: Cell) -> str:
    """Write a cell: three significant digits where there is a fraction, thousands apart."""
    if cell is None:
        return "-"
    if isinstance(cell, str):
        return cell
    if isinstance(cell, int) or abs(cell) >= 1000:
        return f"{cell:,.0f}"
    digits = 2 if abs(cell) < 10 else 1
    return f"{cell:.{3 if abs(cell) < 1 else digits}f}"

"""Tasks as a table on the terminal."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from safelight.tasks.task import Task

_WIDE = 160
"""Columns where nobody looks at a terminal: one line for each task."""


def print_tasks(found: Sequence[Task]) -> None:
    """Print one line for each task; its id, which other commands want, is never cut."""
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="bold")
    for title in ("time", "state", "photo", "what", "seconds", "task", "error"):
        table.add_column(title, justify="right" if title == "seconds" else "left", no_wrap=title in ("time", "task"))
    for task in found:
        table.add_row(
            at(task.created_at),
            task.status.value,
            escape(plain(task.input_name)),
            escape(plain(task.facts.preset or task.facts.operation or task.kind)),
            "" if task.seconds is None else f"{task.seconds:.1f}",
            task.id,
            escape(plain(task.error or "")),
        )
    console = Console()
    if not console.is_terminal:
        console.width = _WIDE
    console.print(table)


def print_rows(titles: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print a table of texts; the first column is never cut."""
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="bold")
    for place, title in enumerate(titles):
        table.add_column(title, no_wrap=place == 0)
    for row in rows:
        table.add_row(*row)
    console = Console()
    if not console.is_terminal:
        console.width = _WIDE
    console.print(table)


def at(ms: int | None) -> str:
    """A time in ms since 1970, as people here write it; nothing where there is none."""
    return "" if ms is None else datetime.fromtimestamp(ms / 1000).astimezone().strftime("%Y-%m-%d %H:%M:%S")


def plain(text: str) -> str:
    """What users sent, without anything that would steer a terminal."""
    return "".join(one if unicodedata.category(one)[0] != "C" else "\N{REPLACEMENT CHARACTER}" for one in text)

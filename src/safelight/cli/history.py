"""``safelight history``: what was done, and bringing in the logs of other services."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from safelight.tasks.database import Database
    from safelight.tasks.history import Filters
    from safelight.tasks.status import Status
    from safelight.tasks.task import Task

_STATES = "pending, processing, completed, failed, cancelled"
app = typer.Typer(help="Look at what was done, and bring in the logs of other services.", no_args_is_help=True)


@app.callback()
def _history() -> None:
    """Look at what was done, and bring in the logs of other services."""


@app.command("list")
def list_tasks(
    text: Annotated[str, typer.Option("--text", help="Words in the name of the photo or in the prompt.")] = "",
    status: Annotated[list[str] | None, typer.Option("--status", help=f"Only tasks in this state: {_STATES}.")] = None,
    operation: Annotated[str, typer.Option("--operation", help="Only tasks with this operation.")] = "",
    since: Annotated[str, typer.Option("--since", help="Only tasks since this day or time, as `2026-11-22`.")] = "",
    limit: Annotated[int, typer.Option("--limit", min=1, help="Most tasks to show.")] = 50,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON lines.")] = False,
) -> None:
    """Show tasks, the newest first."""
    from safelight.tasks.history import Filters
    from safelight.tasks.record import record

    filters = Filters(
        text=text, status=frozenset(_status(one) for one in status or []), operation=operation or None,
        since=_since(since) if since else None,
    )  # fmt: skip
    with _opened() as database:
        found = _search(database, filters, limit)
    if as_json:
        for task in found:
            typer.echo(json.dumps(record(task), ensure_ascii=False))
    else:
        _print_table(found)


@app.command("import")
def import_logs(
    files: Annotated[list[Path], typer.Argument(help="Logs: JSON arrays of records, or JSON lines.")],
    user: Annotated[str, typer.Option("--user", help="Whose history they become part of.")] = "local",
) -> None:
    """Bring the daily logs and batch logs of other services into the history.

    The same record is brought in once, however often it is read. What is no record is named and passed over; the exit
    code is 1 then.
    """
    from safelight.tasks.importing import import_file

    failed = False
    with _opened() as database:
        for path in files:
            try:
                done = import_file(database, path, user)
            except OSError as error:
                typer.echo(f"{path}: cannot be read: {error.strerror or error}", err=True)
                failed = True
                continue
            for one in done.broken:
                typer.echo(f"{path}:{one.line}: {one.reason}", err=True)
            failed = failed or bool(done.broken)
            typer.echo(f"{path}: {done.new} new, {done.known} already there, {len(done.broken)} broken")
    if failed:
        raise typer.Exit(1)


@contextmanager
def _opened() -> Iterator[Database]:
    from safelight.settings import load_settings
    from safelight.tasks.database import Database
    from safelight.tasks.migrate import migrate

    settings = load_settings()
    database = Database(settings.database_address)
    try:
        migrate(database)
        yield database
    finally:
        database.close()


def _search(database: Database, filters: Filters, limit: int) -> list[Task]:
    from safelight.tasks.history import History

    history, before = History(database), None
    found: list[Task] = []
    while len(found) < limit:
        page = history.search(None, filters, before=before, limit=min(limit - len(found), 500))
        found += page.tasks
        before = page.next
        if before is None:
            break
    return found


def _status(value: str) -> Status:
    from safelight.tasks.status import Status

    try:
        return Status(value.lower())
    except ValueError as error:
        raise typer.BadParameter(f"{value!r} is none of {_STATES}", param_hint="--status") from error


def _since(value: str) -> int:
    try:
        return round(datetime.fromisoformat(value).timestamp() * 1000)
    except (ValueError, OverflowError, OSError) as error:
        raise typer.BadParameter(f"{value!r} is no day or time", param_hint="--since") from error


def _print_table(found: Sequence[Task]) -> None:
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    for title in ("time", "status", "photo", "operation", "seconds", "task"):
        table.add_column(title, justify="right" if title == "seconds" else "left", no_wrap=title in ("time", "task"))
    for task in found:
        table.add_row(
            datetime.fromtimestamp(task.created_at / 1000).astimezone().strftime("%Y-%m-%d %H:%M:%S"),
            task.status.value,
            escape(_plain(task.input_name)),
            escape(_plain(task.facts.operation)),
            "" if task.seconds is None else f"{task.seconds:.1f}",
            task.id,
        )
    console = Console()
    if not console.is_terminal:
        console.width = 160  # for programs: one line for each task
    console.print(table)


def _plain(text: str) -> str:
    """Take out what would steer the terminal."""
    return "".join(character if character.isprintable() else "?" for character in text)

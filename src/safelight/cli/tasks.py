"""``safelight tasks``: look at tasks, cancel them, try them again; whether the service runs or not."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated

import typer

from safelight.cli.listing import print_tasks

if TYPE_CHECKING:
    from safelight.service import Service
    from safelight.tasks.task import Task

app = typer.Typer(help="Look at tasks, cancel them, try them again.", no_args_is_help=True)

Ids = Annotated[list[str], typer.Argument(help="Ids of tasks, or of batches.", show_default=False)]
Json = Annotated[bool, typer.Option("--json", help="One JSON object per task.")]


@app.command("list")
def list_tasks(
    status: Annotated[list[str] | None, typer.Option(help="Only in this state; may be repeated.")] = None,
    user: Annotated[str | None, typer.Option(help="Only of this user.")] = None,
    batch: Annotated[str | None, typer.Option(help="Only of this batch.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="How many at most.")] = 20,
    as_json: Json = False,
) -> None:
    """Show the newest tasks."""
    from safelight.tasks.history import Filters
    from safelight.tasks.status import Status

    try:
        wanted = frozenset(Status(one) for one in status or ())
    except ValueError as error:
        raise typer.BadParameter(f"choose from {', '.join(Status)}", param_hint="--status") from error
    page = _service().history.search(user, Filters(status=wanted, batch=batch), limit=limit)
    _print(list(page.tasks), as_json=as_json)


@app.command("show")
def show(task: Annotated[str, typer.Argument(help="Id of the task.", show_default=False)]) -> None:
    """Show everything about a task, as JSON."""
    from safelight.tasks.record import record

    found = _service().tasks.find(None, task)
    more = {
        "params": dict(found.payload), "progress": found.progress, "message": found.message,
        "attempts": found.attempts, "result": found.result,
    }  # fmt: skip
    typer.echo(json.dumps({**record(found), **more}, indent=2, ensure_ascii=False))


@app.command("cancel")
def cancel(ids: Ids) -> None:
    """Cancel tasks or batches: what waits at once, what runs within a tile."""
    service = _service()
    for one in ids:
        if _is_batch(service, one):
            service.tasks.cancel_batch(None, one)
        else:
            service.tasks.cancel(None, one)
        typer.echo(f"{one}: cancelled")


@app.command("retry")
def retry(ids: Ids) -> None:
    """Put failed or cancelled tasks, or all failed ones of a batch, back in the queue."""
    service = _service()
    for one in ids:
        if _is_batch(service, one):
            typer.echo(f"{one}: {len(service.tasks.retry_batch(None, one))} tasks in the queue again")
        else:
            service.tasks.retry(None, one)
            typer.echo(f"{one}: in the queue again")


@app.command("pause")
def pause() -> None:
    """Hand out no more work; what runs goes on."""
    _service().tasks.pause(paused=True)
    typer.echo("paused")


@app.command("resume")
def resume() -> None:
    """Hand out work again."""
    _service().tasks.pause(paused=False)
    typer.echo("resumed")


def _service() -> Service:
    from safelight.service import Service
    from safelight.settings import load_settings
    from safelight.tasks.migrate import migrate

    service = Service(load_settings())
    migrate(service.database)
    return service


def _is_batch(service: Service, one: str) -> bool:
    from safelight.errors import UnknownTaskError

    try:
        service.tasks.find_batch(None, one)
    except UnknownTaskError:
        return False
    return True


def _print(found: list[Task], *, as_json: bool) -> None:
    from safelight.tasks.record import record

    if as_json:
        for task in found:
            typer.echo(json.dumps(record(task), ensure_ascii=False))
        return
    print_tasks(found)

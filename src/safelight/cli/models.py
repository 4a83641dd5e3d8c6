"""``safelight models``: what there is, fetching it ahead, checking what is here."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

    from safelight.models.catalog import Catalog
    from safelight.models.pull import PullProgress
    from safelight.models.spec import ModelSpec, ResolvedModel
    from safelight.models.weights import Weights

app = typer.Typer(help="List, fetch and check models.", no_args_is_help=True)


@app.callback()
def _models() -> None:
    """List, fetch and check models."""


@app.command("list")
def list_models(
    task: Annotated[str, typer.Option("--task", help="Only models for this task, such as `upscale`.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Show the models of the catalog and of the models folders.

    Those that could not be tried with their real weights are unverified.
    """
    with _explained():
        catalog, weights = _open()
        specs = [spec for spec in catalog.list() if not task or spec.task == task]
    if task and not specs:
        raise typer.BadParameter(f"there are no models for {task!r}", param_hint="--task")
    rows = [_row(spec, weights) for spec in specs]
    if as_json:
        typer.echo(json.dumps(rows, indent=2, ensure_ascii=False))
    else:
        _print_table(rows)


@app.command()
def pull(
    names: Annotated[list[str] | None, typer.Argument(help="Models by name.", show_default=False)] = None,
    set_name: Annotated[str, typer.Option("--set", help="A set of models: `default` or `all`.")] = "",
    accept_licence: Annotated[
        list[str] | None, typer.Option("--accept-licence", help="Accept this licence, or the licence of this model.")
    ] = None,
    trust: Annotated[
        bool, typer.Option("--trust", help="Fetch also what has no known SHA-256; show it and record it.")
    ] = False,
) -> None:
    """Fetch models ahead, so that no network is needed later. Without names: the default set."""
    with _explained():
        catalog, weights = _open()
        accepted = [part for value in accept_licence or [] for part in value.split(",")]
        specs = [catalog.get(name) for name in names or []]
        if set_name or not names:
            specs += _pullable(catalog, weights, set_name or "default", accepted, trust)
        for spec in specs:
            if weights.installed(spec) is None:
                untried = "" if spec.verified else " Not yet tried with its real weights."
                _say(f"{spec.id}: licence {spec.licence}.{untried} {spec.note}".rstrip())
        with _progress() as tell:
            resolved = weights.pull(specs, accept_licences=accepted, trust=trust, progress=tell)
    for model in resolved:
        typer.echo(f"{model.spec.id}: {model.variant.format}, {model.spec.licence}, {model.paths[0].parent}")
        if trust:
            _show_hashes(model, weights)


@app.command()
def verify(
    names: Annotated[list[str] | None, typer.Argument(help="Models by name.", show_default=False)] = None,
) -> None:
    """Check the files of installed models by SHA-256. Exit code 1 if one is not what the catalog names."""
    from safelight.errors import ModelError

    with _explained():
        catalog, weights = _open()
        specs = [catalog.get(name) for name in names or []]
        specs = specs or [spec for spec in catalog.list() if weights.installed(spec) is not None]
    failed = False
    for spec in specs:
        try:
            typer.echo(f"{spec.id}: ok, SHA-256 {weights.resolve(spec).sha256}")
        except ModelError as error:
            failed = True
            _say(f"{spec.id}: {error}")
    if not specs:
        _say("no models are installed")
    if failed:
        raise typer.Exit(1)


def _open() -> tuple[Catalog, Weights]:
    from safelight.models.catalog import Catalog
    from safelight.models.weights import Weights
    from safelight.settings import load_settings

    settings = load_settings()
    catalog = Catalog(settings)
    return catalog, Weights(settings, catalog)


@contextmanager
def _explained() -> Iterator[None]:
    """Turn an error of ours into one line on stderr and exit code 1, or 2 if a name was given that nothing has."""
    from safelight.errors import SafelightError, UnknownModelError

    try:
        yield
    except SafelightError as error:
        _say(f"error: {error}")
        raise typer.Exit(2 if isinstance(error, UnknownModelError) else 1) from error


def _say(text: str) -> None:
    typer.echo(text, err=True)


def _pullable(
    catalog: Catalog, weights: Weights, set_name: str, accepted: list[str], trust: bool
) -> list[ModelSpec[object]]:
    """Give the models of a set that can be fetched, naming the others and why they are left out."""
    from safelight.models.spec import ModelState

    fetched = {ModelState.INSTALLED, ModelState.FETCHABLE, *([ModelState.NEEDS_TRUST] if trust else [])}
    chosen: list[ModelSpec[object]] = []
    for spec in catalog.set(set_name):
        state = weights.state(spec, accept_licences=accepted)
        if state in fetched:
            chosen.append(spec)
        else:
            _say(f"{spec.id}: left out, {state} (licence {spec.licence})")
    return chosen


@contextmanager
def _progress() -> Iterator[_Bars]:
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    console = Console(stderr=True)
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        yield _Bars(progress)


class _Bars:
    """One bar for each file that is being fetched."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._bars: dict[str, TaskID] = {}

    def __call__(self, state: PullProgress) -> None:
        """Show how far a file is."""
        if state.name not in self._bars:
            self._bars[state.name] = self._progress.add_task(state.name, total=state.total)
        self._progress.update(self._bars[state.name], completed=state.done, total=state.total)


def _size(spec: ModelSpec[object]) -> int | None:
    """Give the size of the preferred form, in bytes; None = not known."""
    total = 0
    for file in spec.variants[0].files:
        if file.bytes is None:
            return None
        total += file.bytes
    return total


def _row(spec: ModelSpec[object], weights: Weights) -> dict[str, object]:
    return {
        "id": spec.id,
        "title": spec.title,
        "task": spec.task.value,
        "scale": spec.scale,
        "licence": spec.licence,
        "commercial": spec.commercial,
        "bytes": _size(spec),
        "state": weights.state(spec).value,
        "custom": spec.custom,
        "verified": spec.verified,
        "note": spec.note,
    }


def _print_table(rows: list[dict[str, object]]) -> None:
    from rich.console import Console
    from rich.filesize import decimal
    from rich.markup import escape
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    for title in ("model", "task", "scale", "licence", "size", "state"):
        numeric = title in ("scale", "size")
        table.add_column(title, justify="right" if numeric else "left", no_wrap=title in ("model", "task", "size"))
    for row in rows:
        size = row["bytes"]
        table.add_row(
            escape(str(row["id"])),
            str(row["task"]),
            f"{row['scale']}x" if row["scale"] else "",
            escape(str(row["licence"])),
            decimal(size) if isinstance(size, int) else "",
            str(row["state"]) + ("" if row["verified"] else ", unverified"),
        )
    console = Console()
    if not console.is_terminal:
        console.width = 120  # for programs: one line for each model
    console.print(table)


def _show_hashes(model: ResolvedModel, weights: Weights) -> None:
    for name, sha256 in weights.hashes(model).items():
        typer.echo(f"  {name} SHA-256 {sha256}")

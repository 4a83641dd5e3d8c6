"""The command line. Exit codes: 0 all well, 1 something failed, 2 wrong usage, 130 interrupted."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from safelight import __version__
from safelight.cli import (
    audit,
    cartoonize,
    dataset,
    doctor,
    enhance,
    history,
    keys,
    models,
    reference,
    restore,
    run,
    serve,
    sheet,
    stylize,
    tasks,
    users,
)
from safelight.errors import RecipeError, SafelightError, SettingsError, UnknownModelError

app = typer.Typer(
    name="safelight",
    help="Safelight, a self-hosted AI photo studio.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("enhance")(enhance.enhance)
app.command("restore")(restore.restore)
app.command("cartoonize")(cartoonize.cartoonize)
app.command("stylize")(stylize.stylize)
app.command("run")(run.run)
app.command("sheet")(sheet.sheet)
app.add_typer(dataset.app, name="dataset")
app.command("serve")(serve.serve)
app.add_typer(tasks.app, name="tasks")
app.add_typer(history.app, name="history")
app.add_typer(models.app, name="models")
app.add_typer(users.app, name="users")
app.add_typer(keys.app, name="keys")
app.command("audit")(audit.audit)
app.command("operations")(reference.operations)
app.command("presets")(reference.presets)
app.command("doctor")(doctor.doctor)


def _version(value: bool) -> None:
    if value:
        typer.echo(f"safelight {__version__}")
        raise typer.Exit


@app.callback()
def _safelight(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    """Safelight, a self-hosted AI photo studio."""


def main() -> None:
    """Run the command line."""
    try:
        app()
    except (RecipeError, SettingsError, UnknownModelError) as error:
        _fail(error, 2)
    except SafelightError as error:
        _fail(error, 1)


def _fail(error: SafelightError, code: int) -> None:
    typer.echo(f"safelight: {error}", err=True)
    sys.exit(code)

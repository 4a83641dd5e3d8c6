"""The options that all commands share that work on photos, described once."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, get_type_hints

import typer

if TYPE_CHECKING:
    from safelight.recipes.recipe import Recipe

Inputs = Annotated[list[str], typer.Argument(help="Photos, and folders with photos in them.", show_default=False)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """Where results go, and how they are made; the same for every command."""

    output: Annotated[
        str, typer.Option("--output", "-o", help="Folder for the results; for one photo also a file name.")
    ]
    tile: Annotated[str, typer.Option(help="Side of a tile in pixels, 64-2048, or auto.")] = "auto"
    file_format: Annotated[
        str | None, typer.Option("--format", help="png, jpeg, webp, tiff or avif. [default: png]", metavar="FORMAT")
    ] = None
    file_quality: Annotated[
        int | None, typer.Option("--file-quality", help="1-100, for jpeg, webp and avif.", metavar="N")
    ] = None
    lossless: Annotated[bool, typer.Option("--lossless", help="WebP without loss.")] = False
    strip: Annotated[str, typer.Option(help="Metadata to leave out: none, gps or all.")] = "none"
    device: Annotated[str | None, typer.Option(help="auto, cpu, mps, cuda or cuda:N.", metavar="DEVICE")] = None
    settings: Annotated[
        list[str] | None,
        typer.Option("--set", help="Any parameter: OPERATION.NAME=VALUE, e.g. tune.sharpen=0.3.", metavar="PARAM"),
    ] = None
    sheet: Annotated[
        Path | None, typer.Option(help="Also write a before/after sheet of all results here (.jpg or .png).")
    ] = None
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object per photo, then a summary.")] = False
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only show signature, forecast and warnings; nothing is fetched or made.")
    ] = False
    force: Annotated[bool, typer.Option("--force", help="Do again what is done, and replace its result.")] = False
    fail_fast: Annotated[bool, typer.Option("--fail-fast", help="Stop at the first photo that fails.")] = False


def on_photos(folder: str) -> Callable[[Callable[..., Recipe]], Callable[..., None]]:
    """Make a command that works on photos out of a function that gives the recipe.

    The command takes the photos, then the options that the function takes, then those of :class:`Options`. Results go
    to ``folder`` by default.
    """

    def decorate(give: Callable[..., Recipe]) -> Callable[..., None]:
        first = inspect.Parameter("inputs", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=Inputs)
        own, shared = _own(give), _shared(folder)

        def command(inputs: list[str], **values: Any) -> None:  # noqa: ANN401 - the signature below says what they are
            from safelight.cli.photos import work

            options = Options(**{one.name: values.pop(one.name) for one in shared})
            work(inputs, give(**values), options)

        command.__name__, command.__doc__ = give.__name__, give.__doc__
        # Typer reads off the signature what a command takes.
        signature = inspect.Signature([first, *own, *shared])
        command.__signature__ = signature  # type: ignore[attr-defined]  # mypy knows no function that has one
        command.__annotations__ = {one.name: one.annotation for one in signature.parameters.values()}
        return command

    return decorate


def _own(give: Callable[..., Recipe]) -> tuple[inspect.Parameter, ...]:
    # What it gives is not loaded before it is called.
    hints = get_type_hints(give, localns={"Recipe": object}, include_extras=True)
    return tuple(one.replace(annotation=hints[name]) for name, one in inspect.signature(give).parameters.items())


def _shared(folder: str) -> tuple[inspect.Parameter, ...]:
    hints = get_type_hints(Options, include_extras=True)
    return tuple(
        inspect.Parameter(
            one.name, inspect.Parameter.KEYWORD_ONLY, annotation=hints[one.name],
            default=folder if one.name == "output" else one.default,
        )
        for one in fields(Options)
    )  # fmt: skip

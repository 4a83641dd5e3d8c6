"""``safelight sheet``: one photo in many variants side by side."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from safelight.folders.vary import Varied
    from safelight.recipes.recipe import Recipe
    from safelight.reports.contact import ContactSheet
    from safelight.wiring import Studio

_USUAL = {"style": "cartoonize", "model": "upscale", "restorer": "restore_faces"}
_PICTURES = (".jpg", ".jpeg", ".png", ".webp")


def sheet(
    photo: Annotated[Path, typer.Argument(help="The photo.", show_default=False)],
    vary: Annotated[
        str, typer.Option(help="The parameter to vary: style, strength, model, restorer ...", metavar="NAME")
    ],
    of: Annotated[
        str | None,
        typer.Option(
            help="The operation that has it; see `safelight operations`. [default: upscale for model, restore_faces "
            "for restorer, else cartoonize]",
            metavar="OPERATION",
        ),
    ] = None,
    values: Annotated[
        str | None, typer.Option(help="Its values, with commas between. [default: all, or five across the range]")
    ] = None,
    recipe: Annotated[
        Path | None, typer.Option(help="A recipe file that has the operation, for the other steps.", show_default=False)
    ] = None,
    preset: Annotated[str | None, typer.Option(help="A preset instead of a recipe file.", show_default=False)] = None,
    settings: Annotated[
        list[str] | None,
        typer.Option("--set", help="A parameter for all: OPERATION.NAME=VALUE.", metavar="PARAM"),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="The picture (.jpg, .png or .webp); the page lies beside it as .html."),
    ] = None,
    device: Annotated[str | None, typer.Option(help="auto, cpu, mps, cuda or cuda:N.", metavar="DEVICE")] = None,
) -> None:
    """Compare settings: the same photo in all styles, strengths or models, as a picture and as a page.

    What cannot be had here is left out and named, unless it was asked for by --values. If no variant comes out, the
    exit code is 1.
    """
    from rich.console import Console

    from safelight.cli.interrupt import Interrupt
    from safelight.cli.photos import changes_of, studio_on
    from safelight.folders.journal import plain
    from safelight.folders.vary import Vary
    from safelight.imaging.naming import result_name
    from safelight.imaging.vips import use_scratch
    from safelight.recipes.runner import Watch
    from safelight.wiring import temporary_workspace

    operation = of or _USUAL.get(vary, "cartoonize")
    studio = studio_on(device, check=True)
    varied = _varied(studio, operation, vary, values)
    chosen = _base(recipe, preset, operation).changed(changes_of(settings or ()))
    target = output or Path(result_name(photo.stem, (operation, "by", vary), ".jpg"))
    _check_target(target)
    console = Console(stderr=True, highlight=False)
    with temporary_workspace() as folder, Interrupt() as interrupt, console.status("") as status:
        use_scratch(folder)

        def begin(value: str, at: int) -> None:
            status.update(f"{vary} {value}, {at + 1} of {len(varied.values)}")

        work = Vary(studio=studio, workspace=folder, begin=begin, watch=Watch(check_cancelled=interrupt.check))
        found = work.sheet(photo, chosen, varied)
        written = _written(found, target, folder, studio)
    for path in written:
        typer.echo(plain(path))
    if work.left_out:
        console.print(f"left out, as weights are missing: {', '.join(work.left_out)}", style="dim")
    if not any(one.picture for one in found.variants[1:]):
        console.print("no variant came out; the sheet says why" if found.variants[1:] else "no variant came out")
        raise typer.Exit(1)


def _varied(studio: Studio, operation: str, parameter: str, values: str | None) -> Varied:
    from safelight.cli.photos import value_of
    from safelight.folders.vary import Varied
    from safelight.recipes.variants import values_of

    if values is not None:
        given = tuple(value_of(one.strip()) for one in values.split(",") if one.strip())
        if not given:
            raise typer.BadParameter("no value is named", param_hint="--values")
        return Varied(operation=operation, parameter=parameter, values=given, named=True)
    usual = values_of(operation, parameter, studio.catalog)
    return Varied(operation=operation, parameter=parameter, values=usual, named=False)


def _base(file: Path | None, preset: str | None, operation: str) -> Recipe:
    from safelight.recipes.recipe import load_recipe, read_recipe
    from safelight.recipes.recipe import preset as find_preset

    if file and preset:
        raise typer.BadParameter("name a recipe file or a preset, not both", param_hint="--recipe")
    if file:
        return load_recipe(file)
    return find_preset(preset) if preset else read_recipe({"name": operation, "steps": [{"operation": operation}]})


def _check_target(target: Path) -> None:
    """See, before any work, that files of these names can be there."""
    from safelight.imaging.disk import writing

    if target.suffix.lower() not in _PICTURES:
        raise typer.BadParameter(f"{target.name} does not end in {', '.join(_PICTURES)}", param_hint="--output")
    with writing(target):
        target.parent.mkdir(parents=True, exist_ok=True)
        with suppress(FileNotFoundError):
            # The longest name that may be needed.
            target.with_name(f"{target.stem}-99.html").lstat()


def _free_names(target: Path) -> tuple[str, str]:
    """Give the names of picture and page, with the same number where one of them is taken."""
    from safelight.errors import OutputError
    from safelight.imaging.naming import numbered

    for name in numbered(target.name):
        page = f"{Path(name).stem}.html"
        if not any(os.path.lexists(target.with_name(one)) for one in (name, page)):
            return name, page
    raise OutputError(f"{target}: too many files have this name")


def _written(sheet: ContactSheet, target: Path, folder: Path, studio: Studio) -> list[Path]:
    """Write picture and page beside files of the same name."""
    from safelight.imaging.naming import publish
    from safelight.reports.contact import write_contact_page, write_contact_picture
    from safelight.reports.font import CjkFont

    picture, page = folder / f"sheet{target.suffix}", folder / "sheet.html"
    for warning in write_contact_picture(sheet, picture, find_font=CjkFont(studio.weights, studio.catalog)):
        typer.echo(f"note: {warning}", err=True)
    write_contact_page(sheet, page)
    names = _free_names(target)
    return [publish(made, target.parent, name) for made, name in zip((picture, page), names, strict=True)]

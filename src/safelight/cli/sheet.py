"""``safelight sheet``: one photo in many variants side by side."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from safelight.folders.vary import Varied
    from safelight.recipes.recipe import Recipe
    from safelight.reports.contact import ContactSheet
    from safelight.wiring import Studio

_USUAL = {"style": "cartoonize", "model": "upscale"}
_PICTURES = (".jpg", ".jpeg", ".png", ".webp")


def sheet(
    photo: Annotated[Path, typer.Argument(help="The photo.", show_default=False)],
    vary: Annotated[str, typer.Option(help="The parameter to vary: style, strength, model ...", metavar="NAME")],
    of: Annotated[
        str | None,
        typer.Option(
            help="The operation that has it; see `safelight operations`. [default: upscale for model, else cartoonize]",
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

    What cannot be had here is left out and named, unless it was asked for by --values.
    """
    from rich.console import Console

    from safelight.cli.interrupt import Interrupt
    from safelight.cli.photos import changes_of, studio_on
    from safelight.folders.vary import Vary
    from safelight.imaging.vips import use_scratch
    from safelight.recipes.runner import Watch
    from safelight.wiring import temporary_workspace

    operation = of or _USUAL.get(vary, "cartoonize")
    studio = studio_on(device, check=True)
    varied = _varied(studio, operation, vary, values)
    chosen = _base(recipe, preset, operation).changed(changes_of(settings or ()))
    target = output or Path(f"{photo.stem}_{operation}_by_{vary}.jpg")
    if target.suffix.lower() not in _PICTURES:
        raise typer.BadParameter(f"{target.name} does not end in {', '.join(_PICTURES)}", param_hint="--output")
    console = Console(stderr=True, highlight=False)
    with temporary_workspace() as folder, Interrupt() as interrupt, console.status("") as status:
        use_scratch(folder)

        def begin(value: str, at: int) -> None:
            status.update(f"{vary} {value}, {at + 1} of {len(varied.values)}")

        work = Vary(studio=studio, workspace=folder, begin=begin, watch=Watch(check_cancelled=interrupt.check))
        found = work.sheet(photo, chosen, varied)
        written = _written(found, target, folder, studio)
    for path in written:
        typer.echo(str(path))
    if work.left_out:
        console.print(f"left out, as weights are missing: {', '.join(work.left_out)}", style="dim")


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


def _written(sheet: ContactSheet, target: Path, folder: Path, studio: Studio) -> list[Path]:
    """Write picture and page beside files of the same name."""
    from safelight.imaging.disk import writing
    from safelight.imaging.naming import publish
    from safelight.reports.contact import write_contact_page, write_contact_picture
    from safelight.reports.font import CjkFont

    with writing(target):
        target.parent.mkdir(parents=True, exist_ok=True)
    picture, page = folder / f"sheet{target.suffix}", folder / "sheet.html"
    for warning in write_contact_picture(sheet, picture, find_font=CjkFont(studio.weights, studio.catalog)):
        typer.echo(f"note: {warning}", err=True)
    write_contact_page(sheet, page)
    return [publish(picture, target.parent, target.name), publish(page, target.parent, f"{target.stem}.html")]

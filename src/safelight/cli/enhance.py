"""``safelight enhance``: enlarge photos, one or ten thousand, losing none."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from safelight.cli.options import on_photos

if TYPE_CHECKING:
    from safelight.recipes.recipe import Recipe


@on_photos("enhanced")
def enhance(
    preset: Annotated[str, typer.Option(help="What to do; see `safelight presets`.")] = "general",
    scale: Annotated[float | None, typer.Option(help="Size of the result over the photo's, 1-8.")] = None,
    quality: Annotated[str | None, typer.Option(help="fast, medium or high.", metavar="LEVEL")] = None,
    model: Annotated[str | None, typer.Option(help="Use this model; see `safelight models list`.")] = None,
    recipe: Annotated[
        Path | None, typer.Option(help="A recipe file (TOML or JSON) instead of a preset.", show_default=False)
    ] = None,
) -> Recipe:
    """Enlarge photos.

    Originals are never touched and no file is overwritten. Started again, the same command skips what is done and goes
    on where it was stopped.
    """
    from safelight.recipes.recipe import load_recipe
    from safelight.recipes.recipe import preset as find_preset

    given = {"scale": scale, "quality_level": quality, "model": model}
    values: dict[str, Any] = {name: value for name, value in given.items() if value is not None}
    chosen = load_recipe(recipe) if recipe else find_preset(preset)
    return chosen.everywhere(values) if values else chosen

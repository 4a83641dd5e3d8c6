"""``safelight run``: a recipe of one's own on photos."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from safelight.cli.options import on_photos

if TYPE_CHECKING:
    from safelight.recipes.recipe import Recipe


@on_photos("results")
def run(
    recipe: Annotated[Path | None, typer.Option(help="A recipe file, TOML or JSON.", show_default=False)] = None,
    preset: Annotated[
        str | None, typer.Option(help="A preset instead; see `safelight presets`.", show_default=False)
    ] = None,
) -> Recipe:
    """Run a recipe on photos: any operations, in any order.

    A recipe file has a list of steps; each names its operation and the parameters that differ from the defaults.
    """
    from safelight.recipes.recipe import load_recipe
    from safelight.recipes.recipe import preset as find_preset

    if (recipe is None) == (preset is None):
        raise typer.BadParameter("name a recipe file or a preset, one of the two", param_hint="--recipe")
    return load_recipe(recipe) if recipe else find_preset(str(preset))

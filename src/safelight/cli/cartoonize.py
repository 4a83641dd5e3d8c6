"""``safelight cartoonize``: turn photos into cartoons."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from safelight.cli.one_step import one_step
from safelight.cli.options import on_photos

if TYPE_CHECKING:
    from safelight.recipes.recipe import Recipe


@on_photos("cartoons")
def cartoonize(
    style: Annotated[
        str | None,
        typer.Option(help="The look; see `safelight operations`. ink, soft and poster need no weights. [default: ink]"),
    ] = None,
    strength: Annotated[float | None, typer.Option(help="How much of the look is taken, 0.1-1. [default: 1]")] = None,
    resolution: Annotated[
        str | None, typer.Option(help="Long side of the result, 512-2048, or own: the photo's. [default: 1024]")
    ] = None,
) -> Recipe:
    """Turn photos into cartoons.

    File names tell look, time, resolution and strength, so that variants of one photo lie side by side.
    """
    values: dict[str, object] = {"style": style, "strength": strength}
    recipe = one_step("cartoon", "cartoonize", values)
    return recipe if resolution is None else recipe.changed({"cartoonize": {"resolution": _side(resolution)}})


def _side(text: str) -> int | None:
    if text == "own":
        return None
    if not text.isdecimal() or len(text) > 5:
        raise typer.BadParameter(f"{text!r} is neither own nor a number of pixels", param_hint="--resolution")
    return int(text)

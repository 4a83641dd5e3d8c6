"""``safelight stylize``: give photos the look of a style."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from safelight.cli.one_step import one_step
from safelight.cli.options import on_photos

if TYPE_CHECKING:
    from safelight.recipes.recipe import Recipe


@on_photos("styled")
def stylize(
    style: Annotated[
        str | None, typer.Option(help="clay, anime, realistic, cartoon, oil_painting ...; see `safelight operations`.")
    ] = None,
    strength: Annotated[
        float | None, typer.Option(help="How plain the style is to see, 0-1; 0.6 is 84 % style. [default: 0.6]")
    ] = None,
    style_image: Annotated[
        Path | None, typer.Option(help="Take the look of this picture instead.", show_default=False)
    ] = None,
    mix: Annotated[
        str | None, typer.Option(help="Several styles of the network: NAME=WEIGHT,NAME=WEIGHT ...", metavar="STYLES")
    ] = None,
    preserve_color: Annotated[bool, typer.Option("--preserve-color", help="Keep the photo's own colours.")] = False,
) -> Recipe:
    """Give photos the look of a style: one of five, of 26 paintings, of a mix of them, or of any picture."""
    values: dict[str, object] = {
        "style": style, "strength": strength, "preserve_color": preserve_color or None,
        "picture": _picture(style_image), "mix": _mix(mix),
    }  # fmt: skip
    return one_step("stylize", "stylize", values)


def _picture(file: Path | None) -> str | None:
    """Give the picture as it goes into a recipe: small, since a style is seen in 256 pixels."""
    if file is None:
        return None
    from safelight.operations.styles.picture import picture_of

    return picture_of(file)


def _mix(text: str | None) -> dict[str, float] | None:
    if text is None:
        return None
    weights: dict[str, float] = {}
    for part in text.split(","):
        name, _, weight = (one.strip() for one in part.partition("="))
        if not name:
            raise typer.BadParameter("a style has no name; write NAME=WEIGHT,NAME=WEIGHT", param_hint="--mix")
        if name in weights:
            raise typer.BadParameter(f"{name} is named twice", param_hint="--mix")
        try:
            weights[name] = float(weight or 1)
        except ValueError:
            raise typer.BadParameter(f"{part!r} is not NAME=WEIGHT", param_hint="--mix") from None
    return weights

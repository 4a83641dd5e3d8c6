"""All styles that a recipe may name."""

from __future__ import annotations

from safelight.errors import RecipeError
from safelight.operations.styles.own import OWN
from safelight.operations.styles.rows import Style, shipped_styles


def all_styles() -> dict[str, Style]:
    """Give all styles by name: those that come with Safelight, then the operator's own.

    An own style of the same name goes before one that comes with Safelight.
    """
    return {**shipped_styles(), **OWN.all()}


def find_style(name: str) -> Style:
    """Give the style of that name.

    Raises:
        RecipeError: there is none; the message lists the names that there are.
    """
    styles = all_styles()
    if name not in styles:
        raise RecipeError(f"there is no style {name[:80]!r}", hint=f"there are: {', '.join(styles)}")
    return styles[name]

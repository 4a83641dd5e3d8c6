"""Recipes of one step, from the options of a command."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from safelight.recipes.recipe import Recipe


def one_step(name: str, operation: str, values: Mapping[str, object]) -> Recipe:
    """Give the recipe that runs one operation; what is None keeps its default.

    Raises:
        RecipeError: a value is not valid.
    """
    from safelight.recipes.recipe import read_recipe

    given = {key: value for key, value in values.items() if value is not None}
    return read_recipe({"name": name, "steps": [{"operation": operation, **given}]})

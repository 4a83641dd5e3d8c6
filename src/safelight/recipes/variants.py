"""One recipe in several variants, for people who compare settings."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, cast

from safelight.errors import RecipeError
from safelight.models.catalog import Catalog
from safelight.models.spec import ModelTask
from safelight.operations import find_operation
from safelight.operations.facial.restorers import DETAIL
from safelight.recipes.recipe import Recipe

STEPS = 5
"""How many values a number takes if nobody says which."""

MOST = 100
"""How many variants one sheet shows at most."""

_MODELS = {("upscale", "model"): ModelTask.UPSCALE, ("restore_faces", "restorer"): ModelTask.RESTORE_FACES}
_BESIDE = {("restore_faces", "restorer"): (DETAIL,)}
"""What may stand in place of a model."""


def values_of(operation: str, parameter: str, catalog: Catalog) -> tuple[object, ...]:
    """Give the values worth a look: all there are of a choice, some across the range of a number, all models.

    Raises:
        UnknownOperationError: there is no such operation.
        RecipeError: it has no such parameter, or one of which nobody can say what is worth a look.
    """
    field = _field(operation, parameter)
    if task := _MODELS.get((operation, parameter)):
        return (*(spec.id for spec in catalog.list(task)), *_BESIDE.get((operation, parameter), ()))
    if choices := field.get("enum") or field.get("examples"):
        return tuple(choices)
    if field.get("type") == "boolean":
        return (False, True)
    if "minimum" in field and "maximum" in field:
        return _across(float(field["minimum"]), float(field["maximum"]), whole=field["type"] == "integer")
    raise RecipeError(f"which values of {operation}.{parameter}? Name them: --values a,b,c")


def variants(recipe: Recipe, operation: str, parameter: str, values: Sequence[object]) -> tuple[Recipe, ...]:
    """Give the recipe once for each value.

    Raises:
        UnknownOperationError: there is no such operation.
        RecipeError: the recipe has no such step, there are too many values, or one is not valid.
    """
    _field(operation, parameter)
    if len(values) > MOST:
        raise RecipeError(f"{len(values):,} values are too many for one sheet", hint=f"name at most {MOST}")
    return tuple(recipe.changed({operation: {parameter: value}}) for value in values)


def _field(operation: str, parameter: str) -> dict[str, Any]:
    """Find what is said of a parameter; refuse what cannot be varied."""
    found = find_operation(operation)
    if parameter not in found.params.model_fields:
        raise RecipeError(
            f"{operation} has no parameter {parameter!r}", hint=f"it has: {', '.join(found.params.model_fields)}"
        )
    schema = found.params.model_json_schema()
    field = _meant(schema["properties"][parameter], schema)
    if field.get("type") == "object":
        raise RecipeError(
            f"{operation}.{parameter} cannot be varied: it is no single value but several by name",
            hint="vary another parameter, such as style or strength, with it set for all",
        )
    return field


def shown(value: object) -> str:
    """Write a value as people read it."""
    return value if isinstance(value, str) else json.dumps(value)


def _meant(field: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    """Follow a reference, and take what is said of the value where it may also be left out."""
    for one in field.get("anyOf", ()):
        if one.get("type") != "null":
            field = {**field, **one}
    if "$ref" in field:
        return cast("dict[str, Any]", schema["$defs"][field["$ref"].rsplit("/", 1)[1]])
    return field


def _across(low: float, high: float, *, whole: bool) -> tuple[object, ...]:
    """Evenly over the range, but for a strength of nothing, which is the photo."""
    parts = range(1, STEPS + 1) if low == 0 else range(STEPS)
    found = [low + (high - low) * part / (STEPS if low == 0 else STEPS - 1) for part in parts]
    return tuple(round(one) if whole else round(one, 3) for one in found)

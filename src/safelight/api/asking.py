"""From what clients send to orders: leniently on the fixed routes, strictly on the general ones."""

from __future__ import annotations

from collections.abc import Mapping
from types import NoneType, UnionType
from typing import Any, Union, cast, get_args, get_origin

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError
from pydantic.fields import FieldInfo

from safelight.api.caller import Caller
from safelight.engine.order import Order, Region
from safelight.errors import OutputError, RecipeError, UnknownPresetError, UnknownTaskError
from safelight.imaging.formats import Format, Strip
from safelight.imaging.tiling import LEAST, MOST
from safelight.operations import find_operation
from safelight.recipes.recipe import PRESETS, Recipe, explain, preset, read_recipe
from safelight.tasks.presets import OwnPresets

FILE_FIELDS = ("format", "quality", "lossless", "strip", "tile", "user_id")
"""Fields of a form that tell how the result is written, and whose it is."""

_NO_TILE = frozenset({"", "0", "auto", "none", "null"})
_NONE = frozenset({"null", "none", "own"})
_LONGEST_TOLD = 400
_FORMATS = {"jpg": "jpeg", "tif": "tiff"}


class Asked(BaseModel):
    """What to do with a photo, and how its result is written."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    preset: str | None = Field(default=None, description="Name of a preset; without preset and recipe: `general`.")
    recipe: dict[str, Any] | None = Field(default=None, description="A recipe: `{steps: [{operation, ...}]}`.")
    params: dict[str, dict[str, Any]] = Field(
        default_factory=dict, description="Parameters to change, by operation: `{upscale: {scale: 2}}`."
    )
    format: Format = Field(default=Format.PNG, description="Format of the result.")
    quality: int | None = Field(default=None, ge=1, le=100, description="1-100 for JPEG, WebP and AVIF.")
    lossless: bool = Field(default=False, description="WebP without loss.")
    strip: Strip = Field(default=Strip.NONE, description="Metadata that is left out: none, gps or all.")
    tile: int | None = Field(
        default=None, ge=LEAST, le=MOST, description="Side of a tile in pixels; none = as memory allows."
    )

    def order(self, caller: Caller, own: OwnPresets, region: Region | None = None) -> Order:
        """Make the order.

        Raises:
            RecipeError: the preset, the recipe or a parameter is not valid.
        """
        if self.recipe is not None and self.preset is not None:
            raise RecipeError("name a preset or give a recipe, not both")
        recipe = read_recipe(self.recipe) if self.recipe is not None else named(self.preset, caller, own)
        return _checked(
            Order(
                recipe=recipe.changed(self.params) if self.params else recipe, format=self.format,
                quality=self.quality, lossless=self.lossless, strip=self.strip, tile=self.tile, region=region,
            )
        )  # fmt: skip


def named(name: str | None, caller: Caller, own: OwnPresets) -> Recipe:
    """Give the preset of a name: the user's own first.

    Raises:
        UnknownPresetError: there is none.
    """
    wanted = name or PRESETS[0]
    if wanted not in PRESETS:
        try:
            return read_recipe({**own.find(caller.owner, wanted).recipe, "name": wanted})
        except UnknownTaskError as error:
            mine = [one.name for one in own.all(caller.owner)]
            raise UnknownPresetError(
                f"there is no preset {wanted[:64]!r}", hint=f"there are: {', '.join((*PRESETS, *mine))}"
            ) from error
    return preset(wanted)


def lenient(fields: Mapping[str, str], caller: Caller, own: OwnPresets, default: str) -> Order:
    """Make an order of the fields of a form, all of them text; unknown ones are ignored.

    A field that is called like a parameter of an operation of the preset changes it. ``quality`` and ``format`` are
    those of the file.

    Raises:
        RecipeError: a value is not valid.
    """
    recipe = named(fields.get("preset") or default, caller, own)
    changes: dict[str, dict[str, Any]] = {}
    for step in recipe.steps:
        operation = find_operation(step.operation)
        for name, field in operation.params.model_fields.items():
            text = fields.get(name, "")
            if text == "":
                continue
            changes.setdefault(operation.id, {})[name] = value_of(field, text, name)
    return _order_of(recipe.changed(changes) if changes else recipe, fields)


def one_step(fields: Mapping[str, str], operation: str, name: str) -> Order:
    """Make an order of one operation from the fields of a form, all of them text; unknown ones are refused.

    Lists and mappings come as JSON; ``null``, ``none`` and ``own`` are nothing, where that can be said. ``format``,
    ``quality``, ``lossless`` and ``strip`` are those of the file.

    Raises:
        RecipeError: a field is unknown, or a value is not valid.
    """
    found = find_operation(operation)
    known = found.params.model_fields
    if unknown := [one for one in fields if one not in known and one not in FILE_FIELDS]:
        raise RecipeError(
            f"there is no field {unknown[0][:64]!r} here", hint=f"there are: {', '.join([*known, *FILE_FIELDS])}"
        )
    values = {one: value_of(known[one], fields[one], one) for one in known if fields.get(one, "") != ""}
    recipe = read_recipe({"name": name, "steps": [{"operation": operation, **values}]})
    return _order_of(recipe, fields)


def value_of(field: FieldInfo, text: str, name: str) -> object:
    """Read a parameter that came as text: lists and mappings as JSON, nothing as ``null``, ``none`` or ``own``.

    Raises:
        RecipeError: it is not valid.
    """
    kinds = _kinds(field.annotation)
    if NoneType in kinds and text.strip().lower() in _NONE:
        return None
    reader: TypeAdapter[Any] = TypeAdapter(cast("type[Any]", field.annotation))
    holds = any(isinstance(kind, type) and issubclass(kind, list | tuple | Mapping) for kind in kinds)
    try:
        value: object = reader.validate_json(text) if holds else reader.validate_strings(text)
    except ValidationError as error:
        why = explain(error)
        told = why if len(why) <= _LONGEST_TOLD else f"{why[:_LONGEST_TOLD]} ..."
        raise RecipeError(f"{name} = {text[:64]!r}: {told}") from error
    return value


def _kinds(annotation: object) -> tuple[object, ...]:
    """The classes that a value may be of: ``dict`` and ``NoneType`` of ``dict[str, float] | None``."""
    parts = get_args(annotation) if get_origin(annotation) in (Union, UnionType) else (annotation,)
    return tuple(get_origin(part) or part for part in parts)


def _order_of(recipe: Recipe, fields: Mapping[str, str]) -> Order:
    """Make the order of a recipe and of the fields that tell how the file is written."""
    tile = fields.get("tile_size", fields.get("tile", "")).strip().lower()
    form = (fields.get("format") or fields.get("output_format") or "png").strip().lower()
    values = {
        "format": _FORMATS.get(form, form),
        "quality": fields.get("quality") or None,
        "lossless": fields.get("lossless") or False,
        "strip": fields.get("strip") or "none",
        "tile": None if tile in _NO_TILE else tile,
    }
    try:
        return _checked(Order.model_validate({"recipe": recipe, **values}))
    except ValidationError as error:
        raise RecipeError(explain(error)) from error


def _checked(order: Order) -> Order:
    try:
        _ = order.output
    except OutputError as error:
        raise RecipeError(error.message, hint=error.hint) from error
    return order

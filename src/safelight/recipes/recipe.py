"""Recipes: ordered operations with their parameters, as data; a preset is a recipe with a name."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any, cast

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from safelight.errors import PhotoError, RecipeError, UnknownPresetError
from safelight.imaging.regular import open_regular
from safelight.operations import find_operation
from safelight.operations.operation import Offers, Operation, Params

PRESETS = ("general", "anime", "face", "dehaze", "lowlight", "cartoon", "raw")
"""The presets that come with Safelight, in the order in which people meet them."""

DEFAULT_PRESET = "general"

_LARGEST = 1 << 20
_LONGEST_SHOWN = 200


class Step(BaseModel):
    """One operation with its parameters. Those that are left out have their defaults."""

    model_config = ConfigDict(frozen=True, extra="allow")

    operation: str = Field(description="Id of the operation.")

    @property
    def values(self) -> dict[str, Any]:
        """The parameters that were given."""
        return dict(self.model_extra or {})

    def bind(self) -> tuple[Operation[Any], Params]:
        """Find the operation and check the parameters.

        Raises:
            UnknownOperationError: there is no such operation.
            RecipeError: a parameter is unknown or out of range.
        """
        operation = find_operation(self.operation)
        try:
            return operation, cast("Params", operation.params.model_validate(self.values))
        except ValidationError as error:
            raise RecipeError(explain(error, operation)) from error


class Recipe(BaseModel):
    """An ordered list of steps."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(
        default="", max_length=100, pattern=r"^[^\x00-\x1f\x7f]*$", description="Its name; presets have one."
    )
    title: str = Field(default="", description="What people call it.")
    summary: str = Field(default="", description="What it is for, in a sentence.")
    steps: tuple[Step, ...] = Field(min_length=1, max_length=64, description="What is done, in order.")

    @model_validator(mode="after")
    def _check_steps(self) -> Recipe:
        for step in self.steps:
            step.bind()
        return self

    def changed(self, values: Mapping[str, Mapping[str, Any]]) -> Recipe:
        """The same recipe with other values, by operation and parameter, in every step of that operation.

        Raises:
            RecipeError: the recipe has no step of that operation, or a value is not valid.
        """
        missing = set(values) - {step.operation for step in self.steps}
        if missing:
            raise RecipeError(f"the recipe {self.name or 'given'} has no step {', '.join(sorted(missing))}")
        steps = [{"operation": step.operation, **step.values, **values.get(step.operation, {})} for step in self.steps]
        return self._with(steps)

    def everywhere(self, values: Mapping[str, Any]) -> Recipe:
        """The same recipe with other values in every step that has a parameter of that name.

        Raises:
            RecipeError: no step has such a parameter, or a value is not valid.
        """
        names = [find_operation(step.operation).params.model_fields.keys() for step in self.steps]
        for name in values:
            if not any(name in one for one in names):
                raise RecipeError(f"no step of the recipe {self.name or 'given'} has a parameter {name!r}")
        steps = [
            {"operation": step.operation, **step.values, **{name: values[name] for name in values if name in one}}
            for step, one in zip(self.steps, names, strict=True)
        ]
        return self._with(steps)

    def settled(self, offers: Offers) -> Recipe:
        """The same recipe with everything decided that was left open, as which back end does a step."""
        steps = []
        for step in self.steps:
            operation, params = step.bind()
            settled = operation.settle(params, offers)
            decided = {
                name: getattr(settled, name)
                for name in type(params).model_fields
                if getattr(settled, name) != getattr(params, name)
            }
            steps.append({"operation": step.operation, **step.values, **decided})
        return self._with(steps)

    @property
    def elsewhere(self) -> bool:
        """Whether ComfyUI servers do a step of it; to be asked of a recipe that was settled."""
        return any(operation.elsewhere(params) for operation, params in (step.bind() for step in self.steps))

    def _with(self, steps: list[dict[str, Any]]) -> Recipe:
        return read_recipe({**self.model_dump(exclude={"steps"}), "steps": steps})


def read_recipe(content: Mapping[str, Any]) -> Recipe:
    """Check a recipe given as plain data.

    Raises:
        RecipeError: something in it is unknown, missing or out of range; the message says where.
        UnknownOperationError: it names an operation that does not exist.
    """
    try:
        return Recipe.model_validate(content)
    except ValidationError as error:
        raise RecipeError(f"the recipe is not valid: {explain(error)}") from error


def load_recipe(path: Path) -> Recipe:
    """Read a recipe from a TOML or JSON file.

    Raises:
        RecipeError: the file cannot be read, or is not a recipe.
    """
    try:
        with open_regular(path) as file:
            text = file.read(_LARGEST).decode("utf-8")
        content = json.loads(text) if path.suffix.lower() == ".json" else tomllib.loads(text)
    except PhotoError as error:
        raise RecipeError(error.message) from error
    except (OSError, ValueError, RecursionError) as error:
        raise RecipeError(f"{path}: not a recipe in TOML or JSON: {error}") from error
    if not isinstance(content, dict):
        raise RecipeError(f"{path}: not a recipe: it has no steps")
    try:
        return read_recipe({"name": path.stem, **content})
    except RecipeError as error:
        raise type(error)(f"{path}: {error.message}", hint=error.hint) from error


def preset(name: str) -> Recipe:
    """Give a preset.

    Raises:
        UnknownPresetError: there is none of that name; the message lists the names that there are.
    """
    if name not in PRESETS:
        raise UnknownPresetError(f"there is no preset {name!r}", hint=f"there are: {', '.join(PRESETS)}")
    text = files("safelight.recipes").joinpath("presets", f"{name}.toml").read_text(encoding="utf-8")
    return read_recipe({"name": name, **tomllib.loads(text)})


def explain(error: ValidationError, operation: Operation[Any] | None = None) -> str:
    """Say in one line what is wrong with values, and what would be right."""
    parts = []
    for one in error.errors(include_url=False, include_context=False):
        where = ".".join(str(part) for part in one["loc"])
        if operation and one["type"] == "extra_forbidden":
            known = ", ".join(operation.params.model_fields)
            parts.append(f"{operation.id} has no parameter {where!r} (it has: {known})")
        elif operation:
            parts.append(f"{operation.id}.{where} = {_shown(one['input'])}: {_lower_first(one['msg'])}")
        else:
            parts.append(f"{where}: {_lower_first(one['msg'])}" if where else _lower_first(one["msg"]))
    return "; ".join(parts)


def _shown(value: object) -> str:
    """A value as it is written; a long one, as a picture in a parameter, only with its beginning."""
    text = repr(value)
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]} ..."


def _lower_first(text: str) -> str:
    """Begin with a small letter, as in the middle of a sentence; abbreviations and names as DCT-Net stay."""
    text = text.removeprefix("Value error, ")
    if text[1:2].isupper():
        return text
    return text[:1].lower() + text[1:]

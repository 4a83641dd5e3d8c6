"""Styles as rows of data: what comes with Safelight, and files of the same form."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from safelight.errors import PhotoError, RecipeError
from safelight.imaging.regular import open_regular
from safelight.operations.styles.steps import Enhance, Network, Step

STYLES = ("clay", "anime", "realistic", "cartoon", "oil_painting")
"""The styles that come with Safelight, in the order in which people meet them."""

_LARGEST = 1 << 16
_MOST_TOLD, _LONGEST_TOLD = 3, 40


class Style(BaseModel):
    """One named look."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str = Field(pattern=r"^[a-z][a-z0-9_-]{0,63}$", description="The name that users give it.")
    title: str = Field(max_length=100, description="What people call it.")
    summary: str = Field(default="", max_length=500, description="What it looks like, in a sentence.")
    prompt: str = Field(default="", max_length=2000, description="What a back end that reads prompts is told.")
    workflow: str = Field(default="", max_length=200, description="Name of the workflow template; empty = the usual.")
    example: str = Field(default="", max_length=200, description="Name of a picture that shows it; empty = none.")
    canvas: int = Field(default=1024, ge=256, le=8192, description="Long side at which it is painted, in pixels.")
    negative: str = Field(default="", max_length=2000, description="What such a back end is told to keep away from.")
    steps: tuple[Step, ...] = Field(
        default=(), max_length=20, description="The local recipe; empty = only ComfyUI servers paint it."
    )

    @model_validator(mode="after")
    def _check_steps(self) -> Style:
        if not self.steps and not self.prompt:
            raise ValueError("a style has steps, the local recipe, or a prompt, or both")
        if len(self.steps) > 1 and any(isinstance(step, Enhance) for step in self.steps):
            raise ValueError("enhance works at the photo's own size and stands alone in a recipe")
        for step in self.steps:
            if isinstance(step, Network):
                shares(step.mix)
        return self

    @property
    def digest(self) -> str:
        """SHA-256 of all that decides what it looks like."""
        content = self.model_dump_json(exclude={"title", "summary", "example"})
        return hashlib.sha256(content.encode()).hexdigest()


@cache
def network_styles() -> tuple[tuple[str, str], ...]:
    """Names and titles of the network's styles, in the order of its weights."""
    text = files("safelight.operations.styles").joinpath("networks.toml").read_text(encoding="utf-8")
    return tuple((one["id"], one["title"]) for one in tomllib.loads(text)["style"])


def check_names(mix: Mapping[str, object]) -> tuple[str, ...]:
    """Look at the names in a blend, and give those that the network has, in the order of its weights.

    Raises:
        ValueError: one is unknown.
    """
    names = tuple(name for name, _ in network_styles())
    if unknown := sorted({str(name) for name in mix} - set(names)):
        raise ValueError(f"the network has no style {_some(unknown)}; it has: {', '.join(names)}")
    return names


def shares(mix: dict[str, float]) -> tuple[float, ...]:
    """Turn weights by name into one share for each of the network's styles; they sum up to 1.

    Raises:
        ValueError: a name is unknown, a weight is negative, or all are 0.
    """
    names = check_names(mix)
    total = sum(mix.values())
    if min(mix.values(), default=0) < 0 or not 0 < total < float("inf"):
        raise ValueError("weights are 0 or more, and one of them is more than 0")
    return tuple(mix.get(name, 0.0) / total for name in names)


def _some(names: list[str]) -> str:
    """A few of many names that somebody made up, which may be long."""
    told = ", ".join(name if len(name) <= _LONGEST_TOLD else f"{name[:_LONGEST_TOLD]}…" for name in names[:_MOST_TOLD])
    return told if len(names) <= _MOST_TOLD else f"{told} and {len(names) - _MOST_TOLD:,} more"


@cache
def shipped_styles() -> dict[str, Style]:
    """All styles that come with Safelight, by name: the five, then those of the network."""
    rows = {}
    for name in STYLES:
        text = files("safelight.operations.styles").joinpath("rows", f"{name}.toml").read_text(encoding="utf-8")
        rows[name] = Style.model_validate({"id": name, **tomllib.loads(text)})
    for name, title in network_styles():
        rows[name] = Style(id=name, title=title, steps=(Network(filter="network", mix={name: 1.0}),))
    return rows


def read_style(path: Path) -> Style:
    """Read a style from a TOML file; its name is the file's.

    Raises:
        RecipeError: the file cannot be read, or is not a style.
    """
    try:
        with open_regular(path) as file:
            content: dict[str, Any] = tomllib.loads(file.read(_LARGEST).decode("utf-8"))
        return Style.model_validate({"id": path.stem, **content})
    except PhotoError as error:
        raise RecipeError(error.message) from error
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise RecipeError(f"{path.name}: not a style: {where}: {first['msg']}") from error
    except (OSError, ValueError, RecursionError) as error:
        raise RecipeError(f"{path.name}: not a style in TOML: {error}") from error

"""What is to be done with a photo, as a task carries it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from safelight.errors import RecipeError
from safelight.imaging.formats import Format, Output, Strip
from safelight.imaging.tiling import LEAST, MOST
from safelight.recipes.recipe import Recipe, explain
from safelight.tasks.task import Lane

PHOTO = "photo"
"""The kind of task that runs a recipe on a photo."""


class Region(BaseModel):
    """A part of a photo, in shares of its upright width and height, so that it fits any size of the photo."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    left: float = Field(ge=0, lt=1, description="Left edge, 0-1.")
    top: float = Field(ge=0, lt=1, description="Upper edge, 0-1.")
    width: float = Field(gt=0, le=1, description="Width, 0-1.")
    height: float = Field(gt=0, le=1, description="Height, 0-1.")


class Order(BaseModel):
    """A recipe, and how its result is written."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    recipe: Recipe = Field(description="What is done.")
    format: Format = Field(default=Format.PNG, description="Format of the result.")
    quality: int | None = Field(default=None, ge=1, le=100, description="1-100 for JPEG, WebP and AVIF.")
    lossless: bool = Field(default=False, description="WebP without loss instead of by quality.")
    strip: Strip = Field(default=Strip.NONE, description="Metadata that is left out: none, gps or all.")
    tile: int | None = Field(
        default=None,
        ge=LEAST,
        le=MOST,
        description="Side of a tile in pixels of the photo; none = as memory allows.",
    )
    region: Region | None = Field(default=None, description="Of previews: the part of the photo that is shown.")

    notes: tuple[str, ...] = Field(
        default=(), description="What was decided on the user's behalf before it began; the result's warnings tell it."
    )
    image_url: str | None = Field(default=None, description="Where the photo was to be fetched.")

    @classmethod
    def read(cls, payload: Mapping[str, Any]) -> Order:
        """Read it from what a task carries.

        Raises:
            RecipeError: what it names is not there any more, as a style of the operator's that was deleted.
        """
        try:
            return cls.model_validate(payload)
        except ValidationError as error:
            raise RecipeError(explain(error)) from error

    @property
    def output(self) -> Output:
        """How the result is written.

        Raises:
            OutputError: the format cannot be written so.
        """
        return Output(format=self.format, quality=self.quality, lossless=self.lossless, strip=self.strip)

    @property
    def lane(self) -> Lane:
        """Who does it; to be asked of one whose recipe was settled."""
        return Lane.COMFYUI if self.recipe.elsewhere else Lane.DEVICE

    def to_json(self) -> dict[str, Any]:
        """Give it as plain values; what is None is left out, but not in a step, where None can be what was asked."""
        return {name: value for name, value in self.model_dump(mode="json").items() if value not in (None, [])}


def elsewhere(payload: Mapping[str, Any]) -> bool:
    """Tell whether ComfyUI servers do a step of what a task carries; only a look, that checks nothing."""
    steps = (payload.get("recipe") or {}).get("steps") or ()
    return any(step.get("operation") == "comfyui" or step.get("backend") == "comfyui" for step in steps)

"""The steps that a style's local recipe is made of, as data. Lengths are in thousandths of the canvas's long side."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Colour = tuple[float, float, float]


class StepData(BaseModel):
    """One step: strict about names and types, frozen."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class Smooth(StepData):
    """Smooth areas, edges stay."""

    filter: Literal["smooth"]
    radius: float = Field(default=5, gt=0, le=30, description="How far each place looks.")
    colour: float = Field(default=10, gt=0, le=100, description="How different a colour may be to be mixed in (Lab).")
    passes: int = Field(default=2, ge=1, le=5, description="How often.")


class Dabs(StepData):
    """Flatten into dabs of paint."""

    filter: Literal["dabs"]
    radius: float = Field(default=6, gt=0, le=20, description="Size of a dab.")


class Posterize(StepData):
    """Bring lightness to a few steps."""

    filter: Literal["posterize"]
    levels: int = Field(default=5, ge=2, le=16, description="How many steps.")
    softness: float = Field(default=0.2, ge=0, le=1, description="0 = a cliff between them.")


class Tone(StepData):
    """Change colour and tone."""

    filter: Literal["tone"]
    saturation: float = Field(default=1, ge=0, le=4, description="Gain of colour.")
    contrast: float = Field(default=0, ge=-1, le=1, description="S-curve about the middle.")
    lift: float = Field(default=0, ge=-1, le=1, description="Lighter or darker middle tones.")
    fade: float = Field(default=0, ge=0, le=1, description="Black becomes grey.")
    warmth: float = Field(default=0, ge=-1, le=1, description="From blue to yellow.")
    split: float = Field(default=0, ge=0, le=1, description="Shadows towards violet, lights towards cream.")


class Glow(StepData):
    """Let light bleed out of what is bright."""

    filter: Literal["glow"]
    strength: float = Field(default=0.5, ge=0, le=1, description="How much.")
    radius: float = Field(default=14, gt=0, le=100, description="How far.")


class Lines(StepData):
    """Draw lines along the edges of the photo."""

    filter: Literal["lines"]
    width: float = Field(default=1, gt=0, le=10, description="Half the width of a line.")
    threshold: float = Field(default=0.015, gt=0, le=1, description="How clear an edge must be.")
    ink: Colour = Field(default=(0, 0, 0), description="What paint under a line is multiplied by: red, green, blue.")


class Relief(StepData):
    """Light areas as if they were rounded lumps."""

    filter: Literal["relief"]
    depth: float = Field(default=1, ge=0, le=4, description="How strong light and shade are.")
    shine: float = Field(default=0.5, ge=0, le=4, description="How strong highlights are.")


class Bristles(StepData):
    """Comb paint along edges, and light its ridges."""

    filter: Literal["bristles"]
    depth: float = Field(default=1, ge=0, le=4, description="How high ridges are.")
    length: float = Field(default=12, gt=0, le=40, description="Length of a stroke.")


class Network(StepData):
    """Paint with a blend of the network's styles."""

    filter: Literal["network"]
    mix: dict[str, float] = Field(min_length=1, description="Weights by the name of the style.")
    amount: float = Field(default=1, ge=0, le=1, description="How much of what the network paints is taken.")


class Enhance(StepData):
    """Enhance the photo at its own size; stands alone in a recipe."""

    filter: Literal["enhance"]
    clarity: float = Field(default=0.5, ge=0, le=2, description="Local contrast.")
    contrast: float = Field(default=0.2, ge=0, le=1, description="Light and dark areas apart.")
    detail: float = Field(default=0.5, ge=0, le=2, description="Fine detail; noise is smoothed.")
    colour: float = Field(default=0.3, ge=0, le=1, description="Pale colours stronger.")


Drawn = Smooth | Dabs | Posterize | Tone | Glow | Lines | Relief | Bristles
"""Steps of filters, on pixels in memory."""

Step = Annotated[Drawn | Network | Enhance, Field(discriminator="filter")]
"""Any step of a row."""

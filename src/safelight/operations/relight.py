"""``relight``: brighten what was taken in the dark, without turning its colours."""

from __future__ import annotations

import math
from enum import StrEnum

import numpy as np
import pyvips
from pydantic import Field

from safelight.imaging.photo import Photo
from safelight.imaging.vips import reading
from safelight.models.catalog import Catalog
from safelight.models.spec import ModelSpec, ModelTask
from safelight.operations.context import Context, Execution
from safelight.operations.guided import Guided, guided, small_copy
from safelight.operations.network import blended, network_image, same_size
from safelight.operations.operation import ModelChoice, Operation, Params, Size, StepForecast

_AIM = 0.55
_STEEPEST = 0.35
_FLAT = 0.97
_TOE = 0.04


class RelightMethod(StrEnum):
    """How it is brightened."""

    CURVE = "curve"
    SCI = "sci"


class Darkness(StrEnum):
    """How dark a photo is, for the networks."""

    EASY = "easy"
    MEDIUM = "medium"
    DIFFICULT = "difficult"


class RelightParams(Params):
    """Parameters of ``relight``."""

    method: RelightMethod = Field(
        default=RelightMethod.CURVE, strict=False,
        description="curve: brightness along a curve that fits the photo, colours as they are; sci: a small network.",
    )  # fmt: skip
    darkness: Darkness = Field(
        default=Darkness.EASY, strict=False, description="How dark the photo is; only for the networks of sci."
    )
    strength: float = Field(default=1.0, ge=0, le=1, description="0 leaves the photo as it is.")


def choose_models(params: RelightParams, catalog: Catalog) -> tuple[ModelChoice, ...]:
    """Name the network, if one runs."""
    if params.method is RelightMethod.CURVE:
        return ()
    return (ModelChoice(candidates=(catalog.get(f"sci-{params.darkness}", ModelTask.RELIGHT),)),)


def forecast(size: Size, _params: RelightParams, chosen: tuple[ModelSpec[object], ...]) -> StepForecast:
    """Tell the room and the work."""
    return same_size(size, chosen)


def run(photo: Photo, params: RelightParams, context: Context) -> Photo:
    """Brighten ``photo``.

    The curve is a power of the light that falls on each place. That is estimated on a small copy of the whole photo and
    follows its edges: shadows are lifted, what is bright stays. All colours of a pixel are multiplied by one factor, so
    their proportions stay; where one would end above white, the factor is smaller.

    Raises: as :func:`safelight.operations.network.network_image`.
    """
    if params.method is RelightMethod.SCI:
        image = network_image(photo, context.chosen[0], context, operation="relight")
        return blended(photo, image, params.strength)
    context.executions.append(Execution(operation="relight"))
    if params.strength == 0:
        return photo
    colours = photo.bands - 1 if photo.alpha else photo.bands
    image, top = photo.image.extract_band(0, n=colours), 65535.0 if photo.depth == 16 else 255.0
    with reading(photo.name):
        light, power = _measured(image, top)
    if power > _FLAT:
        context.warnings.append("relight: the photo is bright enough and was left as it is")
        return photo
    return blended(photo, _brightened(image, light, power, top), params.strength)


def _measured(image: pyvips.Image, top: float) -> tuple[Guided, float]:
    """Estimate the light, and the power that brings its middle towards the aim; 1 where it is there already."""
    values = small_copy(image, top)
    brightest = values.max(axis=2)
    middle = float(np.clip(np.median(brightest), 0.01, 0.99))
    power = float(np.clip(math.log(_AIM) / math.log(middle), _STEEPEST, 1.0))
    return guided(values.mean(axis=2), brightest), power


def _brightened(image: pyvips.Image, light: Guided, power: float, top: float) -> pyvips.Image:
    scaled = image.cast("float") / top
    grey, brightest = scaled.bandmean(), scaled if image.bands == 1 else _most(scaled)
    shown = light.over(grey)
    shown = (shown < brightest).ifthenelse(brightest, shown)
    # The toe keeps the noise of what is all but black where it is.
    gain = ((shown + _TOE) / (1 + _TOE)) ** (power - 1)
    most = (brightest < 1e-3).ifthenelse(1e3, 1 / (brightest + 1e-6))
    return image * (gain < most).ifthenelse(gain, most)


def _most(image: pyvips.Image) -> pyvips.Image:
    first, *others = image.bandsplit()
    return first.bandrank(others, index=len(others))


RELIGHT = Operation(
    id="relight",
    title="Brighten",
    summary="Brighten what was taken in the dark, with its colours as they are.",
    params=RelightParams,
    run=run,
    models=choose_models,
    forecast=forecast,
)

"""``dehaze``: take haze and fog away.

The classical way is the dark channel prior (He, Sun, Tang, "Single Image Haze Removal Using Dark Channel Prior", 2009)
with a guided filter: what is between the viewer and the scene is estimated on a
small copy of the whole photo, so that tiles do not differ, and brought to full size along the photo's own edges.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import pyvips
from pydantic import Field

from safelight.imaging.photo import Photo
from safelight.imaging.vips import reading
from safelight.models.catalog import Catalog
from safelight.models.spec import ModelSpec, ModelTask
from safelight.operations.context import Context, Execution
from safelight.operations.guided import Guided, Map, guided, small_copy
from safelight.operations.network import blended, network_image, same_size
from safelight.operations.operation import ModelChoice, Operation, Params, Size, StepForecast

_SMALL = 600
_PATCH = 15
_KEPT = 0.95
_LEAST = 0.12
_BRIGHTEST = 0.001


class DehazeMethod(StrEnum):
    """How haze is taken away."""

    DARK_CHANNEL = "dark_channel"
    AODNET = "aodnet"


class DehazeParams(Params):
    """Parameters of ``dehaze``."""

    method: DehazeMethod = Field(
        default=DehazeMethod.DARK_CHANNEL, strict=False,
        description="dark_channel: from the darkest colours around each place; aodnet: a tiny network.",
    )  # fmt: skip
    strength: float = Field(default=0.8, ge=0, le=1, description="How much is taken away; 0 leaves the photo as it is.")


def choose_models(params: DehazeParams, catalog: Catalog) -> tuple[ModelChoice, ...]:
    """Name the network, if one runs."""
    if params.method is DehazeMethod.DARK_CHANNEL:
        return ()
    return (ModelChoice(candidates=(catalog.get("aodnet", ModelTask.DEHAZE),)),)


def forecast(size: Size, _params: DehazeParams, chosen: tuple[ModelSpec[object], ...]) -> StepForecast:
    """Tell the room and the work."""
    return same_size(size, chosen)


def run(photo: Photo, params: DehazeParams, context: Context) -> Photo:
    """Take haze away from ``photo``.

    Raises: as :func:`safelight.operations.network.network_image`.
    """
    if params.method is DehazeMethod.AODNET:
        image = network_image(photo, context.chosen[0], context, operation="dehaze")
        return blended(photo, image, params.strength)
    context.executions.append(Execution(operation="dehaze"))
    if params.strength == 0:
        return photo
    colours = photo.bands - 1 if photo.alpha else photo.bands
    image, top = photo.image.extract_band(0, n=colours), 65535.0 if photo.depth == 16 else 255.0
    with reading(photo.name):
        air = _measured(image, top, params.strength)
    return blended(photo, _cleared(image, air, top), 1.0)


@dataclass(frozen=True, slots=True)
class Air:
    """What is between the viewer and the scene."""

    light: tuple[float, ...]
    """Colour of the haze, 0-1."""
    transmission: Guided
    """How much of the scene comes through, 0-1, over the photo's grey."""


def _measured(image: pyvips.Image, top: float, strength: float) -> Air:
    """Estimate light and transmission on a small copy of the whole photo."""
    values = small_copy(image, top)
    patch = max(3, round(_PATCH * max(values.shape[:2]) / _SMALL) | 1)
    dark = _lowest(values.min(axis=2), patch)
    count = max(1, round(dark.size * _BRIGHTEST))
    haziest = np.argpartition(dark.ravel(), -count)[-count:]
    light = values.reshape(-1, values.shape[2])[haziest].mean(axis=0).clip(0.3, 1.0)
    transmission = 1 - strength * _KEPT * _lowest((values / light).min(axis=2), patch)
    return Air(tuple(float(one) for one in light), guided(values.mean(axis=2), transmission))


def _cleared(image: pyvips.Image, air: Air, top: float) -> pyvips.Image:
    """Undo the haze at full size: (image - light) / transmission + light."""
    transmission = air.transmission.over((image.cast("float") / top).bandmean())
    transmission = (transmission < _LEAST).ifthenelse(_LEAST, transmission)
    transmission = (transmission > 1).ifthenelse(1, transmission)
    light = [one * top for one in air.light]
    return (image.cast("float") - light) / transmission + light


def _lowest(values: Map, patch: int) -> Map:
    """The smallest value within a square around each place."""
    height, width = values.shape
    image = pyvips.Image.new_from_memory(np.ascontiguousarray(values).tobytes(), width, height, 1, "float")
    across, down = min(patch, width), min(patch, height)
    found: Map = image.rank(across, 1, 0).rank(1, down, 0).numpy().reshape(height, width)
    return found


DEHAZE = Operation(
    id="dehaze",
    title="Dehaze",
    summary="Take haze and fog away.",
    params=DehazeParams,
    run=run,
    models=choose_models,
    forecast=forecast,
)

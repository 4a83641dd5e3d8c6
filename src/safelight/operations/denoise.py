"""``denoise``: take noise and compression marks away, at the size that the photo has."""

from __future__ import annotations

from typing import cast

import pyvips
from pydantic import Field

from safelight.imaging.photo import Photo
from safelight.models.catalog import Catalog
from safelight.models.spec import ModelSpec, ModelTask
from safelight.operations.context import Context, Execution
from safelight.operations.network import blended, network_image, same_size
from safelight.operations.operation import ModelChoice, Operation, Params, Size, StepForecast

_STRONG, _MILD = "realesrgan-general-x4v3", "realesrgan-general-wdn-x4v3"


class DenoiseParams(Params):
    """Parameters of ``denoise``."""

    strength: float = Field(
        default=0.5,
        ge=0,
        le=1,
        description="How much is taken away: 0 leaves the photo as it is, a little keeps fine grain, 1 leaves surfaces "
        "smooth.",
    )


def choose_models(params: DenoiseParams, catalog: Catalog) -> tuple[ModelChoice, ...]:
    """Name the networks: the one that smooths, alone or with its companion that keeps grain; none at strength 0."""
    if params.strength == 0:
        return ()
    strong = ModelChoice(candidates=(catalog.get(_STRONG, ModelTask.UPSCALE),))
    mild = ModelChoice(candidates=(catalog.get(_MILD, ModelTask.UPSCALE),))
    return (strong,) if params.strength == 1 else (strong, mild)


def forecast(size: Size, _params: DenoiseParams, chosen: tuple[ModelSpec[object], ...]) -> StepForecast:
    """Tell the room and the work."""
    return same_size(size, chosen) if chosen else StepForecast(size=size)


def run(photo: Photo, params: DenoiseParams, context: Context) -> Photo:
    """Run the network and its denoise companion, mix what they give by ``strength``, and shrink it to the photo's size.

    Both enlarge four times; what they add in size is taken back by an average, which takes noise along.

    Raises: as :func:`safelight.operations.network.network_image`.
    """
    if params.strength == 0:
        context.executions.append(Execution(operation="denoise"))
        return photo
    images = [
        _shrunk(network_image(photo, spec, context, operation="denoise", tie=True), photo) for spec in context.chosen
    ]
    mixed = images[0] if len(images) == 1 else images[0] * params.strength + images[1] * (1 - params.strength)
    return blended(photo, mixed.rint().cast(photo.image.format), 1.0)


def _shrunk(image: pyvips.Image, photo: Photo) -> pyvips.Image:
    scale = image.width // photo.width
    return image if scale == 1 else cast("pyvips.Image", image.cast("float").shrink(scale, scale))


DENOISE = Operation(
    id="denoise",
    title="Denoise",
    summary="Take noise and compression marks away; the photo keeps its size.",
    params=DenoiseParams,
    run=run,
    models=choose_models,
    forecast=forecast,
)

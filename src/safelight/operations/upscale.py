"""``upscale``: enlarge a photo with a network, freely in scale, losing nothing of what belongs to the photo."""

from __future__ import annotations

from enum import StrEnum
from typing import cast

import pyvips
from pydantic import Field

from safelight.errors import UnknownModelError
from safelight.imaging.alpha import fill_transparent, is_opaque
from safelight.imaging.photo import Photo
from safelight.imaging.vips import reading
from safelight.models.catalog import Catalog
from safelight.models.spec import ModelSpec, ModelTask
from safelight.models.upscaler import Upscaler
from safelight.operations.context import Context
from safelight.operations.network import tiled_image
from safelight.operations.operation import Label, ModelChoice, Operation, Params, Size, StepForecast

_USUAL_SCALE = 4


class Content(StrEnum):
    """What a photo shows."""

    PHOTO = "photo"
    ANIME = "anime"


class Quality(StrEnum):
    """How much time a photo is worth."""

    FAST = "fast"
    MEDIUM = "medium"
    HIGH = "high"


class UpscaleParams(Params):
    """Parameters of ``upscale``."""

    scale: float = Field(default=4, ge=1, le=8, description="Size of the result over that of the photo.")
    quality_level: Quality = Field(
        default=Quality.HIGH,
        strict=False,
        title="Quality",
        description="fast: a small network, many times faster; high: the full network; medium: as high until its "
        "int8 form exists.",
    )
    content: Content = Field(
        default=Content.PHOTO, strict=False, description="What is in the picture: a photo, or drawn art."
    )
    model: str | None = Field(
        default=None, description="Id of the model to use instead of the one that content and quality lead to."
    )
    raw: bool = Field(
        default=False,
        title="Leave the network's output alone",
        description="Leave the network's output alone: its own colour shift is not corrected.",
    )


def choose_models(params: UpscaleParams, catalog: Catalog) -> tuple[ModelChoice, ...]:
    """Name the models that would do, the best first.

    Raises:
        UnknownModelError: the model asked for is not there, or is no upscaler.
    """
    if params.model is not None:
        return (ModelChoice(candidates=(_named(params.model, catalog),)),)
    note = None
    if params.quality_level is Quality.MEDIUM:
        note = "medium quality runs the network of high: its int8 form does not exist yet"
    return (ModelChoice(candidates=catalog.candidates(params.content, params.quality_level), note=note),)


def _named(model: str, catalog: Catalog) -> ModelSpec[object]:
    upscalers = {spec.id: spec for spec in catalog.list(ModelTask.UPSCALE)}
    if model not in upscalers:
        raise UnknownModelError(
            f"there is no upscale model {model!r} in the catalog or in the models folder",
            hint=f"there are: {', '.join(upscalers)}",
        )
    return upscalers[model]


def forecast(size: Size, params: UpscaleParams, chosen: tuple[ModelSpec[object], ...]) -> StepForecast:
    """Tell the size of the result, the room of the network's own result on disk, and the pixels to work through."""
    width, height = scaled(size.width, params.scale), scaled(size.height, params.scale)
    native = chosen[0].scale or _USUAL_SCALE
    passes = 2 if size.bands in (2, 4) else 1
    return StepForecast(
        size=Size(width=width, height=height, bands=size.bands, depth=size.depth),
        disk=size.bytes * native**2,
        network_pixels=size.pixels * passes,
    )


def scaled(side: int, scale: float) -> int:
    """Give a side of the result in pixels; at least 1."""
    return max(1, round(side * scale))


def run(photo: Photo, params: UpscaleParams, context: Context) -> Photo:
    """Enlarge ``photo`` by ``params.scale``.

    The network enlarges by its own factor; Lanczos resampling does the rest. Transparency is enlarged by the network
    as well. 16-bit photos are computed in float32 throughout.

    Raises:
        CancelledError: the run was cancelled; looked at before each tile.
        OutOfMemoryError: even the smallest tile does not fit.
        DiskFullError: the workspace is full.
    """
    spec = cast("ModelSpec[Upscaler]", context.chosen[0])
    with context.models.use(spec) as network:
        source, opaque = _without_idle_alpha(photo)
        image = tiled_image(source, spec, network, context, "upscale", tie=not params.raw)
        if params.scale > network.scale:
            context.warnings.append(
                f"{spec.id} enlarges {network.scale} times; the rest of the way to {params.scale:g} is plain resampling"
            )
    if opaque:
        image = image.bandjoin_const([65535 if photo.depth == 16 else 255])
    return photo.with_image(_resized(image, scaled(photo.width, params.scale), scaled(photo.height, params.scale)))


def _without_idle_alpha(photo: Photo) -> tuple[Photo, bool]:
    """Paint over colours that cannot be seen; an alpha that hides nothing is left out, and said so."""
    if not photo.alpha:
        return photo, False
    with reading(photo.name):
        opaque = is_opaque(photo.image)
    if opaque:
        return photo.with_image(photo.image.extract_band(0, n=photo.bands - 1)), True
    alpha = photo.image.extract_band(photo.bands - 1)
    return photo.with_image(fill_transparent(photo.image).bandjoin(alpha)), False


def _resized(image: pyvips.Image, width: int, height: int) -> pyvips.Image:
    if (image.width, image.height) == (width, height):
        return image
    return image.resize(width / image.width, vscale=height / image.height, kernel="lanczos3")


UPSCALE = Operation(
    id="upscale",
    title="Enlarge",
    summary="Enlarge a photo 1 to 8 times with a super-resolution network.",
    params=UpscaleParams,
    run=run,
    models=choose_models,
    forecast=forecast,
    label=lambda params: Label(marks=(f"x{params.scale:g}",)),
)

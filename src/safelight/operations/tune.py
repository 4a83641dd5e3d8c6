"""``tune``: finishing touches, mild by default, that leave flat areas as they are."""

from __future__ import annotations

from typing import cast

import pyvips
from pydantic import Field

from safelight.imaging.photo import Photo
from safelight.operations.context import Context, Execution
from safelight.operations.operation import Operation, Params

_LUMA = (0.2126, 0.7152, 0.0722)
_DETAIL_SIGMA = 1.2
_NOISE = 3 / 255
_SHRINK = 8
_SURROUNDINGS_SIGMA = 4.0


class TuneParams(Params):
    """Parameters of ``tune``; 0 leaves the photo alone."""

    sharpen: float = Field(
        default=0.1, ge=0, le=1, description="Strength of fine edges in brightness; noise is not strengthened."
    )
    saturation: float = Field(default=0.03, ge=-1, le=1, description="Strength of colour; -1 leaves grey.")
    contrast: float = Field(
        default=0.03, ge=-1, le=1, description="Local contrast: differences from the surroundings; flat areas stay."
    )
    denoise: float = Field(
        default=0.05, ge=0, le=1, description="Smoothing of differences in brightness that are as small as noise."
    )


def run(photo: Photo, params: TuneParams, context: Context) -> Photo:
    """Adjust ``photo``; computed lazily when its pixels are read, in one pass.

    Fine detail is brightness less its blur. Detail of the size of noise is taken back by ``denoise``, larger detail is
    strengthened by ``sharpen``, with a smooth change from one to the other (coring, as in wavelet denoising).
    """
    colours = photo.bands - 1 if photo.alpha else photo.bands
    top = 65535.0 if photo.depth == 16 else 255.0
    image = photo.image.extract_band(0, n=colours)
    luma = image.recomb([list(_LUMA)]).rint().cast(photo.image.format) if colours == 3 else image
    gain = 1 + params.saturation if colours == 3 else 1.0
    change = luma * (1 - gain)
    if params.sharpen or params.denoise:
        change += _refined(luma, params, (_NOISE * top) ** 2)
    if params.contrast:
        change += (luma - _surroundings(luma)) * params.contrast
    image = (image * gain + change).rint().cast(photo.image.format)
    if photo.alpha:
        image = image.bandjoin(photo.image.extract_band(colours))
    context.executions.append(Execution(operation="tune"))
    return photo.with_image(image)


def _refined(luma: pyvips.Image, params: TuneParams, noise: float) -> pyvips.Image:
    detail = luma - luma.gaussblur(_DETAIL_SIGMA)
    sharpen = 2 * params.sharpen
    core = noise / (detail * detail + noise)
    return cast("pyvips.Image", detail * (core * -(sharpen + params.denoise) + sharpen))


def _surroundings(luma: pyvips.Image) -> pyvips.Image:
    """Blur widely, at an eighth of the size, which looks the same and costs little."""
    if min(luma.width, luma.height) < 4 * _SHRINK:
        return luma.gaussblur(_SURROUNDINGS_SIGMA)
    small = luma.shrink(_SHRINK, _SHRINK, ceil=True).gaussblur(_SURROUNDINGS_SIGMA)
    wide = small.resize(_SHRINK, kernel="linear")
    return cast("pyvips.Image", wide.crop(0, 0, luma.width, luma.height))


TUNE = Operation(
    id="tune",
    title="Tune",
    summary="Sharpen, denoise and adjust contrast and colour, mildly by default.",
    params=TuneParams,
    run=run,
)

"""What a photographer does to a good picture: local contrast, calm shadows, fresh colours, fine detail.

Differences from the surroundings are strengthened over a base that follows edges (He, Sun, Tang, "Guided Image
Filtering", 2010), so that there are no haloes; a flat picture stays as it is, whatever its level.
"""

from __future__ import annotations

import numpy as np
import pyvips

from safelight.operations.guided import guided, small_copy

_LUMA = (0.2126, 0.7152, 0.0722)
_NOISE = 2.5 / 255
_DETAIL_SIGMA = 1.1
_CALM = 0.12
_TOE = 0.02


def enhanced(image: pyvips.Image, *, clarity: float, contrast: float, detail: float, colour: float) -> pyvips.Image:
    """Enhance a photo without alpha, 1 or 3 bands of 8 or 16 bits; computed when it is read, region by region.

    Args:
        image: the photo.
        clarity: 0-2, gain of local contrast.
        contrast: 0-1, how far large light and dark areas move apart.
        detail: 0-2, gain of fine detail; what is as small as noise is smoothed.
        colour: 0-1, gain of pale colours; strong ones and grey stay.
    """
    top = 65535.0 if image.format == "ushort" else 255.0
    values = image.cast("float") / top
    luma = values.recomb([list(_LUMA)]) if image.bands == 3 else values
    small = small_copy(image, top)
    grey = small @ np.asarray(_LUMA, np.float32) if image.bands == 3 else small[..., 0]
    base = guided(grey, grey).over(luma)
    soft = luma.gaussblur(_DETAIL_SIGMA, precision="float")
    # Noise is no local contrast: what is finer is for `detail` alone.
    local = _cored(soft - base)
    # Around the middle of the photo's own lightness: a photo of one level has nothing to move apart.
    middle = float(np.median(grey))
    apart = (base - middle) * base * (1 - base) * (4 * contrast)
    change = local * clarity * _bounded(luma) + apart + _refined(luma - soft, detail)
    # Darker by a factor, so that no colour is cut off at black; lighter by a sum, so that pale colours stay pale.
    result = (change < 0).ifthenelse(values * (change / (luma + _TOE) + 1), values + change)
    if image.bands == 3 and colour:
        result = _fresher(result, colour)
    result = (result > 1).ifthenelse(1, (result < 0).ifthenelse(0, result))
    return (result * top).rint().cast(image.format)


def _bounded(luma: pyvips.Image) -> pyvips.Image:
    """1 in middle tones, less towards black and white, where there is no room."""
    return luma * (1 - luma) * (4 * (1 - _CALM)) + _CALM


def _cored(local: pyvips.Image) -> pyvips.Image:
    square = local * local
    return local * (square / (square + _NOISE**2))


def _refined(fine: pyvips.Image, detail: float) -> pyvips.Image:
    core = _NOISE**2 / (fine * fine + _NOISE**2)
    return fine * (core * -(detail + 0.5) + detail)


def _fresher(values: pyvips.Image, colour: float) -> pyvips.Image:
    luma = values.recomb([list(_LUMA)])
    away = values - luma
    strength = (away * away).bandmean() ** 0.5
    return luma + away * ((strength * -6).exp() * colour + 1)

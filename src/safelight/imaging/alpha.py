"""Transparency: colours under transparent pixels, so that nothing of them bleeds into what is seen."""

from __future__ import annotations

import pyvips

_SIGMAS = (1.5, 5.0, 14.0)
_LEAST_COVERAGE = 1e-3


def fill_transparent(image: pyvips.Image) -> pyvips.Image:
    """Give the colours of ``image`` (without its alpha) with fully transparent pixels painted over.

    A transparent pixel's own colour is arbitrary (mostly black or white) and would show as a halo wherever a filter
    or a network mixes it with its neighbours. It takes the mean of the visible colours around it instead, up to about
    30 pixels away. Computed lazily, region by region.
    """
    bands = image.bands - 1
    colour, alpha = image.extract_band(0, n=bands), image.extract_band(bands)
    filled, covered = colour, alpha > 0
    weighted = (colour.cast("float") * alpha.cast("float")).bandjoin(alpha.cast("float"))
    for sigma in _SIGMAS:
        blurred = weighted.gaussblur(sigma, precision="float")
        weight = blurred.extract_band(bands)
        known = weight > _LEAST_COVERAGE
        mean = (blurred.extract_band(0, n=bands) / known.ifthenelse(weight, 1.0)).rint().cast(image.format)
        filled = covered.ifthenelse(filled, known.ifthenelse(mean, filled))
        covered = covered | known
    return filled


def is_opaque(image: pyvips.Image) -> bool:
    """Tell whether the last band of ``image`` is at full strength everywhere; reads the whole picture."""
    top = 65535 if image.format == "ushort" else 255
    return bool(image.extract_band(image.bands - 1).min() == top)

"""Maps of a whole photo that follow its edges: estimated on a small copy, brought to full size along the photo itself.

Source: He, Sun, "Fast Guided Filter", 2015.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyvips
from numpy.typing import NDArray

Map = NDArray[np.float32]

_SMALL = 600
_RADIUS = 24
_EPSILON = 1e-3


@dataclass(frozen=True, slots=True)
class Guided:
    """A map as a local line of a guide: ``slope * guide + offset``, on a small grid."""

    slope: Map
    """(H, W) of the small copy."""
    offset: Map
    """(H, W) of the small copy."""

    def over(self, guide: pyvips.Image) -> pyvips.Image:
        """The map at the size of ``guide``, one band in floating point; computed when it is read."""
        return _grown(self.slope, guide) * guide + _grown(self.offset, guide)


def small_copy(image: pyvips.Image, top: float) -> Map:
    """A copy of at most 600 pixels a side: (H, W, bands) float32, 0-1."""
    shrink = _SMALL / max(image.width, image.height)
    small = image.cast("float").resize(shrink, kernel="linear") if shrink < 1 else image.cast("float")
    values: Map = (small.numpy().reshape(small.height, small.width, -1) / top).astype(np.float32)
    return values


def guided(guide: Map, values: Map) -> Guided:
    """Fit ``values`` to lines of ``guide``, both (H, W), so that edges stay where they are."""
    mean_g, mean_v = _mean(guide), _mean(values)
    slope = (_mean(guide * values) - mean_g * mean_v) / (_mean(guide * guide) - mean_g**2 + _EPSILON)
    return Guided(_mean(slope), _mean(mean_v - slope * mean_g))


def _grown(values: Map, image: pyvips.Image) -> pyvips.Image:
    height, width = values.shape
    small = pyvips.Image.new_from_memory(np.ascontiguousarray(values).tobytes(), width, height, 1, "float")
    grown = small.resize(image.width / width, vscale=image.height / height, kernel="linear")
    if (grown.width, grown.height) == (image.width, image.height):
        return grown
    return grown.gravity("north-west", image.width, image.height, extend="copy")


def _mean(values: Map) -> Map:
    """The mean of a square around each place, smaller at the borders."""
    height, width = values.shape
    padded = np.pad(values.astype(np.float64), ((1, 0), (1, 0))).cumsum(0).cumsum(1)
    top, bottom = _ends(height)
    left, right = _ends(width)
    sums = padded[bottom][:, right] - padded[top][:, right] - padded[bottom][:, left] + padded[top][:, left]
    mean: Map = (sums / np.outer(bottom - top, right - left)).astype(np.float32)
    return mean


def _ends(length: int) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    places = np.arange(length)
    return np.maximum(places - _RADIUS, 0), np.minimum(places + _RADIUS + 1, length)

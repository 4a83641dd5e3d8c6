"""How sharp a face is, at its own scale: the same for a face of 100 and of 1,000 pixels, and not higher for noise.

The face is brought to one size, then its light is looked at through two blurs. On the ridges of the coarse one, where
edges are, it is measured how much steeper the fine one is along the coarse one's direction. An edge that is blurred by
``b`` pixels is steeper by ``sqrt((b^2 + COARSE^2) / (b^2 + FINE^2))``, from which ``b`` follows (Elder and Zucker,
"Local Scale Control for Edge Detection and Blur Estimation", 1998; Zhuo and Sim, "Defocus map estimation from a single
image", 2011). Noise has no direction, so that it takes no part in the mean. The sharpness is ``0.5 ** (b / HALF) ** 2``
with ``b`` as a share of the face's width.

``HALF`` was set with 41 faces of 64 to 780 pixels in photos that people call sharp, and copies of them blurred by 4% of
the face's width: the former come to 0.56-0.86, the latter to 0.02-0.14; ``tests/datasets/test_sharpness.py`` holds it.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Light = NDArray[np.uint8]
Values = NDArray[np.float32]

SIDE = 96
"""Pixels across that every face is brought to."""
FINE, COARSE = 1.0, 3.0
"""Sigmas of the two blurs, in those pixels."""
HALF = 0.0185
"""The blur at which a face counts half as sharp, in widths of the face."""
SCENE = 8 * SIDE
"""Pixels on the longer side of a whole picture; a part of an eighth of it then counts as a face does."""

_SLOPE = 1 / 3
"""Variance that taking the difference of a pixel's neighbours adds to a blur."""
_STRONGEST, _LEAST_STEP = 0.2, 1.0
_LEAST_STEP_IN_SCENE, _FEWEST = 4.0, 24


def sharpness(light: Light) -> float:
    """Give the sharpness, 0-1, of a face in a square of ``SIDE`` pixels; 0 where it has no edge at all."""
    steep, along = _edges(light)
    ridges = steep > max(_LEAST_STEP, _STRONGEST * float(np.percentile(steep, 99)))
    return _sharpness(float(along[ridges].sum()), float((steep[ridges] ** 2).sum()))


def scene_sharpness(light: Light) -> float:
    """Give the sharpness, 0-1, of the sharpest part of a picture whose longer side is ``SCENE`` pixels."""
    steep, along = _edges(light)
    ridges = steep > _LEAST_STEP_IN_SCENE
    counts, alongs, squares = (_parts(np.where(ridges, one, 0)) for one in (np.ones_like(steep), along, steep**2))
    found = counts >= _FEWEST
    if not found.any():
        return sharpness(light)
    return max(_sharpness(*pair) for pair in zip(alongs[found].tolist(), squares[found].tolist(), strict=True))


def _edges(light: Light) -> tuple[Values, Values]:
    """On ridges, elsewhere 0: the coarse slope's length, and the product of the fine slope with it."""
    import cv2

    values = light.astype(np.float32)
    if min(values.shape) < 2:
        return np.zeros_like(values), np.zeros_like(values)
    blurred = (np.asarray(cv2.GaussianBlur(values, (0, 0), sigma), np.float32) for sigma in (FINE, COARSE))
    fine, coarse = map(_slopes, blurred)
    steep = np.hypot(*coarse)
    ridges = _ridges(steep, coarse)
    along = fine[0] * coarse[0] + fine[1] * coarse[1]
    return np.where(ridges, steep, 0), np.where(ridges, along, 0)


def _sharpness(along: float, square: float) -> float:
    gain = (along / square) ** 2 if square > 0 else 0.0
    if gain <= 1:
        return 0.0
    blur = max(0.0, (COARSE**2 + _SLOPE - gain * (FINE**2 + _SLOPE)) / (gain - 1))
    return float(0.5 ** min(100.0, blur / (SIDE * HALF) ** 2))


def _slopes(values: Values) -> tuple[Values, Values]:
    """Across and down."""
    down, across = np.gradient(values)
    return np.asarray(across), np.asarray(down)


def _ridges(steep: Values, slopes: tuple[Values, Values]) -> NDArray[np.bool_]:
    """Where it is nowhere steeper along the slope, a pixel to either side."""
    across, down = slopes
    flat = np.abs(across) > 2 * np.abs(down)
    tall = np.abs(down) > 2 * np.abs(across)
    falling = ~flat & ~tall & (across * down > 0)
    rising = ~(flat | tall | falling)
    height, width = steep.shape
    padded = np.pad(steep, 1)
    ridges = np.zeros(steep.shape, bool)
    for where, (y, x) in ((flat, (0, 1)), (tall, (1, 0)), (falling, (1, 1)), (rising, (-1, 1))):
        ahead = padded[1 + y : 1 + y + height, 1 + x : 1 + x + width]
        behind = padded[1 - y : 1 - y + height, 1 - x : 1 - x + width]
        ridges |= where & (steep >= ahead) & (steep >= behind)
    return ridges


def _parts(values: NDArray[np.floating]) -> NDArray[np.float64]:
    """Sums over overlapping squares of two by two cells, a cell being half a side; at the border what there is."""
    cell = SIDE // 2
    rows, columns = (range(0, length, cell) for length in values.shape)
    cells = np.add.reduceat(np.add.reduceat(values.astype(np.float64), rows, axis=0), columns, axis=1)
    padded = np.pad(cells, ((0, 1), (0, 1)))
    sums: NDArray[np.float64] = padded[:-1, :-1] + padded[1:, :-1] + padded[:-1, 1:] + padded[1:, 1:]
    return sums

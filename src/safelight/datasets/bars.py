"""Black bars beside or above a picture, as videos and slides have them: no part of it."""

from __future__ import annotations

import numpy as np

from safelight.datasets.value import Box
from safelight.imaging.arrays import Pixels

SIDE = 512
"""Longer side of the copy of a photo that is looked at."""

LEAST = 0.02
"""Share of black pixels below which a photo has no bars."""

_BLACK = 16
_SHARE = 0.98
_EVEN, _THIN, _WIDE = 0.06, 0.01, 0.45


def without_bars(pixels: Pixels) -> Box:
    """Give the part inside the bars, in shares of the picture, 0-1; all of it where there are none.

    Bars come in pairs of about one width, left and right or above and below: a dark edge on one side is none.

    Args:
        pixels: (h, w, 3) uint8.
    """
    black = pixels.max(axis=2) <= _BLACK
    left, right = _pair(black.mean(axis=0))
    top, bottom = _pair(black.mean(axis=1))
    return left, top, 1 - left - right, 1 - top - bottom


def _pair(line: np.ndarray[tuple[int], np.dtype[np.float64]]) -> tuple[float, float]:
    """Widths of the bars at both ends of a line of shares of black."""
    light = np.flatnonzero(line < _SHARE)
    if not len(light):
        return 0.0, 0.0
    first, last = int(light[0]) / len(line), (len(line) - 1 - int(light[-1])) / len(line)
    real = min(first, last) >= _THIN and max(first, last) <= _WIDE and abs(first - last) <= _EVEN
    return (first, last) if real else (0.0, 0.0)

"""Where the eye goes in a picture without people.

Source: Hou and Zhang, "Saliency Detection: A Spectral Residual Approach", 2007: what is unexpected in the logarithm of
the picture's spectrum, taken back to the picture.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from safelight.datasets.value import Box
from safelight.imaging.arrays import Pixels

Map = NDArray[np.float64]

SIDE = 256
"""Longer side of the copy of a photo that is looked at."""

_WORK = 64
_MEAN, _BLUR = 3, 2.5
_TOP = 0.7
_MIDDLE = 0.5
_PLACES = 65


def saliency(pixels: Pixels) -> Map:
    """Give how much each place draws the eye, 0-1 (H, W).

    Args:
        pixels: (h, w, 3) uint8; the result has 64 pixels on its longer side, and at least 8 on the other.
    """
    import cv2

    height, width = pixels.shape[:2]
    shrink = _WORK / max(height, width)
    across, down = max(8, round(width * shrink)), max(8, round(height * shrink))
    small = cv2.resize(pixels, (across, down), interpolation=cv2.INTER_AREA)
    lab = cv2.cvtColor(np.ascontiguousarray(small), cv2.COLOR_RGB2LAB).astype(np.float64)
    found = np.zeros((down, across))
    for band in range(3):
        spectrum = np.fft.fft2(lab[..., band])
        level = np.log(np.abs(spectrum) + 1e-9)
        residual = level - cv2.blur(level, (_MEAN, _MEAN), borderType=cv2.BORDER_REFLECT)
        back = np.fft.ifft2(np.exp(residual + 1j * np.angle(spectrum)))
        found += np.abs(back) ** 2 * (lab[..., band].std() + 1e-9)
    found = np.asarray(cv2.GaussianBlur(found, (0, 0), _BLUR), np.float64)
    return found / max(float(found.max()), 1e-12)


def salient_box(pixels: Pixels, aspect: float) -> Box:
    """Give the largest frame of this shape that holds most of what draws the eye, in shares of the picture, 0-1.

    Among places that hold about the same, the one nearest to the middle.

    Args:
        pixels: (h, w, 3) uint8, of the shape of the photo.
        aspect: width over height of the frame, in pixels of the picture.
    """
    height, width = pixels.shape[:2]
    across = min(1.0, height * aspect / width)
    down = min(1.0, width / aspect / height)
    drawn = saliency(pixels)
    # Only what draws the eye most counts, not the texture of everything.
    drawn = np.maximum(drawn - np.quantile(drawn, _TOP), 0)
    left = _best(drawn.sum(axis=0), across) if across < 1 else 0.0
    top = _best(drawn.sum(axis=1), down) if down < 1 else 0.0
    return left, top, across, down


def _best(line: Map, share: float) -> float:
    """Where a window of ``share`` of a line of values starts, 0-1."""
    total = float(line.sum())
    sums = np.concatenate([[0.0], np.cumsum(line)]) / (total if total > 0 else 1.0)
    edges = np.linspace(0, 1, len(sums))
    starts = np.linspace(0, 1 - share, _PLACES)
    held = np.interp(starts + share, edges, sums) - np.interp(starts, edges, sums)
    off = np.abs(starts - (1 - share) / 2)
    return float(starts[int((held - _MIDDLE * off).argmax())])

"""How light a photo is: a few figures of its luma."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from safelight.imaging.photo import Photo
from safelight.imaging.vips import reading
from safelight.people.warp import array_of

BLACK, WHITE = 8, 247
"""Luma of 0-255 up to which a pixel is black, and from which on it is white."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Light:
    """Figures of 0-1 (sRGB luma)."""

    brightness: float
    """Mean."""
    contrast: float
    """Standard deviation."""
    dark: float
    """Share of black pixels."""
    bright: float
    """Share of white pixels."""


def luma(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The luma (H, W) of pixels (H, W, 3) (BT.601, as JPEG has it)."""
    import cv2

    return np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), np.uint8)


def luma_of(photo: Photo, longest: int) -> NDArray[np.uint8]:
    """The luma of a photo with three bands of 8 bits as (H, W), at most ``longest`` pixels a side."""
    shrink = longest / max(photo.width, photo.height)
    image = photo.image
    if shrink < 1:
        across, down = (max(shrink, 1 / side) for side in (photo.width, photo.height))
        image = image.resize(across, vscale=down, kernel="linear")
    with reading(photo.name):
        pixels = array_of(image)
    return luma(pixels.astype(np.uint8, copy=False))


def light_of(values: NDArray[np.uint8]) -> Light:
    """Measure luma (H, W)."""
    return Light(
        brightness=float(values.mean()) / 255,
        contrast=float(values.std()) / 255,
        dark=float((values <= BLACK).mean()),
        bright=float((values >= WHITE).mean()),
    )

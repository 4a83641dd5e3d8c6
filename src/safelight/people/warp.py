"""Takes turned and scaled squares out of photos of any size, decoding only what they cover.

Coordinates are continuous: 0 is the left or upper edge of the first pixel, and its middle is at 0.5. A matrix (2, 3)
takes a point of the photo to a point of the square.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import cos, sin

import numpy as np
import pyvips
from numpy.typing import NDArray

from safelight.imaging.arrays import Pixels
from safelight.imaging.photo import Photo

Matrix = NDArray[np.float64]

_MARGIN = 3
_TYPES = {"uchar": np.uint8, "ushort": np.uint16}


@dataclass(frozen=True, slots=True)
class Square:
    """A turned square of a photo."""

    x: float
    """Middle, in pixels of the photo."""
    y: float
    side: float
    angle: float = 0.0
    """How far it is turned clockwise, in radians."""

    def matrix(self, size: int) -> Matrix:
        """From the photo to a picture of this square with ``size`` pixels a side."""
        scale = size / self.side
        a, b = scale * cos(self.angle), scale * sin(self.angle)
        return np.array(
            [[a, b, size / 2 - a * self.x - b * self.y], [-b, a, size / 2 + b * self.x - a * self.y]], np.float64
        )


def moved(matrix: Matrix, points: NDArray[np.floating]) -> NDArray[np.float64]:
    """Take points (N, 2) through a matrix."""
    return points @ matrix[:, :2].T + matrix[:, 2]


def inverted(matrix: Matrix) -> Matrix:
    """The way back."""
    turn = np.linalg.inv(matrix[:, :2])
    return np.hstack([turn, -turn @ matrix[:, 2:]])


def enlargement(matrix: Matrix) -> float:
    """How many pixels of the square one pixel of the photo becomes, along a line."""
    return float(np.sqrt(abs(np.linalg.det(matrix[:, :2]))))


def colours(photo: Photo) -> pyvips.Image:
    """A photo as three bands without transparency: what is transparent becomes mid-grey; 8 or 16 bits as it is."""
    image = photo.image
    if photo.alpha:
        grey = 32768 if photo.depth == 16 else 128
        image = image.flatten(background=[grey] * (photo.bands - 1)).cast(photo.image.format)
    return image.bandjoin([image, image]) if image.bands == 1 else image


def eight_bits(image: pyvips.Image) -> pyvips.Image:
    """The upper eight bits of each value."""
    return (image >> 8).cast("uchar") if image.format == "ushort" else image


def array_of(image: pyvips.Image) -> Pixels:
    """Decode a small image: (H, W, bands)."""
    data = np.frombuffer(image.write_to_memory(), _TYPES[image.format])
    return data.reshape(image.height, image.width, image.bands)


def warp(source: pyvips.Image | Pixels, matrix: Matrix, size: int, *, repeat: bool = True) -> Pixels:
    """Give a square of ``size`` pixels a side, (size, size, bands), in the source's own depth.

    Where it shrinks, it is antialiased; beyond the border the last pixels are repeated, or it is black.
    """
    import cv2

    corners = moved(inverted(matrix), np.array([[0, 0], [size, 0], [0, size], [size, size]], np.float64))
    width, height = (source.width, source.height) if isinstance(source, pyvips.Image) else source.shape[1::-1]
    shrink = min(1.0, enlargement(matrix))
    left, top, across, down = _covered(corners, _MARGIN / shrink, width, height)
    pixels, blocks = _part(source, (left, top, across, down), int(1 / shrink))
    pixels, step_x, step_y = _shrunk(pixels, shrink * blocks)
    step_x, step_y = step_x * blocks, step_y * blocks
    # From pixels of the part, with their middles at whole numbers as OpenCV has them, to the photo and to the square.
    to_photo = np.array([[step_x, 0, left + step_x / 2], [0, step_y, top + step_y / 2], [0, 0, 1]])
    whole = matrix @ to_photo
    whole[:, 2] -= 0.5
    kernel = cv2.INTER_CUBIC if shrink == 1 else cv2.INTER_LINEAR
    border = cv2.BORDER_REPLICATE if repeat else cv2.BORDER_CONSTANT
    return np.asarray(cv2.warpAffine(pixels, whole, (size, size), flags=kernel, borderMode=border), pixels.dtype)


def _part(source: pyvips.Image | Pixels, box: tuple[int, int, int, int], most: int) -> tuple[Pixels, int]:
    """Cut out a rectangle; of a photo as means of blocks of at most ``most`` pixels a side. Gives the blocks' side too.

    Blocks, since libvips' other ways to shrink move things by up to half a pixel.
    """
    left, top, width, height = box
    if not isinstance(source, pyvips.Image):
        return source[top : top + height, left : left + width], 1
    part = source.crop(left, top, width, height)
    blocks = max(1, min(most, width, height))
    return array_of(part.shrink(blocks, blocks, ceil=True) if blocks > 1 else part), blocks


def _shrunk(pixels: Pixels, scale: float) -> tuple[Pixels, float, float]:
    """Shrink by means of areas; gives how many of the old pixels one is now, across and down."""
    import cv2

    height, width = pixels.shape[:2]
    across, down = (max(1, round(side * scale)) for side in (width, height))
    if scale >= 1 or (across, down) == (width, height):
        return pixels, 1.0, 1.0
    small = np.asarray(cv2.resize(pixels, (across, down), interpolation=cv2.INTER_AREA), pixels.dtype)
    return small, width / across, height / down


def _covered(corners: NDArray[np.float64], margin: float, width: int, height: int) -> tuple[int, int, int, int]:
    """The rectangle of whole pixels around the corners that is inside; at least one pixel."""
    low = np.floor(corners.min(axis=0) - margin)
    high = np.ceil(corners.max(axis=0) + margin)
    left, top = (int(np.clip(low[i], 0, last - 1)) for i, last in enumerate((width, height)))
    right, bottom = (int(np.clip(high[i], at + 1, last)) for i, at, last in ((0, left, width), (1, top, height)))
    return left, top, right - left, bottom - top

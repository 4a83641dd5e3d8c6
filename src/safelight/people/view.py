"""A photo as detectors look at it: 8 bits, three bands, small enough to be held."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from safelight.imaging.photo import Photo
from safelight.imaging.vips import reading
from safelight.people.warp import Square, array_of, colours, eight_bits, inverted, moved, warp


class View:
    """A photo and a small copy of it."""

    def __init__(self, photo: Photo, longest: int) -> None:
        """Read the small copy, of at most ``longest`` pixels a side.

        Raises:
            BrokenPhotoError: the file is cut short or damaged.
        """
        self.name = photo.name
        self.width, self.height = photo.width, photo.height
        self._image = eight_bits(colours(photo))
        shrink = min(1.0, longest / max(photo.width, photo.height))
        with reading(photo.name):
            small = self._image
            if shrink < 1:
                across, down = (max(shrink, 1 / side) for side in (photo.width, photo.height))
                small = small.resize(across, vscale=down, kernel="linear")
            pixels = array_of(small)
        self.pixels: NDArray[np.uint8] = pixels.astype(np.uint8, copy=False)
        """(H, W, 3) of the small copy."""
        self.factor = photo.width / pixels.shape[1], photo.height / pixels.shape[0]
        """Pixels of the photo for one of the small copy, across and down."""

    def square(self, square: Square, size: int, *, repeat: bool = True) -> NDArray[np.uint8]:
        """Take a square, (size, size, 3); from the photo itself where the small copy has too few pixels for it.

        Raises:
            BrokenPhotoError: the file is cut short or damaged.
        """
        matrix = square.matrix(size)
        if max(self.factor) <= 1 or square.side / max(self.factor) >= size:
            taken = warp(self.pixels, matrix @ np.diag([*self.factor, 1.0]), size, repeat=repeat)
        else:
            with reading(self.name):
                taken = warp(self._image, matrix, size, repeat=repeat)
        return taken.astype(np.uint8, copy=False)

    def back(self, square: Square, size: int, points: NDArray[np.floating]) -> NDArray[np.float64]:
        """Take points (N, 2) in a square of ``size`` pixels to pixels of the photo."""
        return moved(inverted(square.matrix(size)), points)

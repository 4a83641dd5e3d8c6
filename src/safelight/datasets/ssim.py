"""How alike two aligned faces look.

Source: Wang and others, "Image Quality Assessment: From Error Visibility to Structural Similarity", 2004, over square
windows side by side, each of equal weight. Faces are brought to the same mean and spread of light before, as a brighter
copy of a photo shows the same face.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.intp]
Floats = NDArray[np.float32]

WINDOW = 8
"""Side of a window in pixels."""
AREA = WINDOW * WINDOW
STRUCTURE = (0.03 * 255) ** 2
"""What keeps the structure of flat windows from counting: C2 of the source."""
_LIGHT = (0.01 * 255) ** 2
_MIDDLE, _SPREAD, _LEAST_SPREAD = 128.0, 50.0, 5.0
_AT_ONCE = 256


class FacePatches:
    """Aligned faces, ready to be compared."""

    def __init__(self, patches: NDArray[np.uint8]) -> None:
        """Take (N, S, S) grey; S is a multiple of :data:`WINDOW`."""
        count, side, _ = patches.shape
        self.across = side // WINDOW
        """How many windows are beside each other."""
        cells = patches.reshape(count, self.across, WINDOW, self.across, WINDOW).swapaxes(2, 3)
        self._windows = np.ascontiguousarray(cells).reshape(count, self.across**2, AREA)
        self._means = np.empty((count, self.across**2), np.float32)
        self._variances = np.empty_like(self._means)
        self.gains = np.empty(count, np.float32)
        """(N,): what brings the light of each to the common spread."""
        for start in range(0, count, _AT_ONCE):
            self._measure(slice(start, start + _AT_ONCE))

    def __len__(self) -> int:
        """How many."""
        return len(self._windows)

    def ssim(self, one: int, others: Numbers, *, mirrored: bool = False) -> Floats:
        """Compare a face, or its mirror image, with others: (others,), 1 = equal; rarely below 0."""
        face = self.centred(np.array([one]), mirrored=mirrored)[0]
        turn = self._turn(mirrored)
        mean, variance = self._means[one, turn], self._variances[one, turn]
        found = np.empty(len(others), np.float32)
        for start in range(0, len(others), _AT_ONCE):
            some = others[start : start + _AT_ONCE]
            # The face is centred, so that the others need not be.
            product = np.einsum("nwp,wp->nw", self._windows[some].astype(np.float32), face, optimize=False)
            together = product * (self.gains[some, None] / AREA)
            means = self._means[some]
            light = (2 * means * mean + _LIGHT) / (means**2 + mean**2 + _LIGHT)
            structure = (2 * together + STRUCTURE) / (self._variances[some] + variance + STRUCTURE)
            found[start : start + _AT_ONCE] = (light * structure).mean(axis=1)
        return found

    def centred(self, which: Numbers, *, mirrored: bool = False) -> Floats:
        """The pixels of faces, levelled, without the mean of their window: (which, windows, pixels)."""
        pixels = self._windows[which].astype(np.float32)
        pixels -= pixels.mean(axis=2, keepdims=True)
        pixels *= self.gains[which, None, None]
        if mirrored:
            sides = pixels[:, self._turn(mirrored)].reshape(len(which), self.across**2, WINDOW, WINDOW)
            pixels = sides[..., ::-1].reshape(pixels.shape)
        return pixels

    def variances(self, which: Numbers) -> Floats:
        """How much light varies in the windows of faces, levelled: (which, windows)."""
        found: Floats = self._variances[which]
        return found

    def _measure(self, part: slice) -> None:
        pixels = self._windows[part].astype(np.float32)
        light, spread = pixels.mean(axis=(1, 2)), pixels.std(axis=(1, 2))
        gains = _SPREAD / spread.clip(min=_LEAST_SPREAD)
        self.gains[part] = gains
        self._means[part] = (pixels.mean(axis=2) - light[:, None]) * gains[:, None] + _MIDDLE
        self._variances[part] = pixels.var(axis=2) * gains[:, None] ** 2

    def _turn(self, mirrored: bool) -> Numbers:
        """Where the windows of a face, or of its mirror image, come from."""
        places = np.arange(self.across**2).reshape(self.across, self.across)
        return (places[:, ::-1] if mirrored else places).reshape(-1)

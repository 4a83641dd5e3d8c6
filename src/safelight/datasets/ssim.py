"""How alike two aligned faces look.

Source: Wang and others, "Image Quality Assessment: From Error Visibility to Structural Similarity", 2004, over square
windows of equal weight, with the mean light of a face taken out: a brighter copy of a photo is the same face.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Patches = NDArray[np.uint8]
"""(N, S, S) grey; S is a multiple of 4."""
Floats = NDArray[np.float32]

_CELL = 4
"""Windows are two cells wide and high, one cell apart."""
_RANGE = 255.0
_C1, _C2 = (0.01 * _RANGE) ** 2, (0.03 * _RANGE) ** 2
_MIDDLE, _SPREAD = 128.0, 50.0
_LEAST_SPREAD = 5.0
_AT_ONCE = 256


class FacePatches:
    """Aligned faces, ready to be compared."""

    def __init__(self, patches: Patches) -> None:
        """Take (N, S, S)."""
        self._patches = patches
        self._light, self._contrast = _tones(patches)
        self._means = np.empty((len(patches), *_windows(patches.shape[1])), np.float32)
        self._variances = np.empty_like(self._means)
        for start in range(0, len(patches), _AT_ONCE):
            part = slice(start, start + _AT_ONCE)
            faces = self._levelled(np.arange(len(patches))[part])
            self._means[part] = _mean(faces)
            self._variances[part] = _mean(faces * faces) - self._means[part] ** 2

    def ssim(self, one: int, others: NDArray[np.intp], *, mirrored: bool = False) -> Floats:
        """Compare a face with others: (len(others),), 1 = equal; rarely below 0.

        Args:
            one: which face.
            others: which others.
            mirrored: compare the mirrored face.
        """
        turn = slice(None, None, -1 if mirrored else 1)
        face = self._levelled(np.array([one]))[:, :, turn]
        mean, variance = (values[one][None, :, turn] for values in (self._means, self._variances))
        found = np.empty(len(others), np.float32)
        for start in range(0, len(others), _AT_ONCE):
            some = others[start : start + _AT_ONCE]
            means = self._means[some]
            product = means * mean
            together = _mean(self._levelled(some) * face) - product
            light = (2 * product + _C1) / (means**2 + mean**2 + _C1)
            structure = (2 * together + _C2) / (self._variances[some] + variance + _C2)
            found[start : start + _AT_ONCE] = (light * structure).mean(axis=(1, 2))
        return found

    def _levelled(self, which: NDArray[np.intp]) -> Floats:
        """Faces with the same mean and the same spread of light."""
        faces = self._patches[which].astype(np.float32)
        faces -= self._light[which, None, None]
        faces *= self._contrast[which, None, None]
        faces += np.float32(_MIDDLE)
        return faces


def _tones(patches: Patches) -> tuple[Floats, Floats]:
    """The mean of each, and what brings its standard deviation to that of all."""
    flat = patches.reshape(len(patches), patches.shape[1] * patches.shape[2])
    light, spread = np.empty(len(flat), np.float32), np.empty(len(flat), np.float32)
    for start in range(0, len(flat), _AT_ONCE):
        part = slice(start, start + _AT_ONCE)
        light[part], spread[part] = flat[part].mean(axis=1), flat[part].std(axis=1)
    return light, (_SPREAD / spread.clip(min=_LEAST_SPREAD)).astype(np.float32)


def _windows(side: int) -> tuple[int, int]:
    return side // _CELL - 1, side // _CELL - 1


def _mean(faces: Floats) -> Floats:
    """The mean of each window of (N, S, S)."""
    count, side, _ = faces.shape
    cells = faces.reshape(count, side // _CELL, _CELL, side // _CELL, _CELL).sum(axis=(2, 4))
    rows = cells[:, 1:] + cells[:, :-1]
    found: Floats = (rows[:, :, 1:] + rows[:, :, :-1]) / np.float32((2 * _CELL) ** 2)
    return found

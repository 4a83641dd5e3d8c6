"""A quick look at many pairs of faces, which tells for most that they look too different.

A window's SSIM is at most the product of two vectors of length 1, one for each face, by the inequality of the
arithmetic and the geometric mean. All windows together make one long vector. Of that, the main components are compared,
and what is left over can add no more than the product of its lengths (Cauchy-Schwarz).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from safelight.datasets.ssim import AREA, STRUCTURE, FacePatches

Numbers = NDArray[np.intp]
Floats = NDArray[np.float32]

_COMPONENTS, _SAMPLE, _AT_ONCE = 96, 128, 128
_MARGIN = 0.02
"""Windows with opposite structure can lie above the bound: this is more than they make in faces that are alike."""


class Glances:
    """Faces as a few numbers each."""

    def __init__(self, patches: FacePatches) -> None:
        """Take aligned faces."""
        self._patches = patches
        everybody = np.arange(len(patches))
        basis = self._basis(everybody[:: max(1, len(patches) // _SAMPLE)][:_SAMPLE])
        self._straight = self._parts(everybody, basis, mirrored=False)
        self._mirrored = self._parts(everybody, basis, mirrored=True)

    def most(self, rows: Numbers, columns: Numbers, *, mirrored: bool = False) -> Floats:
        """The greatest SSIM that each of ``rows``, or its mirror image, can have with each of ``columns``."""
        ours, rest = self._mirrored if mirrored else self._straight
        theirs, other_rest = self._straight
        found: Floats = ours[rows] @ theirs[columns].T
        found += rest[rows, None] * other_rest[columns]
        found += _MARGIN
        return found

    def _parts(self, which: Numbers, basis: Floats, *, mirrored: bool) -> tuple[Floats, Floats]:
        """The main components of each, and the length of what they leave over."""
        parts = np.empty((len(which), len(basis)), np.float32)
        for start in range(0, len(which), _AT_ONCE):
            some = which[start : start + _AT_ONCE]
            parts[start : start + _AT_ONCE] = self._vectors(some, mirrored=mirrored) @ basis.T
        rest = (1 - (parts**2).sum(axis=1)).clip(min=0)
        return parts, np.sqrt(rest).astype(np.float32)

    def _basis(self, sample: Numbers) -> Floats:
        """The directions in which the vectors of a sample are longest: (components, D), orthonormal."""
        vectors = np.concatenate([
            self._vectors(sample, mirrored=False), self._vectors(sample, mirrored=True)
        ])  # fmt: skip
        sizes, sides = np.linalg.eigh((vectors @ vectors.T).astype(np.float64))
        kept = np.argsort(-sizes)[:_COMPONENTS]
        kept = kept[sizes[kept] > 1e-6 * max(sizes.max(initial=0), 1e-12)]
        directions = sides[:, kept] / np.sqrt(sizes[kept])
        basis: Floats = (directions.T @ vectors).astype(np.float32)
        return basis

    def _vectors(self, which: Numbers, *, mirrored: bool) -> Floats:
        """Vectors of length 1: (which, D)."""
        pixels = self._patches.centred(which, mirrored=mirrored)
        spread = self._patches.variances(which, mirrored=mirrored) + np.float32(STRUCTURE / 2)
        scale = 1 / np.sqrt(spread * pixels.shape[1])
        pixels *= scale[:, :, None] / np.sqrt(np.float32(AREA))
        flat = scale * np.float32((STRUCTURE / 2) ** 0.5)
        return np.concatenate([pixels.reshape(len(which), flat.shape[1] * AREA), flat], axis=1)

"""A quick look at many pairs of faces, which tells for most that they look too different.

A window's SSIM is at most the product of two vectors of length 1, one for each face, by the inequality of the
arithmetic and the geometric mean. All windows together make one long vector. Of that, the main components are compared,
and what is left over can add no more than the product of its lengths (Cauchy-Schwarz).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from safelight.datasets.ssim import AREA, STRUCTURE, WINDOW, FacePatches

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
        sides = basis, self._turned(basis)
        parts = [np.empty((len(patches), len(basis)), np.float32) for _ in sides]
        for start in range(0, len(patches), _AT_ONCE):
            vectors = self._vectors(everybody[start : start + _AT_ONCE])
            for part, side in zip(parts, sides, strict=True):
                part[start : start + _AT_ONCE] = vectors @ side.T
        self._straight, self._mirrored = ((part, _rest(part)) for part in parts)

    def most(self, rows: Numbers, columns: Numbers, *, mirrored: bool = False) -> Floats:
        """The greatest SSIM that each of ``rows``, or its mirror image, can have with each of ``columns``."""
        ours, rest = self._mirrored if mirrored else self._straight
        theirs, other_rest = self._straight
        found: Floats = ours[rows] @ theirs[columns].T
        found += rest[rows, None] * other_rest[columns]
        found += _MARGIN
        return found

    def of_pairs(self, ones: Numbers, others: Numbers, *, mirrored: bool = False) -> Floats:
        """The same for each of ``ones`` and its place in ``others``: (ones,)."""
        ours, rest = self._mirrored if mirrored else self._straight
        theirs, other_rest = self._straight
        found: Floats = np.einsum("pc,pc->p", ours[ones], theirs[others]) + rest[ones] * other_rest[others] + _MARGIN
        return found

    def _basis(self, sample: Numbers) -> Floats:
        """The directions in which the vectors of a sample are longest: (components, D), orthonormal."""
        straight = self._vectors(sample)
        vectors = np.concatenate([straight, self._turned(straight)])
        sizes, sides = np.linalg.eigh((vectors @ vectors.T).astype(np.float64))
        kept = np.argsort(-sizes)[:_COMPONENTS]
        kept = kept[sizes[kept] > 1e-6 * max(sizes.max(initial=0), 1e-12)]
        directions = sides[:, kept] / np.sqrt(sizes[kept])
        basis: Floats = (directions.T @ vectors).astype(np.float32)
        return basis

    def _vectors(self, which: Numbers) -> Floats:
        """Vectors of length 1: (which, D). The pixels of all windows, then a number for each window."""
        pixels = self._patches.centred(which)
        spread = self._patches.variances(which) + np.float32(STRUCTURE / 2)
        scale = 1 / np.sqrt(spread * pixels.shape[1])
        pixels *= scale[:, :, None] / np.sqrt(np.float32(AREA))
        flat = scale * np.float32((STRUCTURE / 2) ** 0.5)
        return np.concatenate([pixels.reshape(len(which), flat.shape[1] * AREA), flat], axis=1)

    def _turned(self, vectors: Floats) -> Floats:
        """The vectors of the mirror images."""
        count, across = len(vectors), self._patches.across
        pixels, flat = vectors[:, : across**2 * AREA], vectors[:, across**2 * AREA :]
        pixels = pixels.reshape(count, across, across, WINDOW, WINDOW)[:, :, ::-1, :, ::-1]
        flat = flat.reshape(count, across, across)[:, :, ::-1]
        return np.concatenate([pixels.reshape(count, across**2 * AREA), flat.reshape(count, across**2)], axis=1)


def _rest(parts: Floats) -> Floats:
    """The length of what the main components of vectors of length 1 leave over."""
    rest: Floats = np.sqrt((1 - (parts**2).sum(axis=1)).clip(min=0)).astype(np.float32)
    return rest

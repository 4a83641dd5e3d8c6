"""How alike two bodies are posed, whatever their size and place in the picture."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from safelight.datasets.facts import PoseFacts

Floats = NDArray[np.float32]

LIMBS = (
    (11, 12), (11, 13), (13, 15), (12, 14), (14, 16), (11, 23), (12, 24), (23, 24), (23, 25), (25, 27), (24, 26),
    (26, 28), (7, 8),
)  # fmt: skip
"""Pairs of MediaPipe's landmarks: shoulders, arms, sides, hips, legs, ears."""

_VISIBLE = 0.5
_LEAST_LIMBS = 3
_SHORT = 0.5
"""Shorter limbs point towards the camera, where their direction says little; in mean lengths."""


class Bodies:
    """Bodies, ready to be compared; some photos have none."""

    def __init__(self, poses: Sequence[PoseFacts | None]) -> None:
        """Take one body for each photo."""
        self._limbs = np.zeros((len(poses), len(LIMBS), 2), np.float32)
        self._seen = np.zeros((len(poses), len(LIMBS)), np.bool_)
        starts, ends = (np.array(LIMBS)[:, side] for side in (0, 1))
        for number, pose in enumerate(poses):
            if pose is None:
                continue
            places, visible = np.array(pose.landmarks, np.float32), np.array(pose.visibility) >= _VISIBLE
            self._limbs[number] = places[ends] - places[starts]
            self._seen[number] = visible[ends] & visible[starts]
        self.there: NDArray[np.bool_] = self._seen.sum(axis=1) >= _LEAST_LIMBS
        """(N,): whether enough of a body is seen to compare it."""

    def similarity(self, one: int, others: NDArray[np.intp]) -> Floats:
        """Compare a body with others: (len(others),), 0-1, 1 = the same pose; NaN where too little is seen of both.

        Limbs that are visible in both are laid over each other at the same mean length. A limb that lies as the other
        counts 1, one that is turned by 60 degrees 0.5, by 90 degrees 0. The result is the mean of all limbs' mean and
        the least of them: one raised arm makes another pose.
        """
        both = self._seen[others] & self._seen[one]
        count = both.sum(axis=1)
        found = np.full(len(others), np.nan, np.float32)
        enough = np.flatnonzero(count >= _LEAST_LIMBS)
        if enough.size:
            found[enough] = _agreement(self._limbs[one][None], self._limbs[others[enough]], both[enough])
        return found


def _agreement(limbs: Floats, others: Floats, both: NDArray[np.bool_]) -> Floats:
    """For (1, L, 2) and (M, L, 2), over the limbs that both (M, L) show."""
    ours, theirs = _scaled(limbs, both), _scaled(others, both)
    reach = np.maximum(np.linalg.norm(ours, axis=2), np.linalg.norm(theirs, axis=2)).clip(min=_SHORT)
    apart = np.linalg.norm(ours - theirs, axis=2) / reach
    alike = (1 - apart**2 / 2).clip(0, 1)
    mean = (alike * both).sum(axis=1) / both.sum(axis=1)
    least = np.where(both, alike, 1).min(axis=1)
    found: Floats = ((mean + least) / 2).astype(np.float32)
    return found


def _scaled(limbs: Floats, both: NDArray[np.bool_]) -> Floats:
    lengths = np.linalg.norm(limbs, axis=2)
    mean = (lengths * both).sum(axis=1) / both.sum(axis=1)
    scaled: Floats = limbs / np.maximum(mean, np.float32(1e-6))[:, None, None]
    return scaled

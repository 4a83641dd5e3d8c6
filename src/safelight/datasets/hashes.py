"""The same picture, resized, recompressed, mirrored or slightly changed: perceptual hashes that differ in few bits."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from safelight.datasets.facts import Seen

Numbers = NDArray[np.intp]
Bits = NDArray[np.uint64]

BITS = 64
"""Of a perceptual hash."""
_FAR = BITS + 1


class Hashes:
    """Perceptual hashes of photos and of their mirror images."""

    def __init__(self, seen: Sequence[Seen]) -> None:
        """Take one for each photo."""
        self._hashes = np.array([int(one.facts.phash, 16) for one in seen], np.uint64)
        mirrored = [one.facts.mirrored_phash for one in seen]
        self._mirrored = np.array([int(one or "0", 16) for one in mirrored], np.uint64)
        self._mirror = np.array([one is not None for one in mirrored], np.bool_)

    def distances(self, rows: Numbers, columns: Numbers) -> NDArray[np.uint8]:
        """In how many bits each of ``rows`` differs from each of ``columns``: (rows, columns)."""
        return _apart(self._hashes[rows], self._hashes[columns])

    def mirrored(self, rows: Numbers, columns: Numbers) -> NDArray[np.uint8]:
        """The same with the mirror images of ``rows``; more than 64 where no mirror's hash is known."""
        found = _apart(self._mirrored[rows], self._hashes[columns])
        found[~self._mirror[rows]] = _FAR
        return found


def _apart(rows: Bits, columns: Bits) -> NDArray[np.uint8]:
    counts: NDArray[np.uint8] = np.bitwise_count(rows[:, None] ^ columns)
    return counts

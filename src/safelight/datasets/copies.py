"""What makes two photos copies of one picture: hashes that are near, and faces that do not contradict them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from safelight.datasets.hashes import Hashes
from safelight.datasets.sameness import Sameness
from safelight.datasets.settings import DedupParams

Numbers = NDArray[np.intp]
Mask = NDArray[np.bool_]


class Copies:
    """Finds copies of a picture: resized, recompressed, mirrored or slightly changed."""

    def __init__(self, hashes: Hashes, sameness: Sameness, params: DedupParams) -> None:
        """Take the hashes, and what knows the faces."""
        self._hashes, self._sameness, self._params = hashes, sameness, params

    def may(self, rows: Numbers, columns: Numbers) -> Mask:
        """Whether the hashes are near: (rows, columns)."""
        most = self._params.hash_distance
        straight = self._hashes.distances(rows, columns) <= most
        found: Mask = straight | (self._hashes.mirrored(rows, columns) <= most)
        return found

    def holds(self, one: int, others: Numbers) -> Mask:
        """Whether the faces allow it: a smile makes another picture, though the hashes hardly differ: (others,)."""
        mirrored = self.mirrored(one, others)
        return self._sameness.look_alike(one, others, mirrored=mirrored, least=self._params.face_ssim_th1)

    def mirrored(self, one: int, others: Numbers) -> Mask:
        """Whether it is the mirror image that is the nearer: (others,)."""
        rows = np.array([one])
        found: Mask = self._hashes.mirrored(rows, others)[0] < self._hashes.distances(rows, others)[0]
        return found

    def distance(self, one: int, other: int) -> tuple[int, bool]:
        """In how many bits the hashes differ, and whether one was mirrored for that."""
        rows, columns = np.array([one]), np.array([other])
        mirrored = bool(self.mirrored(one, columns)[0])
        distances = self._hashes.mirrored if mirrored else self._hashes.distances
        return int(distances(rows, columns)[0, 0]), mirrored

"""What a network that restores faces offers to operations, whatever framework runs it."""

from __future__ import annotations

from typing import Protocol

from safelight.imaging.arrays import Values
from safelight.models.upscaler import Precision

SIDE = 512
"""Pixels across and down of the aligned faces that restorers work on."""


class FaceRestorer(Protocol):
    """A resident network that restores aligned faces. Safe to share: it holds no picture."""

    @property
    def device(self) -> str:
        """Where it runs: ``cpu``, ``cuda:0``, ``mps``."""

    @property
    def precision(self) -> Precision:
        """The arithmetic that it uses."""

    @property
    def most(self) -> int:
        """How many faces fit into memory at once."""

    def restore(self, faces: Values) -> Values:
        """Restore aligned faces, all in one pass of the network; the same faces always give the same result.

        Args:
            faces: (N, 512, 512, 3), float32, RGB, 0-1, aligned to the FFHQ template.

        Returns:
            the same, not clipped.

        Raises:
            OutOfMemoryError: the device has too little memory for so many faces.
        """

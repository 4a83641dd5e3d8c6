"""What an upscaling network offers to operations, whatever framework runs it."""

from __future__ import annotations

from enum import StrEnum
from typing import Protocol, runtime_checkable

from safelight.imaging.arrays import Pixels, Values


class Precision(StrEnum):
    """Arithmetic of a network's body. First and last layers run in float32 where the network allows it."""

    FLOAT32 = "float32"
    BFLOAT16 = "bfloat16"
    FLOAT16 = "float16"


@runtime_checkable
class Upscaler(Protocol):
    """A resident network that enlarges tiles by an integer factor. Safe to share: it holds no picture."""

    @property
    def scale(self) -> int:
        """Factor of enlargement."""

    @property
    def context(self) -> int:
        """Input pixels around a tile on which its result depends enough to matter (50 dB)."""

    @property
    def device(self) -> str:
        """Where it runs: ``cpu``, ``cuda:0``, ``mps``."""

    @property
    def precision(self) -> Precision:
        """The arithmetic it uses by default."""

    @property
    def memory(self) -> int:
        """Working memory for one batch of tiles, in bytes."""

    @property
    def batch(self) -> int:
        """How many equal tiles are worth sending at once."""

    def tile_bytes(self, precision: Precision) -> int:
        """Working memory per input pixel of a tile, in bytes."""

    def lower_memory(self, limit: int) -> None:
        """Use at most ``limit`` bytes for a batch of tiles from now on: what was tried before did not fit."""

    def upscale(self, tiles: Pixels, *, precision: Precision, tie: bool) -> Values:
        """Enlarge a batch of equally large tiles.

        Args:
            tiles: (N, H, W, 3), uint8 or uint16, full range.
            precision: arithmetic of the body.
            tie: correct the network's own colour shift by tying low frequencies of the result to the input.

        Returns:
            (N, H * scale, W * scale, 3) float32, nominally 0-1, not clipped.

        Raises:
            OutOfMemoryError: the device has too little memory for tiles of this size.
        """

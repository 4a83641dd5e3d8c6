"""What this layer asks of resident networks, whatever framework runs them. All of them are safe to share."""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Tensor = NDArray[np.float32]


def as_input(pixels: NDArray[np.uint8], *, lowest: float) -> Tensor:
    """Give (H, W, 3) as (1, H, W, 3) float32: black is ``lowest``, white is 1."""
    values: Tensor = np.multiply(pixels[None], (1 - lowest) / 255, dtype=np.float32)
    values += np.float32(lowest)
    return values


class Networks(Protocol):
    """Several small networks of one file, by name."""

    def run(self, network: str, values: Tensor) -> tuple[Tensor, ...]:
        """Run one of them on its only input; gives its outputs in the order of its file.

        Raises:
            CorruptWeightsError: there is no such network in the file.
        """
        ...

    def companion(self, name: str) -> bytes:
        """Give a file that lies beside the networks.

        Raises:
            CorruptWeightsError: there is no such file.
        """
        ...


class SmallFaceDetector(Protocol):
    """Finds faces from about ten pixels on."""

    def detect(self, pixels: NDArray[np.uint8], least: float) -> NDArray[np.float32]:
        """Find faces in (H, W, 3) RGB.

        Gives (N, 15) in pixels: left, top, width, height; eye, eye, nose tip, mouth corner, mouth corner, x and y each;
        confidence 0-1, at least ``least``.
        """
        ...


class Embedder(Protocol):
    """Turns faces into numbers that lie near each other for one person."""

    @property
    def side(self) -> int:
        """Side of the pictures of faces that it takes, in pixels."""

    def embed(self, faces: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Give (N, D) float32, as the network has it, for (N, side, side, 3) RGB faces in its own layout."""
        ...

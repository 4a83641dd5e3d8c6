"""What every upscaling network here offers to the loader that runs it."""

from __future__ import annotations

from abc import abstractmethod
from typing import ClassVar

import torch
from torch import Tensor, nn


class Network(nn.Module):
    """Enlarges pictures of any size: float32, (N, 3, H, W), nominally 0-1, to (N, 3, H * scale, W * scale)."""

    scale: int
    """Factor of enlargement."""

    context: int
    """Input pixels around a tile that must be read along for 50 dB against the untiled result."""

    tile_bytes: ClassVar[tuple[int, int]]
    """Measured working memory per input pixel, in bytes: what does not depend on the body's arithmetic, and what a
    body of 2 bytes per number takes."""

    @abstractmethod
    def cast_body(self, dtype: torch.dtype) -> None:
        """Run everything but the layers that need float32 in ``dtype``."""

    @abstractmethod
    def forward(self, x: Tensor) -> Tensor:
        """Enlarge."""

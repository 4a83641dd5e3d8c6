"""What every network here offers to the loader that runs it."""

from __future__ import annotations

from abc import abstractmethod
from typing import ClassVar

import torch
from torch import Tensor, nn


class Body(nn.Module):
    """A network that works through a photo tile by tile."""

    context: int
    """Input pixels around a tile that must be read along for 50 dB against the untiled result."""

    tile_bytes: ClassVar[tuple[int, int]]
    """Measured working memory per input pixel, in bytes: what does not depend on the body's arithmetic, and what a
    body of 2 bytes per number takes."""

    channels_last: ClassVar[bool] = True
    """Whether weights may be laid out as convolutions are fastest; not where a network views its tensors otherwise."""

    @abstractmethod
    def cast_body(self, dtype: torch.dtype) -> None:
        """Run everything but the layers that need float32 in ``dtype``."""


class Network(Body):
    """Enlarges pictures of any size: float32, (N, 3, H, W), nominally 0-1, to (N, 3, H * scale, W * scale)."""

    scale: int
    """Factor of enlargement."""

    @abstractmethod
    def forward(self, x: Tensor) -> Tensor:
        """Enlarge."""

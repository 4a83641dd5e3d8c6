"""SCI, a tiny network that brightens what was taken in the dark.

Source: Ma et al., "Toward Fast, Flexible, and Robust Low-Light Image Enhancement", 2022. Parameter names are those of
the published checkpoints, which hold a second network that only training needs.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from safelight.models.networks.network import Network

_DARKEST = 1e-4


class Sci(Network):
    """Estimates the illumination and divides by it."""

    scale = 1
    context = 4
    tile_bytes = (300, 0)

    def __init__(self, *, channels: int = 3, blocks: int = 1) -> None:
        super().__init__()
        self.in_conv = nn.Sequential(nn.Conv2d(3, channels, 3, padding=1), nn.ReLU())
        self.blocks = nn.ModuleList(
            nn.Sequential(nn.Conv2d(channels, channels, 3, padding=1), nn.BatchNorm2d(channels), nn.ReLU())
            for _ in range(blocks)
        )
        self.out_conv = nn.Sequential(nn.Conv2d(channels, 3, 3, padding=1), nn.Sigmoid())

    def cast_body(self, dtype: torch.dtype) -> None:
        """Stay in float32: it is too small to gain anything."""

    def forward(self, x: Tensor) -> Tensor:
        y = self.in_conv(x)
        for block in self.blocks:
            y = y + block(y)
        light = (self.out_conv(y) + x).clamp(_DARKEST, 1)
        bright: Tensor = (x / light).clamp(0, 1)
        return bright

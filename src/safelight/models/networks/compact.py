"""SRVGGNetCompact, the small network of Real-ESRGAN (general x4v3, animevideo v3).

Source: Wang et al., "Real-ESRGAN", 2021. Parameter names are those of the published checkpoints.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from safelight.models.networks.network import Network


class SRVGGNetCompact(Network):
    """Enlarges RGB pictures by ``scale`` with plain convolutions at the input's size and one pixel shuffle.

    The network adds detail to the input enlarged by nearest
    neighbour; that sum is made in float32, as is the first convolution.
    """

    tile_bytes = (600, 320)

    def __init__(self, *, features: int = 64, convs: int = 16, scale: int = 4, channels: int = 3) -> None:
        super().__init__()
        self.scale = scale
        self.context = convs + 2
        self.body = nn.ModuleList([nn.Conv2d(channels, features, 3, 1, 1), nn.PReLU(features)])
        for _ in range(convs):
            self.body.extend((nn.Conv2d(features, features, 3, 1, 1), nn.PReLU(features)))
        self.body.append(nn.Conv2d(features, channels * scale**2, 3, 1, 1))

    def cast_body(self, dtype: torch.dtype) -> None:
        """Run everything between the first convolution and the final sum in ``dtype``."""
        for layer in self.body[1:]:
            layer.to(dtype)

    def forward(self, x: Tensor) -> Tensor:
        y = self.body[0](x).to(self.body[1].weight.dtype)
        for layer in self.body[1:]:
            y = layer(y)
        detail = F.pixel_shuffle(y, self.scale).float().contiguous(memory_format=torch.channels_last)
        x = x.contiguous(memory_format=torch.channels_last)
        count, channels, height, width = x.shape
        cells = detail.permute(0, 2, 3, 1).view(count, height, self.scale, width, self.scale, channels)
        cells.add_(x.permute(0, 2, 3, 1).view(count, height, 1, width, 1, channels))
        return detail

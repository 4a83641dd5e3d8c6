"""AOD-Net, a tiny network that takes haze away.

Source: Li et al., "AOD-Net: All-in-One Dehazing Network", 2017. Parameter names are those of the published checkpoint.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from safelight.models.networks.network import Network


class AodNet(Network):
    """Estimates K(x), which holds transmission and airlight in one, and gives ``relu(K * x - K + 1)``."""

    scale = 1
    context = 8
    tile_bytes = (400, 0)

    def __init__(self) -> None:
        super().__init__()
        self.e_conv1 = nn.Conv2d(3, 3, 1)
        self.e_conv2 = nn.Conv2d(3, 3, 3, padding=1)
        self.e_conv3 = nn.Conv2d(6, 3, 5, padding=2)
        self.e_conv4 = nn.Conv2d(6, 3, 7, padding=3)
        self.e_conv5 = nn.Conv2d(12, 3, 3, padding=1)

    def cast_body(self, dtype: torch.dtype) -> None:
        """Stay in float32: it is too small to gain anything."""

    def forward(self, x: Tensor) -> Tensor:
        x1 = F.relu(self.e_conv1(x))
        x2 = F.relu(self.e_conv2(x1))
        x3 = F.relu(self.e_conv3(torch.cat((x1, x2), 1)))
        x4 = F.relu(self.e_conv4(torch.cat((x2, x3), 1)))
        k = F.relu(self.e_conv5(torch.cat((x1, x2, x3, x4), 1)))
        return F.relu(k * x - k + 1)

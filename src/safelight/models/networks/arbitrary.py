"""The network that paints in the style of any picture, which is told to it in 100 numbers.

Source: Ghiasi, Lee, Kudlur, Dumoulin, Shlens, "Exploring the structure of a real-time, arbitrary neural artistic
stylization network", 2017. The scales and shifts of its normalisations are linear in the 100 numbers.
"""

from __future__ import annotations

from typing import ClassVar, cast

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from safelight.models.networks.mobilenet import MobileNetV2
from safelight.models.networks.multistyle import EPS, Residual, doubled, reflected
from safelight.models.networks.painting import Norms, Painting

NUMBERS = 100
"""How many numbers tell a style."""


class ToldConv(nn.Module):
    """A convolution over reflected borders, and a normalisation whose scale and shift follow from the style."""

    def __init__(self, inputs: int, outputs: int, *, size: int = 3) -> None:
        super().__init__()
        self.conv = nn.Conv2d(inputs, outputs, size)
        self.gamma = nn.Conv2d(NUMBERS, outputs, 1)
        self.beta = nn.Conv2d(NUMBERS, outputs, 1)

    def forward(self, x: Tensor, norms: Norms, style: Tensor) -> Tensor:
        y = reflected(x, self.conv.weight, self.conv.bias)
        return norms.instance(y, self.gamma(style).flatten(), self.beta(style).flatten(), eps=EPS)


class ArbitraryStyle(Painting):
    """Paints in the style that the condition tells, 100 numbers that :meth:`told` reads off a picture."""

    context = 32
    tile_bytes: ClassVar[tuple[int, int]] = (350, 0)
    studied = 1024 * 1024

    def __init__(self) -> None:
        super().__init__()
        self.contract = nn.ModuleList([nn.Conv2d(3, 8, 9), nn.Conv2d(8, 16, 3), nn.Conv2d(16, 32, 3)])
        self.residual = nn.ModuleList(Residual([ToldConv(32, 32), ToldConv(32, 32)]) for _ in range(5))
        self.expand = nn.ModuleList([ToldConv(32, 16), ToldConv(16, 8), ToldConv(8, 3, size=9)])
        self.predict = MobileNetV2(NUMBERS)

    def cast_body(self, dtype: torch.dtype) -> None:
        """Stay in float32: the network is small, and its statistics need it."""

    def told(self, picture: Tensor) -> Tensor:
        """Read a style off a picture, (1, 3, 256, 256), 0-1; gives (100,)."""
        numbers: Tensor = self.predict(picture).flatten()
        return numbers

    def forward(self, x: Tensor, norms: Norms, condition: Tensor | None) -> Tensor:
        if condition is None:
            raise ValueError("a network for any style is told which")
        style = condition.reshape(1, NUMBERS, 1, 1)
        for stride, module in zip((1, 2, 2), self.contract, strict=True):
            conv = cast("nn.Conv2d", module)
            x = F.relu_(reflected(x, conv.weight, conv.bias, stride))
        for block in self.residual:
            x = block(x, norms, style)
        x = self.expand[0](doubled(x), norms, style).relu_()
        x = self.expand[1](doubled(x), norms, style).relu_()
        painted: Tensor = self.expand[2](x, norms, style).sigmoid_()
        return painted

"""MobileNetV2 with its normalisations folded into the convolutions, as it is published for small devices.

Source: Sandler et al., "MobileNetV2: Inverted Residuals and Linear Bottlenecks", 2018, table 2. Borders are padded as
TensorFlow does: with stride 2, only to the right and below.
"""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn import functional as F

_STAGES = ((1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1))
"""Expansion, channels, blocks, stride of the first block."""
_FIRST, _LAST = 32, 1280


class InvertedResidual(nn.Module):
    """Widens, looks around in each channel, and narrows; the input is added where the shape is the same."""

    def __init__(self, inputs: int, outputs: int, *, expansion: int, stride: int) -> None:
        super().__init__()
        wide = inputs * expansion
        self.expand = nn.Conv2d(inputs, wide, 1) if expansion > 1 else None
        self.depthwise = nn.Conv2d(wide, wide, 3, stride, groups=wide)
        self.project = nn.Conv2d(wide, outputs, 1)
        self.residual = stride == 1 and inputs == outputs

    def forward(self, x: Tensor) -> Tensor:
        y = x if self.expand is None else F.relu6(self.expand(x))
        narrow: Tensor = self.project(F.relu6(_around(self.depthwise, y)))
        return x + narrow if self.residual else narrow


class MobileNetV2(nn.Module):
    """Turns a picture, (N, 3, H, W), 0-1, into ``outputs`` numbers, (N, outputs, 1, 1)."""

    def __init__(self, outputs: int) -> None:
        super().__init__()
        self.first = nn.Conv2d(3, _FIRST, 3, 2)
        self.blocks = nn.ModuleList()
        inputs = _FIRST
        for expansion, channels, count, stride in _STAGES:
            for index in range(count):
                self.blocks.append(
                    InvertedResidual(inputs, channels, expansion=expansion, stride=1 if index else stride)
                )
                inputs = channels
        self.last = nn.Conv2d(inputs, _LAST, 1)
        self.head = nn.Conv2d(_LAST, outputs, 1)

    def forward(self, x: Tensor) -> Tensor:
        x = F.relu6(_around(self.first, x))
        for block in self.blocks:
            x = block(x)
        numbers: Tensor = self.head(F.relu6(self.last(x)).mean(dim=(2, 3), keepdim=True))
        return numbers


def _around(conv: nn.Conv2d, x: Tensor) -> Tensor:
    before = 0 if conv.stride == (2, 2) else 1
    result: Tensor = conv(F.pad(x, (before, 1, before, 1)))
    return result

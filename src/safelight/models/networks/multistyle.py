"""The network of many styles: one set of convolutions, and for each style its own scales and shifts between them.

Source: Dumoulin, Shlens, Kudlur, "A Learned Representation For Artistic Style", 2017 (conditional instance
normalisation). Parameter names are those of the published ONNX file.
"""

from __future__ import annotations

from typing import ClassVar

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from safelight.models.networks.painting import Norms, Painting

EPS = 1e-5
"""What is added to a variance before its root, in this network and in its successor for any style."""


class Scales(nn.Module):
    """Scale and shift of each channel for each style."""

    def __init__(self, styles: int, channels: int) -> None:
        super().__init__()
        self.gamma = nn.Parameter(torch.empty(styles, channels))
        self.beta = nn.Parameter(torch.empty(styles, channels))


class StyledConv(nn.Module):
    """A convolution over reflected borders, and the normalisation of the styles that are blended."""

    def __init__(self, inputs: int, outputs: int, styles: int, *, size: int = 3, stride: int = 1) -> None:
        super().__init__()
        self.stride = stride
        self.w = nn.Parameter(torch.empty(outputs, inputs, size, size))
        self.norm = Scales(styles, outputs)

    def forward(self, x: Tensor, norms: Norms, weights: Tensor) -> Tensor:
        y = reflected(x, self.w, None, self.stride)
        return norms.instance(y, weights @ self.norm.gamma, weights @ self.norm.beta, eps=EPS)


class Residual(nn.ModuleList):
    """Two convolutions, each told the style, whose result is added to what came in."""

    def forward(self, x: Tensor, norms: Norms, told: Tensor) -> Tensor:
        first, second = self[0], self[1]
        changed: Tensor = second(first(x, norms, told).relu_(), norms, told)
        return x + changed


class MultiStyle(Painting):
    """Paints in a blend of its styles; the condition is one weight for each, which sum up to 1."""

    context = 48
    tile_bytes: ClassVar[tuple[int, int]] = (500, 0)
    studied = 1024 * 1024

    def __init__(self, *, styles: int = 26, channels: int = 32, blocks: int = 6) -> None:
        super().__init__()

        def conv(inputs: int, outputs: int, size: int = 3, stride: int = 1) -> StyledConv:
            return StyledConv(inputs, outputs, styles, size=size, stride=stride)

        wide = channels
        self.contract = nn.ModuleList([conv(3, wide, 9), conv(wide, wide, 3, 2), conv(wide, wide, 3, 2)])
        self.res = nn.ModuleList(Residual([conv(wide, wide), conv(wide, wide)]) for _ in range(blocks))
        self.expand = nn.ModuleList([conv(wide, wide // 4), conv(wide // 4, wide // 8), conv(wide // 8, 3, 9)])

    def cast_body(self, dtype: torch.dtype) -> None:
        """Stay in float32: the network is small, and its statistics need it."""

    def forward(self, x: Tensor, norms: Norms, condition: Tensor | None) -> Tensor:
        if condition is None:
            raise ValueError("a network of many styles is told which")
        for conv in self.contract:
            x = conv(x, norms, condition).relu_()
        for block in self.res:
            x = block(x, norms, condition)
        x = self.expand[0](doubled(x), norms, condition).relu_()
        x = self.expand[1](doubled(x), norms, condition).relu_()
        painted: Tensor = self.expand[2](x, norms, condition).sigmoid_()
        return painted


def reflected(x: Tensor, weight: Tensor, bias: Tensor | None, stride: int = 1) -> Tensor:
    """Convolve with borders reflected, so that the size stays, or is halved."""
    ring = weight.shape[-1] // 2
    return F.conv2d(F.pad(x, (ring, ring, ring, ring), mode="reflect"), weight, bias, stride)


def doubled(x: Tensor) -> Tensor:
    """Repeat every pixel twice in both directions."""
    return F.interpolate(x, scale_factor=2, mode="nearest")

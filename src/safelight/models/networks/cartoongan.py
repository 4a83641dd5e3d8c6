"""CartoonGAN, a generator that repaints photos as frames of animated films.

Source: Chen, Lai, Liu, "CartoonGAN: Generative Adversarial Networks for Photo Cartoonization", 2018. Parameter names
are those of the published checkpoints.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from safelight.models.networks.painting import Norms, Painting

_EPS = 1e-9
_BLOCKS = range(4, 12)


class Scaling(nn.Module):
    """Scale and shift of an instance normalisation, in float32 whatever the body computes in."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.scale = nn.Parameter(torch.ones(channels))
        self.shift = nn.Parameter(torch.zeros(channels))

    def forward(self, x: Tensor, norms: Norms) -> Tensor:
        return norms.instance(x, self.scale, self.shift, eps=_EPS)


class CartoonGan(Painting):
    """Two halvings, eight residual blocks, two doublings; works on BGR in -1 to 1 inside."""

    context = 64
    tile_bytes = (300, 400)

    def __init__(self) -> None:
        super().__init__()
        self.conv01_1, self.in01_1 = nn.Conv2d(3, 64, 7), Scaling(64)
        self.conv02_1, self.conv02_2 = nn.Conv2d(64, 128, 3, 2, 1), nn.Conv2d(128, 128, 3, 1, 1)
        self.in02_1 = Scaling(128)
        self.conv03_1, self.conv03_2 = nn.Conv2d(128, 256, 3, 2, 1), nn.Conv2d(256, 256, 3, 1, 1)
        self.in03_1 = Scaling(256)
        for block in _BLOCKS:
            for half in (1, 2):
                self.add_module(f"conv{block:02}_{half}", nn.Conv2d(256, 256, 3))
                self.add_module(f"in{block:02}_{half}", Scaling(256))
        self.deconv01_1, self.deconv01_2 = nn.ConvTranspose2d(256, 128, 3, 2, 1, 1), nn.Conv2d(128, 128, 3, 1, 1)
        self.in12_1 = Scaling(128)
        self.deconv02_1, self.deconv02_2 = nn.ConvTranspose2d(128, 64, 3, 2, 1, 1), nn.Conv2d(64, 64, 3, 1, 1)
        self.in13_1 = Scaling(64)
        self.deconv03_1 = nn.Conv2d(64, 3, 7)

    def cast_body(self, dtype: torch.dtype) -> None:
        """Run all but the first and the last layer and the normalisation's own numbers in ``dtype``."""
        for name, layer in self.named_children():
            if not isinstance(layer, Scaling) and name not in ("conv01_1", "deconv03_1"):
                layer.to(dtype)

    def forward(self, x: Tensor, norms: Norms, condition: Tensor | None) -> Tensor:
        y = self.conv01_1(_reflected(x.flip(1) * 2 - 1, 3))
        y = F.relu_(self.in01_1(y, norms)).to(self.conv02_1.weight.dtype)
        y = F.relu_(self.in02_1(self.conv02_2(self.conv02_1(y)), norms))
        y = F.relu_(self.in03_1(self.conv03_2(self.conv03_1(y)), norms))
        for block in _BLOCKS:
            y = y + self._half(block, 2, F.relu_(self._half(block, 1, y, norms)), norms)
        y = F.relu_(self.in12_1(self.deconv01_2(self.deconv01_1(y)), norms))
        y = F.relu_(self.in13_1(self.deconv02_2(self.deconv02_1(y)), norms))
        y = torch.tanh(self.deconv03_1(_reflected(y.to(x.dtype), 3)))
        return y.flip(1).add_(1).mul_(0.5)

    def _half(self, block: int, half: int, x: Tensor, norms: Norms) -> Tensor:
        """Run one half of a residual block."""
        convolution, scaling = (self.get_submodule(f"{kind}{block:02}_{half}") for kind in ("conv", "in"))
        result: Tensor = scaling(convolution(_reflected(x, 1)), norms)
        return result


def _reflected(x: Tensor, pixels: int) -> Tensor:
    return F.pad(x, (pixels, pixels, pixels, pixels), mode="reflect")

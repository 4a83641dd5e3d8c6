"""AnimeGANv2, a small generator that repaints photos in the manner of an animated film or of a drawn portrait.

Source: Chen, Liu, Chen, "AnimeGAN: A Novel Lightweight GAN for Photo Animation", 2020, second version. Parameter names
are those of the checkpoints that are published for PyTorch.
"""

from __future__ import annotations

from typing import cast

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from safelight.models.networks.painting import Norms, Painting

_EPS = 1e-5
_SLOPE = 0.2
_STRIP = 64
_Padding = tuple[int, int, int, int]


class Layer(nn.Sequential):
    """Reflected borders, convolution, normalisation over all channels; then leaky ReLU."""

    def __init__(
        self, inputs: int, outputs: int, *, kernel: int = 3, stride: int = 1, groups: int = 1, bias: bool = False
    ) -> None:
        # Places in the sequence are parts of the parameters' names.
        super().__init__(
            nn.Identity(),
            nn.Conv2d(inputs, outputs, kernel, stride, groups=groups, bias=bias),
            nn.GroupNorm(1, outputs, eps=_EPS),
        )
        side = kernel // 2
        self._padding: _Padding = (0, 1, 0, 1) if stride == 2 else (side, side, side, side)

    def painted(self, x: Tensor, norms: Norms) -> Tensor:
        """Run it."""
        if any(self._padding):
            x = F.pad(x, self._padding, mode="reflect")
        return self.finished(self.convolution(x), norms)

    @property
    def convolution(self) -> nn.Conv2d:
        """Its convolution."""
        return cast("nn.Conv2d", self[1])

    def finished(self, x: Tensor, norms: Norms) -> Tensor:
        """Run what comes after the convolution."""
        return F.leaky_relu_(_normalised(cast("nn.GroupNorm", self[2]), x, norms), _SLOPE)


class Inverted(nn.Module):
    """A residual block that is wider inside, with one filter for each channel there."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        inside = inputs * 2
        self.layers = nn.Sequential(
            Layer(inputs, inside, kernel=1), Layer(inside, inside, groups=inside, bias=True),
            nn.Conv2d(inside, outputs, 1, bias=False), nn.GroupNorm(1, outputs, eps=_EPS),
        )  # fmt: skip
        self._residual = inputs == outputs

    def painted(self, x: Tensor, norms: Norms) -> Tensor:
        """Run it."""
        wide, each = (cast("Layer", self.layers[index]) for index in (0, 1))
        narrow, norm = cast("nn.Conv2d", self.layers[2]), cast("nn.GroupNorm", self.layers[3])
        y = _normalised(norm, narrow(each.painted(wide.painted(x, norms), norms)), norms)
        return x + y if self._residual else y


class AnimeGan2(Painting):
    """Two halvings, four inverted residual blocks, two bilinear doublings; works on -1 to 1 inside."""

    context = 48
    tile_bytes = (350, 400)

    def __init__(self) -> None:
        super().__init__()
        self.block_a = nn.Sequential(Layer(3, 32, kernel=7), Layer(32, 64, stride=2), Layer(64, 64))
        self.block_b = nn.Sequential(Layer(64, 128, stride=2), Layer(128, 128))
        self.block_c = nn.Sequential(
            Layer(128, 128), Inverted(128, 256), *(Inverted(256, 256) for _ in range(3)), Layer(256, 128)
        )
        self.block_d = nn.Sequential(Layer(128, 128), Layer(128, 128))
        self.block_e = nn.Sequential(Layer(128, 64), Layer(64, 64), Layer(64, 32, kernel=7))
        self.out_layer = nn.Sequential(nn.Conv2d(32, 3, 1, bias=False), nn.Identity())

    def cast_body(self, dtype: torch.dtype) -> None:
        """Run all but the first and the last layer and the normalisation's own numbers in ``dtype``."""
        outer = (_layers(self.block_a)[0].convolution, self.out_layer[0])
        for layer in self.modules():
            if isinstance(layer, nn.Conv2d) and layer not in outer:
                layer.to(dtype)

    def forward(self, x: Tensor, norms: Norms, condition: Tensor | None) -> Tensor:
        first, *rest = _layers(self.block_a)
        y = first.painted(x * 2 - 1, norms).to(rest[0].convolution.weight.dtype)
        for layer in (*rest, *_layers(self.block_b), *_layers(self.block_c)):
            y = layer.painted(y, norms)
        for block in (self.block_d, self.block_e):
            first, *rest = _layers(block)
            y = first.finished(_doubled(y, first.convolution), norms)
            for layer in rest:
                y = layer.painted(y, norms)
        return torch.tanh(self.out_layer(y.to(x.dtype))).add_(1).mul_(0.5)


def _layers(block: nn.Sequential) -> tuple[Layer, ...]:
    """Give the layers of a block; inverted blocks are run as layers are."""
    return tuple(cast("Layer", layer) for layer in block)


def _doubled(x: Tensor, convolution: nn.Conv2d) -> Tensor:
    """Double the size, reflect borders, and run a 3 x 3 convolution, in strips: enlarged, ``x`` would be the largest
    tensor by far.

    Corners are not aligned when doubling: what a tile gives must not depend on its size.
    """
    height, width = x.shape[2:]
    shape = (x.shape[0], convolution.out_channels, 2 * height, 2 * width)
    result = torch.empty(shape, dtype=x.dtype, device=x.device, memory_format=torch.channels_last)
    for top in range(0, height, _STRIP):
        bottom = min(top + _STRIP, height)
        start, stop = max(0, top - 2), min(height, bottom + 2)
        part = F.interpolate(x[:, :, start:stop], scale_factor=2, mode="bilinear", align_corners=False)
        first, last = top == 0, bottom == height
        part = part[:, :, 2 * (top - start) - (not first) : 2 * (bottom - start) + (not last)]
        part = F.pad(part, (1, 1, int(first), int(last)), mode="reflect")
        result[:, :, 2 * top : 2 * bottom] = convolution(part)
    return result


def _normalised(norm: nn.GroupNorm, x: Tensor, norms: Norms) -> Tensor:
    return norms.layer(x, norm.weight, norm.bias, eps=norm.eps)

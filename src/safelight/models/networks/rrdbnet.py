"""RRDBNet, the network of ESRGAN and Real-ESRGAN.

Source: Wang et al., "ESRGAN: Enhanced Super-Resolution Generative Adversarial Networks", 2018, and "Real-ESRGAN", 2021.
Parameter names are those of the published checkpoints, so that their state dicts load as they are.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from safelight.models.networks.network import Network

_SLOPE = 0.2
_RESIDUAL = 0.2
_STRIP_PIXELS = 16_384
_STRIP_HALO = 2


class _DenseBlock(nn.Module):
    """Five convolutions, each of which sees everything before it."""

    def __init__(self, features: int, growth: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(features, growth, 3, 1, 1)
        self.conv2 = nn.Conv2d(features + growth, growth, 3, 1, 1)
        self.conv3 = nn.Conv2d(features + 2 * growth, growth, 3, 1, 1)
        self.conv4 = nn.Conv2d(features + 3 * growth, growth, 3, 1, 1)
        self.conv5 = nn.Conv2d(features + 4 * growth, features, 3, 1, 1)

    def forward(self, x: Tensor) -> Tensor:
        parts = [x]
        for conv in (self.conv1, self.conv2, self.conv3, self.conv4):
            parts.append(F.leaky_relu(conv(torch.cat(parts, 1) if len(parts) > 1 else x), _SLOPE, inplace=True))
        return torch.add(x, self.conv5(torch.cat(parts, 1)), alpha=_RESIDUAL)


class _ResidualBlock(nn.Module):
    """Three dense blocks with a residual around them, which keeps the precision of its input.

    The sum over all blocks runs in float32 although the blocks do not, which keeps the picture nearer to float32.
    """

    def __init__(self, features: int, growth: int) -> None:
        super().__init__()
        self.rdb1 = _DenseBlock(features, growth)
        self.rdb2 = _DenseBlock(features, growth)
        self.rdb3 = _DenseBlock(features, growth)

    def forward(self, x: Tensor) -> Tensor:
        inner = x.to(self.rdb1.conv1.weight.dtype)
        return torch.add(x, self.rdb3(self.rdb2(self.rdb1(inner))), alpha=_RESIDUAL)


class RRDBNet(Network):
    """Enlarges RGB pictures by 4; with ``unshuffle`` 2 or 4 the same body enlarges by 2 or 1.

    The first and the last convolution always run in float32, the body in whatever
    :meth:`cast_body` set: so a bfloat16 body keeps 506 of a 511-step ramp's levels where an all-bfloat16 one keeps 127.

    The full-resolution layers hold most of the memory and see few pixels around them: they run in strips of rows,
    which gives the same numbers as running them whole.
    """

    context = 48
    tile_bytes = (600, 1600)

    def __init__(
        self, *, features: int = 64, blocks: int = 23, growth: int = 32, unshuffle: int = 1, channels: int = 3
    ) -> None:
        super().__init__()
        self.scale = 4 // unshuffle
        self.unshuffle = unshuffle
        self.channels = channels
        self.conv_first = nn.Conv2d(channels * unshuffle**2, features, 3, 1, 1)
        self.body = nn.Sequential(*(_ResidualBlock(features, growth) for _ in range(blocks)))
        self.conv_body = nn.Conv2d(features, features, 3, 1, 1)
        self.conv_up1 = nn.Conv2d(features, features, 3, 1, 1)
        self.conv_up2 = nn.Conv2d(features, features, 3, 1, 1)
        self.conv_hr = nn.Conv2d(features, features, 3, 1, 1)
        self.conv_last = nn.Conv2d(features, channels, 3, 1, 1)

    def cast_body(self, dtype: torch.dtype) -> None:
        """Run everything between the first and the last convolution in ``dtype``."""
        for name in ("body", "conv_body", "conv_up1", "conv_up2", "conv_hr"):
            getattr(self, name).to(dtype)

    def forward(self, x: Tensor) -> Tensor:
        height, width = x.shape[2:]
        if self.unshuffle > 1:
            x = F.pad(x, (0, -width % self.unshuffle, 0, -height % self.unshuffle), mode="replicate")
            x = F.pixel_unshuffle(x, self.unshuffle)
        first = self.conv_first(x)
        dtype = self.conv_body.weight.dtype
        features = first + self.conv_body(self.body(first).to(dtype))
        result = self._enlarge(features.to(dtype))
        return result[:, :, : height * self.scale, : width * self.scale]

    def _enlarge(self, features: Tensor) -> Tensor:
        count, _, height, width = features.shape
        result = torch.empty(
            (count, self.channels, height * 4, width * 4),
            dtype=torch.float32,
            device=features.device,
            memory_format=torch.channels_last,
        )
        rows = max(8, _STRIP_PIXELS // width)
        for top in range(0, height, rows):
            bottom = min(top + rows, height)
            start, stop = max(0, top - _STRIP_HALO), min(height, bottom + _STRIP_HALO)
            strip = self._enlarge_strip(features[:, :, start:stop])
            result[:, :, top * 4 : bottom * 4] = strip[:, :, (top - start) * 4 : (bottom - start) * 4]
        return result

    def _enlarge_strip(self, strip: Tensor) -> Tensor:
        for conv in (self.conv_up1, self.conv_up2):
            strip = F.leaky_relu(conv(F.interpolate(strip, scale_factor=2, mode="nearest")), _SLOPE, inplace=True)
        strip = F.leaky_relu(self.conv_hr(strip), _SLOPE, inplace=True)
        last: Tensor = self.conv_last(strip.float())
        return last

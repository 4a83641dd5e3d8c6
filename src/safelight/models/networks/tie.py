"""Ties an enlarged picture to its input, so that colours do not shift and white stays white."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

SIGMA = 5.0
"""Width of the low pass in input pixels: finer differences are the network's work and stay."""

RADIUS = 12

EXTREME_RADIUS = 3
"""How far inside a black or white area a pixel must lie, in input pixels, to be kept as it is."""

_STRIP = 64
"""Rows that are enlarged at a time, so that no second picture of the result's size is in memory."""


def tie_low_frequencies(result: Tensor, source: Tensor, scale: int) -> Tensor:
    """Add to ``result``, in place, what its low frequencies lack against ``source``.

    Args:
        result: (N, C, H * scale, W * scale) float32, the network's output.
        source: (N, C, H, W) float32, its input.
        scale: factor between the two.

    Returns:
        ``result``. Its mean over each neighbourhood of about ``SIGMA`` input pixels is that of ``source``.
    """
    if scale == 1:
        return result.add_(_blur(source - result))
    drift = _blur(source - F.avg_pool2d(result, scale)).contiguous()
    height = drift.shape[2]
    for top in range(0, height, _STRIP):
        bottom = min(top + _STRIP, height)
        start, stop = max(0, top - 1), min(height, bottom + 1)
        large = F.interpolate(drift[:, :, start:stop], scale_factor=scale, mode="bilinear", align_corners=False)
        result[:, :, top * scale : bottom * scale] += large[:, :, (top - start) * scale : (bottom - start) * scale]
    return result


def keep_extremes(result: Tensor, source: Tensor, scale: int) -> Tensor:
    """Set to exactly 0 or 1, in place, what lies inside areas of ``source`` that are wholly black or white.

    There a network has nothing to add, and at the border of a photo it is off by several steps of 255. Shapes as in
    :func:`tie_low_frequencies`; an area counts from ``EXTREME_RADIUS`` input pixels inside it.
    """
    size = 2 * EXTREME_RADIUS + 1
    lightest = F.max_pool2d(source.amax(1, keepdim=True), size, stride=1, padding=EXTREME_RADIUS)
    darkest = -F.max_pool2d(-source.amin(1, keepdim=True), size, stride=1, padding=EXTREME_RADIUS)
    black, white = lightest <= 0, darkest >= 1
    for area, value in ((black, 0.0), (white, 1.0)):
        if area.any():
            large = area.repeat_interleave(scale, dim=2).repeat_interleave(scale, dim=3)
            result.masked_fill_(large, value)
    return result


def _blur(picture: Tensor) -> Tensor:
    """Gaussian low pass with replicated borders."""
    channels = picture.shape[1]
    steps = torch.arange(-RADIUS, RADIUS + 1, dtype=torch.float32, device=picture.device)
    kernel = torch.exp(-0.5 * (steps / SIGMA) ** 2)
    kernel = (kernel / kernel.sum()).expand(channels, 1, 1, -1)
    picture = F.conv2d(F.pad(picture, (RADIUS, RADIUS, 0, 0), mode="replicate"), kernel, groups=channels)
    return F.conv2d(F.pad(picture, (0, 0, RADIUS, RADIUS), mode="replicate"), kernel.transpose(2, 3), groups=channels)

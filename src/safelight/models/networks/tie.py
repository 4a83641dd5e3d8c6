"""Ties the low frequencies of an enlarged picture to those of its input, so that colours do not shift."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

SIGMA = 5.0
"""Width of the low pass in input pixels: finer differences are the network's work and stay."""

RADIUS = 12


def tie_low_frequencies(result: Tensor, source: Tensor, scale: int) -> Tensor:
    """Add to ``result``, in place, what its low frequencies lack against ``source``.

    Args:
        result: (N, C, H * scale, W * scale) float32, the network's output.
        source: (N, C, H, W) float32, its input.
        scale: factor between the two.

    Returns:
        ``result``. Its mean over each neighbourhood of about ``SIGMA`` input pixels is that of ``source``.
    """
    drift = source - (F.avg_pool2d(result, scale) if scale > 1 else result)
    drift = _blur(drift)
    if scale > 1:
        drift = F.interpolate(drift.contiguous(), scale_factor=scale, mode="bilinear", align_corners=False)
    return result.add_(drift)


def _blur(picture: Tensor) -> Tensor:
    """Gaussian low pass with replicated borders."""
    channels = picture.shape[1]
    steps = torch.arange(-RADIUS, RADIUS + 1, dtype=torch.float32, device=picture.device)
    kernel = torch.exp(-0.5 * (steps / SIGMA) ** 2)
    kernel = (kernel / kernel.sum()).expand(channels, 1, 1, -1)
    picture = F.conv2d(F.pad(picture, (RADIUS, RADIUS, 0, 0), mode="replicate"), kernel, groups=channels)
    return F.conv2d(F.pad(picture, (0, 0, RADIUS, RADIUS), mode="replicate"), kernel.transpose(2, 3), groups=channels)

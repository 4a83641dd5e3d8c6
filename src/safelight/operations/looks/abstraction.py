"""Smooth surfaces with clean edges, which every look starts from.

Sources: Winnemöller, Olsen, Gooch, "Real-Time Video Abstraction", 2006 (repeated bilateral filter in Lab);
Kyprianidis, Döllner, "Image Abstraction by Structure Adaptive Filtering", 2008 (smoothing along edges);
He, Sun, "Fast Guided Filter", 2015 (edges of the large photo for what was smoothed on a small one).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from safelight.imaging.arrays import Values
from safelight.operations.flow import Flow, flow_of
from safelight.operations.looks.look import Stage

FOLLOWED = 6
"""Fields that :func:`followed` gives."""

_TENSOR_SIGMA = 2.5
_ALONG = 2.0
_NEIGHBOURS = 5
_NOISE = 6.0


@dataclass(frozen=True, slots=True)
class Abstract:
    """A picture without its texture."""

    lab: Values
    """Smoothed colours, (H, W, 3)."""
    flow: Flow
    """Where its edges run."""


def abstracted(lab: Values, stage: Stage) -> Abstract:
    """Smooth surfaces, find the flow, and clean edges along it; takes four tenths of the stage."""
    first = smoothed(lab, rounds=2, contrast=9.0, sigma=3.0)
    stage(0.1)
    flow = flow_of(first, _TENSOR_SIGMA)
    second = flow.smooth(first, _ALONG)
    stage(0.2)
    third = smoothed(second, rounds=3, contrast=13.0, sigma=4.0)
    stage(0.3)
    result = flow.smooth(third, _ALONG)
    stage(0.4)
    return Abstract(result, flow)


def smoothed(lab: Values, *, rounds: int, contrast: float, sigma: float) -> Values:
    """Filter bilaterally: smooth differences below about ``contrast`` in Lab, within about ``sigma`` pixels."""
    import cv2

    for _ in range(rounds):
        filtered = cv2.bilateralFilter(lab, round(2 * sigma) | 1, contrast, sigma, borderType=cv2.BORDER_REPLICATE)
        lab = np.asarray(filtered, np.float32)
    return lab


def followed(lab: Values, smooth: Values, growth: float) -> Values:
    """Give ``smooth`` as fields that take edges from the photo where it is larger than the copy: slopes and offsets.

    (H, W, 6); :func:`at_size` turns them into colours again. Where nothing has to be enlarged, the slopes are zero.
    """
    if growth <= 1:
        return np.concatenate([np.zeros_like(smooth), smooth], axis=2)
    mean_g, mean_s = _mean(lab), _mean(smooth)
    slope = (_mean(lab * smooth) - mean_g * mean_s) / (_mean(lab * lab) - mean_g**2 + np.float32(_NOISE**2))
    return np.concatenate([_mean(slope), _mean(mean_s - slope * mean_g)], axis=2)


def at_size(fields: Values, lab: Values) -> Values:
    """Turn the fields of :func:`followed`, at the photo's size, and the photo's own colours into smooth ones."""
    result: Values = fields[..., :3] * lab + fields[..., 3:FOLLOWED]
    return result


def _mean(image: Values) -> Values:
    import cv2

    return np.asarray(cv2.blur(image, (_NEIGHBOURS, _NEIGHBOURS), borderType=cv2.BORDER_REPLICATE), np.float32)

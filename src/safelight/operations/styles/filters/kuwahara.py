"""Dabs of paint: each place takes the colour of the calmest side around it, so that areas flatten and edges stay.

Source: Papari, Petkov, Campisi, "Artistic Edge and Corner Enhancing Smoothing", 2007, with the sectors of Kyprianidis,
Kang, Doellner, "Image and Video Abstraction by Anisotropic Kuwahara Filtering", 2009.
"""

from __future__ import annotations

import math

import numpy as np

from safelight.imaging.arrays import Values

_SECTORS = 8
_SHARPNESS = 8
_LEAST = 1e-4


def kuwahara(values: Values, radius: float) -> Values:
    """Flatten (H, W, 3), 0-1; ``radius`` is how far each place looks, in pixels."""
    import cv2

    if radius < 1:
        return values
    total = np.zeros_like(values)
    weights = np.zeros(values.shape[:2], np.float32)
    squares = values * values
    for sector in range(_SECTORS):
        kernel = _sector(radius, sector)
        mean = cv2.filter2D(values, -1, kernel, borderType=cv2.BORDER_REFLECT)
        variance = cv2.filter2D(squares, -1, kernel, borderType=cv2.BORDER_REFLECT) - mean * mean
        spread = np.sqrt(np.maximum(variance, 0).sum(axis=2))
        weight = (spread * 255 / 8 + np.float32(_LEAST)) ** -_SHARPNESS
        weight = np.minimum(weight, np.float32(1e12))
        total += mean * weight[..., None]
        weights += weight
    flat: Values = total / weights[..., None]
    return flat


def _sector(radius: float, index: int) -> Values:
    """One of eight soft slices of a disc; weights sum up to 1."""
    reach = math.ceil(radius)
    y, x = np.mgrid[-reach : reach + 1, -reach : reach + 1].astype(np.float32)
    away = np.hypot(x, y)
    turn = np.angle(np.exp(1j * (np.arctan2(y, x) - index * 2 * math.pi / _SECTORS)))
    slice_ = np.exp(-((turn / (math.pi / _SECTORS)) ** 2))
    slice_[reach, reach] = 1
    kernel = slice_ * np.exp(-(away**2) / (2 * (radius / 2) ** 2)) * (away <= radius)
    normed: Values = (kernel / kernel.sum()).astype(np.float32)
    return normed

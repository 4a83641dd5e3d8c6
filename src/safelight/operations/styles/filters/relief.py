"""Light on a surface: rounded clay, and the bristles of a brush."""

from __future__ import annotations

import numpy as np

from safelight.imaging.arrays import Values
from safelight.operations.flow import flow_of
from safelight.operations.styles.filters.blur import blurred
from safelight.operations.styles.filters.tones import lab_of, rgb_of

_FAINT = 10.0
_NOISE = 5
_BRISTLE = 2.3


def rounded(values: Values, *, depth: float, shine: float, unit: float) -> Values:
    """Light a picture as if each of its areas were a lump: high in the middle, low where it meets the next.

    Args:
        values: the picture, already of few smooth areas.
        depth: how strong light and shade are.
        shine: how strong the soft highlights are.
        unit: a thousandth of the long side, in pixels.
    """
    import cv2

    lab = lab_of(values)
    edges = sum(
        (_steps(lab[..., band], 1.6 * unit) * weight for band, weight in ((0, 1.0), (1, 0.9), (2, 0.9))), start=0.0
    )
    border = np.tanh(np.maximum(np.asarray(edges, np.float32) - np.float32(_FAINT), 0) / 12)
    height = np.zeros(border.shape, np.float32)
    for reach, share in ((3.5, 0.8), (8.0, 1.3)):
        height -= blurred(border, reach * unit) * np.float32(share * reach)
    height += blurred(lab[..., 0], 4 * unit) / 100 * np.float32(3)
    height = blurred(height, 2.5 * unit)
    gx = cv2.Sobel(height, cv2.CV_32F, 1, 0, scale=1 / (8 * unit))
    gy = cv2.Sobel(height, cv2.CV_32F, 0, 1, scale=1 / (8 * unit))
    up = 1 / np.sqrt(1 + (gx * gx + gy * gy) * 4)
    light = np.tanh((gx + gy) * -1.2) * up
    hollow = blurred(border, 3 * unit)
    gleam = np.maximum(0, (-gx * 0.5 - gy * 0.62) * 2 * up - 0.35) ** 2
    lab[..., 0] += np.float32(10 * depth) * light - np.float32(13 * depth) * hollow + np.float32(45 * shine) * gleam
    lab[..., 0] = lab[..., 0].clip(0, 100)
    return rgb_of(lab)


def bristled(values: Values, *, depth: float, length: float, unit: float) -> Values:
    """Comb paint along the edges of a picture and light its ridges.

    Args:
        values: the picture.
        depth: how high the ridges are.
        length: of a stroke, in thousandths of the long side.
        unit: a thousandth of the long side, in pixels.
    """
    import cv2

    height, width = values.shape[:2]
    lightness = lab_of(values)[..., 0] / np.float32(100)
    flow = flow_of(blurred(lightness, 1.5 * unit), 12 * unit, slant=0.01)
    coarse = (max(2, round(height / (_BRISTLE * unit))), max(2, round(width / (_BRISTLE * unit))))
    noise = np.random.default_rng(_NOISE).standard_normal(coarse, dtype=np.float32)
    grain = cv2.resize(noise, (width, height), interpolation=cv2.INTER_CUBIC).astype(np.float32, copy=False)
    ridges = flow.smooth(grain, length * unit)
    ridges /= ridges.std() + 1e-6
    gx = cv2.Sobel(ridges, cv2.CV_32F, 1, 0)
    gy = cv2.Sobel(ridges, cv2.CV_32F, 0, 1)
    light = np.tanh((gx + gy) * np.float32(-0.12 * unit))
    lab = lab_of(flow.smooth(values, length * unit / 3))
    body = 0.35 + 0.65 * np.sin(np.pi * (lab[..., 0] / 100).clip(0.08, 0.92))
    lab[..., 0] = (lab[..., 0] + np.float32(9 * depth) * (light + 0.25 * np.tanh(ridges)) * body).clip(0, 100)
    return rgb_of(lab)


def _steps(band: Values, unit: float) -> Values:
    import cv2

    fine = blurred(band, 1.2 * unit)
    gx, gy = cv2.Sobel(fine, cv2.CV_32F, 1, 0), cv2.Sobel(fine, cv2.CV_32F, 0, 1)
    return np.hypot(gx, gy) * np.float32(unit)

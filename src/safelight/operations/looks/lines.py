"""Drawn lines: where brightness falls off sharply, in strokes that follow the picture, without specks.

Sources: Kang, Lee, Chui, "Flow-Based Image Abstraction", 2009 (differences of Gaussians along the flow); Winnemöller,
Kyprianidis, Olsen, "XDoG: An eXtended Difference-of-Gaussians Compendium", 2012 (soft thresholds).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from safelight.imaging.arrays import Values
from safelight.operations.flow import Flow

_WIDER = 1.6


@dataclass(frozen=True, slots=True, kw_only=True)
class Pen:
    """How lines are found."""

    detail: float
    """Share of the photo's own detail in what is drawn; the rest is its smooth surfaces."""
    sigma: float
    """Half the width of a line, in pixels of the copy."""
    along: float
    """How far lines are smoothed along themselves, in pixels of the copy."""
    weak: float
    """Response from which on there is a line."""
    strong: float
    """Response that a line reaches somewhere; others are specks."""
    area: int
    """Least size of a line, in pixels of the copy."""


def response_of(light: Values, smooth: Values, flow: Flow, pen: Pen) -> Values:
    """Find lines in the lightness of a photo, (H, W), and in that of its smooth surfaces.

    Gives how clearly there is a line at each place, in L, and 0 where there is none.
    """
    import cv2

    mixed = light * np.float32(pen.detail) + smooth * np.float32(1 - pen.detail)
    near = cv2.GaussianBlur(mixed, (0, 0), pen.sigma, borderType=cv2.BORDER_REPLICATE)
    far = cv2.GaussianBlur(mixed, (0, 0), pen.sigma * _WIDER, borderType=cv2.BORDER_REPLICATE)
    return _without_specks(flow.smooth(far - near, pen.along), pen)


def darkness(response: Values, low: float, high: float, growth: float) -> Values:
    """Turn responses into ink, 0-1, with a soft edge that is as sharp in a photo larger than the copy."""
    sharper = max(1.0, growth) ** 0.5
    middle, half = (low + high) / 2, (high - low) / 2 / sharper
    share = np.clip((response - np.float32(middle - half)) / np.float32(2 * half), 0, 1)
    ink: Values = share * share * (3 - 2 * share)
    return ink


def _without_specks(response: Values, pen: Pen) -> Values:
    """Keep lines that are long enough and clear somewhere (hysteresis)."""
    import cv2

    clear = (response > pen.weak).astype(np.uint8)
    count, found, facts, _ = cv2.connectedComponentsWithStats(clear, connectivity=8)
    labels = np.asarray(found, np.intp)
    clearest = np.zeros(count, np.float32)
    np.maximum.at(clearest, labels.ravel(), response.ravel())
    kept = (clearest > pen.strong) & (facts[:, cv2.CC_STAT_AREA] >= pen.area)
    kept[0] = False
    # A margin of one pixel keeps the soft edges of lines.
    near = cv2.dilate(kept.astype(np.uint8)[labels], np.ones((3, 3), np.uint8))
    return np.where(near > 0, np.maximum(response, 0), np.float32(0))

"""The direction in which edges run, and averages along it.

Source: Kang, Lee, Chui, "Flow-Based Image Abstraction", 2009; the direction is that of the smoothed structure tensor
(Kyprianidis, Kang, "Image and Video Abstraction by Coherence-Enhancing Filtering", 2011).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from safelight.imaging.arrays import Values


@dataclass(frozen=True, slots=True)
class Flow:
    """A direction at each place."""

    across: Values
    """Horizontal part of a vector of length 1 along the edge, (H, W)."""
    down: Values
    """Vertical part, (H, W)."""


def flow_of(grey: Values, sigma: float, *, slant: float = 0.0) -> Flow:
    """Find the direction of edges in (H, W), 0-1.

    Args:
        grey: lightness.
        sigma: how far around each place is looked, in pixels.
        slant: how strongly places without edges turn to one slanting direction, as the slope of an edge there, 0-1.
    """
    import cv2

    gx, gy = cv2.Sobel(grey, cv2.CV_32F, 1, 0), cv2.Sobel(grey, cv2.CV_32F, 0, 1)
    xx, yy, xy = (blurred(one, sigma) for one in (gx * gx, gy * gy, gx * gy))
    if slant:
        # The tensor of an edge that rises to the right at 55 degrees.
        sine, cosine = math.sin(math.radians(55)), math.cos(math.radians(55))
        xx, yy, xy = xx + (slant * sine) ** 2, yy + (slant * cosine) ** 2, xy + slant**2 * sine * cosine
    # Half the angle of (xx - yy, 2 xy) is the gradient's; the edge runs across it.
    angle = np.arctan2(2 * xy, xx - yy) / 2 + np.float32(math.pi / 2)
    return Flow(np.cos(angle), np.sin(angle))


def along(values: Values, flow: Flow, length: float) -> Values:
    """Average along the flow with a Gaussian of ``length`` pixels (its sigma), in both directions."""
    import cv2

    height, width = values.shape[:2]
    start_y, start_x = np.mgrid[0:height, 0:width].astype(np.float32)
    steps = max(1, round(2 * length))
    total, weights = values.copy(), 1.0
    for way in (1.0, -1.0):
        x, y = start_x.copy(), start_y.copy()
        vx, vy = flow.across * way, flow.down * way
        for step in range(1, steps + 1):
            x += vx
            y += vy
            weight = math.exp(-(step**2) / (2 * length**2))
            total += cv2.remap(values, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT) * np.float32(weight)
            weights += weight
            if step < steps:
                vx, vy = _onward(flow, x, y, vx, vy)
    return total / np.float32(weights)


def blurred(values: Values, sigma: float) -> Values:
    """Blur with a Gaussian of ``sigma`` pixels."""
    import cv2

    if sigma < 0.1:
        return values
    return cv2.GaussianBlur(values, (0, 0), sigma, borderType=cv2.BORDER_REFLECT).astype(np.float32, copy=False)


def _onward(flow: Flow, x: Values, y: Values, vx: Values, vy: Values) -> tuple[Values, Values]:
    """The direction at new places, with the sign that goes on and does not turn back."""
    import cv2

    ax = cv2.remap(flow.across, x, y, cv2.INTER_NEAREST, borderMode=cv2.BORDER_REFLECT)
    ay = cv2.remap(flow.down, x, y, cv2.INTER_NEAREST, borderMode=cv2.BORDER_REFLECT)
    sign = np.where(ax * vx + ay * vy < 0, np.float32(-1), np.float32(1))
    return (ax * sign).astype(np.float32, copy=False), (ay * sign).astype(np.float32, copy=False)

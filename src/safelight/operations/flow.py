"""The flow of a picture: the direction in which its edges run, and smoothing along it.

Sources: Kang, Lee, Chui, "Flow-Based Image Abstraction", 2009; Kyprianidis, Döllner, "Image Abstraction by Structure
Adaptive Filtering", 2008 (smoothed structure tensor).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import cos, radians, sin

import numpy as np

from safelight.imaging.arrays import Values

_SINE, _COSINE = sin(radians(55)), cos(radians(55))


@dataclass(frozen=True, slots=True)
class Flow:
    """Unit vectors along edges."""

    x: Values
    """(H, W), rightwards."""
    y: Values
    """(H, W), downwards."""

    def smooth(self, image: Values, sigma: float) -> Values:
        """Average ``image``, (H, W) or (H, W, C), along the flow, with a Gaussian of ``sigma`` pixels."""
        import cv2

        total, weight = image.copy(), 1.0
        for sign in (np.float32(1), np.float32(-1)):
            at_x, at_y = _places(image.shape[0], image.shape[1])
            dx, dy = self.x * sign, self.y * sign
            for step in range(1, round(2 * sigma) + 1):
                at_x, at_y = at_x + dx, at_y + dy
                share = float(np.exp(-(step**2) / (2 * sigma**2)))
                sample = cv2.remap(image, at_x, at_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
                cv2.scaleAdd(sample, share, total, total)
                weight += share
                dx, dy = self._onwards(at_x, at_y, dx, dy)
        total /= np.float32(weight)
        return total

    def _onwards(self, at_x: Values, at_y: Values, dx: Values, dy: Values) -> tuple[Values, Values]:
        """Take the directions at new places, turned so that the walk goes on instead of back."""
        import cv2

        x, y = (
            np.asarray(cv2.remap(one, at_x, at_y, cv2.INTER_NEAREST, borderMode=cv2.BORDER_REPLICATE), np.float32)
            for one in (self.x, self.y)
        )
        sign = np.where(x * dx + y * dy < 0, np.float32(-1), np.float32(1))
        return x * sign, y * sign


def flow_of(image: Values, sigma: float, *, slant: float = 0.0) -> Flow:
    """Find the flow of a picture from its structure tensor.

    Args:
        image: (H, W) or (H, W, 3).
        sigma: over how many pixels the tensor is averaged.
        slant: how strongly places without edges turn to one slanting direction, as the slope of an edge there, in
            values per pixel.
    """
    import cv2

    dx = np.atleast_3d(cv2.Scharr(image, cv2.CV_32F, 1, 0, scale=1 / 32, borderType=cv2.BORDER_REPLICATE))
    dy = np.atleast_3d(cv2.Scharr(image, cv2.CV_32F, 0, 1, scale=1 / 32, borderType=cv2.BORDER_REPLICATE))
    tensor = np.stack([(dx * dx).sum(2), (dx * dy).sum(2), (dy * dy).sum(2)], axis=2)
    xx, xy, yy = cv2.split(cv2.GaussianBlur(tensor, (0, 0), sigma, borderType=cv2.BORDER_REPLICATE))
    if slant:
        # The tensor of an edge that rises to the right.
        xx, xy, yy = xx + (slant * _SINE) ** 2, xy + slant**2 * _SINE * _COSINE, yy + (slant * _COSINE) ** 2
    # The larger eigenvalue's direction is across the edge; the flow is at a right angle to it.
    angle = 0.5 * np.arctan2(2 * xy, xx - yy)
    return Flow(-np.sin(angle), np.cos(angle))


def _places(height: int, width: int) -> tuple[Values, Values]:
    x, y = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    return x, y

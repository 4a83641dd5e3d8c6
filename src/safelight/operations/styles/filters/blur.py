"""Blurring."""

from __future__ import annotations

from safelight.imaging.arrays import Values

_LEAST = 0.1


def blurred(values: Values, sigma: float) -> Values:
    """Blur with a Gaussian of ``sigma`` pixels."""
    import cv2

    if sigma < _LEAST:
        return values
    return cv2.GaussianBlur(values, (0, 0), sigma, borderType=cv2.BORDER_REFLECT).astype("float32", copy=False)

"""Smooth areas between edges that stay.

Source: Tomasi, Manduchi, "Bilateral Filtering for Gray and Color Images", 1998, in CIE Lab and several times, as
Winnemoeller, Olsen, Gooch, "Real-Time Video Abstraction", 2006, do.
"""

from __future__ import annotations

import numpy as np

from safelight.imaging.arrays import Values
from safelight.operations.styles.filters.tones import lab_of, rgb_of


def smoothed(values: Values, *, radius: float, colour: float, passes: int) -> Values:
    """Smooth (H, W, 3), 0-1.

    Args:
        values: the picture.
        radius: how far each place looks, in pixels.
        colour: how different a colour may be to be mixed in, in units of Lab.
        passes: how often.
    """
    import cv2

    lab = lab_of(values)
    for _ in range(passes):
        once = cv2.bilateralFilter(lab, int(2 * radius) | 1, colour, radius, borderType=cv2.BORDER_REFLECT)
        lab = once.astype(np.float32, copy=False)
    return rgb_of(lab)

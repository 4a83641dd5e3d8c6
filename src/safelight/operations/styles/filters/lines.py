"""Drawn lines along edges.

Source: Winnemoeller, Kyprianidis, Olsen, "XDoG: An eXtended difference-of-Gaussians compendium including advanced
image stylization", 2012, with the difference averaged along the flow of edges so that lines are whole.
"""

from __future__ import annotations

import numpy as np

from safelight.imaging.arrays import Values
from safelight.operations.flow import flow_of
from safelight.operations.styles.filters.blur import blurred

_RATIO = 1.6


def line_map(grey: Values, width: float, threshold: float) -> Values:
    """Find lines in (H, W), 0-1: 1 = paper, 0 = ink.

    Args:
        grey: lightness.
        width: sigma of the finer blur, in pixels; lines are about twice as wide.
        threshold: how dark a place must be against its surroundings to be inked, 0-1 of full contrast.
    """
    fine, wide = blurred(grey, width), blurred(grey, width * _RATIO)
    difference = flow_of(grey, 3 * width).smooth(fine - wide, 3 * width)
    steep = np.float32(2.2 / max(threshold, 1e-4))
    ink: Values = 1 + np.tanh(steep * np.minimum(difference + np.float32(threshold), 0))
    return ink.astype(np.float32)

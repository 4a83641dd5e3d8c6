"""Does the steps of filters on pixels in memory."""

from __future__ import annotations

import numpy as np

from safelight.imaging.arrays import Values
from safelight.operations.styles.filters.blur import blurred
from safelight.operations.styles.filters.kuwahara import kuwahara
from safelight.operations.styles.filters.lines import line_map
from safelight.operations.styles.filters.relief import bristled, rounded
from safelight.operations.styles.filters.smooth import smoothed
from safelight.operations.styles.filters.tones import coloured, flattened, glowing, lab_of
from safelight.operations.styles.steps import (
    Bristles,
    Dabs,
    Drawn,
    Glow,
    Lines,
    Posterize,
    Relief,
    Smooth,
    Tone,
)

_LEAST_UNIT = 0.3
"""A smaller picture is treated as if it had 300 pixels: filters of less than a pixel would do nothing."""

_SKETCH = (4.0, 10.0, 2)


def drawn(values: Values, step: Drawn, photo: Values) -> Values:
    """Do one step.

    Args:
        values: the canvas so far, (H, W, 3) float32, 0-1.
        step: what is done.
        photo: the canvas before the first step; lines follow it.
    """
    unit = max(_LEAST_UNIT, max(values.shape[:2]) / 1000)
    match step:
        case Smooth():
            return smoothed(values, radius=step.radius * unit, colour=step.colour, passes=step.passes)
        case Dabs():
            return kuwahara(values, step.radius * unit)
        case Posterize():
            return flattened(values, step.levels, step.softness)
        case Tone():
            return coloured(values, **step.model_dump(exclude={"filter"}))
        case Glow():
            return glowing(values, strength=step.strength, radius=step.radius * unit)
        case Relief():
            return rounded(values, depth=step.depth, shine=step.shine, unit=unit)
        case Bristles():
            return bristled(values, depth=step.depth, length=step.length, unit=unit)
        case Lines():
            return _inked(values, step, photo, unit)


def _inked(values: Values, step: Lines, photo: Values, unit: float) -> Values:
    """Draw the lines of the photo, without its grain, over the paint."""
    radius, colour, passes = _SKETCH
    sketch = smoothed(photo, radius=radius * unit, colour=colour, passes=passes)
    paper = line_map(lab_of(sketch)[..., 0] / np.float32(100), step.width * unit, step.threshold)
    # Hard lines would show stairs where the canvas is enlarged.
    paper = blurred(paper, 0.5 * unit)[..., None]
    ink = np.asarray(step.ink, np.float32)
    inked: Values = values * (paper + ink * (1 - paper))
    return inked

"""The look ``poster``: few flat colours in regions with smooth outlines, with thin lines."""

from __future__ import annotations

from functools import partial
from math import log2

import numpy as np

from safelight.imaging.arrays import Values
from safelight.operations.looks.abstraction import abstracted, smoothed
from safelight.operations.looks.lines import Pen, darkness, response_of
from safelight.operations.looks.look import Drawing, Stage
from safelight.operations.looks.palette import Colours, filled, palette_of, regions_of

_PEN = Pen(detail=0.25, sigma=1.0, along=5.0, weak=0.4, strong=1.3, area=50)
_COLOURS = 16
_OUTLINE = 2.2
_EDGE = 2.5
_SATURATION = 1.3
_INK, _INK_COLOUR = 0.85, 0.5


def poster(lab: Values, growth: float, stage: Stage) -> Drawing:
    """Draw a poster; see :class:`~safelight.operations.looks.look.Look`."""
    abstract = abstracted(lab, stage)
    flat = smoothed(abstract.lab, rounds=1, contrast=13.0, sigma=4.0)
    stage(0.5)
    response = response_of(lab[..., 0], abstract.lab[..., 0], abstract.flow, _PEN)
    stage(0.7)
    colours = palette_of(flat[::3, ::3], _COLOURS)
    stage(0.8)
    fields = np.concatenate([response[..., None], regions_of(flat, colours, _OUTLINE)], axis=2)
    # Outlines of blurred masks are as wide as the blur; squared this often they are about a pixel of the photo wide.
    squarings = round(log2(_EDGE * _OUTLINE * max(1.0, growth)))
    return Drawing(fields, partial(_coloured, colours * (1, _SATURATION, _SATURATION), squarings, growth))


def _coloured(colours: Colours, squarings: int, growth: float, fields: Values, _lab: Values) -> Values:
    result = filled(fields[..., 1:], colours, squarings)
    drawn = darkness(fields[..., 0], 0.5, 1.3, growth)
    result[..., 0] *= 1 - _INK * drawn
    result[..., 1:] *= (1 - _INK_COLOUR * drawn)[..., None]
    return result

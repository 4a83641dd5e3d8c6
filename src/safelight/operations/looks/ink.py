"""The look ``ink``: dark clean lines over flat tones, as in a comic."""

from __future__ import annotations

from functools import partial

import numpy as np

from safelight.imaging.arrays import Values
from safelight.operations.looks.abstraction import FOLLOWED, abstracted, at_size, followed, smoothed
from safelight.operations.looks.lines import Pen, darkness, response_of
from safelight.operations.looks.look import Drawing, Stage
from safelight.operations.looks.tones import Tones, tones_of

_PEN = Pen(detail=0.25, sigma=1.2, along=5.0, weak=0.35, strong=1.2, area=60)
_TONES, _STEEPNESS = 6, 0.9
_SATURATION = 1.2
_INK_LIGHT, _INK_COLOUR = 6.0, 0.9


def ink(lab: Values, growth: float, stage: Stage) -> Drawing:
    """Draw in ink; see :class:`~safelight.operations.looks.look.Look`."""
    abstract = abstracted(lab, stage)
    flat = smoothed(abstract.lab, rounds=2, contrast=14.0, sigma=4.0)
    stage(0.6)
    response = response_of(lab[..., 0], abstract.lab[..., 0], abstract.flow, _PEN)
    stage(0.9)
    tones = tones_of(flat[..., 0], _TONES, _STEEPNESS)
    fields = np.concatenate([followed(lab, flat, growth), response[..., None]], axis=2)
    return Drawing(fields, partial(_coloured, tones, growth))


def _coloured(tones: Tones, growth: float, fields: Values, lab: Values) -> Values:
    result = at_size(fields, lab)
    drawn = darkness(fields[..., FOLLOWED], 0.4, 1.1, growth)
    light = tones.of(result[..., 0])
    result[..., 0] = light + (np.minimum(light, np.float32(_INK_LIGHT)) - light) * drawn
    result[..., 1:] *= (_SATURATION * (1 - _INK_COLOUR * drawn))[..., None]
    return result

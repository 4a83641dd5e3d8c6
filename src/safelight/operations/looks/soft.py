"""The look ``soft``: smooth shading in clean colours, with fine lines."""

from __future__ import annotations

from functools import partial

import numpy as np

from safelight.imaging.arrays import Values
from safelight.operations.looks.abstraction import FOLLOWED, abstracted, at_size, followed
from safelight.operations.looks.lines import Pen, darkness, response_of
from safelight.operations.looks.look import Drawing, Stage
from safelight.operations.looks.tones import Tones, tones_of

_PEN = Pen(detail=0.3, sigma=1.0, along=4.0, weak=0.4, strong=1.2, area=40)
_TONES, _STEEPNESS, _FLATNESS = 9, 0.45, 0.6
_SATURATION = 1.22
_INK, _INK_COLOUR = 0.75, 0.3


def soft(lab: Values, growth: float, stage: Stage) -> Drawing:
    """Draw softly; see :class:`~safelight.operations.looks.look.Look`."""
    abstract = abstracted(lab, stage)
    response = response_of(lab[..., 0], abstract.lab[..., 0], abstract.flow, _PEN)
    stage(0.8)
    tones = tones_of(abstract.lab[..., 0], _TONES, _STEEPNESS)
    fields = np.concatenate([followed(lab, abstract.lab, growth), response[..., None]], axis=2)
    return Drawing(fields, partial(_coloured, tones, growth))


def _coloured(tones: Tones, growth: float, fields: Values, lab: Values) -> Values:
    result = at_size(fields, lab)
    light = result[..., 0]
    light += (tones.of(light) - light) * np.float32(_FLATNESS)
    ink = darkness(fields[..., FOLLOWED], 0.45, 2.2, growth)
    light *= 1 - _INK * ink
    result[..., 1:] *= (_SATURATION * (1 - _INK_COLOUR * ink))[..., None]
    return result

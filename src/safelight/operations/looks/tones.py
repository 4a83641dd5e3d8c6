"""Few tones of light, chosen for each photo, with soft steps between them.

Source: Winnemöller, Olsen, Gooch, "Real-Time Video Abstraction", 2006 (soft luminance quantisation). The tones are the
photo's own (one-dimensional k-means), so that a flat surface keeps its tone.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from safelight.imaging.arrays import Values

_ROUNDS = 40
_PLACES = np.linspace(0, 100, 2001)
_MOST = 60_000


@dataclass(frozen=True, slots=True)
class Tones:
    """A curve from lightness to lightness, in steps."""

    curve: NDArray[np.float64]
    """Lightness for each of 2,001 from 0 to 100."""

    def of(self, light: Values) -> Values:
        """Give the tones of lightness values."""
        return np.interp(light, _PLACES, self.curve).astype(np.float32)


def tones_of(light: Values, count: int, steepness: float) -> Tones:
    """Choose ``count`` tones for a picture; ``steepness`` of the steps between them is in 1 / L."""
    values = np.sort(light.ravel()[:: max(1, light.size // _MOST)].astype(np.float64))
    tones = np.quantile(values, (np.arange(count) + 0.5) / count)
    for _ in range(_ROUNDS):
        groups = np.digitize(values, (tones[1:] + tones[:-1]) / 2)
        size = np.bincount(groups, minlength=count)
        tones = np.where(size > 0, np.bincount(groups, values, minlength=count) / np.maximum(size, 1), tones)
    curve = np.full_like(_PLACES, tones[0])
    for below, above in pairwise(tones):
        curve += (above - below) * (0.5 + 0.5 * np.tanh((_PLACES - (below + above) / 2) * steepness))
    return Tones(curve)

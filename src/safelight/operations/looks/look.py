"""What a classical look offers: it studies a copy of the photo, and then colours any part of the photo itself.

Every look works on a copy whose long side is always the same, so that radii are relative to the photo, the look is the
same at every size, and time and memory do not grow with the photo. What it finds there are smooth fields; they are
brought to the photo's size and become colours pixel by pixel, so that parts of a photo have no borders.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from safelight.imaging.arrays import Values

SIDE = 1024
"""Long side of the copy, in pixels; all radii of looks are in its pixels."""

Stage = Callable[[float], None]
"""Takes the share of the work that is done, 0-1; raises CancelledError once it is no longer wanted."""


@dataclass(frozen=True, slots=True)
class Drawing:
    """What a look found in one photo."""

    fields: Values
    """(H, W, N) of the copy, smooth enough to be brought to the photo's size."""
    coloured: Callable[[Values, Values], Values]
    """Turns fields (H, W, N) at the photo's size, and the photo's own Lab colours (H, W, 3) there, into colours: Lab,
    (H, W, 3). Pixel by pixel."""


class Look(Protocol):
    """A way to draw."""

    def __call__(self, lab: Values, growth: float, stage: Stage) -> Drawing:
        """Study a copy.

        Args:
            lab: the copy in CIE Lab, (H, W, 3) float32, L 0-100.
            growth: size of the photo over that of the copy.
            stage: told of the progress, before each step of some tenths of a second.
        """

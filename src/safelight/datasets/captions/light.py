"""How a picture is lit, from the light on the face and around it. Left and right are the picture's."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from safelight.datasets.captions.colours import chroma

if TYPE_CHECKING:
    from safelight.datasets.captions.scene import Scene

_SIDE, _HARD = 0.55, 2.0
"""Stops between the sides of a face from which on light comes from one side, and from which on it is hard."""
_EVEN = 0.3
_BACK, _BACK_FACE = 1.5, 48.0
"""Stops that the background is brighter than the face; lightness that the face must stay below."""
_LOW, _LOW_BRIGHT, _HIGH, _HIGH_DARK = 25.0, 62.0, 82.0, 25.0
_NEUTRAL, _LEAST_NEUTRAL = 16.0, 0.12
_WARM, _COOL = 6.0, -6.0
_GREY, _MUTED, _VIVID = 3.5, 9.0, 38.0
_LEAST_BACK = 0.1
_FLOOR = 0.004
"""Added to light before stops are counted, so that noise in the dark is none."""
_ASIDE = 35.0
_LEAST_PIXELS = 120


class Light(StrEnum):
    """What can be said of the light."""

    EVEN = "even"
    SOFT = "soft"
    HARD = "hard"
    FROM_LEFT = "from_left"
    FROM_RIGHT = "from_right"
    BACKLIT = "backlit"
    LOW_KEY = "low_key"
    HIGH_KEY = "high_key"
    WARM = "warm"
    COOL = "cool"


class Palette(StrEnum):
    """What can be said of all colours together."""

    MONOCHROME = "monochrome"
    MUTED = "muted"
    VIVID = "vivid"


def light_of(scene: Scene, yaw: float | None) -> tuple[Light, ...]:
    """Tell how a picture is lit; what cannot be measured is left out.

    Args:
        scene: the picture.
        yaw: of the face in degrees. A face that is turned away shows one side only, of which nothing follows.
    """
    found: list[Light] = []
    if scene.skin.sum() >= _LEAST_PIXELS:
        found += _on_the_face(scene, 0.0 if yaw is None else yaw)
    dark, middle, bright = (float(value) for value in np.percentile(scene.lab[..., 0], (8, 50, 92)))
    if middle <= _LOW and bright <= _LOW_BRIGHT:
        found.append(Light.LOW_KEY)
    elif middle >= _HIGH and dark >= _HIGH_DARK:
        found.append(Light.HIGH_KEY)
    tint = _tint(scene)
    return (*found, tint) if tint is not None else tuple(found)


def palette_of(scene: Scene) -> Palette | None:
    """Tell what is remarkable of all colours together; None = nothing."""
    colourful = chroma(scene.lab)
    if float(np.percentile(colourful, 90)) <= _GREY:
        return Palette.MONOCHROME
    mean = float(colourful.mean())
    return Palette.MUTED if mean < _MUTED else Palette.VIVID if mean > _VIVID else None


def _on_the_face(scene: Scene, yaw: float) -> list[Light]:
    lights = _linear(scene.lab[..., 0])
    rows, columns = np.nonzero(scene.skin)
    left, right = np.percentile(columns, (35, 65))
    sides = [float(np.median(lights[rows[chosen], columns[chosen]])) for chosen in (columns <= left, columns >= right)]
    stops = float(np.log2((sides[0] + _FLOOR) / (sides[1] + _FLOOR)))
    if _from_behind(scene, lights):
        return [Light.BACKLIT]
    found = []
    if abs(stops) >= _SIDE and abs(yaw) < _ASIDE:
        found.append(Light.HARD if abs(stops) >= _HARD else Light.SOFT)
        found.append(Light.FROM_LEFT if stops > 0 else Light.FROM_RIGHT)
    elif abs(stops) < _EVEN:
        found.append(Light.EVEN)
    return found


def _from_behind(scene: Scene, lights: NDArray[np.float64]) -> bool:
    """Whether a face that is dark on its brighter side, too, is before much light."""
    if scene.background.mean() < _LEAST_BACK or float(np.percentile(scene.lab[scene.skin][:, 0], 75)) >= _BACK_FACE:
        return False
    behind, face = float(np.percentile(lights[scene.background], 60)), float(np.percentile(lights[scene.skin], 75))
    return float(np.log2((behind + _FLOOR) / (face + _FLOOR))) >= _BACK


def _tint(scene: Scene) -> Light | None:
    """Whether what should be grey is warm or cool: the skin says nothing of that, and neither do colours."""
    near_grey = ~scene.skin & (chroma(scene.lab) < _NEUTRAL) & (scene.lab[..., 0] > 35) & (scene.lab[..., 0] < 97)
    if near_grey.mean() < _LEAST_NEUTRAL:
        return None
    blue_yellow = float(np.median(scene.lab[near_grey][:, 2]))
    return Light.WARM if blue_yellow >= _WARM else Light.COOL if blue_yellow <= _COOL else None


def _linear(lightness: NDArray[np.float32]) -> NDArray[np.float64]:
    """Light, 0-1, of CIE lightness, 0-100."""
    upper = ((lightness.astype(np.float64) + 16) / 116) ** 3
    return np.asarray(np.where(lightness > 8, upper, lightness / 903.3), np.float64)

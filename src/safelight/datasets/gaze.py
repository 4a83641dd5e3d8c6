"""Whether the eyes of a face are open, and whether it looks into the camera, from its angles and blendshapes."""

from __future__ import annotations

from collections.abc import Mapping
from math import exp

_OPEN, _SHUT = 0.3, 0.7
"""The blendshape of a blink in a broad smile with open eyes, and from which on an eye is shut."""
_EYE = 25.0
"""Degrees that an eye is turned when its blendshape is 1."""
_GAZE, _HEAD = 15.0, 45.0
"""Degrees that count for one standard deviation: of the line of sight, and of the head."""


def eyes_open(expressions: Mapping[str, float]) -> float:
    """0 = both eyes are shut, 1 = both are open, as people who smile have them."""
    blink = (expressions.get("eyeBlinkLeft", 0) + expressions.get("eyeBlinkRight", 0)) / 2
    return min(1.0, max(0.0, (_SHUT - blink) / (_SHUT - _OPEN)))


def line_of_sight(yaw: float, pitch: float, expressions: Mapping[str, float]) -> tuple[float, float]:
    """Where the eyes look, in degrees to the picture's right and upwards; 0, 0 = into the camera."""

    def turned(left: str, right: str, back_left: str, back_right: str) -> float:
        there = expressions.get(f"eyeLook{left}Left", 0) + expressions.get(f"eyeLook{right}Right", 0)
        back = expressions.get(f"eyeLook{back_left}Left", 0) + expressions.get(f"eyeLook{back_right}Right", 0)
        return (there - back) / 2 * _EYE

    # The blendshapes' left is the person's own, which is the picture's right.
    return yaw + turned("Out", "In", "In", "Out"), pitch + turned("Up", "Up", "Down", "Down")


def at_camera(yaw: float, pitch: float, expressions: Mapping[str, float]) -> float:
    """How much a face looks into the camera, 0-1: its line of sight, less where the head is turned or the eyes shut."""
    across, up = line_of_sight(yaw, pitch, expressions)
    gaze = (across * across + up * up) / _GAZE**2
    head = (yaw * yaw + pitch * pitch) / _HEAD**2
    return exp(-(gaze + head) / 2) * eyes_open(expressions)

"""Where a head is turned and where its eyes look. Left and right are always the picture's, never the person's."""

from __future__ import annotations

from enum import StrEnum

from safelight.datasets.facts import FaceFacts

_TURNED, _PROFILE = 12.0, 55.0
_UP, _DOWN, _TILTED = 14.0, -20.0, 12.0
_EYES = 30.0
"""Degrees that eyes turn when a blendshape of looking aside is 1."""
_AWAY = 15.0
"""Degrees from the line of sight from which on a look misses the camera."""


class Direction(StrEnum):
    """Where a head is turned."""

    AHEAD = "ahead"
    LEFT = "left"
    RIGHT = "right"
    UP = "up"
    DOWN = "down"
    PROFILE_LEFT = "profile_left"
    PROFILE_RIGHT = "profile_right"


class Gaze(StrEnum):
    """Where eyes look."""

    CAMERA = "camera"
    LEFT = "left"
    RIGHT = "right"


class Tilt(StrEnum):
    """Where a head leans."""

    LEFT = "left"
    RIGHT = "right"


def direction_of(face: FaceFacts) -> Direction:
    """Tell where a head is turned; to the side goes before up and down."""
    if abs(face.yaw) >= _PROFILE:
        return Direction.PROFILE_RIGHT if face.yaw > 0 else Direction.PROFILE_LEFT
    if abs(face.yaw) >= _TURNED:
        return Direction.RIGHT if face.yaw > 0 else Direction.LEFT
    if face.pitch >= _UP:
        return Direction.UP
    return Direction.DOWN if face.pitch <= _DOWN else Direction.AHEAD


def gaze_of(face: FaceFacts) -> Gaze | None:
    """Tell where open eyes look, head and eyes together; None = that was not measured, or cannot be seen."""
    shapes = face.expressions
    if not shapes or abs(face.yaw) >= _PROFILE:
        return None
    # A left eye that looks out looks to the person's left, which is the picture's right.
    aside = (
        shapes.get("eyeLookOutLeft", 0.0) - shapes.get("eyeLookInLeft", 0.0)
        + shapes.get("eyeLookInRight", 0.0) - shapes.get("eyeLookOutRight", 0.0)
    ) / 2  # fmt: skip
    degrees = face.yaw + _EYES * aside
    if abs(degrees) < _AWAY:
        return Gaze.CAMERA
    return Gaze.RIGHT if degrees > 0 else Gaze.LEFT


def tilt_of(face: FaceFacts) -> Tilt | None:
    """Tell where a head leans; None = it is upright."""
    if abs(face.roll) < _TILTED:
        return None
    return Tilt.RIGHT if face.roll > 0 else Tilt.LEFT

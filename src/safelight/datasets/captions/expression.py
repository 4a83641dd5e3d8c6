"""What a face does, from MediaPipe's blendshapes."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from safelight.datasets.facts import FaceFacts

_SMILE, _LAUGH = 0.35, 0.65
_OPEN, _AGAPE = 0.25, 0.2
_BROWS = 0.25
_SHUT, _WIDE_OPEN = 0.65, 0.3
_LEAST_HEIGHT = 32
"""A face of fewer pixels shows too little to tell."""


class Expression(StrEnum):
    """What mouth and brows do."""

    SMILING = "smiling"
    LAUGHING = "laughing"
    SURPRISED = "surprised"
    MOUTH_OPEN = "mouth_open"
    SERIOUS = "serious"


class Eyes(StrEnum):
    """What eyes do, where it is worth a word."""

    CLOSED = "closed"
    WINKING = "winking"


def expression_of(face: FaceFacts) -> Expression | None:
    """Tell what mouth and brows do; None = that was not measured, or cannot be seen."""
    shapes = face.expressions
    if not shapes or face.box[3] < _LEAST_HEIGHT:
        return None
    smile = _both(shapes, "mouthSmile")
    jaw = shapes.get("jawOpen", 0.0)
    brows = (shapes.get("browInnerUp", 0.0) + _both(shapes, "browOuterUp")) / 2
    if jaw >= _AGAPE and brows >= _BROWS and smile < _SMILE:
        return Expression.SURPRISED
    if smile >= _LAUGH and jaw >= _OPEN:
        return Expression.LAUGHING
    if jaw >= _OPEN:
        return Expression.MOUTH_OPEN
    return Expression.SMILING if smile >= _SMILE else Expression.SERIOUS


def eyes_of(face: FaceFacts) -> Eyes | None:
    """Tell whether eyes are closed; None = they are open, or it cannot be seen."""
    left, right = (face.expressions.get(f"eyeBlink{side}", 0.0) for side in ("Left", "Right"))
    if face.box[3] < _LEAST_HEIGHT:
        return None
    if min(left, right) >= _SHUT:
        return Eyes.CLOSED
    return Eyes.WINKING if max(left, right) >= _SHUT and min(left, right) < _WIDE_OPEN else None


def _both(shapes: Mapping[str, float], name: str) -> float:
    return (shapes.get(f"{name}Left", 0.0) + shapes.get(f"{name}Right", 0.0)) / 2

"""How good a keeper a photo is: among duplicates, the best stays."""

from __future__ import annotations

from math import log2

from safelight.datasets.facts import Facts

_SHARPNESS, _SIZE, _LIGHT, _EYES, _CAMERA = 0.35, 0.30, 0.15, 0.20, 0.40
"""Weights; the last only where it is asked for."""
_FACE = 64.0, 1024.0
_PHOTO = 256.0, 4096.0
"""The height of a face, or the shorter side of a photo without one, in pixels: from useless to as good as any."""
_CLIPPED = 1.0
"""How fast black and white pixels count; a photo on a white wall is none the worse for a little of it."""


def quality_of(facts: Facts, subject: int, *, prefer_camera: bool) -> float:
    """Rate a photo, 0-1: sharpness at the scale of the face, size, light, open eyes, and looking into the camera.

    What a photo without a face does not have is not asked of it. ``subject`` is the place of the face that counts.
    """
    face = facts.faces[subject] if facts.faces else None
    if face is None:
        size = _between(min(facts.width, facts.height), *_PHOTO)
        parts = [(_SHARPNESS, facts.sharpness), (_SIZE, size), (_LIGHT, _light(facts.brightness, facts))]
    else:
        parts = [
            (_SHARPNESS, face.sharpness), (_SIZE, _between(face.box[3], *_FACE)),
            (_LIGHT, _light(face.brightness, facts)), (_EYES, face.eyes_open),
        ]  # fmt: skip
        if prefer_camera:
            parts.append((_CAMERA, face.at_camera))
    rated = sum(weight * value for weight, value in parts) / sum(weight for weight, _ in parts)
    return round(min(max(rated, 0.0), 1.0), 4)


def _light(mean: float, facts: Facts) -> float:
    """1 for a mean light in the middle without black or white areas."""
    return (1 - abs(2 * mean - 1)) * max(0.0, 1 - _CLIPPED * (facts.dark + facts.bright))


def _between(value: float, low: float, high: float) -> float:
    """0 at ``low`` or less, 1 at ``high`` or more; each doubling counts the same."""
    return min(max(log2(max(value, 1.0) / low) / log2(high / low), 0.0), 1.0)

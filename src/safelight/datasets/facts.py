"""What was seen in a photo: measured once, and used by every step after it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from safelight.datasets.dataset import Item
from safelight.datasets.value import Box, Value

PATCH = 64
"""Side of the aligned grey faces, in pixels."""


class Sense(StrEnum):
    """What a photo is looked at with."""

    FACES = "faces"
    IDENTITY = "identity"
    POSE = "pose"


class FaceFacts(Value):
    """One face. Coordinates are pixels of the upright photo."""

    box: Box
    """Around all landmarks; it may reach beyond the photo."""
    score: float
    """How sure it is that this is a face, 0-1."""
    points: tuple[tuple[float, float], ...]
    """Eye, eye, nose tip, mouth corner, mouth corner, as :class:`safelight.people.face.Face` has them."""
    yaw: float
    """Degrees; positive = turned to the picture's right."""
    pitch: float
    """Degrees; positive = looks up."""
    roll: float
    """Degrees; positive = leans to the picture's right."""
    sharpness: float
    """At the scale of the face, 0-1: the same for a sharp face of 100 and of 1,000 pixels."""
    brightness: float
    """Mean light of the face, 0-1 (sRGB luma)."""
    eyes_open: float
    """0 = both shut, 1 = both open."""
    at_camera: float
    """How much it looks into the camera, 0-1: head and eyes."""
    expressions: dict[str, float] = Field(default_factory=dict)
    """MediaPipe's 52 blendshapes by name, 0-1 each, rounded to three digits."""


class PoseFacts(Value):
    """One body."""

    score: float
    """How sure it is that this is a person, 0-1."""
    landmarks: tuple[tuple[float, float], ...]
    """33 of x, y in pixels of the upright photo, numbered as MediaPipe's."""
    visibility: tuple[float, ...]
    """33: how likely each is inside the picture and not hidden, 0-1."""


class Facts(Value):
    """One photo."""

    item: str
    """Which."""
    width: int
    """Pixels across, upright."""
    height: int
    """Pixels down, upright."""
    phash: str
    """Perceptual hash, 64 bits as 16 hexadecimal digits."""
    mirrored_phash: str | None = None
    """The same of the mirrored photo; None = not known."""
    sharpness: float
    """Of the sharpest part of the photo, 0-1."""
    brightness: float
    """Mean light, 0-1 (sRGB luma)."""
    contrast: float
    """Standard deviation of the light, 0-1."""
    dark: float
    """Share of pixels that are black, 0-1."""
    bright: float
    """Share of pixels that are white, 0-1."""
    faces: tuple[FaceFacts, ...] = ()
    """Largest first."""
    poses: tuple[PoseFacts, ...] = ()
    """Largest first."""
    without: tuple[str, ...] = ()
    """What could not be measured, in plain words, such as a model that is missing."""
    lacking: tuple[Sense, ...] = ()
    """What it was not looked at with, as the model is missing: no face is seen then, or nobody known, or no body."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Seen:
    """A photo with all that was measured."""

    item: Item
    """The photo."""
    facts: Facts
    """What people can read."""
    embeddings: NDArray[np.float32]
    """(faces, D): who each face is; (0, 0) where there are none, or no model."""
    patches: NDArray[np.uint8]
    """(faces, 64, 64): each face laid over the FFHQ template, grey."""

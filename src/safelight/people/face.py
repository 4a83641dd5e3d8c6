"""A face in a photo, as a value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from safelight.people.warp import Matrix, enlargement, moved

Box = tuple[float, float, float, float]
Points = NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Face:
    """One face. Coordinates are pixels of the photo, continuous: 0 is its left or upper edge."""

    box: Box
    """Left, top, width, height around all landmarks: from ear to ear, from the forehead to the chin. It may reach
    beyond the photo's border."""
    score: float
    """The detector's confidence, 0-1."""
    presence: float
    """The landmark network's confidence that a face is there, 0-1."""
    landmarks: Points
    """(478, 3): x, y, and z in the same unit, smaller towards the camera; numbered as MediaPipe's face mesh."""
    points: Points
    """(5, 2): eye, eye, nose tip, mouth corner, mouth corner; from left to right in the picture as long as the face
    stands upright, and the same parts of the face whichever way it is turned."""
    yaw: float
    """Degrees; 0 = looks into the camera, positive = turned to the picture's right."""
    pitch: float
    """Degrees; positive = looks up."""
    roll: float
    """Degrees; positive = leans to the picture's right (clockwise)."""
    expressions: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))
    """MediaPipe's 52 blendshapes by name, 0-1 each."""

    def through(self, matrix: Matrix) -> Face:
        """The same face in a picture that ``matrix`` (2, 3; a similarity) makes of the photo, such as an aligned crop.

        Head angles stay what they are in the photo.
        """
        flat = moved(matrix, self.landmarks[:, :2])
        landmarks = np.column_stack([flat, self.landmarks[:, 2] * enlargement(matrix)]).astype(np.float32)
        return Face(
            box=box_around(landmarks), score=self.score, presence=self.presence, landmarks=landmarks,
            points=moved(matrix, self.points).astype(np.float32), yaw=self.yaw, pitch=self.pitch, roll=self.roll,
            expressions=self.expressions,
        )  # fmt: skip


def box_around(points: Points) -> Box:
    """Left, top, width and height of the least rectangle around points (N, 2 or more)."""
    low, high = points[:, :2].min(axis=0), points[:, :2].max(axis=0)
    return float(low[0]), float(low[1]), float(high[0] - low[0]), float(high[1] - low[1])

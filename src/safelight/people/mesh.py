"""Reads the landmarks and the expression of one face out of its square.

Source: Kartynnik and others, "Real-time Facial Surface Geometry from Monocular Video on Mobile GPUs", 2019, and
MediaPipe's face landmarker, whose networks these are (Apache-2.0).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import atan2
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from safelight.people.face import Points
from safelight.people.networks import Networks, as_input
from safelight.people.view import View
from safelight.people.warp import Square

_SIZE = 256
_AROUND = 1.5
LEFT_EYE, RIGHT_EYE = (33, 133, 159, 145), (362, 263, 386, 374)
"""Corners and lids of the eye on the picture's left and on its right."""
NOSE_TIP, LEFT_MOUTH, RIGHT_MOUTH = 4, 61, 291

EXPRESSIONS = (
    "_neutral", "browDownLeft", "browDownRight", "browInnerUp", "browOuterUpLeft", "browOuterUpRight", "cheekPuff",
    "cheekSquintLeft", "cheekSquintRight", "eyeBlinkLeft", "eyeBlinkRight", "eyeLookDownLeft", "eyeLookDownRight",
    "eyeLookInLeft", "eyeLookInRight", "eyeLookOutLeft", "eyeLookOutRight", "eyeLookUpLeft", "eyeLookUpRight",
    "eyeSquintLeft", "eyeSquintRight", "eyeWideLeft", "eyeWideRight", "jawForward", "jawLeft", "jawOpen", "jawRight",
    "mouthClose", "mouthDimpleLeft", "mouthDimpleRight", "mouthFrownLeft", "mouthFrownRight", "mouthFunnel",
    "mouthLeft", "mouthLowerDownLeft", "mouthLowerDownRight", "mouthPressLeft", "mouthPressRight", "mouthPucker",
    "mouthRight", "mouthRollLower", "mouthRollUpper", "mouthShrugLower", "mouthShrugUpper", "mouthSmileLeft",
    "mouthSmileRight", "mouthStretchLeft", "mouthStretchRight", "mouthUpperUpLeft", "mouthUpperUpRight",
    "noseSneerLeft", "noseSneerRight",
)  # fmt: skip
"""The blendshapes in the order of the network's output; left and right are the person's own."""

_FOR_EXPRESSIONS = (
    0, 1, 4, 5, 6, 7, 8, 10, 13, 14, 17, 21, 33, 37, 39, 40, 46, 52, 53, 54, 55, 58, 61, 63, 65, 66, 67, 70, 78, 80, 81,
    82, 84, 87, 88, 91, 93, 95, 103, 105, 107, 109, 127, 132, 133, 136, 144, 145, 146, 148, 149, 150, 152, 153, 154,
    155, 157, 158, 159, 160, 161, 162, 163, 168, 172, 173, 176, 178, 181, 185, 191, 195, 197, 234, 246, 249, 251, 263,
    267, 269, 270, 276, 282, 283, 284, 285, 288, 291, 293, 295, 296, 297, 300, 308, 310, 311, 312, 314, 317,
    318, 321, 323, 324, 332, 334, 336, 338, 356, 361, 362, 365, 373, 374, 375, 377, 378, 379, 380, 381, 382, 384, 385,
    386, 387, 388, 389, 390, 397, 398, 400, 402, 405, 409, 415, 454, 466, 468, 469, 470, 471, 472, 473, 474, 475, 476,
    477,
)  # fmt: skip
"""The landmarks that the expression network looks at (MediaPipe, face_blendshapes_graph.cc)."""


@dataclass(frozen=True, slots=True, eq=False)
class Mesh:
    """What the landmark network says about a square."""

    presence: float
    """Its confidence that a face is there, 0-1."""
    landmarks: Points
    """(478, 3) in pixels of the photo; z in the same unit."""

    @property
    def points(self) -> Points:
        """(5, 2); see :class:`safelight.people.face.Face`."""
        flat = self.landmarks[:, :2]
        eyes = [flat[list(eye)].mean(axis=0) for eye in (LEFT_EYE, RIGHT_EYE)]
        return np.stack([*eyes, flat[NOSE_TIP], flat[LEFT_MOUTH], flat[RIGHT_MOUTH]])


def square_of_box(box: NDArray[np.float64], eyes: NDArray[np.float64]) -> Square:
    """The square in which the networks expect a face: turned until the eyes are level, with room around the face.

    Args:
        box: (4,): left, top, width, height of the face.
        eyes: (2, 2): the left one in the picture, then the right one.
    """
    across, down = eyes[1] - eyes[0]
    middle = box[:2] + box[2:] / 2
    return Square(float(middle[0]), float(middle[1]), _AROUND * float(box[2:].max()), atan2(down, across))


def square_of_mesh(landmarks: Points) -> Square:
    """The same square from landmarks (478, 3), which tell the place more exactly than a detector does."""
    flat = landmarks[:, :2].astype(np.float64)
    across, down = flat[RIGHT_EYE[1]] - flat[LEFT_EYE[0]]
    turn = Square(0, 0, 1, atan2(down, across)).matrix(1)[:, :2]
    level = flat @ turn.T
    low, high = level.min(axis=0), level.max(axis=0)
    middle = (low + high) / 2 @ turn
    return Square(float(middle[0]), float(middle[1]), _AROUND * float((high - low).max()), atan2(down, across))


def read_mesh(view: View, square: Square, networks: Networks) -> Mesh:
    """Run the landmark network on a square of the photo."""
    pixels = view.square(square, _SIZE)
    values, presence, _ = networks.run("face_landmarks_detector", as_input(pixels, lowest=0))
    raw = values.reshape(-1, 3)
    flat = view.back(square, _SIZE, raw[:, :2])
    landmarks = np.column_stack([flat, raw[:, 2] * (square.side / _SIZE)]).astype(np.float32)
    return Mesh(1 / (1 + float(np.exp(-np.clip(presence.item(), -50, 50)))), landmarks)


def read_expressions(landmarks: Points, networks: Networks) -> Mapping[str, float]:
    """Run the expression network on landmarks (478, 3): 52 values, 0-1, by name."""
    points = landmarks[None, list(_FOR_EXPRESSIONS), :2].astype(np.float32)
    (values,) = networks.run("face_blendshapes", points)
    return MappingProxyType(dict(zip(EXPRESSIONS, values.ravel().clip(0, 1).tolist(), strict=True)))

"""How faces are laid out for an embedding network, and how its numbers come to the scale that all of them share.

Both are facts of a network, and stand in the catalog: ``layout``, ``distance`` and ``threshold`` of its options.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from safelight.errors import ModelError
from safelight.models.spec import ModelSpec
from safelight.people.align import fitted
from safelight.people.face import Face
from safelight.people.warp import Matrix

SAME_PERSON_DISTANCE = 0.6
"""Embeddings nearer than this are one person's: dlib's own threshold (99.38% on LFW; dnn_face_recognition_ex.cpp)."""

_PADDING = 0.25
_CORNERS = (263, 362, 33, 133, 2)
"""Landmarks: outer and inner corner of the eye on the picture's right, then on its left; the base of the nose."""
_PLACES = np.array([[0.8596, 0.2135], [0.6461, 0.2290], [0.1206, 0.2137], [0.3341, 0.2291], [0.4901, 0.6278]])
"""Where dlib has them, in shares of the face without padding (dlib, image_transforms/interpolation.h)."""
_ARCFACE_SIDE = 112
_ARCFACE = np.array(
    [[38.2946, 51.6963], [73.5318, 51.5014], [56.0252, 71.7366], [41.5493, 92.3655], [70.7299, 92.2041]]
)
"""Eyes, nose tip and corners of the mouth in a square of 112 pixels (InsightFace, utils/face_align.py)."""


class Layout(StrEnum):
    """Where an embedding network wants the parts of a face."""

    DLIB = "dlib"
    ARCFACE = "arcface"

    def matrix(self, face: Face, side: int) -> Matrix:
        """From the photo to the square of ``side`` pixels that the network takes."""
        if self is Layout.DLIB:
            return fitted(face.landmarks[list(_CORNERS), :2], (_PLACES + _PADDING) / (1 + 2 * _PADDING) * side)
        return fitted(face.points, _ARCFACE * (side / _ARCFACE_SIDE))


class Measure(StrEnum):
    """How the makers of a network compare its embeddings."""

    EUCLIDEAN = "euclidean"
    COSINE = "cosine"


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """What brings the embeddings of one network to the shared scale."""

    layout: Layout
    """How it wants faces."""
    measure: Measure
    """How its embeddings are compared."""
    threshold: float
    """From where on two are one person's: the largest distance, or the least cosine."""

    def scaled(self, embeddings: NDArray[np.float32]) -> NDArray[np.float32]:
        """Give embeddings (N, D) for which the threshold is a distance of :data:`SAME_PERSON_DISTANCE`."""
        if self.measure is Measure.EUCLIDEAN:
            return embeddings * np.float32(SAME_PERSON_DISTANCE / self.threshold)
        lengths = np.linalg.norm(embeddings, axis=1, keepdims=True)
        # Of vectors of length 1, the squared distance is 2 - 2 cosine.
        unit: NDArray[np.float32] = embeddings / np.maximum(lengths, np.float32(1e-12))
        return unit * np.float32(SAME_PERSON_DISTANCE / sqrt(2 - 2 * self.threshold))


def calibration_of(spec: ModelSpec[object]) -> Calibration:
    """Read the calibration of an embedding network off the catalog.

    Raises:
        ModelError: the catalog does not tell it, or it makes no sense.
    """
    options = spec.options
    try:
        threshold = float(options["threshold"])
        calibration = Calibration(
            layout=Layout(str(options["layout"])), measure=Measure(str(options["distance"])), threshold=threshold
        )
    except (KeyError, ValueError) as error:
        raise ModelError(f"{spec.id}: the catalog does not tell how its faces are compared: {error}") from error
    if not (0 < threshold < 1 if calibration.measure is Measure.COSINE else 0 < threshold < float("inf")):
        raise ModelError(f"{spec.id}: {threshold:g} is no threshold for a {calibration.measure} distance")
    return calibration

"""Who it is: numbers that lie near each other for one person, and how alike two of them are.

Faces are laid out as dlib does it for its network (``get_face_chip``: four corners of the eyes and the base of the
nose), from the landmarks that are here already.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

import numpy as np
from numpy.typing import NDArray

from safelight.imaging.photo import Photo
from safelight.imaging.vips import reading
from safelight.models.spec import Models, ModelSpec
from safelight.people.align import fitted
from safelight.people.face import Face
from safelight.people.networks import Embedder
from safelight.people.warp import colours, eight_bits, warp

Embedding = NDArray[np.float32]

SAME_PERSON_DISTANCE = 0.6
"""Embeddings nearer than this are one person's: dlib's own threshold (99.38% on LFW; dnn_face_recognition_ex.cpp)."""
SAME_PERSON = 0.5
"""The same threshold as a similarity."""

_PADDING = 0.25
_CORNERS = (263, 362, 33, 133, 2)
"""Landmarks: outer and inner corner of the eye on the picture's right, then on its left; the base of the nose."""
_PLACES = np.array([[0.8596, 0.2135], [0.6461, 0.2290], [0.1206, 0.2137], [0.3341, 0.2291], [0.4901, 0.6278]])
"""Where dlib has them, in shares of the face without padding (dlib, image_transforms/interpolation.h)."""


def embed(photo: Photo, face: Face, models: Models, spec: ModelSpec[object]) -> Embedding:
    """Describe one face by 128 numbers: (128,) float32; see :func:`embed_all`."""
    found: Embedding = embed_all(photo, [face], models, spec)[0]
    return found


def embed_all(photo: Photo, faces: Sequence[Face], models: Models, spec: ModelSpec[object]) -> NDArray[np.float32]:
    """Describe several faces of a photo: (N, 128) float32.

    Args:
        photo: where they are.
        faces: faces of this photo. For a crop: ``face.through(matrix)``, as the crop is a photo of its own.
        models: lends the network.
        spec: the embedding network (``dlib-face-recognition``).

    Raises:
        BrokenPhotoError: the photo's data is cut short or damaged.
        ModelError: the network is missing or damaged.
    """
    with models.use(cast("ModelSpec[Embedder]", spec)) as network:
        image = eight_bits(colours(photo))
        places = (_PLACES + _PADDING) / (1 + 2 * _PADDING) * network.side
        with reading(photo.name):
            crops = [warp(image, fitted(face.landmarks[list(_CORNERS), :2], places), network.side) for face in faces]
        found = np.array(crops, np.uint8).reshape(-1, network.side, network.side, 3)
        return network.embed(found)


def distance(one: Embedding, other: Embedding) -> float:
    """The Euclidean distance of two embeddings (128,); 0 = equal."""
    return float(np.linalg.norm(one.astype(np.float64) - other.astype(np.float64)))


def similarity(one: Embedding, other: Embedding) -> float:
    """How alike two embeddings (128,) are, 0-1: 1 = equal, 0.5 = just at the threshold between one person and two.

    A half to the power of the squared distance in thresholds: ``0.5 ** (d / 0.6) ** 2``, a bell curve. Other embedding
    networks with other thresholds come to the same scale in the same way.
    """
    return float(SAME_PERSON ** ((distance(one, other) / SAME_PERSON_DISTANCE) ** 2))

"""Who it is: numbers that lie near each other for one person, and how alike two of them are.

Any embedding network of the catalog will do: each face is laid out as it wants it, and what it says is brought to one
scale (:mod:`safelight.people.likeness`). Embeddings of two networks cannot be compared.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

import numpy as np
from numpy.typing import NDArray

from safelight.imaging.photo import Photo
from safelight.imaging.vips import reading
from safelight.models.spec import Models, ModelSpec
from safelight.people.face import Face
from safelight.people.likeness import SAME_PERSON_DISTANCE, calibration_of
from safelight.people.networks import Embedder
from safelight.people.warp import colours, eight_bits, warp

__all__ = ["SAME_PERSON", "SAME_PERSON_DISTANCE", "Embedding", "distance", "embed", "embed_all", "similarity"]

Embedding = NDArray[np.float32]

SAME_PERSON = 0.5
"""The threshold between one person and two, as a similarity."""


def embed(photo: Photo, face: Face, models: Models, spec: ModelSpec[object]) -> Embedding:
    """Describe one face by numbers: (D,) float32; see :func:`embed_all`."""
    found: Embedding = embed_all(photo, [face], models, spec)[0]
    return found


def embed_all(photo: Photo, faces: Sequence[Face], models: Models, spec: ModelSpec[object]) -> NDArray[np.float32]:
    """Describe several faces of a photo: (N, D) float32; D is the network's, 128 for dlib's.

    Args:
        photo: where they are.
        faces: faces of this photo. For a crop: ``face.through(matrix)``, as the crop is a photo of its own.
        models: lends the network.
        spec: the embedding network, such as ``dlib-face-recognition``.

    Raises:
        BrokenPhotoError: the photo's data is cut short or damaged.
        ModelError: the network is missing or damaged.
    """
    calibration = calibration_of(spec)
    with models.use(cast("ModelSpec[Embedder]", spec)) as network:
        image = eight_bits(colours(photo))
        with reading(photo.name):
            crops = [warp(image, calibration.layout.matrix(face, network.side), network.side) for face in faces]
        found = np.array(crops, np.uint8).reshape(-1, network.side, network.side, 3)
        return calibration.scaled(network.embed(found))


def distance(one: Embedding, other: Embedding) -> float:
    """The Euclidean distance of two embeddings (D,) of one network; 0 = equal, 0.6 = just at the threshold."""
    return float(np.linalg.norm(one.astype(np.float64) - other.astype(np.float64)))


def similarity(one: Embedding, other: Embedding) -> float:
    """How alike two embeddings (D,) of one network are, 0-1: 1 = equal, 0.5 = just at the threshold.

    A half to the power of the squared distance in thresholds: ``0.5 ** (d / 0.6) ** 2``, a bell curve.
    """
    return float(SAME_PERSON ** ((distance(one, other) / SAME_PERSON_DISTANCE) ** 2))

"""dlib's face recognition network.

Source: King, "High Quality Face Recognition with Deep Metric Learning", 2017 (a ResNet of 29 layers, 128 numbers).
"""

from __future__ import annotations

import threading

import dlib
import numpy as np
from numpy.typing import NDArray

from safelight.errors import CorruptWeightsError
from safelight.models.spec import ResolvedModel

_SIDE = 150


def load_embedder(model: ResolvedModel) -> DlibEmbedder:
    """Load the network.

    Raises:
        CorruptWeightsError: the file is not this network.
    """
    path = model.paths[0]
    try:
        network = dlib.face_recognition_model_v1(str(path))
    except RuntimeError as error:
        raise CorruptWeightsError(f"{path}: not dlib's face recognition network: {error}") from error
    return DlibEmbedder(network, path.stat().st_size)


class DlibEmbedder:
    """Turns upright faces into 128 numbers that lie near each other for one person. Thread-safe."""

    side = _SIDE
    """Side of the pictures of faces that it takes, in pixels."""

    def __init__(self, network: dlib.face_recognition_model_v1, weight_bytes: int) -> None:
        """Take over the network."""
        self._network = network
        self._bytes = weight_bytes
        self._lock = threading.Lock()

    @property
    def weight_bytes(self) -> int:
        """Memory that its weights take, in bytes."""
        return self._bytes

    def embed(self, faces: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Give (N, 128) float32, not normalised, for (N, 150, 150, 3) RGB faces aligned as dlib does it."""
        if not len(faces):
            return np.empty((0, 128), np.float32)
        # The network keeps its layers' results in itself, so that two threads in it would mix two faces.
        with self._lock:
            found = self._network.compute_face_descriptor([np.ascontiguousarray(face) for face in faces])
        return np.array(found, np.float32)

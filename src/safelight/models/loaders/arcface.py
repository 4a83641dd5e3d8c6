"""Face recognition networks in ONNX files of the user's own, run with ONNX Runtime.

Source: Deng et al., "ArcFace: Additive Angular Margin Loss for Deep Face Recognition", 2019; how pictures are handed to
these networks: InsightFace, ``model_zoo/arcface_onnx.py``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from safelight.errors import CorruptWeightsError, ModelError
from safelight.models.spec import ResolvedModel

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

_ERRORS_ONLY = 3


def load_arcface(model: ResolvedModel) -> ArcFaceEmbedder:
    """Load the network; ``channels`` (rgb, bgr) and ``lowest`` (what black is, as white is 1) are options of it.

    Raises:
        CorruptWeightsError: the file is no ONNX model that takes pictures of faces and gives a row of numbers.
        ModelError: ONNX Runtime is not installed.
    """
    try:
        from onnxruntime import InferenceSession, SessionOptions
    except ImportError as error:
        raise ModelError(
            f"{model.spec.id} needs ONNX Runtime, which is not installed", hint="pip install 'safelight[insightface]'"
        ) from error
    path = model.paths[0]
    options = SessionOptions()
    options.log_severity_level = _ERRORS_ONLY
    data = path.read_bytes()  # by its bytes: a file cannot name other files then
    try:
        session = InferenceSession(data, options, providers=["CPUExecutionProvider"])
    except Exception as error:  # its errors have no class in common
        reason = str(error).split("\n", 1)[0]
        raise CorruptWeightsError(f"{path}: not an ONNX model that can be run: {reason}") from error
    side = _side(session)
    if side is None:
        raise CorruptWeightsError(f"{path}: not a face recognition network: it does not take square pictures alone")
    bgr = model.spec.options.get("channels", "rgb") == "bgr"
    return ArcFaceEmbedder(session, side, len(data), bgr=bgr, lowest=float(model.spec.options.get("lowest", -1)))


class ArcFaceEmbedder:
    """Turns upright faces into numbers whose angles tell people apart. Thread-safe."""

    def __init__(
        self, session: InferenceSession, side: int, weight_bytes: int, *, bgr: bool = False, lowest: float = -1
    ) -> None:
        """Take over the network, whose only input is (N, 3, side, side)."""
        self._session = session
        self._bytes = weight_bytes
        self._bgr = bgr
        self._lowest = lowest
        (self._takes,) = session.get_inputs()
        self._gives = session.get_outputs()[0].name
        self._single = self._takes.shape[0] == 1
        self.side = side
        """Side of the pictures of faces that it takes, in pixels."""

    @property
    def weight_bytes(self) -> int:
        """Memory that its weights take, in bytes."""
        return self._bytes

    def embed(self, faces: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Give (N, D) float32, of any length, for (N, side, side, 3) RGB faces in the layout of ArcFace.

        Raises:
            ModelError: what it gives is no row of numbers for each face.
        """
        values = faces[..., ::-1] if self._bgr else faces
        scale = np.float32((1 - self._lowest) / 255)
        values = np.ascontiguousarray(values.transpose(0, 3, 1, 2) * scale + np.float32(self._lowest))
        parts = [values[at : at + 1] for at in range(len(values))] if self._single or not len(values) else [values]
        rows = [np.asarray(self._session.run([self._gives], {self._takes.name: part})[0]) for part in parts]
        if not rows:
            return np.empty((0, self._length()), np.float32)
        found = np.concatenate(rows).astype(np.float32, copy=False)
        if found.ndim != 2 or len(found) != len(faces) or not np.isfinite(found).all():
            raise ModelError("the face recognition network gives no row of numbers for each face")
        return found

    def _length(self) -> int:
        shape = self._session.get_outputs()[0].shape
        return shape[-1] if shape and isinstance(shape[-1], int) else 0


def _side(session: InferenceSession) -> int | None:
    """The side of the square pictures that are the network's only input; None if that is not what it takes."""
    inputs = session.get_inputs()
    if len(inputs) != 1 or inputs[0].type != "tensor(float)" or len(inputs[0].shape) != 4:
        return None
    _, channels, height, width = inputs[0].shape
    return height if channels == 3 and isinstance(height, int) and height == width else None

"""YuNet, a face detector for small faces, run by OpenCV.

Source: Wu, Peng, Yu, "YuNet: A Tiny Millisecond-level Face Detector", 2023.
"""

from __future__ import annotations

import threading

import cv2
import numpy as np
from numpy.typing import NDArray

from safelight.errors import CorruptWeightsError
from safelight.models.spec import ResolvedModel

_OVERLAP = 0.3
_MOST = 5000


def load_yunet(model: ResolvedModel) -> YuNet:
    """Load the detector.

    Raises:
        CorruptWeightsError: OpenCV cannot read the file.
    """
    path = model.paths[0]
    level = cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_ERROR)  # it warns of what nobody can change
    try:
        detector = cv2.FaceDetectorYN.create(str(path), "", (320, 320))
    except cv2.error as error:
        raise CorruptWeightsError(f"{path}: not a detector that OpenCV reads: {error}") from error
    finally:
        cv2.utils.logging.setLogLevel(level)
    detector.setNMSThreshold(_OVERLAP)
    detector.setTopK(_MOST)
    return YuNet(detector, path.stat().st_size)


class YuNet:
    """Finds faces from about 10 pixels on. Thread-safe."""

    def __init__(self, detector: cv2.FaceDetectorYN, weight_bytes: int) -> None:
        """Take over the detector."""
        self._detector = detector
        self._bytes = weight_bytes
        self._lock = threading.Lock()

    @property
    def weight_bytes(self) -> int:
        """Memory that its weights take, in bytes."""
        return self._bytes

    def detect(self, pixels: NDArray[np.uint8], least: float) -> NDArray[np.float32]:
        """Find faces in (H, W, 3) RGB.

        Gives (N, 15) in pixels: left, top, width, height; eye, eye, nose tip, mouth corner, mouth corner, left to right
        in the picture, x and y each; confidence 0-1, at least ``least``.
        """
        height, width = pixels.shape[:2]
        with self._lock:
            self._detector.setInputSize((width, height))
            self._detector.setScoreThreshold(least)
            found = self._detector.detect(cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR))[1]
        return np.empty((0, 15), np.float32) if found is None else np.asarray(found, np.float32)

"""Looks for faces over a picture, in squares of several sizes.

The detector (BlazeFace, short range) sees 128 x 128 pixels and finds faces from about an eighth of their side on. So
that small faces are found as well, it looks at the whole picture, then at overlapping squares of half, a quarter and an
eighth of its longer side.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import ceil

import numpy as np
from numpy.typing import NDArray

from safelight.people.detection import Detection, averaged, best_of, decode
from safelight.people.networks import Networks, SmallFaceDetector, as_input
from safelight.people.together import together
from safelight.people.view import View
from safelight.people.warp import Square

_SIZE = 128
_STRIDES = (8, 16, 16, 16)
_OVERLAP_ONE, _OVERLAP_ALL = 0.3, 0.5
_STEP = 96
_LEAST_SIDE = 160
_LEAST_AGAIN = 0.3


def detect_faces(view: View, networks: Networks, levels: int, least: float) -> list[Detection]:
    """Find faces; boxes and six points each (eye, eye, nose, mouth, ear, ear) in pixels of the photo, best first.

    Args:
        view: the photo.
        networks: the face landmarker's.
        levels: how many sizes of squares; 1 = the whole picture only.
        least: least confidence, 0-1.
    """
    squares = [
        (level[y : y + _SIZE, x : x + _SIZE], np.array([x, y]), factor * _SIZE)
        for level, factor in _levels(view, levels)
        for x in _starts(level.shape[1])
        for y in _starts(level.shape[0])
    ]
    seen = together(lambda square: _look(square[0], networks, least), squares)
    found = [
        _placed(one, corner / _SIZE, side)
        for (_, corner, side), ones in zip(squares, seen, strict=True)
        for one in ones
    ]  # fmt: skip
    return best_of(found, _OVERLAP_ALL)


def _placed(one: Detection, corner: NDArray[np.float64], side: NDArray[np.float64]) -> Detection:
    """From shares of a square to pixels of the photo."""
    box = np.concatenate([(one.box[:2] + corner) * side, one.box[2:] * side])
    return Detection(box, (one.points + corner) * side, one.score)


def detect_tiny_faces(view: View, detector: SmallFaceDetector, least: float) -> list[Detection]:
    """Find faces with the second detector; boxes and five points each in pixels of the photo."""
    factor = np.array(view.factor)
    found = detector.detect(view.pixels, least).astype(np.float64)
    return [Detection(row[:4] * np.tile(factor, 2), row[4:14].reshape(5, 2) * factor, float(row[14])) for row in found]


def confidence(view: View, square: Square, networks: Networks) -> float:
    """Look once more at one face only, upright and in the middle of ``square``: the confidence that it is one, 0-1."""
    found = _look(view.square(square, _SIZE), networks, _LEAST_AGAIN)
    return max((one.score for one in found if _in_the_middle(one)), default=0.0)


def _in_the_middle(one: Detection) -> bool:
    return bool(np.abs(one.box[:2] + one.box[2:] / 2 - 0.5).max() < 0.15)


def _look(pixels: NDArray[np.uint8], networks: Networks, least: float) -> list[Detection]:
    """Run the detector on (128, 128, 3)."""
    regressors, logits = networks.run("face_detector", as_input(pixels, lowest=-1))
    return averaged(decode(regressors, logits, _SIZE, _STRIDES, least), _OVERLAP_ONE)


def _levels(view: View, most: int) -> Iterator[tuple[NDArray[np.uint8], NDArray[np.float64]]]:
    """The picture ever smaller, until one square covers all of it, and the pixels of the photo for one of its own."""
    import cv2

    height, width = view.pixels.shape[:2]
    longer = max(height, width)
    count = next((level for level in range(1, most) if longer / 2**level < _LEAST_SIDE), most)
    level = view.pixels
    for number in reversed(range(count)):
        scale = _SIZE * 2**number / longer
        across, down = (max(1, round(side * scale)) for side in (width, height))
        kernel = cv2.INTER_AREA if across < level.shape[1] else cv2.INTER_LINEAR
        level = np.asarray(cv2.resize(level, (across, down), interpolation=kernel), np.uint8)
        factor = np.array([view.width / across, view.height / down])
        yield np.pad(level, ((0, max(0, _SIZE - down)), (0, max(0, _SIZE - across)), (0, 0))), factor


def _starts(length: int) -> list[int]:
    """Where squares begin, so that they cover everything and overlap by a quarter at least."""
    count = ceil((length - _SIZE) / _STEP) + 1
    return [round(start) for start in np.linspace(0, length - _SIZE, count)]

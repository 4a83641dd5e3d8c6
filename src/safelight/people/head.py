"""Which way a head is turned, from its landmarks.

The landmarks are laid over the standard face that comes with MediaPipe's face landmarker (its geometry file, a protocol
buffer: https://github.com/google-ai-edge/mediapipe, tasks/cc/vision/face_geometry/proto), by the rotation that fits its
33 weighted landmarks best (Kabsch, "A solution for the best rotation to relate two sets of vectors", 1976). No camera
is assumed, so that the angles are those to the line of sight at the face's own place.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from math import asin, atan2, degrees

import numpy as np
from numpy.typing import NDArray

from safelight.errors import CorruptWeightsError
from safelight.people.face import Points
from safelight.people.networks import Networks

_FILE = "geometry_pipeline_metadata_landmarks.binarypb"
_PER_VERTEX = 5
_DAMAGED = (struct.error, LookupError, ValueError, TypeError)


@dataclass(frozen=True, slots=True, eq=False)
class StandardFace:
    """Some landmarks of a face that looks straight ahead."""

    numbers: NDArray[np.intp]
    """(N,): which landmarks."""
    places: NDArray[np.float64]
    """(N, 3) in centimetres: x to the right of the picture, y up, z towards the camera."""
    weights: NDArray[np.float64]
    """(N,): how much each counts."""


def standard_face(networks: Networks) -> StandardFace:
    """Read the standard face.

    Raises:
        CorruptWeightsError: it is not there, or not of this form.
    """
    return _parsed(networks.companion(_FILE))


def head_angles(landmarks: Points, face: StandardFace) -> tuple[float, float, float]:
    """Yaw, pitch and roll in degrees, as :class:`safelight.people.face.Face` has them.

    Args:
        landmarks: (478, 3), x to the right, y down, z away from the camera.
        face: what they are laid over.
    """
    seen = landmarks[face.numbers].astype(np.float64) * (1, -1, -1)
    weights = face.weights / face.weights.sum()
    seen -= weights @ seen
    known = face.places - weights @ face.places
    left, _, right = np.linalg.svd((seen * weights[:, None]).T @ known)
    turn = left @ np.diag([1, 1, np.linalg.det(left @ right)]) @ right
    # turn = roll about z, then pitch about x, then yaw about y, on axes x right, y up, z towards the camera.
    ahead, up = turn[:, 2], turn[:, 1]
    yaw = degrees(atan2(ahead[0], ahead[2]))
    pitch = degrees(asin(float(np.clip(ahead[1], -1, 1))))
    return yaw, pitch, _roll(ahead, up)


def _roll(ahead: NDArray[np.float64], up: NDArray[np.float64]) -> float:
    """How far the upright of the face leans from the upright of a face that looks the same way with level eyes."""
    level = np.cross((0.0, 1.0, 0.0), ahead)
    length = float(np.linalg.norm(level))
    if length < 1e-6:
        return 0.0
    level /= length
    return degrees(atan2(float(up @ level), float(up @ np.cross(ahead, level))))


@lru_cache(maxsize=4)
def _parsed(data: bytes) -> StandardFace:
    try:
        top = list(_fields(data))
        mesh = next(_bytes(value) for number, value in top if number == 1)
        floats = [struct.unpack("<f", _bytes(value))[0] for number, value in _fields(mesh) if number == 3]
        places = np.array(floats, np.float64).reshape(-1, _PER_VERTEX)[:, :3]
        chosen = [dict(_fields(_bytes(value))) for number, value in top if number == 2]
        numbers = np.array([one.get(1, 0) for one in chosen], np.intp)
        weights = np.array([struct.unpack("<f", _bytes(one[2]))[0] for one in chosen], np.float64)
        return StandardFace(numbers, places[numbers], weights)
    except (*_DAMAGED, StopIteration) as error:
        raise CorruptWeightsError(f"{_FILE} is not of the form that is known here") from error


def _fields(data: bytes) -> Iterator[tuple[int, int | bytes]]:
    """The fields of a protocol buffer: number, and value as a whole number or as bytes."""
    at = 0
    while at < len(data):
        key, at = _varint(data, at)
        kind = key & 7
        if kind == 0:
            value, at = _varint(data, at)
            yield key >> 3, value
            continue
        if kind == 2:
            size, at = _varint(data, at)
        else:
            size = {1: 8, 5: 4}[kind]
        if at + size > len(data):
            raise ValueError("a field ends too early")
        yield key >> 3, data[at : at + size]
        at += size


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = data[at]
        value |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80:
            return value, at


def _bytes(value: int | bytes) -> bytes:
    if isinstance(value, int):
        raise TypeError("a number where bytes are expected")
    return value

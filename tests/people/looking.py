"""What the tests of this folder share: the count by eye, and looking at photos."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from safelight.imaging.photo import Photo
from safelight.people.face import Face
from safelight.people.faces import find_faces
from safelight.wiring import Studio

TRUTH = tomllib.loads((Path(__file__).parent / "truth.toml").read_text())

Find = Callable[[str], tuple[Face, ...]]
Open = Callable[[str], Photo]


def look(studio: Studio, photo: Photo, *, thorough: bool = True, tiny: bool = False) -> tuple[Face, ...]:
    catalog = studio.catalog
    second = catalog.get("yunet") if tiny else None
    return find_faces(photo, studio.pool, catalog.get("face-landmarker"), thorough=thorough, tiny=second)


def overlap(box: tuple[float, ...], other: tuple[float, ...]) -> float:
    sides = [min(box[i] + box[i + 2], other[i] + other[i + 2]) - max(box[i], other[i]) for i in (0, 1)]
    shared = max(0.0, sides[0]) * max(0.0, sides[1])
    return shared / (box[2] * box[3] + other[2] * other[3] - shared)


def missed_and_extra(name: str, faces: tuple[Face, ...]) -> tuple[int, int]:
    truth, hidden = TRUTH["faces"][name], TRUTH["hidden"].get(name, [])
    missed = sum(not any(overlap(box, face.box) > 0.5 for face in faces) for box in truth)
    extra = sum(not any(overlap(box, face.box) > 0.3 for box in truth + hidden) for face in faces)
    return missed, extra


def rgb(photo: Photo) -> NDArray[np.uint8]:
    return np.ascontiguousarray(photo.pixels()[..., :3])


def resized(photo: Photo, width: int) -> NDArray[np.uint8]:
    kernel = cv2.INTER_AREA if width < photo.width else cv2.INTER_LINEAR
    return cv2.resize(rgb(photo), (width, round(photo.height * width / photo.width)), interpolation=kernel)

"""A finished picture as it is looked at: a small copy, and which parts of it are face, clothes and background."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from safelight.datasets.captions.colours import Lab, Mask, Pixels, lab_of
from safelight.datasets.captions.subject import Subject
from safelight.datasets.dataset import Cropped
from safelight.datasets.facts import FaceFacts, PoseFacts
from safelight.datasets.value import Box
from safelight.reports.pictures import small_jpeg

SIDE = 384
"""Longest side of the small copy, in pixels."""

_LIMBS = (
    (11, 12), (11, 23), (12, 24), (23, 24), (11, 24), (12, 23), (11, 13), (13, 15), (12, 14), (14, 16), (23, 25),
    (25, 27), (24, 26), (26, 28),
)  # fmt: skip
"""Pairs of a pose's landmarks between which there is body."""
_THICK = 0.55
"""Width of a limb with its sleeve, in widths of the shoulders."""

Painted = NDArray[np.uint8]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Scene:
    """A small copy of a picture, upright and sRGB. Masks are (H, W)."""

    pixels: Pixels
    """(H, W, 3)."""
    lab: Lab
    """(H, W, 3), L 0-100."""
    face: Box | None
    """The face, in pixels of the copy; None = there is none."""
    skin: Mask
    """The middle of the face."""
    hair: Mask
    """Around the top of the face: what of it hangs over clothes is told by its colour."""
    clothes: Mask
    """Below the chin, no wider than the chest."""
    background: Mask
    """All that is surely no person."""


@dataclass(frozen=True, slots=True)
class _Place:
    """Takes pixels of the photo to those of the small copy."""

    left: float
    top: float
    across: float
    down: float

    def box(self, box: Box) -> Box:
        left, top, width, height = box
        x, y = self.point((left, top))
        return x, y, width * self.across, height * self.down

    def point(self, point: tuple[float, float]) -> tuple[float, float]:
        return (point[0] - self.left) * self.across, (point[1] - self.top) * self.down


def scene_of(
    picture: Path, cropped: Cropped, subject: Subject, faces: Sequence[FaceFacts], *, max_pixels: int
) -> Scene:
    """Look at a finished picture; ``faces`` are all of the photo's.

    Raises:
        PhotoError: it cannot be read.
    """
    data = np.frombuffer(small_jpeg(picture, SIDE, max_pixels=max_pixels), np.uint8)
    decoded = cv2.imdecode(data, cv2.IMREAD_COLOR)
    assert decoded is not None  # noqa: S101 - it was encoded a line before
    pixels = np.asarray(cv2.cvtColor(decoded, cv2.COLOR_BGR2RGB), np.uint8)
    height, width = pixels.shape[:2]
    place = _Place(cropped.box[0], cropped.box[1], width / cropped.box[2], height / cropped.box[3])
    skin, hair, clothes, people = (np.zeros((height, width), np.uint8) for _ in range(4))
    for face in faces:
        _paint_person(people, place.box(face.box))
    if subject.pose is not None:
        _paint_body(people, subject.pose, place)
    own = None if subject.face is None else place.box(subject.face.box)
    if own is not None:
        _paint_skin(skin, own)
        _paint_hair(hair, own)
        _paint_clothes(clothes, own)
    return Scene(
        pixels=pixels, lab=lab_of(pixels), face=own, skin=skin > 0, hair=hair > 0, clothes=clothes > 0,
        background=people == 0,
    )  # fmt: skip


def _paint_person(mask: Painted, face: Box) -> None:
    """A head with its hair, and a body as wide as shoulders are, down to the picture's edge."""
    left, top, width, height = face
    middle, chin = left + width / 2, top + height
    _ellipse(mask, (middle, top + 0.4 * height), (0.95 * width, 1.0 * height))
    shoulders = chin + 0.35 * height
    corners = [
        (middle - 0.6 * width, chin - 0.2 * height), (middle - 1.7 * width, shoulders + 0.4 * height),
        (middle - 1.8 * width, mask.shape[0] + height), (middle + 1.8 * width, mask.shape[0] + height),
        (middle + 1.7 * width, shoulders + 0.4 * height), (middle + 0.6 * width, chin - 0.2 * height),
    ]  # fmt: skip
    cv2.fillPoly(mask, [np.array(corners, np.int32)], 1)


def _paint_body(mask: Painted, pose: PoseFacts, place: _Place) -> None:
    marks = [place.point(mark) for mark in pose.landmarks]
    shoulders = float(np.hypot(*np.subtract(marks[11], marks[12])))
    torso = float(np.hypot(*np.subtract(np.add(marks[11], marks[12]) / 2, np.add(marks[23], marks[24]) / 2)))
    thick = max(1, round(_THICK * max(shoulders, 0.5 * torso)))
    for one, other in _LIMBS:
        ends = [tuple(int(value) for value in np.clip(marks[end], -4096, 4096)) for end in (one, other)]
        cv2.line(mask, ends[0], ends[1], 1, min(thick, 255))


def _paint_skin(mask: Painted, face: Box) -> None:
    left, top, width, height = face
    _ellipse(mask, (left + width / 2, top + 0.55 * height), (0.36 * width, 0.36 * height))


def _paint_hair(mask: Painted, face: Box) -> None:
    left, top, width, height = face
    _ellipse(mask, (left + width / 2, top + 0.3 * height), (0.62 * width, 0.6 * height))
    _ellipse(mask, (left + width / 2, top + 0.5 * height), (0.52 * width, 0.5 * height), 0)


def _paint_clothes(mask: Painted, face: Box) -> None:
    left, top, width, height = face
    middle, chin = left + width / 2, top + height
    upper, lower = chin + 0.45 * height, chin + 2.4 * height
    corners = [(middle - width, upper), (middle + width, upper), (middle + width, lower), (middle - width, lower)]
    cv2.fillPoly(mask, [np.array(corners, np.int32)], 1)


def _ellipse(mask: Painted, middle: tuple[float, float], axes: tuple[float, float], value: int = 1) -> None:
    whole = [max(1, round(axis)) for axis in axes]
    cv2.ellipse(mask, (round(middle[0]), round(middle[1])), (whole[0], whole[1]), 0, 0, 360, value, -1)

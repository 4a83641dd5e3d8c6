"""What is measured of each face of a photo."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from safelight.datasets.facts import PATCH, FaceFacts
from safelight.datasets.gaze import at_camera, eyes_open
from safelight.datasets.light import luma
from safelight.datasets.sharpness import SIDE, sharpness
from safelight.datasets.small import Small, plain
from safelight.datasets.tools import Tools
from safelight.datasets.value import Box
from safelight.imaging.codecs import open_photo
from safelight.imaging.photo import Photo
from safelight.imaging.vips import reading
from safelight.people.align import aligning_matrix
from safelight.people.face import Face
from safelight.people.faces import find_faces
from safelight.people.identity import embed_all
from safelight.people.warp import Matrix, Square, warp

_ENOUGH = 64
"""A face of so many pixels is measured in the small copy; of a smaller one the photo itself is read."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Faces:
    """The faces of a photo, largest first."""

    facts: tuple[FaceFacts, ...] = ()
    """What people can read."""
    embeddings: NDArray[np.float32]
    """(faces, D); (0, 0) without faces or without a model."""
    patches: NDArray[np.uint8]
    """(faces, 64, 64)."""


NO_FACES = Faces(embeddings=np.zeros((0, 0), np.float32), patches=np.zeros((0, PATCH, PATCH), np.uint8))
"""Of a photo without faces."""


def look_at_faces(small: Small, path: Path, tools: Tools) -> Faces:
    """Find the faces of a photo, and measure each.

    Raises:
        PhotoError: the photo cannot be read.
        ModelError: the networks are damaged.
    """
    if tools.people.faces is None:
        return NO_FACES
    found = find_faces(small.photo, tools.models, tools.people.faces, tiny=tools.people.tiny_faces)
    if not found:
        return NO_FACES
    views = _views(found, small, path, tools.max_pixels)
    patches = [_grey(view.photo, aligning_matrix(view.face.points, PATCH), PATCH) for view in views]
    return Faces(
        facts=tuple(_facts(view, small) for view in views),
        embeddings=_embeddings(views, tools),
        patches=np.stack(patches),
    )


@dataclass(frozen=True, slots=True, eq=False)
class _View:
    """A face where it can be seen well enough: in the small copy, or in the photo itself."""

    photo: Photo
    face: Face
    factor: tuple[float, float]
    """Pixels of the photo itself for one of ``photo``."""


def _views(found: Sequence[Face], small: Small, path: Path, max_pixels: int) -> list[_View]:
    across, down = small.factor
    to_photo: Matrix = np.array([[across, 0, 0], [0, down, 0]])
    whole: Photo | None = None
    views = []
    for face in found:
        if max(across, down) <= 1 or min(face.box[2:]) >= _ENOUGH:
            views.append(_View(small.photo, face, small.factor))
            continue
        if whole is None:
            opened = open_photo(path, max_pixels=max_pixels, name=small.photo.name)
            whole = opened.with_image(plain(opened.image, opened.metadata.icc))
        views.append(_View(whole, face.through(to_photo), (1.0, 1.0)))
    return views


def _embeddings(views: Sequence[_View], tools: Tools) -> NDArray[np.float32]:
    spec = tools.people.identity
    if spec is None:
        return NO_FACES.embeddings
    found: list[NDArray[np.float32] | None] = [None] * len(views)
    for photo in {id(view.photo): view.photo for view in views}.values():
        mine = [number for number, view in enumerate(views) if view.photo is photo]
        rows = embed_all(photo, [views[number].face for number in mine], tools.models, spec)
        for number, row in zip(mine, rows, strict=True):
            found[number] = row
    return np.stack([row for row in found if row is not None]).astype(np.float32, copy=False)


def _facts(view: _View, small: Small) -> FaceFacts:
    face, (across, down) = view.face, view.factor
    left, top, width, height = face.box
    grey = _grey(view.photo, square_around(face.box).matrix(SIDE), SIDE)
    return FaceFacts(
        box=(left * across, top * down, width * across, height * down),
        score=face.score,
        points=tuple((float(x * across), float(y * down)) for x, y in face.points),
        yaw=face.yaw, pitch=face.pitch, roll=face.roll,
        sharpness=round(sharpness(grey), 4),
        brightness=round(float(grey[_OVAL].mean()) / 255, 4),
        eyes_open=round(eyes_open(face.expressions), 4),
        at_camera=round(at_camera(face.yaw, face.pitch, face.expressions), 4),
        expressions={name: round(value, 3) for name, value in face.expressions.items()},
    )  # fmt: skip


def square_around(box: Box) -> Square:
    """The square in which the sharpness of a face is measured: from ear to ear, from the brows to the chin."""
    left, top, width, height = box
    return Square(left + width / 2, top + height / 2, max(width, 0.8 * height))


def _grey(photo: Photo, matrix: Matrix, side: int) -> NDArray[np.uint8]:
    """A square of a photo of three bands, as luma (side, side)."""
    with reading(photo.name):
        pixels = warp(photo.image, matrix, side)
    return luma(pixels.astype(np.uint8, copy=False))


def _oval() -> NDArray[np.bool_]:
    """The middle of a square: skin, not what is behind it."""
    places = (np.arange(SIDE) + 0.5) / SIDE * 2 - 1
    oval: NDArray[np.bool_] = (places[None, :] / 0.7) ** 2 + (places[:, None] / 0.9) ** 2 <= 1
    return oval


_OVAL = _oval()

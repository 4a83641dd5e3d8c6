"""Finds the faces of a photo."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

import numpy as np

from safelight.imaging.photo import Photo
from safelight.models.spec import Models, ModelSpec
from safelight.people.detection import Detection, best_of, over_smaller
from safelight.people.detector import confidence, detect_faces, detect_tiny_faces
from safelight.people.face import Face, box_around
from safelight.people.head import head_angles, standard_face
from safelight.people.mesh import read_expressions, read_mesh, square_of_box
from safelight.people.networks import Networks, SmallFaceDetector
from safelight.people.together import together
from safelight.people.view import View

_LONGEST, _LONGEST_QUICK = 2048, 960
_LEVELS, _LEVELS_QUICK = 4, 3
_LEAST, _SURE, _PRESENT = 0.5, 0.75, 0.5
_LEAST_TINY = 0.6
_FRAME = 4 / 3
_SAME = 0.5


def find_faces(
    photo: Photo,
    models: Models,
    spec: ModelSpec[object],
    *,
    thorough: bool = True,
    tiny: ModelSpec[object] | None = None,
) -> tuple[Face, ...]:
    """Find the faces of a photo, largest first.

    A face is what the detector sees, still sees when it looks at that place alone, and what the landmark network calls
    one.

    Args:
        photo: any size, grey or colour, 8 or 16 bits; transparent parts count as grey.
        models: lends the networks.
        spec: the face landmarker (``face-landmarker``).
        thorough: look for faces from about a sixtieth of the longer side on, in a copy of at most 2,048 pixels; False:
            from about a thirtieth on, in one of at most 960 pixels.
        tiny: a second detector (``yunet``), which finds those from about a hundred-and-thirtieth on as well. Only where
            its weights are here, and only if thorough.

    Raises:
        BrokenPhotoError: the photo's data is cut short or damaged.
        ModelError: the networks are missing or damaged.
    """
    view = View(photo, _LONGEST if thorough else _LONGEST_QUICK)
    with models.use(cast("ModelSpec[Networks]", spec)) as networks:
        found = detect_faces(view, networks, _LEVELS if thorough else _LEVELS_QUICK, _LEAST)
        if tiny is not None and thorough:
            with models.use(cast("ModelSpec[SmallFaceDetector]", tiny)) as detector:
                found = best_of([*found, *detect_tiny_faces(view, detector, _LEAST_TINY)], _SAME)
        faces: list[Face] = []
        for face in together(lambda one: _face(view, one, networks), found):
            if face is not None and not any(_same(face, other) for other in faces):
                faces.append(face)
    return tuple(sorted(faces, key=lambda face: -face.box[2] * face.box[3]))


def _face(view: View, one: Detection, networks: Networks) -> Face | None:
    square = square_of_box(one.box, one.points[:2])
    score = confidence(view, replace(square, side=square.side * _FRAME), networks)
    if score < _SURE:
        return None
    mesh = read_mesh(view, square, networks)
    if mesh.presence < _PRESENT:
        return None
    yaw, pitch, roll = head_angles(mesh.landmarks, standard_face(networks))
    return Face(
        box=box_around(mesh.landmarks), score=score, presence=mesh.presence, landmarks=mesh.landmarks,
        points=mesh.points, yaw=yaw, pitch=pitch, roll=roll,
        expressions=read_expressions(mesh.landmarks, networks),
    )  # fmt: skip


def _same(face: Face, other: Face) -> bool:
    """Whether two detections led to one face."""
    return float(over_smaller(np.array(face.box), np.array([other.box]))[0]) > _SAME

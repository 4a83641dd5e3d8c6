"""Finding and laying out faces, and finding bodies, beside MediaPipe's own run of the same networks."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from skimage import data

from bench.figures import Cell, Check, Ratio, Report, Table, Timing, table
from bench.harness import in_turns
from bench.weights import cpu_studio, resolved
from safelight.imaging.photo import Photo
from safelight.people.align import crop_aligned
from safelight.people.faces import find_faces
from safelight.people.identity import embed_all
from safelight.people.pose import find_poses
from safelight.wiring import Studio

NAME = "people"
_ROUNDS = 8
_QUICK, _THOROUGH = 150.0, 500.0
_PEER_FACE, _PEER_BODY = "MediaPipe, one face, 512 x 512", "MediaPipe, one body, 512 x 512"
_FACES, _POSE, _IDENTITY = "face-landmarker", "pose-landmarker-full", "dlib-face-recognition"


def run(say: Callable[[str], None]) -> Report:
    """Measure; about a minute on two cores.

    Raises:
        Unavailable: the networks are not here.
    """
    studio = cpu_studio()
    small, large = _group(960, 540, 4), _group(1920, 1080, 4)
    specs = {name: studio.catalog.get(name) for name in (_FACES, _POSE, _IDENTITY)}
    for name in specs:
        resolved(studio, name)
    photos = Photo.from_pixels(small), Photo.from_pixels(large)
    faces = find_faces(photos[0], studio.pool, specs[_FACES], thorough=False)

    def found(photo: Photo, *, thorough: bool) -> None:
        for face in find_faces(photo, studio.pool, specs[_FACES], thorough=thorough):
            crop_aligned(photo, face.points)

    work: dict[str, Callable[[], object]] = {
        "faces found and aligned, 960 x 540, quick": lambda: found(photos[0], thorough=False),
        "faces found and aligned, 1920 x 1080, thorough": lambda: found(photos[1], thorough=True),
        "bodies found, 960 x 540": lambda: find_poses(photos[0], studio.pool, specs[_POSE]),
        "embeddings of the faces, 960 x 540": lambda: embed_all(photos[0], faces, studio.pool, specs[_IDENTITY]),
    }
    alone = np.ascontiguousarray(data.astronaut())
    portrait = Photo.from_pixels(alone)
    work["one face found and aligned, 512 x 512, quick"] = lambda: found(portrait, thorough=False)
    work["one body found, 512 x 512"] = lambda: find_poses(portrait, studio.pool, specs[_POSE])
    work |= _mediapipe(studio, alone)
    for name, one in work.items():
        say(name)
        one()
    times = in_turns(work, lambda name: _seconds(work[name]), _ROUNDS)
    return Report(
        name=NAME,
        title="People",
        tables=(_table(times, len(faces)),),
        checks=_checks(times),
        timings=times,
        notes=(
            "The group is one public-domain portrait, four times. MediaPipe looks at the whole photo once, in 128 "
            "pixels, and finds none of these; Safelight looks at parts as well, once more at each face, and aligns. On "
            "one large face both find the same, and the ratio tells the price of looking for small ones.",
        ),
    )


def _group(width: int, height: int, count: int) -> NDArray[np.uint8]:
    """A photo with as many faces, each a seventh of it high."""
    portrait = data.astronaut()[0:300, 80:360]
    cell = cv2.resize(portrait, (width // count, round(width / count * 300 / 280)), interpolation=cv2.INTER_AREA)
    picture = np.full((height, width, 3), 120, np.uint8)
    for number in range(count):
        left = number * cell.shape[1]
        picture[height // 4 : height // 4 + cell.shape[0], left : left + cell.shape[1]] = cell
    return picture


def _mediapipe(studio: Studio, pixels: NDArray[np.uint8]) -> dict[str, Callable[[], object]]:
    """MediaPipe's own ways, where it is installed."""
    try:
        import mediapipe
        from mediapipe.tasks.python import BaseOptions, vision
    except ImportError:
        return {}
    paths = [str(resolved(studio, name).paths[0]) for name in (_FACES, _POSE)]
    faces: Any = vision.FaceLandmarker.create_from_options(
        vision.FaceLandmarkerOptions(
            base_options=BaseOptions(model_asset_path=paths[0]), num_faces=10, output_face_blendshapes=True
        )
    )
    poses: Any = vision.PoseLandmarker.create_from_options(
        vision.PoseLandmarkerOptions(base_options=BaseOptions(model_asset_path=paths[1]), num_poses=10)
    )
    picture = mediapipe.Image(mediapipe.ImageFormat.SRGB, pixels)
    return {
        _PEER_FACE: lambda: faces.detect(picture),
        _PEER_BODY: lambda: poses.detect(picture),
    }


def _seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def _table(times: dict[str, Timing], faces: int) -> Table:
    rows: list[tuple[Cell, ...]] = []
    for name, timing in times.items():
        peer = times.get(_PEER_BODY if "body" in name else _PEER_FACE)
        of_peer = str(Ratio.of(timing, peer)) if peer and name.startswith("one ") else None
        rows.append((name, timing.best * 1000, timing.median * 1000, timing.spread, of_peer))
    columns = ("what", "best, ms", "median, ms", "spread", "times MediaPipe's")
    return table(f"A group of {faces} faces and one portrait, networks warm", columns, rows)


def _checks(times: dict[str, Timing]) -> tuple[Check, ...]:
    bounds = {
        "faces found and aligned, 960 x 540, quick": _QUICK,
        "faces found and aligned, 1920 x 1080, thorough": _THOROUGH,
    }
    return tuple(
        Check(what=name, value=times[name].best * 1000, bound=bound, at_least=False, unit="ms")
        for name, bound in bounds.items()
    )

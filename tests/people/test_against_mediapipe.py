"""Our decoding of the networks beside MediaPipe's own run of the same files.

MediaPipe looks at a whole photo in 128 pixels only. So that both mean the same face, it gets a part of the photo around
each face. The rest of the difference is the square that each detector's box leads to.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import asin, atan2, degrees

import numpy as np
import pytest
from numpy.typing import NDArray

from people.looking import TRUTH, Find, Open, rgb
from safelight.people.face import Face
from safelight.people.mesh import EXPRESSIONS
from safelight.people.pose import find_poses
from safelight.wiring import Studio

vision = pytest.importorskip("mediapipe.tasks.python.vision")
tasks = pytest.importorskip("mediapipe.tasks.python")
mediapipe = pytest.importorskip("mediapipe")

NAMES = [name for name in TRUTH["faces"] if name.startswith(("faces/", "people/", "odd/"))]

pytestmark = pytest.mark.weights


@pytest.fixture(scope="module")
def landmarker(studio: Studio) -> Iterator[object]:
    path = studio.weights.ensure(studio.catalog.get("face-landmarker")).paths[0]
    options = vision.FaceLandmarkerOptions(
        base_options=tasks.BaseOptions(model_asset_path=str(path)), num_faces=5,
        output_face_blendshapes=True, output_facial_transformation_matrixes=True,
    )  # fmt: skip
    with vision.FaceLandmarker.create_from_options(options) as opened:
        yield opened


def around(pixels: NDArray[np.uint8], face: Face) -> tuple[NDArray[np.uint8], int, int]:
    x, y, width, height = face.box
    left, top = max(0, int(x - width)), max(0, int(y - height))
    return np.ascontiguousarray(pixels[top : int(y + 2 * height), left : int(x + 2 * width)]), left, top


def theirs(result: object, number: int, width: int, height: int) -> NDArray[np.float64]:
    return np.array([[one.x * width, one.y * height, one.z * width] for one in result.face_landmarks[number]])


@pytest.fixture(scope="module")
def compared(landmarker: object, found: Find, opened: Open) -> list[dict[str, float]]:
    rows = []
    for name in NAMES:
        pixels = rgb(opened(name))
        for face in found(name):
            part, left, top = around(pixels, face)
            result = landmarker.detect(mediapipe.Image(mediapipe.ImageFormat.SRGB, part))
            meshes = [
                theirs(result, n, part.shape[1], part.shape[0]) + np.array([left, top, 0])
                for n in range(len(result.face_landmarks))
            ]
            if not meshes:
                continue
            errors = [np.linalg.norm(mesh[:, :2] - face.landmarks[:, :2], axis=1) / face.box[2] for mesh in meshes]
            number = int(np.argmin([error.mean() for error in errors]))
            shapes = np.array([one.score for one in result.face_blendshapes[number]])
            turn = result.facial_transformation_matrixes[number][:3, 2]
            rows.append({
                "mean": errors[number].mean(), "max": errors[number].max(),
                "depth": np.abs(meshes[number][:, 2] - face.landmarks[:, 2]).mean() / face.box[2],
                "shapes": np.abs(shapes - list(face.expressions.values())).mean(),
                "yaw": abs(degrees(atan2(turn[0], turn[2])) - face.yaw),
                "pitch": abs(degrees(asin(turn[1] / np.linalg.norm(turn))) - face.pitch),
            })  # fmt: skip
    return rows


def spread(rows: list[dict[str, float]], key: str) -> tuple[float, float]:
    values = [row[key] for row in rows]
    return float(np.mean(values)), float(np.max(values))


def test_landmarks_are_where_mediapipe_has_them(compared: list[dict[str, float]]) -> None:
    assert len(compared) >= 45
    (mean, worst), (_, furthest) = spread(compared, "mean"), spread(compared, "max")
    print(f"\n{len(compared)} faces, of the width: mean {mean:.4f}, worst face {worst:.4f}, furthest {furthest:.4f}")
    assert mean < 0.01
    assert worst < 0.02
    assert spread(compared, "depth")[0] < 0.01


def test_expressions_are_what_mediapipe_says(compared: list[dict[str, float]]) -> None:
    mean, worst = spread(compared, "shapes")
    print(f"\nblendshapes: mean difference {mean:.4f}, worst face {worst:.4f}")
    assert mean < 0.02
    assert worst < 0.08


def test_heads_are_turned_as_mediapipe_says(compared: list[dict[str, float]]) -> None:
    """MediaPipe assumes a camera and we do not, so that a few degrees lie between the two."""
    print(f"\nyaw {spread(compared, 'yaw')}, pitch {spread(compared, 'pitch')}")
    assert spread(compared, "yaw")[0] < 3
    assert spread(compared, "pitch")[0] < 5


def test_expressions_have_mediapipes_names(landmarker: object, opened: Open) -> None:
    part = rgb(opened("people/obama_small.jpg"))
    result = landmarker.detect(mediapipe.Image(mediapipe.ImageFormat.SRGB, part))
    assert tuple(one.category_name for one in result.face_blendshapes[0]) == EXPRESSIONS


@pytest.mark.parametrize(
    "name",
    [
        "people/obama-1080p.jpg",
        "haze/man.png",
        "people/biden.jpg",
        "people/two_people.jpg",
        "people/knn/train/kit_harington/john1.jpeg",
        "odd/portrait-color.jpg",
    ],
)
def test_bodies_stand_as_mediapipe_says(studio: Studio, opened: Open, name: str) -> None:
    spec = studio.catalog.get("pose-landmarker-full")
    path = studio.weights.ensure(spec).paths[0]
    options = vision.PoseLandmarkerOptions(base_options=tasks.BaseOptions(model_asset_path=str(path)), num_poses=4)
    photo = opened(name)
    with vision.PoseLandmarker.create_from_options(options) as landmarker:
        result = landmarker.detect(mediapipe.Image(mediapipe.ImageFormat.SRGB, rgb(photo)))
    poses = find_poses(photo, studio.pool, spec)
    assert len(poses) == len(result.pose_landmarks)
    for landmarks, world in zip(result.pose_landmarks, result.pose_world_landmarks, strict=True):
        flat = np.array([[one.x * photo.width, one.y * photo.height] for one in landmarks])
        metres = np.array([[one.x, one.y, one.z] for one in world])
        visibility = np.array([one.visibility for one in landmarks])
        seen = visibility > 0.9
        pose = min(poses, key=lambda pose: np.abs(pose.landmarks[:, :2] - flat).mean())
        torso = np.linalg.norm(flat[11:13].mean(axis=0) - flat[23:25].mean(axis=0))
        error = np.linalg.norm(pose.landmarks[:, :2] - flat, axis=1)[seen].mean() / torso
        apart = np.linalg.norm(pose.world - metres, axis=1)[seen].mean()
        unlike = np.abs(pose.visibility - visibility).mean()
        print(f"\n{name}: {error:.4f} of the torso, {apart:.3f} m, visibility {unlike:.3f}")
        assert error < 0.03
        assert apart < 0.04
        assert np.abs(pose.visibility[seen] - 1).mean() < 0.1

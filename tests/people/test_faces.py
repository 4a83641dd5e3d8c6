"""Finding faces: in the shared photos, in what is odd about photos, and from several threads."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from people.looking import TRUTH, Find, Open, look, missed_and_extra, overlap, resized, rgb
from safelight.errors import BrokenPhotoError
from safelight.imaging.codecs import open_photo
from safelight.imaging.photo import Photo
from safelight.wiring import Studio

PORTRAIT, GROUP, PAIR = "people/obama_small.jpg", "odd/multi-face.webp", "people/two_people.jpg"

pytestmark = pytest.mark.weights


def turned(pixels: NDArray[np.uint8], degrees: float) -> NDArray[np.uint8]:
    """Clockwise, around the middle, on a larger grey ground."""
    height, width = pixels.shape[:2]
    side = int(np.hypot(width, height)) + 2
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), -degrees, 1)
    matrix[:, 2] += (side - width) / 2, (side - height) / 2
    return cv2.warpAffine(pixels, matrix, (side, side), borderValue=(128, 128, 128))


def test_every_face_that_an_eye_counts_is_found_and_nothing_else(found: Find) -> None:
    wrong = {name: missed_and_extra(name, found(name)) for name in TRUTH["faces"]}
    assert {name: count for name, count in wrong.items() if count != (0, 0)} == {}
    assert sum(len(boxes) for boxes in TRUTH["faces"].values()) == 63


@pytest.mark.parametrize(
    "name", ["faces/cf_00.jpg", "faces/10045.png", GROUP, "scenes/OST_009.png", "odd/portrait-headshot.heic"]
)
def test_a_quick_look_finds_what_is_not_small(studio: Studio, opened: Open, name: str) -> None:
    assert missed_and_extra(name, look(studio, opened(name), thorough=False)) == (0, 0)


@pytest.mark.parametrize(
    "name", ["haze/test3.jpg", "scenes/0014.jpg", "scenes/OST_009.png", "scenes/wolf_gray.jpg", GROUP]
)
def test_the_second_detector_adds_no_false_faces(studio: Studio, opened: Open, name: str) -> None:
    assert missed_and_extra(name, look(studio, opened(name), tiny=True)) == (0, 0)


def test_the_second_detector_finds_faces_too_small_for_the_first(studio: Studio, opened: Open) -> None:
    canvas = np.full((1080, 1920, 3), 90, np.uint8)
    for number in range(6):
        small = resized(opened(PORTRAIT), 54)
        canvas[200 + 90 * number :, 250 * number + 130 :][: small.shape[0], : small.shape[1]] = small
    photo = Photo.from_pixels(canvas)
    faces = look(studio, photo, tiny=True)
    assert len(faces) == 6 > len(look(studio, photo))
    assert max(face.box[2] for face in faces) < 24


def test_faces_come_with_all_that_is_promised_largest_first(found: Find) -> None:
    faces = found(PAIR) + found(GROUP)
    assert [face.box[2] * face.box[3] for face in found(GROUP)] == sorted(
        (face.box[2] * face.box[3] for face in found(GROUP)), reverse=True
    )
    for face in faces:
        assert face.landmarks.shape == (478, 3)
        assert face.landmarks.dtype == face.points.dtype == np.float32
        assert face.points[0, 0] < face.points[2, 0] < face.points[1, 0]
        assert face.points[0, 1] < face.points[2, 1] < face.points[3, 1]
        assert len(face.expressions) == 52
        assert all(0 <= value <= 1 for value in (face.score, face.presence, *face.expressions.values()))


def test_expressions_tell_a_smile_from_an_open_mouth(found: Find) -> None:
    smiling, open_mouthed = found(PORTRAIT)[0].expressions, found(GROUP)[0].expressions
    assert smiling["mouthSmileLeft"] > 0.6 > open_mouthed["mouthSmileLeft"]
    assert open_mouthed["jawOpen"] > 0.3 > smiling["jawOpen"]


def test_the_portrait_is_where_it_was_when_it_was_measured(found: Find) -> None:
    (face,) = found(PORTRAIT)
    np.testing.assert_allclose(face.box, (107, 58, 106, 135), atol=2)
    np.testing.assert_allclose((face.yaw, face.pitch, face.roll), (3, 1, -1), atol=2.5)


def test_a_mirrored_face_looks_and_leans_the_other_way(studio: Studio, opened: Open, found: Find) -> None:
    name = "people/knn/train/kit_harington/john2.jpeg"
    (face,), (mirrored,) = found(name), look(studio, Photo.from_pixels(rgb(opened(name))[:, ::-1]))
    assert face.yaw < -15
    np.testing.assert_allclose(
        (mirrored.yaw, mirrored.pitch, mirrored.roll), (-face.yaw, face.pitch, -face.roll), atol=4
    )
    assert mirrored.points[0, 0] < mirrored.points[1, 0]


@pytest.mark.parametrize("degrees", [-60, -45, -20, 20, 45, 60, 90])
def test_leaning_heads_are_found_and_measured(studio: Studio, opened: Open, found: Find, degrees: int) -> None:
    (face,) = look(studio, Photo.from_pixels(turned(rgb(opened(PORTRAIT)), degrees)))
    (upright,) = found(PORTRAIT)
    assert face.roll - upright.roll == pytest.approx(degrees, abs=5)
    assert abs(face.yaw) < 12


@pytest.mark.parametrize(
    "kind", ["grey", "grey 16 bit", "16 bit", "alpha", "16 bit alpha", "dark", "jpeg of 64 pixels", "sunglasses"]
)
def test_a_face_is_found_whatever_the_photo_is_like(
    studio: Studio, opened: Open, found: Find, tmp_path: Path, kind: str
) -> None:
    pixels, (face,) = rgb(opened(PORTRAIT)), found(PORTRAIT)
    grey, alpha = pixels.mean(axis=2).astype(np.uint8), np.full(pixels.shape[:2], 255, np.uint8)
    scale = 1.0
    if kind.startswith("grey"):
        pixels = grey
    if "16" in kind:
        pixels = pixels.astype(np.uint16) * 257
    if "alpha" in kind:
        pixels = np.dstack([pixels, alpha.astype(pixels.dtype) * (257 if "16" in kind else 1)])
    if kind == "dark":
        pixels = pixels // 5
    if kind == "sunglasses":
        eyes = face.landmarks[[33, 133, 159, 145, 362, 263, 386, 374], :2].round().astype(int)
        cv2.rectangle(
            pixels, tuple(map(int, eyes.min(axis=0) - 6)), tuple(map(int, eyes.max(axis=0) + 6)), (8, 8, 8), -1
        )
    photo = Photo.from_pixels(pixels)
    if "64" in kind:
        scale = 64 / photo.width
        Photo.from_pixels(resized(photo, 64)).save(tmp_path / "small.jpg")
        photo = open_photo(tmp_path / "small.jpg", max_pixels=10**6)
    (seen,) = look(studio, photo)
    assert overlap(seen.box, tuple(value * scale for value in face.box)) > 0.8


def test_a_photo_of_twelve_thousand_pixels_has_its_face_in_place(studio: Studio, opened: Open, found: Find) -> None:
    small = opened("people/obama-1080p.jpg")
    photo = small.with_image(small.image.resize(12000 / small.width, kernel="linear"))
    (face,), (expected,) = look(studio, photo), found("people/obama-1080p.jpg")
    scale = 12000 / small.width
    error = np.linalg.norm(face.landmarks[:, :2] / scale - expected.landmarks[:, :2], axis=1)
    assert error.mean() < 0.01 * expected.box[2]


def test_a_face_that_the_border_cuts_is_found_and_its_box_reaches_beyond(
    studio: Studio, opened: Open, found: Find
) -> None:
    (face,) = found(PORTRAIT)
    left = int(face.box[0] + 0.25 * face.box[2])
    (cut,) = look(studio, Photo.from_pixels(np.ascontiguousarray(rgb(opened(PORTRAIT))[:, left:])))
    assert cut.box[0] < 0 < cut.box[0] + cut.box[2]


def test_sixty_faces_are_sixty_faces(studio: Studio, opened: Open, found: Find) -> None:
    cells = []
    for name in [PORTRAIT, GROUP, PAIR, "scenes/children-alpha.png", "faces/cf_06.png", "faces/10045.png"]:
        photo = opened(name)
        for face in found(name):
            x, y, side = face.box[0] - 0.5 * face.box[2], face.box[1] - 0.5 * face.box[3], 2 * face.box[2]
            cut = rgb(photo)[max(0, int(y)) : int(y + side), max(0, int(x)) : int(x + side)]
            cells.append(cv2.resize(cut, (180, 180), interpolation=cv2.INTER_AREA))
    chosen = [cells[number % len(cells)] for number in range(60)]
    rows = [np.hstack(chosen[10 * row : 10 * row + 10]) for row in range(6)]
    faces = look(studio, Photo.from_pixels(np.vstack(rows)))
    middles = {(int((f.box[0] + f.box[2] / 2) // 180), int((f.box[1] + f.box[3] / 2) // 180)) for f in faces}
    assert len(faces) == 60
    assert len(middles) == 60


@pytest.mark.parametrize("size", [(1, 1), (1, 500), (3, 2), (3000, 5), (64, 64)])
@pytest.mark.parametrize("bands", [1, 2, 3, 4])
def test_no_face_is_an_answer(studio: Studio, size: tuple[int, int], bands: int) -> None:
    pixels = np.random.default_rng(3).integers(0, 255, (*size, bands)).astype(np.uint8)
    assert look(studio, Photo.from_pixels(pixels), tiny=True) == ()


def test_a_photo_that_is_cut_short_says_so(studio: Studio, shared_photos: Path, tmp_path: Path) -> None:
    data = (shared_photos / "people" / "biden.jpg").read_bytes()
    (tmp_path / "short.jpg").write_bytes(data[: len(data) // 2])
    with pytest.raises(BrokenPhotoError, match="short"):
        look(studio, open_photo(tmp_path / "short.jpg", max_pixels=10**8))


def test_several_threads_see_what_one_sees(studio: Studio, opened: Open, found: Find) -> None:
    names = [PORTRAIT, GROUP, PAIR, "faces/cf_00.jpg"] * 2
    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(lambda name: look(studio, opened(name)), names))
    for name, faces in zip(names, results, strict=True):
        for face, expected in zip(faces, found(name), strict=True):
            np.testing.assert_array_equal(face.landmarks, expected.landmarks)


def test_nothing_is_asked_of_any_network(studio: Studio, shared_photos: Path) -> None:
    """Who is in a photo is nobody else's business: a Python that may open no socket finds the same."""
    code = f"""
import sys
opened = []
sys.addaudithook(lambda event, _: opened.append(event) if event.startswith("socket.") else None)
from pathlib import Path
from safelight.imaging.codecs import open_photo
from safelight.people.faces import find_faces
from safelight.people.identity import embed
from safelight.people.pose import find_poses
from safelight.settings import Settings
from safelight.wiring import Studio
folder, models = Path({str(studio.settings.data_dir)!r}), {str(studio.settings.models_dir)!r}
studio = Studio(Settings(models_dir=models, data_dir=folder, auto_pull=False))
photo = open_photo(Path({str(shared_photos / PORTRAIT)!r}), max_pixels=10**8)
get = studio.catalog.get
face, = find_faces(photo, studio.pool, get("face-landmarker"), tiny=get("yunet"))
embed(photo, face, studio.pool, get("dlib-face-recognition"))
print(len(find_poses(photo, studio.pool, get("pose-landmarker-full"))), opened)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stdout.split("\n")[0] == "1 []", done.stderr[-800:]

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
from items import item_of

from safelight.datasets.faces import square_around
from safelight.datasets.facts import Seen
from safelight.datasets.light import luma
from safelight.datasets.look import look
from safelight.datasets.settings import QualityParams
from safelight.datasets.sharpness import HALF, SIDE, scene_sharpness, sharpness
from safelight.datasets.tools import Tools
from safelight.datasets.value import Box
from safelight.people.identity import similarity
from safelight.people.warp import warp

SHARP = (
    "people/biden.jpg", "people/obama2.jpg", "people/two_people.jpg", "people/obama_small.jpg",
    "people/knn/train/biden/biden2.jpg", "people/knn/train/rose_leslie/img1.jpg",
    "people/knn/train/kit_harington/john1.jpeg", "people/knn/train/alex_lacamoire/img1.jpg",
    "people/knn/test/johnsnow_test1.jpg", "odd/portrait-headshot.heic", "odd/portrait-color.jpg",
)  # fmt: skip
MANY_SIZES = ("people/knn/train/biden/biden2.jpg", "people/obama2.jpg", "people/knn/train/rose_leslie/img1.jpg")
LEAST = QualityParams().min_sharpness
Sight = Callable[[str], Seen]
Opened = Callable[[str], np.ndarray]


def face_sharpness(pixels: np.ndarray, box: Box) -> float:
    """Of a face whose place is known; where it is blurred beyond recognition it would not be found."""
    seen = np.clip(pixels, 0, 255).astype(np.uint8)
    return sharpness(luma(warp(seen, square_around(box).matrix(SIDE), SIDE)))


@pytest.mark.weights
@pytest.mark.parametrize("name", SHARP)
def test_faces_of_sharp_photos_count_as_sharp(seen: Sight, name: str) -> None:
    assert min(face.sharpness for face in seen(name).facts.faces if face.box[3] >= 64) > 0.45


@pytest.mark.weights
@pytest.mark.parametrize("name", SHARP)
def test_a_blur_of_4_percent_of_the_face_is_dropped_and_one_of_half_a_percent_is_not(
    seen: Sight, opened: Opened, name: str
) -> None:
    face, pixels = seen(name).facts.faces[0], opened(name)
    blurred = [
        face_sharpness(cv2.GaussianBlur(pixels, (0, 0), share * face.box[2]), face.box) for share in (0.04, 0.005)
    ]
    assert blurred[0] < LEAST
    assert face.sharpness - 0.06 < blurred[1] < face.sharpness + 0.02


@pytest.mark.weights
@pytest.mark.parametrize("name", MANY_SIZES)
def test_the_size_of_the_face_does_not_matter(
    seen: Sight, opened: Opened, tools: Tools, tmp_path: Path, name: str
) -> None:
    face = seen(name).facts.faces[0]
    for width in (100, 200):
        share = width / face.box[2]
        copy = cv2.resize(opened(name), None, fx=share, fy=share, interpolation=cv2.INTER_AREA)
        path = tmp_path / f"{width}.png"
        cv2.imwrite(str(path), copy[..., ::-1])
        small = look(item_of(path), path, tools).facts.faces[0]
        assert small.box[2] == pytest.approx(width, rel=0.1)
        assert small.sharpness == pytest.approx(face.sharpness, abs=0.08)


@pytest.mark.weights
@pytest.mark.parametrize("name", MANY_SIZES)
def test_noise_does_not_make_a_face_sharp(seen: Sight, opened: Opened, name: str) -> None:
    face, pixels = seen(name).facts.faces[0], opened(name)
    noise = np.random.default_rng(1).normal(0, 20, pixels.shape)
    blurred = cv2.GaussianBlur(pixels, (0, 0), 0.04 * face.box[2])
    assert face_sharpness(pixels + noise, face.box) == pytest.approx(face.sharpness, abs=0.06)
    assert face_sharpness(blurred + noise, face.box) < LEAST


@pytest.mark.weights
def test_a_small_face_of_a_large_photo_is_measured_in_the_photo_itself(
    seen: Sight, tools: Tools, shared_photos: Path, tmp_path: Path
) -> None:
    """It has 70 pixels there, and 35 in the small copy, in which it is less like itself."""
    name = "people/obama2.jpg"
    whole = seen(name)
    portrait = cv2.imread(str(shared_photos / name))
    portrait = cv2.resize(portrait, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA)
    height, width = portrait.shape[:2]
    found = []
    for blur in (0.0, 0.04 * whole.facts.faces[0].box[2] / 4):
        canvas = np.full((3072, 4096, 3), 128, np.uint8)
        canvas[500 : 500 + height, 900 : 900 + width] = cv2.GaussianBlur(portrait, (0, 0), blur) if blur else portrait
        path = tmp_path / f"large{blur}.jpg"
        cv2.imwrite(str(path), canvas, [cv2.IMWRITE_JPEG_QUALITY, 95])
        found.append(look(item_of(path), path, tools))
    sharp, blurred = (one.facts.faces[0] for one in found)
    assert sharp.box[0] == pytest.approx(900 + whole.facts.faces[0].box[0] / 4, abs=6)
    assert similarity(found[0].embeddings[0], whole.embeddings[0]) > 0.92
    assert sharp.sharpness == pytest.approx(whole.facts.faces[0].sharpness, abs=0.08)
    assert blurred.sharpness < LEAST


def test_a_scene_is_as_sharp_as_its_sharpest_part(shared_photos: Path) -> None:
    light = cv2.imread(str(shared_photos / "scenes/0014.jpg"), cv2.IMREAD_GRAYSCALE)
    share = 768 / max(light.shape)
    light = cv2.resize(light, None, fx=share, fy=share, interpolation=cv2.INTER_AREA)
    blurred = cv2.GaussianBlur(light, (0, 0), 4)
    half = blurred.copy()
    half[:, : half.shape[1] // 2] = light[:, : half.shape[1] // 2]
    assert scene_sharpness(light) > 0.5
    assert abs(scene_sharpness(half) - scene_sharpness(light)) < 0.15
    assert scene_sharpness(blurred) < LEAST


def test_what_has_no_edge_is_not_sharp() -> None:
    assert sharpness(np.full((SIDE, SIDE), 90, np.uint8)) == 0
    assert scene_sharpness(np.full((576, 768), 90, np.uint8)) == 0
    assert scene_sharpness(np.full((2, 768), 90, np.uint8)) == 0


def test_an_edge_of_known_blur_is_as_sharp_as_the_formula_says() -> None:
    edge = np.zeros((SIDE, SIDE), np.uint8)
    edge[:, SIDE // 2 :] = 200
    for blur in (1.0, 2.0, 4.0):
        assert sharpness(cv2.GaussianBlur(edge, (0, 0), blur)) == pytest.approx(
            0.5 ** ((blur / SIDE / HALF) ** 2), abs=0.05
        )

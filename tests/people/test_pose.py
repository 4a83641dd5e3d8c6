"""Finding bodies and how they stand."""

from __future__ import annotations

import numpy as np
import pytest

from people.looking import Open, rgb
from safelight.imaging.photo import Photo
from safelight.people.pose import Pose, find_poses
from safelight.wiring import Studio

NOSE, SHOULDERS, HIPS, WRISTS, ANKLES = 0, (11, 12), (23, 24), (15, 16), (27, 28)

pytestmark = pytest.mark.weights


def look(studio: Studio, photo: Photo) -> tuple[Pose, ...]:
    return find_poses(photo, studio.pool, studio.catalog.get("pose-landmarker-full"))


@pytest.mark.parametrize(
    ("name", "count"),
    [
        ("people/obama.jpg", 1), ("people/two_people.jpg", 2), ("people/knn/test/kit_with_rose.jpg", 2),
        ("faces/10045.png", 3), ("faces/cf_00.jpg", 4), ("faces/00.jpg", 2),
        ("scenes/OST_009.png", 0), ("haze/test10.jpg", 0), ("scenes/tree_alpha_16bit.png", 0),
    ],
)  # fmt: skip
def test_there_are_as_many_bodies_as_an_eye_counts(studio: Studio, opened: Open, name: str, count: int) -> None:
    assert len(look(studio, opened(name))) == count


def test_arms_that_are_raised_are_above_the_shoulders(studio: Studio, opened: Open) -> None:
    raised = [
        pose.landmarks[list(WRISTS), 1].min() < pose.landmarks[list(SHOULDERS), 1].min()
        for pose in look(studio, opened("people/knn/test/obama_and_biden.jpg"))
    ]
    assert any(raised)
    (pose,) = look(studio, opened("people/biden.jpg"))
    assert pose.landmarks[list(WRISTS), 1].min() > pose.landmarks[list(SHOULDERS), 1].max()


def test_a_person_from_behind_is_a_person_with_feet(studio: Studio, opened: Open) -> None:
    (pose,) = look(studio, opened("haze/man.png"))
    down = [pose.landmarks[list(part), 1].mean() for part in (SHOULDERS, HIPS, ANKLES)]
    assert pose.landmarks[NOSE, 1] < down[0] < down[1] < down[2]
    np.testing.assert_allclose(down, (223, 295, 395), atol=12)
    assert pose.visibility[list(ANKLES)].min() > 0.8
    assert pose.landmarks[SHOULDERS[0], 0] < pose.landmarks[SHOULDERS[1], 0]


def test_sizes_in_metres_are_those_of_a_person(studio: Studio, opened: Open) -> None:
    (pose,) = look(studio, opened("haze/man.png"))
    shoulders = pose.world[list(SHOULDERS)]
    assert 0.25 < np.linalg.norm(shoulders[0] - shoulders[1]) < 0.5
    assert np.linalg.norm(pose.world[list(HIPS)].mean(axis=0)) < 0.1


@pytest.mark.parametrize("kind", ["grey", "16 bit", "alpha", "lying"])
def test_a_body_is_found_whatever_the_photo_is_like(studio: Studio, opened: Open, kind: str) -> None:
    pixels = rgb(opened("haze/man.png"))
    if kind == "grey":
        pixels = pixels.mean(axis=2).astype(np.uint8)
    if kind == "16 bit":
        pixels = pixels.astype(np.uint16) * 257
    if kind == "alpha":
        pixels = np.dstack([pixels, np.full(pixels.shape[:2], 255, np.uint8)])
    if kind == "lying":
        pixels = np.ascontiguousarray(np.rot90(pixels))
    (pose,) = look(studio, Photo.from_pixels(pixels))
    along = np.diff([pose.landmarks[list(part), :2].mean(axis=0) for part in (SHOULDERS, ANKLES)], axis=0)[0]
    assert abs(along[0 if kind == "lying" else 1]) > 140


@pytest.mark.parametrize("size", [(1, 1), (1, 500), (2000, 5), (64, 64)])
def test_nobody_is_an_answer(studio: Studio, size: tuple[int, int]) -> None:
    pixels = np.random.default_rng(3).integers(0, 255, (*size, 3)).astype(np.uint8)
    assert look(studio, Photo.from_pixels(pixels)) == ()

"""Telling people apart, on photos of people whose names are known."""

from __future__ import annotations

from itertools import combinations

import dlib
import numpy as np
import pytest

from people.looking import Find, Open
from safelight.imaging.photo import Photo
from safelight.people.align import aligning_matrix, crop_aligned
from safelight.people.identity import SAME_PERSON, SAME_PERSON_DISTANCE, distance, embed, embed_all, similarity
from safelight.wiring import Studio

KNOWN = {
    "people/knn/train/alex_lacamoire/img1.jpg": "lacamoire", "people/knn/test/alex_lacamoire1.jpg": "lacamoire",
    "people/knn/train/biden/biden.jpg": "biden", "people/knn/train/biden/biden2.jpg": "biden",
    "people/knn/train/kit_harington/john1.jpeg": "harington", "people/knn/train/kit_harington/john2.jpeg": "harington",
    "people/knn/test/johnsnow_test1.jpg": "harington",
    "people/knn/train/obama/obama.jpg": "obama", "people/knn/train/obama/obama2.jpg": "obama",
    "people/knn/test/obama1.jpg": "obama", "people/obama_small.jpg": "obama",
    "people/knn/train/rose_leslie/img1.jpg": "leslie", "people/knn/train/rose_leslie/img2.jpg": "leslie",
}  # fmt: skip
"""Photos of one person each: who."""
PAIRS = {
    "people/knn/test/kit_with_rose.jpg": ("leslie", "harington"),
    "people/knn/test/obama_and_biden.jpg": ("biden", "obama"),
}
"""Photos of two people: who, from left to right."""


@pytest.fixture(scope="module")
def embeddings(studio: Studio, found: Find, opened: Open) -> list[tuple[str, str, np.ndarray]]:
    spec = studio.catalog.get("dlib-face-recognition")
    rows = [(name, who, embed(opened(name), found(name)[0], studio.pool, spec)) for name, who in KNOWN.items()]
    for name, two in PAIRS.items():
        faces = sorted(found(name)[:2], key=lambda face: face.box[0])
        rows += [
            (name, who, one) for who, one in zip(two, embed_all(opened(name), faces, studio.pool, spec), strict=True)
        ]
    return rows


@pytest.mark.weights
def test_one_person_is_on_one_side_of_the_threshold_and_two_are_on_the_other(
    embeddings: list[tuple[str, str, np.ndarray]],
) -> None:
    same, other = [], []
    for (_, one, a), (_, two, b) in combinations(embeddings, 2):
        (same if one == two else other).append(similarity(a, b))
    print(f"\none person: {len(same)} pairs, least {min(same):.3f}; two: {len(other)} pairs, most {max(other):.3f}")
    assert len(same) >= 20
    assert len(other) >= 80
    assert min(same) > SAME_PERSON + 0.1
    assert max(other) < SAME_PERSON - 0.05


@pytest.mark.weights
def test_a_face_is_itself_in_its_crop_in_grey_and_in_16_bits(
    studio: Studio, found: Find, opened: Open, embeddings: list[tuple[str, str, np.ndarray]]
) -> None:
    spec = studio.catalog.get("dlib-face-recognition")
    name = "people/knn/train/obama/obama.jpg"
    photo, (face,) = opened(name), found(name)
    (whole,) = [row for path, _, row in embeddings if path == name]
    crop = Photo.from_pixels(crop_aligned(photo, face.points))
    inside = embed(crop, face.through(aligning_matrix(face.points)), studio.pool, spec)
    assert similarity(whole, inside) > 0.97
    wide = Photo.from_pixels(photo.pixels().astype(np.uint16) * 257)
    assert similarity(whole, embed(wide, face, studio.pool, spec)) == pytest.approx(1, abs=1e-3)
    grey = Photo.from_pixels(photo.pixels().mean(axis=2).astype(np.uint8))
    assert similarity(whole, embed(grey, face, studio.pool, spec)) > 0.8


@pytest.mark.weights
def test_faces_are_laid_out_as_dlib_does_it(studio: Studio, found: Find, opened: Open) -> None:
    spec = studio.catalog.get("dlib-face-recognition")
    network = dlib.face_recognition_model_v1(str(studio.weights.ensure(spec).paths[0]))
    for name in ("people/knn/train/obama/obama.jpg", "people/knn/train/kit_harington/john2.jpeg"):
        (face,) = found(name)
        corners = [
            dlib.point(*(round(float(value)) for value in face.landmarks[n, :2])) for n in (263, 362, 33, 133, 2)
        ]
        shape = dlib.full_object_detection(dlib.rectangle(0, 0, 9, 9), corners)
        theirs = np.array(network.compute_face_descriptor(opened(name).pixels(), shape), np.float32)
        assert similarity(embed(opened(name), face, studio.pool, spec), theirs) > 0.97


@pytest.mark.weights
def test_no_faces_have_no_embeddings(studio: Studio, opened: Open) -> None:
    spec = studio.catalog.get("dlib-face-recognition")
    assert embed_all(opened("people/obama_small.jpg"), [], studio.pool, spec).shape == (0, 128)


def test_the_threshold_is_a_half_and_equal_is_one() -> None:
    one, other = np.zeros(128, np.float32), np.zeros(128, np.float32)
    assert similarity(one, other) == 1
    other[5] = SAME_PERSON_DISTANCE
    assert distance(one, other) == pytest.approx(0.6)
    assert similarity(one, other) == pytest.approx(SAME_PERSON, abs=1e-6)
    other[5] = 2
    assert 0 <= similarity(one, other) < 0.001

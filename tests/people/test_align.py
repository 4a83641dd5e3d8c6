"""Laying faces over the template, and taking turned squares out of photos."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from people.looking import Find, Open
from safelight.imaging.photo import Photo
from safelight.people.align import FFHQ_512, aligning_matrix, crop_aligned, fitted
from safelight.people.warp import Square, enlargement, inverted, moved, warp


def similarity(scale: float, degrees: float, x: float, y: float) -> np.ndarray:
    a, b = scale * np.cos(np.radians(degrees)), scale * np.sin(np.radians(degrees))
    return np.array([[a, -b, x], [b, a, y]])


@given(
    scale=st.floats(0.01, 50), degrees=st.floats(-180, 180), x=st.floats(-5000, 5000), y=st.floats(-5000, 5000),
)  # fmt: skip
def test_a_similarity_is_found_again(scale: float, degrees: float, x: float, y: float) -> None:
    wanted = similarity(scale, degrees, x, y)
    found = fitted(FFHQ_512, moved(wanted, FFHQ_512))
    np.testing.assert_allclose(found, wanted, atol=1e-6 * max(1, scale, abs(x), abs(y)))
    np.testing.assert_allclose(moved(inverted(found), moved(found, FFHQ_512)), FFHQ_512, atol=1e-6)


def test_a_mirrored_face_is_turned_and_never_mirrored_back() -> None:
    found = fitted(FFHQ_512 * (-1, 1), FFHQ_512)
    assert np.linalg.det(found[:, :2]) > 0


def test_points_in_one_place_are_refused() -> None:
    with pytest.raises(ValueError, match="one place"):
        fitted(np.ones((5, 2)), FFHQ_512)


def slope(width: int, height: int) -> np.ndarray:
    """A 16-bit picture whose values say where they are: red across, green down, in 32nds of a pixel."""
    y, x = np.mgrid[0:height, 0:width] + 0.5
    return np.stack([x * 32, y * 32, np.zeros_like(x)], axis=-1).astype(np.uint16)


@pytest.mark.parametrize("scale", [0.13, 0.4, 0.9, 1.0, 1.7, 3.0])
@pytest.mark.parametrize("degrees", [0, 30, -75, 180])
def test_every_pixel_of_a_crop_comes_from_where_the_matrix_says(scale: float, degrees: float) -> None:
    size = 96
    square = Square(400, 390, size / scale, np.radians(degrees))
    pixels = slope(1300, 1200)
    for source in (pixels, Photo.from_pixels(pixels).image):
        crop = warp(source, square.matrix(size), size).astype(float)[..., :2] / 32
        y, x = np.mgrid[0:size, 0:size] + 0.5
        wanted = moved(inverted(square.matrix(size)), np.stack([x, y], axis=-1).reshape(-1, 2)).reshape(size, size, 2)
        inside = ((wanted > 8) & (wanted < (1280, 1180))).all(axis=-1)
        assert inside.mean() > 0.5
        away = (crop - wanted)[inside] * min(1, scale)
        assert np.abs(away).max() < 0.08
        assert np.abs(away.mean(axis=0)).max() < 0.005


def test_what_shrinks_is_antialiased() -> None:
    stripes = np.zeros((800, 800, 3), np.uint8)
    stripes[:, ::2] = 255
    for source in (stripes, Photo.from_pixels(stripes).image):
        crop = warp(source, Square(400, 400, 700).matrix(100), 100)
        assert np.abs(crop[5:-5, 5:-5].astype(float) - 127.5).max() < 20


@pytest.mark.parametrize(("bands", "depth"), [(1, 8), (2, 8), (3, 8), (4, 8), (1, 16), (3, 16), (4, 16)])
def test_a_crop_has_three_bands_in_the_depth_of_the_photo(bands: int, depth: int) -> None:
    kind = np.uint16 if depth == 16 else np.uint8
    pixels = np.full((200, 300, bands), 1000 if depth == 16 else 100, kind)
    crop = crop_aligned(Photo.from_pixels(pixels), FFHQ_512 / 4 + 40, 64)
    assert crop.shape == (64, 64, 3)
    assert crop.dtype == kind
    assert (crop == pixels.flat[0]).all()


def test_colours_under_transparency_stay_as_they_are() -> None:
    pixels = np.full((300, 300, 4), (200, 100, 50, 0), np.uint8)
    assert (crop_aligned(Photo.from_pixels(pixels), FFHQ_512 / 4, 64) == (200, 100, 50)).all()


def test_a_crop_beyond_the_border_repeats_the_last_pixels() -> None:
    pixels = np.full((100, 100, 3), 60, np.uint8)
    assert (crop_aligned(Photo.from_pixels(pixels), FFHQ_512 / 8 - 300, 32) == 60).all()


@pytest.mark.weights
@pytest.mark.parametrize(
    "name", ["people/obama.jpg", "people/two_people.jpg", "odd/multi-face.webp", "faces/10045.png"]
)
def test_real_faces_lie_on_the_template(found: Find, opened: Open, name: str) -> None:
    for face in found(name):
        matrix = aligning_matrix(face.points)
        away = np.linalg.norm(moved(matrix, face.points) - FFHQ_512, axis=1)
        assert away.mean() < 0.05 * 512
        crop = face.through(matrix)
        assert enlargement(matrix) * face.box[2] == pytest.approx(crop.box[2], rel=0.25)
        depth = np.ptp(crop.landmarks[:, 2]) / np.ptp(face.landmarks[:, 2])
        assert depth == pytest.approx(enlargement(matrix), rel=1e-3)
        assert 0 < crop.box[0] < crop.box[0] + crop.box[2] < 512

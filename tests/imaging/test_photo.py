"""A photo gives its pixels by region, and never changes."""

from __future__ import annotations

from dataclasses import FrozenInstanceError
from pathlib import Path

import numpy as np
import pytest
from photo_files import noise, opened

from safelight.errors import OutputError
from safelight.imaging.formats import Format
from safelight.imaging.photo import Metadata, Photo, Region


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
@pytest.mark.parametrize("bands", [1, 2, 3, 4])
def test_pixels_come_back_as_they_went_in(bands: int, dtype: type) -> None:
    array = noise(bands=bands, dtype=dtype)
    photo = Photo.from_pixels(array)
    assert (photo.width, photo.height, photo.bands) == (60, 40, bands)
    assert (photo.grey, photo.alpha) == (bands < 3, bands in (2, 4))
    assert photo.depth == (8 if dtype == np.uint8 else 16)
    pixels = photo.pixels()
    assert pixels.dtype == dtype
    assert pixels.flags.c_contiguous
    assert pixels.flags.writeable
    np.testing.assert_array_equal(pixels, array)


def test_a_flat_array_is_grey() -> None:
    photo = Photo.from_pixels(noise(bands=1)[..., 0])
    assert photo.pixels().shape == (40, 60, 1)


def test_regions_are_read_in_any_order() -> None:
    array = noise()
    photo = Photo.from_pixels(array)
    for left, top, width, height in [(50, 30, 10, 10), (0, 0, 1, 1), (10, 5, 20, 30), (59, 39, 1, 1)]:
        part = photo.read(Region(left, top, width, height))
        np.testing.assert_array_equal(part, array[top : top + height, left : left + width])


@pytest.mark.parametrize("region", [Region(-1, 0, 5, 5), Region(56, 0, 5, 5), Region(0, 36, 5, 5), Region(0, 0, 0, 5)])
def test_a_region_outside_is_an_error(region: Region) -> None:
    with pytest.raises(ValueError, match="is not inside 60 x 40"):
        Photo.from_pixels(noise()).read(region)


def test_a_photo_does_not_see_later_changes_of_its_array() -> None:
    array = noise()
    photo = Photo.from_pixels(array)
    before = array.copy()
    array[:] = 0
    photo.pixels()[:] = 7
    np.testing.assert_array_equal(photo.pixels(), before)


@pytest.mark.parametrize(
    "array",
    [
        np.zeros((4, 4, 5), np.uint8),
        np.zeros((4,), np.uint8),
        np.zeros((0, 4, 3), np.uint8),
        np.zeros((4, 4, 3), np.float32),
        np.zeros((4, 4, 3), np.int16),
        np.zeros((1, 4, 4, 3), np.uint8),
    ],
)
def test_arrays_that_are_no_pictures_are_refused(array: np.ndarray) -> None:
    with pytest.raises(ValueError, match="pixels are"):
        Photo.from_pixels(array)


def test_an_array_that_is_not_contiguous_is_fine() -> None:
    array = noise()[::-1, ::2]
    np.testing.assert_array_equal(Photo.from_pixels(array).pixels(), array)


def test_a_photo_cannot_be_changed() -> None:
    with pytest.raises(FrozenInstanceError):
        Photo.from_pixels(noise()).name = "other"


def test_other_pixels_keep_the_metadata_and_warnings() -> None:
    photo = Photo.from_pixels(noise(), metadata=Metadata(xres=3.0), name="a.jpg").with_warnings("one", "one", "two")
    larger = photo.with_image(photo.image.resize(2))
    assert (larger.width, larger.metadata, larger.warnings, larger.name) == (
        120,
        photo.metadata,
        ("one", "two"),
        "a.jpg",
    )
    with pytest.raises(ValueError, match="1 to 4 bands"):
        photo.with_image(photo.image.cast("float"))


def test_the_suffix_says_how_to_save(tmp_path: Path) -> None:
    photo = Photo.from_pixels(noise())
    for name, kind in [("a.PNG", Format.PNG), ("a.jpeg", Format.JPEG), ("a.tiff", Format.TIFF)]:
        assert photo.save(tmp_path / name) == ()
        assert opened(tmp_path / name).format is kind
    with pytest.raises(OutputError):
        photo.save(tmp_path / "a.heic")

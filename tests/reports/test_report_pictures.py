"""Pictures become small, upright and sRGB, and what cannot be read is told."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import pyvips
from report_data import picture

from safelight.errors import PhotoError, PhotoTooLargeError
from safelight.reports.pictures import side_for, small_jpeg


@pytest.mark.parametrize(
    ("shape", "kind", "suffix"),
    [
        ((900, 1200, 3), np.uint8, ".png"),
        ((900, 1200), np.uint8, ".png"),
        ((900, 1200, 4), np.uint16, ".png"),
        ((900, 1200, 3), np.uint16, ".tif"),
        ((900, 1200, 3), np.uint8, ".webp"),
        ((900, 1200, 3), np.uint8, ".avif"),
    ],
)
def test_every_kind_of_picture_becomes_a_small_jpeg(
    tmp_path: Path, shape: tuple[int, ...], kind: type, suffix: str
) -> None:
    small = pyvips.Image.new_from_buffer(small_jpeg(picture(tmp_path / f"a{suffix}", shape, kind)), "")
    assert (small.width, small.height, small.bands) == (640, 480, 3)
    assert 90 < small.avg() < 200
    assert small.get("vips-loader") == "jpegload_buffer"


def test_a_small_picture_is_not_enlarged(tmp_path: Path) -> None:
    small = pyvips.Image.new_from_buffer(small_jpeg(picture(tmp_path / "a.png", (30, 40, 3))), "")
    assert (small.width, small.height) == (40, 30)


def test_a_picture_that_lies_on_its_side_is_turned(tmp_path: Path) -> None:
    image = pyvips.Image.black(400, 200, bands=3).copy(interpretation="srgb")
    image.set_type(pyvips.GValue.gint_type, "orientation", 6)
    image.jpegsave(str(tmp_path / "a.jpg"))
    small = pyvips.Image.new_from_buffer(small_jpeg(tmp_path / "a.jpg"), "")
    assert (small.width, small.height) == (200, 400)


def test_what_is_transparent_lies_on_white(tmp_path: Path) -> None:
    pyvips.Image.black(8, 8, bands=4).copy(interpretation="srgb").pngsave(str(tmp_path / "a.png"))
    assert pyvips.Image.new_from_buffer(small_jpeg(tmp_path / "a.png"), "").avg() > 250


@pytest.mark.parametrize("content", [b"", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"%PDF-1.7"])
def test_what_is_no_photo_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.png").write_bytes(content)
    with pytest.raises(PhotoError):
        small_jpeg(tmp_path / "a.png")


def test_half_a_picture_is_no_picture(tmp_path: Path) -> None:
    path = picture(tmp_path / "a.jpg", (300, 300, 3))
    path.write_bytes(path.read_bytes()[:5000])
    with pytest.raises(PhotoError, match=r"a\.jpg"):
        small_jpeg(path)


def test_a_picture_with_too_many_pixels_is_not_decoded(tmp_path: Path) -> None:
    path = picture(tmp_path / "a.png")
    with pytest.raises(PhotoTooLargeError):
        small_jpeg(path, max_pixels=100)


def test_a_file_that_is_gone_is_told(tmp_path: Path) -> None:
    with pytest.raises(PhotoError, match="no such file"):
        small_jpeg(tmp_path / "gone.png")


def test_pictures_get_smaller_where_there_are_many() -> None:
    assert [side_for(count) for count in (1, 60, 200, 1000)] == [640, 640, 400, 256]


def test_a_heic_becomes_a_small_jpeg(shared_photos: Path) -> None:
    small = pyvips.Image.new_from_buffer(small_jpeg(shared_photos / "odd" / "portrait-headshot.heic"), "")
    assert max(small.width, small.height) == 640

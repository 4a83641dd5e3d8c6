from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
import pyvips

from safelight.datasets.preview import make_preview
from safelight.errors import BrokenPhotoError, OutputError, PhotoTooLargeError


def preview(path: Path, folder: Path) -> pyvips.Image:
    target = folder / "previews" / "one.webp"
    make_preview(path, target, max_pixels=10**8, name=path.name)
    assert [one.name for one in target.parent.iterdir()] == ["one.webp"]
    return pyvips.Image.new_from_file(str(target))


def ramp(width: int, height: int) -> pyvips.Image:
    """Darker to the left, so that a turn shows."""
    row = np.linspace(0, 255, width).astype(np.uint8)
    return pyvips.Image.new_from_array(np.repeat(np.tile(row, (height, 1))[..., None], 3, axis=2))


@pytest.mark.parametrize(
    ("size", "wanted"), [((2000, 1000), (512, 256)), ((300, 200), (300, 200)), ((4000, 3), (512, 1))]
)
def test_it_fits_into_512_pixels_and_is_never_larger_than_the_photo(
    tmp_path: Path, size: tuple[int, int], wanted: tuple[int, int]
) -> None:
    path = tmp_path / "photo.jpg"
    ramp(*size).jpegsave(str(path))
    small = preview(path, tmp_path)
    assert (small.width, small.height) == pytest.approx(wanted, abs=1)


def test_it_is_upright_and_has_no_metadata(tmp_path: Path) -> None:
    path = tmp_path / "photo.jpg"
    image = ramp(1200, 600).copy()
    image.set_type(pyvips.GValue.gint_type, "orientation", 6)
    image.set_type(pyvips.GValue.gstr_type, "exif-ifd0-Make", "Camera")
    image.set_type(pyvips.GValue.gstr_type, "exif-ifd3-GPSLatitude", "1/1 2/1 3/1")
    image.jpegsave(str(path))
    assert b"Camera" in path.read_bytes()
    small = preview(path, tmp_path)
    assert (small.width, small.height) == (256, 512)
    assert small.getpoint(128, 500)[0] > small.getpoint(128, 10)[0] + 150
    assert not [
        field for field in small.get_fields() if field.startswith(("exif", "icc", "xmp", "iptc", "orientation"))
    ]


def test_what_is_transparent_is_light(tmp_path: Path) -> None:
    path = tmp_path / "photo.png"
    pixels = np.zeros((700, 700, 4), np.uint8)
    pixels[200:500, 200:500] = (10, 200, 10, 255)
    cv2.imwrite(str(path), pixels)
    small = preview(path, tmp_path)
    assert small.bands == 3
    assert min(small.getpoint(10, 10)) > 245
    assert small.getpoint(256, 256)[1] > 180
    assert small.getpoint(256, 256)[0] < 60


def test_a_wide_colour_space_becomes_srgb(tmp_path: Path) -> None:
    """Half red in Display P3 is more than half red in sRGB."""
    path = tmp_path / "photo.jpg"
    pixels = np.full((300, 300, 3), 0, np.uint8)
    pixels[...] = (180, 60, 60)
    image = pyvips.Image.new_from_array(pixels).icc_transform("p3", input_profile="srgb")
    image.jpegsave(str(path), Q=98)
    assert abs(pyvips.Image.new_from_file(str(path)).getpoint(100, 100)[0] - 180) > 5
    assert preview(path, tmp_path).getpoint(100, 100) == pytest.approx([180, 60, 60], abs=4)


@pytest.mark.parametrize("kind", ["grey", "16 bits", "grey and alpha"])
def test_photos_of_every_depth_become_8_bits_of_colour(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "photo.png"
    whole = ramp(600, 300)
    image = {
        "grey": whole[0], "16 bits": (whole.cast("ushort") * 257).cast("ushort").copy(interpretation="rgb16"),
        "grey and alpha": whole[0].bandjoin(255).copy(interpretation="b-w"),
    }[kind]  # fmt: skip
    image.pngsave(str(path))
    small = preview(path, tmp_path)
    assert (small.bands, small.format) == (3, "uchar")
    assert small.getpoint(500, 100) == pytest.approx([500 / 511 * 255] * 3, abs=6)


def test_heic_has_a_preview(shared_photos: Path, tmp_path: Path) -> None:
    small = preview(shared_photos / "odd/portrait-headshot.heic", tmp_path)
    assert max(small.width, small.height) == 512
    assert 30 < small.avg() < 225


def test_a_broken_photo_leaves_nothing_behind(shared_photos: Path, tmp_path: Path) -> None:
    path = tmp_path / "cut.jpg"
    path.write_bytes((shared_photos / "people/obama2.jpg").read_bytes()[:30_000])
    with pytest.raises(BrokenPhotoError, match=r"holiday/cut\.jpg"):
        make_preview(path, tmp_path / "previews" / "one.webp", max_pixels=10**8, name="holiday/cut.jpg")
    with pytest.raises(PhotoTooLargeError):
        make_preview(shared_photos / "people/obama2.jpg", tmp_path / "one.webp", max_pixels=100, name="large")
    assert [one.name for one in tmp_path.iterdir()] == ["cut.jpg"]


def test_a_place_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    path, shut = tmp_path / "photo.jpg", tmp_path / "file"
    ramp(600, 300).jpegsave(str(path))
    shut.write_text("not a folder")
    with pytest.raises(OutputError):
        make_preview(path, shut / "one.webp", max_pixels=10**8, name="photo")

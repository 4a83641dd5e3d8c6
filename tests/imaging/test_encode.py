"""What is written: exactly what was asked, all of it or nothing, with what belongs to the photo."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import pyvips
from photo_files import IPTC, XMP, exif_blob, noise, opened, smooth, vips

from safelight.errors import DiskFullError, OutputError, PhotoTooLargeError
from safelight.imaging.encode import save_photo
from safelight.imaging.exif import EXIF_IFD, GPS_IFD, Blob
from safelight.imaging.formats import HOLDS, SUFFIX, Format, Output, Strip
from safelight.imaging.photo import Metadata, Photo

EVERY = pytest.mark.parametrize("kind", list(HOLDS))
RESOLUTION = 300 / 25.4


@pytest.fixture
def photo(srgb: bytes) -> Photo:
    """A photo with everything that can belong to one."""
    metadata = Metadata(icc=srgb, exif=exif_blob(orientation=6), xmp=XMP, iptc=IPTC, xres=RESOLUTION, yres=RESOLUTION)
    return Photo.from_pixels(smooth(), metadata=metadata)


def _saved(photo: Photo, folder: Path, output: Output) -> tuple[Photo, tuple[str, ...]]:
    path = folder / f"result{SUFFIX[output.format]}"
    warnings = save_photo(photo, path, output)
    return opened(path), warnings


def _value(exif: bytes | None, directory: int, tag: int) -> bytes | None:
    assert exif is not None
    blob = Blob(exif)
    found = blob.directories().get(directory)
    entry = found.find(tag) if found else None
    return blob.value(entry) if entry else None


@EVERY
def test_all_metadata_comes_through_every_format(tmp_path: Path, photo: Photo, srgb: bytes, kind: Format) -> None:
    back, warnings = _saved(photo, tmp_path, Output(format=kind))
    assert back.metadata.icc == srgb
    exif = back.metadata.exif
    assert _value(exif, 0, 0x010F) == b"Safelight\0"
    assert _value(exif, EXIF_IFD, 0x9003) == b"2024:05:06 07:08:09\0"
    assert int.from_bytes(_value(exif, EXIF_IFD, 0xA002) or b"", "little") == 60
    assert int.from_bytes(_value(exif, EXIF_IFD, 0xA003) or b"", "little") == 40
    assert (4711).to_bytes(4, "little") in (_value(exif, GPS_IFD, 2) or b"")
    assert b"<dc:creator>Ada</dc:creator>" in (back.metadata.xmp or b"")
    assert b'tiff:Orientation="1"' in (back.metadata.xmp or b"")
    assert (back.width, back.height) == (60, 40)
    assert back.metadata.xres == pytest.approx(RESOLUTION, rel=1e-3)
    if HOLDS[kind].iptc:
        assert back.metadata.iptc == IPTC
        assert warnings == ()
    else:
        assert warnings == (f"{kind.upper()} has no place for IPTC data; it was left out.",)


@EVERY
@pytest.mark.parametrize("order", ["<", ">"])
def test_gps_can_be_left_out_alone(tmp_path: Path, photo: Photo, kind: Format, order: str) -> None:
    photo = replace(photo, metadata=replace(photo.metadata, exif=exif_blob(order=order)))
    back, _ = _saved(photo, tmp_path, Output(format=kind, strip=Strip.GPS))
    assert _value(back.metadata.exif, 0, 0x010F) == b"Safelight\0"
    assert GPS_IFD not in Blob(back.metadata.exif or b"").directories()
    assert b"GPS" not in (back.metadata.xmp or b"")
    content = (tmp_path / f"result{SUFFIX[kind]}").read_bytes()
    assert (4711).to_bytes(4, "little") + (100).to_bytes(4, "little") not in content
    assert (4711).to_bytes(4, "big") + (100).to_bytes(4, "big") not in content
    assert b"GPS" not in content


@EVERY
def test_everything_but_the_profile_can_be_left_out(tmp_path: Path, photo: Photo, kind: Format, srgb: bytes) -> None:
    back, warnings = _saved(photo, tmp_path, Output(format=kind, strip=Strip.ALL))
    content = (tmp_path / f"result{SUFFIX[kind]}").read_bytes()
    assert back.metadata.icc == srgb
    assert warnings == ()
    for trace in (b"Safelight", b"2024:05:06", b"Ada", b"A title"):
        assert trace not in content


@EVERY
def test_no_metadata_is_made_up(tmp_path: Path, kind: Format) -> None:
    back, _ = _saved(Photo.from_pixels(smooth()), tmp_path, Output(format=kind))
    assert (back.metadata.icc, back.metadata.xmp, back.metadata.iptc) == (None, None, None)
    assert EXIF_IFD not in (Blob(back.metadata.exif).directories() if back.metadata.exif else {})


@pytest.mark.parametrize("bands", [1, 2, 3, 4])
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
@EVERY
def test_pixels_come_back_from_every_format(tmp_path: Path, bands: int, dtype: type, kind: Format) -> None:
    array = smooth(bands=bands).astype(dtype)
    if bands in (2, 4):
        array[..., -1] = 255
        array[0, 0, -1] = 250  # Some formats leave out an alpha that hides nothing.
    array = array * 257 if dtype == np.uint16 else array
    back, _ = _saved(Photo.from_pixels(array), tmp_path, Output(format=kind))
    assert back.alpha == (bands in (2, 4) and HOLDS[kind].alpha)
    assert back.depth == (16 if dtype == np.uint16 and 16 in HOLDS[kind].depths else 8)
    pixels = back.pixels().astype(float) / (257 if back.depth == 16 else 1)
    light = array[..., : bands - (bands in (2, 4))] / (257 if dtype == np.uint16 else 1)
    difference = np.abs(pixels[..., : 1 if back.grey else 3] - light).max()
    assert difference <= (0 if kind in (Format.PNG, Format.TIFF) else 6)


@pytest.mark.parametrize("kind", [Format.PNG, Format.JPEG, Format.TIFF])
def test_grey_stays_grey(tmp_path: Path, kind: Format) -> None:
    assert _saved(Photo.from_pixels(smooth(bands=1)), tmp_path, Output(format=kind))[0].bands == 1


@pytest.mark.parametrize("kind", [Format.WEBP, Format.AVIF])
def test_a_grey_profile_never_stands_on_colours(tmp_path: Path, photographs: Path, kind: Format) -> None:
    photo = opened(photographs / "scenes/wolf_gray.jpg")
    assert (photo.metadata.icc or b"")[16:20] == b"GRAY"
    back, warnings = _saved(photo, tmp_path, Output(format=kind))
    assert (back.metadata.icc or b"")[16:20] == b"RGB "
    assert "grey profile" in warnings[0]


def test_sixteen_bits_are_rounded_and_not_cut(tmp_path: Path) -> None:
    ramp = np.arange(65536, dtype=np.uint16).reshape(256, 256)
    back, warnings = _saved(Photo.from_pixels(ramp), tmp_path, Output(format=Format.WEBP, lossless=True))
    np.testing.assert_array_equal(back.pixels()[..., 0], np.round(ramp / 257))
    assert "8 bits" in warnings[0]


def test_a_deep_avif_keeps_twelve_rounded_bits(tmp_path: Path) -> None:
    ramp = np.repeat(np.linspace(0, 65535, 4096).round().astype(np.uint16)[None, :, None], 32, axis=0)
    photo = Photo.from_pixels(np.repeat(ramp, 3, axis=2))
    back, warnings = _saved(photo, tmp_path, Output(format=Format.AVIF, quality=100))
    assert back.depth == 16
    assert "12 bits" in warnings[0]
    assert np.abs(back.pixels().astype(int) - photo.pixels()).mean() < 65535 / 1024


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_transparency_is_laid_on_white_for_jpeg(tmp_path: Path, dtype: type) -> None:
    top = np.iinfo(dtype).max
    array = np.zeros((32, 48, 4), dtype)
    array[:, 16:32, 3] = top // 2 + 1
    array[:, 32:, 3] = top
    back, warnings = _saved(Photo.from_pixels(array), tmp_path, Output(format=Format.JPEG, quality=100))
    np.testing.assert_allclose(back.pixels()[16, [4, 24, 44], 0], [255, 127, 0], atol=2)
    assert "laid on white" in warnings[0]


def test_hidden_colours_under_full_transparency_stay_in_lossless_formats(tmp_path: Path) -> None:
    array = noise(bands=4)
    array[:20, :, 3] = 0
    for output in (Output(), Output(format=Format.TIFF), Output(format=Format.WEBP, lossless=True)):
        np.testing.assert_array_equal(_saved(Photo.from_pixels(array), tmp_path, output)[0].pixels(), array)


@pytest.mark.parametrize("kind", [Format.JPEG, Format.WEBP, Format.AVIF])
def test_quality_counts(tmp_path: Path, kind: Format) -> None:
    sizes = []
    for quality in (30, None, 98):
        save_photo(Photo.from_pixels(noise()), tmp_path / "a", Output(format=kind, quality=quality))
        sizes.append((tmp_path / "a").stat().st_size)
    assert sizes == sorted(set(sizes))


@pytest.mark.parametrize(("quality", "chroma"), [(None, "4:4:4"), (90, "4:4:4"), (89, "4:2:0")])
def test_a_good_jpeg_keeps_all_of_its_colour(tmp_path: Path, quality: int | None, chroma: str) -> None:
    save_photo(Photo.from_pixels(smooth()), tmp_path / "a.jpg", Output(format=Format.JPEG, quality=quality))
    assert pyvips.Image.jpegload(str(tmp_path / "a.jpg")).get("jpeg-chroma-subsample") == chroma


def test_metadata_that_jpeg_cannot_hold_is_left_out_and_said(tmp_path: Path, photo: Photo) -> None:
    photo = replace(photo, metadata=replace(photo.metadata, xmp=XMP + b" " * 70_000))
    back, warnings = _saved(photo, tmp_path, Output(format=Format.JPEG))
    assert back.metadata.xmp is None
    assert "XMP" in warnings[0]


def test_a_photo_too_large_for_the_format_touches_nothing(tmp_path: Path) -> None:
    (tmp_path / "a.webp").write_text("old")
    photo = Photo(pyvips.Image.black(16_384, 10, bands=3).copy(interpretation="srgb"))
    with pytest.raises(PhotoTooLargeError):
        save_photo(photo, tmp_path / "a.webp", Output(format=Format.WEBP))
    assert (tmp_path / "a.webp").read_text() == "old"


@EVERY
def test_a_place_that_cannot_be_written_is_an_error_that_names_it(tmp_path: Path, kind: Format) -> None:
    (tmp_path / "file").write_text("x")
    for path in (tmp_path / "gone" / "a", tmp_path / "file" / "a", tmp_path):
        with pytest.raises(OutputError) as caught:
            save_photo(Photo.from_pixels(smooth()), path, Output(format=kind))
        assert str(path) in str(caught.value)
        assert "\n" not in str(caught.value)


_TIGHT = """
import resource, sys
from pathlib import Path
import numpy as np
from safelight.errors import DiskFullError
from safelight.imaging.encode import save_photo
from safelight.imaging.formats import Format, Output
from safelight.imaging.photo import Metadata, Photo

folder, kind = Path(sys.argv[1]), Format(sys.argv[2])
array = np.random.default_rng(0).integers(0, 256, (200, 300, 3)).astype(np.uint8)
photo = Photo.from_pixels(array, metadata=Metadata(exif=Path(sys.argv[3]).read_bytes()))
save_photo(photo, folder / "whole", Output(format=kind))
size = (folder / "whole").stat().st_size
for limit in (0, 1, 100, size // 2, size - 5000, size - 100, size - 1):
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))
    try:
        save_photo(photo, folder / "part", Output(format=kind))
    except DiskFullError as error:
        assert str(folder / "part") in str(error), error
    else:
        raise SystemExit(f"{limit} of {size} bytes were enough")
    assert not (folder / "part").exists(), limit
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
save_photo(photo, folder / "part", Output(format=kind))
assert (folder / "part").read_bytes() == (folder / "whole").read_bytes()
"""


@pytest.mark.skipif(os.name != "posix", reason="needs limits of file size")
@EVERY
def test_a_full_disk_is_said_and_leaves_no_partial_file(tmp_path: Path, kind: Format) -> None:
    (tmp_path / "exif").write_bytes(exif_blob())
    done = subprocess.run(
        [sys.executable, "-c", _TIGHT, str(tmp_path), kind, str(tmp_path / "exif")],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_really_full_disk_is_said(tmp_path: Path) -> None:
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(tmp_path)], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("a small disk cannot be mounted here")
    try:
        for kind in HOLDS:
            with pytest.raises(DiskFullError):
                save_photo(Photo.from_pixels(noise(400, 500)), tmp_path / "a", Output(format=kind, quality=100))
            assert list(tmp_path.iterdir()) == []
    finally:
        subprocess.run(["umount", str(tmp_path)], check=True)


def test_an_interrupted_encoder_leaves_no_partial_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("safelight.imaging.encode._encode", interrupted)
    with pytest.raises(KeyboardInterrupt):
        save_photo(Photo.from_pixels(smooth()), tmp_path / "a.png", Output())
    assert list(tmp_path.iterdir()) == []


def test_a_heic_becomes_a_png(tmp_path: Path, photographs: Path) -> None:
    photo = opened(photographs / "odd/portrait-headshot.heic")
    assert photo.format is Format.HEIC
    back, _ = _saved(photo, tmp_path, Output())
    np.testing.assert_array_equal(back.pixels(), photo.pixels())
    assert vips(back.pixels()).avg() > 10

"""What is opened: by content, upright, full range; and what is refused, in one line that names the file."""

from __future__ import annotations

import os
import struct
import subprocess
import sys
import zlib
from pathlib import Path

import numpy as np
import pytest
import pyvips
from photo_files import exif_blob, noise, opened, smooth, vips, with_blobs

from safelight.errors import BrokenPhotoError, PhotoError, PhotoTooLargeError, UnsupportedFormatError
from safelight.imaging.codecs import open_photo
from safelight.imaging.colour import to_photo_pixels
from safelight.imaging.formats import Format
from safelight.imaging.photo import Photo

SAVERS = {
    "png": lambda image, path: image.pngsave(path),
    "interlaced.png": lambda image, path: image.pngsave(path, interlace=True),
    "jpg": lambda image, path: image.jpegsave(path, Q=95),
    "progressive.jpg": lambda image, path: image.jpegsave(path, Q=95, interlace=True),
    "webp": lambda image, path: image.webpsave(path, Q=95),
    "tif": lambda image, path: image.tiffsave(path, compression="deflate"),
    "tiled.tif": lambda image, path: image.tiffsave(path, tile=True, tile_width=16, tile_height=16),
    "avif": lambda image, path: image.heifsave(path, compression="av1", Q=90, effort=0),
}


def _one_line(error: pytest.ExceptionInfo[PhotoError], path: Path) -> str:
    text = str(error.value)
    assert path.name in text
    assert "\n" not in text
    return text


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _png(width: int, height: int, *between: bytes, bits: int = 8, colour: int = 2) -> bytes:
    head = _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, bits, colour, 0, 0, 0))
    pixels = _chunk(b"IDAT", zlib.compress(bytes(1 + width * 3) * min(height, 4)))
    return b"\x89PNG\r\n\x1a\n" + head + b"".join(between) + pixels + _chunk(b"IEND", b"")


@pytest.mark.parametrize("name", SAVERS)
@pytest.mark.parametrize("part", [0.02, 0.5, 0.9])
def test_a_truncated_file_is_an_error_and_never_half_a_picture(tmp_path: Path, name: str, part: float) -> None:
    path = tmp_path / f"a.{name}"
    SAVERS[name](vips(noise(300, 400)), str(path))
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * part)])
    with pytest.raises(BrokenPhotoError) as caught:
        opened(path).pixels()
    _one_line(caught, path)


@pytest.mark.parametrize("name", SAVERS)
def test_a_truncated_file_leaves_no_result(tmp_path: Path, name: str) -> None:
    path, result = tmp_path / f"a.{name}", tmp_path / "result.png"
    SAVERS[name](vips(noise(300, 400)), str(path))
    path.write_bytes(path.read_bytes()[:-2000])
    with pytest.raises(BrokenPhotoError) as caught:
        opened(path).save(result)
    _one_line(caught, path)
    assert not result.exists()


def test_a_truncated_heic_is_an_error(tmp_path: Path, photographs: Path) -> None:
    path = tmp_path / "a.heic"
    whole = (photographs / "odd/portrait-headshot.heic").read_bytes()
    for part in (0.02, 0.5, 0.99):
        path.write_bytes(whole[: int(len(whole) * part)])
        with pytest.raises(BrokenPhotoError) as caught:
            opened(path).pixels()
        _one_line(caught, path)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "the file is empty"),
        (b"<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'/>", "an SVG"),
        (b"<?xml version='1.0'?><svg/>", "an SVG"),
        (b"%PDF-1.7\n1 0 obj", "a PDF"),
        (b"GIF89a" + bytes(50), "a GIF"),
        (b"BM" + bytes(50), "a BMP"),
        (b"just words\n", "a text"),
        (b"PK\x03\x04" + bytes(50), "a ZIP"),
        (bytes(500), "no photo"),
        (b"\0\0\0\x18ftypmp42\0\0\0\0mp41isom", "a video"),
    ],
)
def test_what_is_not_a_photo_is_refused_under_any_name(tmp_path: Path, content: bytes, words: str) -> None:
    path = tmp_path / "innocent.png"
    path.write_bytes(content)
    with pytest.raises(UnsupportedFormatError) as caught:
        opened(path)
    assert words in _one_line(caught, path)


def test_a_folder_a_missing_file_a_pipe_and_a_bad_name_are_errors(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.png")
    (tmp_path / "file").write_text("x")
    for path, words in [
        (tmp_path, "this is a folder"),
        (tmp_path / "gone.png", "no such file"),
        (tmp_path / "pipe.png", "not an ordinary file"),
        (tmp_path / "file" / "below.png", "cannot be read"),
        (tmp_path / "nul\0.png", "cannot be read"),
        (tmp_path / ("x" * 300), "cannot be read"),
    ]:
        with pytest.raises(PhotoError) as caught:
            opened(path)
        assert words in _one_line(caught, path)


def test_a_wrong_suffix_is_opened_by_content_and_said(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    vips(noise()).jpegsave(str(path))
    photo = opened(path)
    assert photo.format is Format.JPEG
    assert photo.warnings == ("a.png is really a JPEG file and was opened as one.",)


def test_a_name_that_is_not_utf8_is_no_obstacle(tmp_path: Path) -> None:
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9[x=1].png"))
    Photo.from_pixels(noise()).save(path)
    np.testing.assert_array_equal(opened(path).pixels(), noise())


def test_a_file_that_changed_is_read_anew(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    for array in (noise(), smooth()):
        Photo.from_pixels(array).save(path)
        np.testing.assert_array_equal(opened(path).pixels(), array)


def test_a_png_bomb_is_refused_by_its_header(tmp_path: Path) -> None:
    path = tmp_path / "bomb.png"
    path.write_bytes(_png(30_000, 30_000))
    with pytest.raises(PhotoTooLargeError) as caught:
        opened(path)
    assert "30000 x 30000" in _one_line(caught, path)


@pytest.mark.parametrize("name", ["jpg", "webp", "tif", "avif"])
def test_the_pixel_limit_holds_for_every_format(tmp_path: Path, name: str) -> None:
    path = tmp_path / f"a.{name}"
    SAVERS[name](vips(smooth(100, 100)), str(path))
    assert open_photo(path, max_pixels=10_000).width == 100
    with pytest.raises(PhotoTooLargeError):
        open_photo(path, max_pixels=9_999)


def test_a_jpeg_bomb_is_refused_by_its_header(tmp_path: Path) -> None:
    path = tmp_path / "bomb.jpg"
    vips(smooth(64, 64)).jpegsave(str(path))
    data = bytearray(path.read_bytes())
    at = data.find(b"\xff\xc0") + 5
    data[at : at + 4] = struct.pack(">HH", 60_000, 60_000)
    path.write_bytes(data)
    with pytest.raises(PhotoTooLargeError):
        opened(path)


def test_a_heic_over_the_limit_is_refused(photographs: Path) -> None:
    with pytest.raises(PhotoTooLargeError):
        open_photo(photographs / "odd/portrait-headshot.heic", max_pixels=1000)


def test_animations_are_refused_with_their_length(tmp_path: Path) -> None:
    frames = vips(np.concatenate([smooth(), smooth()[::-1], smooth()[:, ::-1]])).copy()
    frames.set_type(pyvips.GValue.gint_type, "page-height", 40)
    frames.webpsave(str(tmp_path / "a.webp"))
    (tmp_path / "a.png").write_bytes(_png(2, 2, _chunk(b"acTL", struct.pack(">II", 7, 0))))
    stsz = b"\0\0\0\x14stsz" + bytes(8) + (5).to_bytes(4, "big")
    (tmp_path / "a.avif").write_bytes(b"\0\0\0\x18ftypavis\0\0\0\0avisavif\0\0\0\x1cmoov" + stsz)
    for name, count in [("a.webp", 3), ("a.png", 7), ("a.avif", 5)]:
        with pytest.raises(UnsupportedFormatError, match=f"an animation with {count} frames") as caught:
            opened(tmp_path / name)
        _one_line(caught, tmp_path / name)


@pytest.mark.parametrize("shape", [(1, 1), (1, 5000), (5000, 1)])
@pytest.mark.parametrize("name", ["png", "jpg", "webp", "tif", "avif"])
def test_the_smallest_and_the_narrowest_photos_work(tmp_path: Path, shape: tuple[int, int], name: str) -> None:
    path = tmp_path / f"a.{name}"
    array = np.full((*shape, 3), 90, np.uint8)
    Photo.from_pixels(array).save(path)
    assert np.abs(opened(path).pixels().astype(int) - array).max() <= 3


@pytest.mark.parametrize("bits", [1, 2, 4])
def test_few_bits_become_eight(tmp_path: Path, bits: int) -> None:
    levels = np.linspace(0, 255, 2**bits).round().astype(np.uint8)
    array = np.tile(levels, (8, 4))
    for name in ("a.png", "a.tif"):
        vips(array, "b-w").write_to_file(str(tmp_path / name), bitdepth=bits)
        photo = opened(tmp_path / name)
        assert (photo.bands, photo.depth) == (1, 8)
        np.testing.assert_array_equal(photo.pixels()[..., 0], array)


def test_a_palette_becomes_colours(tmp_path: Path) -> None:
    array = np.zeros((8, 8, 4), np.uint8)
    array[:4] = (200, 30, 60, 255)
    array[4:] = (0, 90, 250, 0)
    vips(array, "srgb").pngsave(str(tmp_path / "a.png"), palette=True, Q=100)
    assert (tmp_path / "a.png").read_bytes()[25] == 3
    photo = opened(tmp_path / "a.png")
    assert photo.bands == 4
    np.testing.assert_array_equal(photo.pixels()[0, 0], array[0, 0])
    assert photo.pixels()[7, 7, 3] == 0


@pytest.mark.parametrize("bands", [1, 2, 3, 4])
@pytest.mark.parametrize("name", ["a.png", "a.tif"])
def test_sixteen_bits_stay_exact(tmp_path: Path, bands: int, name: str) -> None:
    array = noise(bands=bands, dtype=np.uint16)
    Photo.from_pixels(array).save(tmp_path / name)
    photo = opened(tmp_path / name)
    assert photo.depth == 16
    np.testing.assert_array_equal(photo.pixels(), array)


@pytest.mark.parametrize("bits", [10, 12])
def test_a_deep_avif_spans_the_full_range(tmp_path: Path, bits: int) -> None:
    array = np.zeros((64, 64, 3), np.uint16)
    array[:, 32:] = 65535
    vips(array, "rgb16").heifsave(str(tmp_path / "a.avif"), compression="av1", bitdepth=bits, lossless=True)
    photo = opened(tmp_path / "a.avif")
    assert photo.depth == 16
    np.testing.assert_array_equal(photo.pixels(), array)


def _turned(array: np.ndarray, orientation: int) -> np.ndarray:
    """What is stored when the upright picture is ``array``."""
    stored = {
        1: array,
        2: array[:, ::-1],
        3: array[::-1, ::-1],
        4: array[::-1],
        5: array.transpose(1, 0, 2),
        6: np.rot90(array, 1),
        7: array[::-1, ::-1].transpose(1, 0, 2),
        8: np.rot90(array, -1),
    }
    return np.ascontiguousarray(stored[orientation])


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("name", ["a.png", "a.jpg", "a.webp", "a.tif"])
def test_every_orientation_is_made_upright_once(tmp_path: Path, orientation: int, name: str) -> None:
    array = smooth(48, 32)
    image = with_blobs(vips(_turned(array, orientation)), exif=b"Exif\0\0" + exif_blob(orientation=orientation))
    image.set_type(pyvips.GValue.gint_type, "orientation", orientation)
    image.write_to_file(str(tmp_path / name), **({"Q": 95} if name[-3:] in ("jpg", "ebp") else {}))
    photo = opened(tmp_path / name)
    assert np.abs(photo.pixels().astype(int) - array).max() <= 8
    photo.save(tmp_path / "again.jpg")
    again = opened(tmp_path / "again.jpg")
    assert (again.width, again.height) == (32, 48)
    assert pyvips.Image.new_from_file(str(tmp_path / "again.jpg")).get("orientation") == 1


def test_a_turned_avif_is_turned_by_its_decoder_only(tmp_path: Path) -> None:
    image = with_blobs(vips(_turned(smooth(48, 32), 6)), exif=b"Exif\0\0" + exif_blob(orientation=6))
    image.set_type(pyvips.GValue.gint_type, "orientation", 6)
    image.heifsave(str(tmp_path / "a.avif"), compression="av1", Q=90)
    photo = opened(tmp_path / "a.avif")
    assert np.abs(photo.pixels().astype(int) - smooth(48, 32)).max() <= 8


@pytest.mark.parametrize("name", ["a.jpg", "a.tif"])
@pytest.mark.parametrize("profile", [None, "cmyk"])
def test_cmyk_becomes_srgb_and_says_so(tmp_path: Path, name: str, profile: str | None) -> None:
    image = vips(np.full((8, 8, 4), (0, 255, 255, 0), np.uint8), "cmyk")
    if profile:
        image = with_blobs(image, icc_profile=bytes(pyvips.Image.profile_load(profile)))
    image.write_to_file(str(tmp_path / name))
    photo = opened(tmp_path / name)
    red, green, blue = photo.pixels()[4, 4]
    assert red > 180
    assert max(green, blue) < 80
    assert photo.metadata.icc is not None
    assert photo.metadata.icc[16:20] == b"RGB "
    assert "CMYK" in photo.warnings[0]
    assert ("by its own profile" in photo.warnings[0]) is bool(profile)
    assert ("it has none of its own" in photo.warnings[0]) is not bool(profile)


@pytest.mark.parametrize("part", [132, 300])
def test_a_cmyk_profile_that_cannot_be_used_is_said(tmp_path: Path, part: int) -> None:
    profile = bytes(pyvips.Image.profile_load("cmyk"))
    image = vips(np.full((8, 8, 4), (0, 255, 255, 0), np.uint8), "cmyk")
    with_blobs(image, icc_profile=profile[:part] + bytes(len(profile) - part)).tiffsave(str(tmp_path / "a.tif"))
    photo = opened(tmp_path / "a.tif")
    assert photo.pixels()[4, 4, 0] > 180
    expected = "The CMYK colours were converted to sRGB by a general CMYK profile, as its own cannot be used."
    assert photo.warnings == (expected,)


def test_deep_cmyk_and_lab_tiffs_are_converted(tmp_path: Path) -> None:
    vips(np.full((8, 8, 4), 5000, np.uint16), "cmyk").tiffsave(str(tmp_path / "a.tif"))
    photo = opened(tmp_path / "a.tif")
    assert (photo.bands, photo.depth) == (3, 16)
    lab = pyvips.Image.black(8, 8, bands=3).linear(1, [50, 0, 0]).copy(interpretation="lab")
    lab.cast("float").tiffsave(str(tmp_path / "b.tif"))
    photo = opened(tmp_path / "b.tif")
    assert photo.bands == 3
    np.testing.assert_allclose(photo.pixels()[4, 4] / (257 if photo.depth == 16 else 1), 119, atol=1)


@pytest.mark.parametrize(("kind", "words"), [("float", "floating-point"), ("uint", "uint")])
def test_numbers_that_are_not_8_or_16_bits_are_refused(tmp_path: Path, kind: str, words: str) -> None:
    pyvips.Image.black(8, 8, bands=3).cast(kind).tiffsave(str(tmp_path / "a.tif"))
    with pytest.raises(UnsupportedFormatError, match=words) as caught:
        opened(tmp_path / "a.tif")
    _one_line(caught, tmp_path / "a.tif")


def test_only_the_first_page_is_used_and_said_but_thumbnails_do_not_count(tmp_path: Path) -> None:
    pages = vips(np.concatenate([smooth(), smooth(), smooth()])).copy()
    pages.set_type(pyvips.GValue.gint_type, "page-height", 40)
    pages.tiffsave(str(tmp_path / "a.tif"))
    photo = opened(tmp_path / "a.tif")
    assert photo.height == 40
    assert photo.warnings == ("Only the first page was used; 2 more pages were left out.",)
    vips(smooth(200, 200)).tiffsave(str(tmp_path / "b.tif"), pyramid=True, tile=True, tile_width=64, tile_height=64)
    assert opened(tmp_path / "b.tif").warnings == ()


def test_a_profile_that_does_not_fit_is_left_out_and_the_pixels_stay(srgb: bytes) -> None:
    for bands, icc in [(1, srgb), (2, srgb), (3, b"no profile"), (3, bytes(pyvips.Image.profile_load("cmyk")))]:
        image = vips(noise(bands=bands))
        pixels = to_photo_pixels(image, "a.jpg", icc)
        assert pixels.icc is None
        assert "profile" in pixels.warnings[0]
        np.testing.assert_array_equal(pixels.image.numpy().reshape(40, 60, bands), noise(bands=bands))
    assert to_photo_pixels(vips(noise()), "a.jpg", srgb).icc == srgb


def test_damaged_exif_is_left_out_and_the_photo_lives(tmp_path: Path) -> None:
    path = tmp_path / "a.jpg"
    with_blobs(vips(smooth()), exif=b"Exif\0\0" + exif_blob()).jpegsave(str(path))
    data = path.read_bytes()
    at = data.find(b"Exif\0\0") + 6
    path.write_bytes(data[: at + 4] + b"\xff\xff\xff\x7f" + data[at + 8 :])
    photo = opened(path)
    assert photo.metadata.exif is None
    assert photo.warnings == ("The EXIF data is damaged and was left out.",)
    assert photo.pixels().shape == (40, 60, 3)


def test_every_shared_photograph_opens(photographs: Path) -> None:
    files = [one for one in sorted(photographs.rglob("*")) if one.is_file()]
    assert files
    for path in files:
        photo = opened(path)
        assert photo.warnings == (), path
        assert min(photo.width, photo.height) > 100


_LARGE = """
import sys
from pathlib import Path
import numpy as np, pyvips
from safelight.imaging.codecs import open_photo
from safelight.imaging.photo import Region

path = Path(sys.argv[1])
photo = open_photo(path, max_pixels=10**9)
rng = np.random.default_rng(0)
for _ in range(60):
    left, top = rng.integers(0, 9488, 2)
    photo.read(Region(int(left), int(top), 512, 512))
photo.save(path.with_name("out" + path.suffix))
text = Path("/proc/self/status").read_text()
print(int(text.split("VmHWM:")[1].split()[0]) // 1024)
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")
@pytest.mark.parametrize("suffix", [".jpg", ".png", ".tif"])
def test_a_photo_of_100_megapixels_takes_little_memory(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"large{suffix}"
    band = pyvips.Image.gaussnoise(10_000, 10_000, mean=128, sigma=20).cast("uchar")
    band.bandjoin([band, band]).copy(interpretation="srgb").write_to_file(str(path))
    done = subprocess.run(
        [sys.executable, "-c", _LARGE, str(path)], capture_output=True, text=True, check=True, timeout=120
    )
    assert int(done.stdout) < 700


@pytest.mark.parametrize(("least", "side"), [(700, 800), (300, 400), (100, 100), (10, 100), (801, 800)])
def test_a_jpeg_may_be_opened_smaller_and_keeps_what_is_asked_for(tmp_path: Path, least: int, side: int) -> None:
    path = tmp_path / "large.jpg"
    vips(smooth(600, 800)).jpegsave(str(path), Q=95)
    photo = open_photo(path, max_pixels=10**8, least=least)
    assert max(photo.width, photo.height) == side
    whole = open_photo(path, max_pixels=10**8)
    assert abs(photo.pixels().mean() - whole.pixels().mean()) < 1


def test_the_cap_counts_the_whole_photo_however_small_it_is_opened(tmp_path: Path) -> None:
    path = tmp_path / "large.jpg"
    vips(smooth(600, 800)).jpegsave(str(path))
    with pytest.raises(PhotoTooLargeError, match="800 x 600"):
        open_photo(path, max_pixels=400_000, least=100)


def test_a_jpeg_that_is_too_thin_to_shrink_is_opened_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "thin.jpg"
    vips(smooth(3, 800)).jpegsave(str(path))
    photo = open_photo(path, max_pixels=10**8, least=10)
    assert (photo.width, photo.height) == (400, 1)
    assert photo.pixels().shape == (1, 400, 3)


@pytest.mark.parametrize("keyword", [b"Sch\xfcssel", b"\xff\xfe", b"Title"])
def test_what_a_png_calls_its_texts_stops_nobody(tmp_path: Path, keyword: bytes) -> None:
    """PNG has them in Latin-1, which libvips hands on as it is."""
    (tmp_path / "a.png").write_bytes(_png(2, 2, _chunk(b"tEXt", keyword + b"\0W\xfcrde")))
    photo = opened(tmp_path / "a.png")
    assert photo.pixels().shape == (2, 2, 3)
    assert photo.warnings == ()


def test_exif_whose_resolution_alone_makes_no_sense_stays(tmp_path: Path) -> None:
    blob = bytearray(exif_blob())
    at = blob.index(struct.pack("<HHI", 0x011A, 5, 1))
    blob[at + 8 : at + 12] = struct.pack("<I", 0x7FFF_FFFF)
    (tmp_path / "a.png").write_bytes(_png(2, 2, _chunk(b"eXIf", bytes(blob))))
    photo = opened(tmp_path / "a.png")
    assert photo.metadata.exif is not None
    assert photo.metadata.xres == pytest.approx(72 / 25.4, abs=0.01)


def test_the_words_of_a_damaged_file_are_not_on_the_error_output(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(_png(2, 2, _chunk(b"\xff\xfe\x80t", b"x"), _chunk(b"tEXt", b"\xff" * 9)))
    code = (
        "from pathlib import Path; from safelight.imaging.codecs import open_photo;"
        f"open_photo(Path({str(tmp_path / 'a.png')!r}), max_pixels=99).pixels()"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert "UnicodeDecodeError" not in done.stderr
    assert "cffi" not in done.stderr

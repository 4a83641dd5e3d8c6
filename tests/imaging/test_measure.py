from __future__ import annotations

import struct
import subprocess
import sys
import zlib
from pathlib import Path

import pytest
import pyvips
from hypothesis import given
from hypothesis import settings as fuzzing
from hypothesis import strategies as st

from imaging.photo_files import LIMIT, exif_blob, noise, smooth, vips, with_blobs
from safelight.errors import BrokenPhotoError, PhotoTooLargeError, SafelightError, UnsupportedFormatError
from safelight.imaging.codecs import open_photo
from safelight.imaging.formats import Format
from safelight.imaging.measure import Measured, measure

NAMES = ["a.png", "a.jpg", "a.webp", "a.tif", "a.avif"]


def seen(path: Path, limit: int = LIMIT) -> tuple[object, ...]:
    """What the headers tell, as :func:`decoded` tells it."""
    try:
        found = measure(path, max_pixels=limit)
    except SafelightError as error:
        return type(error), error.message
    return found.format, found.width, found.height


def decoded(path: Path, limit: int = LIMIT) -> tuple[object, ...]:
    """What the decoder tells."""
    try:
        photo = open_photo(path, max_pixels=limit)
    except SafelightError as error:
        return type(error), error.message
    return photo.format, photo.width, photo.height


def saved(folder: Path, name: str, image: pyvips.Image | None = None, **options: object) -> Path:
    """A file of a small picture."""
    path = folder / name
    (image or vips(smooth(40, 60))).write_to_file(str(path), **options)
    return path


def riff(*chunks: tuple[bytes, bytes]) -> bytes:
    """A WebP container."""
    body = b"WEBP" + b"".join(
        name + struct.pack("<I", len(data)) + data + bytes(len(data) % 2) for name, data in chunks
    )
    return b"RIFF" + struct.pack("<I", len(body)) + body


def test_importing_it_loads_no_decoder() -> None:
    code = "import safelight.imaging.measure, sys; print(*{'pyvips', 'numpy', 'torch', 'pi_heif'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []


def test_it_agrees_with_the_decoder_on_every_shared_photo(shared_photos: Path) -> None:
    paths = [path for path in sorted(shared_photos.rglob("*")) if path.is_file()]
    assert len(paths) > 20
    for path in paths:
        assert seen(path) == decoded(path), path.name


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("shape", [(1, 1), (1, 500), (500, 1), (40, 60)])
def test_it_agrees_with_the_decoder_on_every_format(tmp_path: Path, name: str, shape: tuple[int, int]) -> None:
    path = saved(tmp_path, name, vips(noise(*shape)))
    assert seen(path)[1:] == (shape[1], shape[0])
    assert seen(path) == decoded(path)


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("name", ["a.png", "a.jpg", "a.webp", "a.tif", "lossless.webp"])
def test_sizes_are_upright(tmp_path: Path, orientation: int, name: str) -> None:
    image = with_blobs(vips(smooth(40, 60)), exif=exif_blob(orientation=orientation))
    image.set_type(pyvips.GValue.gint_type, "orientation", orientation)
    path = saved(tmp_path, name, image, **({"lossless": True} if name.startswith("lossless") else {}))
    assert seen(path)[1:] == ((40, 60) if orientation > 4 else (60, 40))
    assert seen(path) == decoded(path)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_turned_avif_is_upright_whatever_its_exif_says(tmp_path: Path, orientation: int) -> None:
    image = with_blobs(vips(smooth(40, 60)), exif=exif_blob(orientation=6))
    image.set_type(pyvips.GValue.gint_type, "orientation", orientation)
    path = saved(tmp_path, "a.avif", image)
    assert seen(path)[1:] == ((40, 60) if orientation > 4 else (60, 40))
    assert seen(path) == decoded(path)


def box(name: bytes, *content: bytes) -> bytes:
    """A box of a HEIF file."""
    data = b"".join(content)
    return struct.pack(">I", len(data) + 8) + name + data


@pytest.mark.parametrize("large", [False, True])
def test_a_heif_is_cropped_and_turned_as_its_primary_picture_is(tmp_path: Path, large: bool) -> None:
    size = lambda width, height: box(b"ispe", bytes(4), struct.pack(">II", width, height))  # noqa: E731
    crop = box(b"clap", struct.pack(">IIIIiIiI", 50, 1, 60, 2, 0, 1, 0, 1))
    properties = box(b"ipco", size(7, 9), size(60, 40), crop, box(b"irot", b"\1"), size(5, 5))
    item, index = (">I", ">H") if large else (">H", ">B")
    chosen = {1: [1], 2: [2, 3, 4], 3: [5]}
    listed = b"".join(
        struct.pack(item, number) + bytes([len(mine)]) + b"".join(struct.pack(index, one) for one in mine)
        for number, mine in chosen.items()
    )
    flags = bytes([large, 0, 0, large])
    owners = box(b"ipma", flags, struct.pack(">I", len(chosen)), listed)
    primary = box(b"pitm", bytes([large, 0, 0, 0]), struct.pack(item, 2))
    path = tmp_path / "a.heic"
    path.write_bytes(
        box(b"ftyp", b"heic\0\0\0\0mif1") + box(b"meta", bytes(4), primary, box(b"iprp", properties, owners))
    )
    found = measure(path, max_pixels=LIMIT)
    assert (found.format, found.width, found.height) == (Format.HEIC, 30, 50)


@pytest.mark.parametrize("bigtiff", [False, True])
def test_depth_and_channels_are_told(tmp_path: Path, bigtiff: bool) -> None:
    deep = vips(noise().astype("uint16") * 257)
    found = measure(saved(tmp_path, "a.tif", deep, bigtiff=bigtiff), max_pixels=LIMIT)
    assert (found.depth, found.bands) == (16, 3)
    found = measure(saved(tmp_path, "a.png", deep), max_pixels=LIMIT)
    assert (found.depth, found.bands) == (16, 3)
    found = measure(saved(tmp_path, "a.jpg", vips(noise(bands=1))), max_pixels=LIMIT)
    assert (found.depth, found.bands) == (8, 1)


@pytest.mark.parametrize("content", [b"", b"GIF89a", b"hello", b"<svg/>", b"%PDF-1.7", b"PK\x03\x04", b"\0" * 100])
def test_what_is_no_photo_is_refused_in_the_decoders_words(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.jpg"
    path.write_bytes(content)
    assert seen(path)[0] is UnsupportedFormatError
    assert seen(path) == decoded(path)


@pytest.mark.parametrize("name", NAMES)
def test_the_pixel_limit_is_told_in_the_decoders_words(tmp_path: Path, name: str) -> None:
    path = saved(tmp_path, name)
    assert seen(path, 60 * 40 - 1)[0] is PhotoTooLargeError
    assert seen(path, 60 * 40 - 1) == decoded(path, 60 * 40 - 1)
    assert seen(path, 60 * 40) == decoded(path, 60 * 40)


def test_animations_are_refused_with_their_length(tmp_path: Path) -> None:
    roll = vips(noise(40, 60)).copy()
    roll.set_type(pyvips.GValue.gint_type, "page-height", 10)
    path = saved(tmp_path, "a.webp", roll)
    assert seen(path) == (UnsupportedFormatError, "a.webp: this is an animation with 4 frames")
    assert seen(path) == decoded(path)


@pytest.mark.parametrize("name", NAMES)
def test_a_header_that_is_cut_short_is_a_broken_photo(tmp_path: Path, name: str) -> None:
    path = saved(tmp_path, name)
    path.write_bytes(path.read_bytes()[:20])
    with pytest.raises(BrokenPhotoError):
        measure(path, max_pixels=LIMIT)


def test_a_size_of_nothing_is_a_broken_photo(tmp_path: Path) -> None:
    path = saved(tmp_path, "a.png")
    data = bytearray(path.read_bytes())
    data[16:20] = bytes(4)
    data[29:33] = struct.pack(">I", zlib.crc32(data[12:29]))
    path.write_bytes(data)
    with pytest.raises(BrokenPhotoError):
        measure(path, max_pixels=LIMIT)


def test_the_scale_in_a_webp_header_is_no_size(tmp_path: Path) -> None:
    path = saved(tmp_path, "a.webp")
    data = bytearray(path.read_bytes())
    at = data.index(b"VP8 ")
    data[at + 15] |= 0x40
    path.write_bytes(riff((b"VP8 ", bytes(data[at + 8 :]))))
    assert seen(path)[1:] == (60, 40)


def test_a_folder_a_pipe_and_a_missing_file_are_told_in_the_decoders_words(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "none.jpg"):
        assert seen(path) == decoded(path)


def test_hostile_headers_end_soon(tmp_path: Path) -> None:
    path = tmp_path / "a"
    start = box(b"ftyp", b"avif\0\0\0\0avifmif1")
    many = struct.pack(">HHHHH", 1, 0, 0, 0, 65535)
    iloc = box(b"iloc", b"\1\0\0\0\0\0" + struct.pack(">H", 65535) + many * 65535)
    ipma = box(b"ipma", bytes(4) + b"\xff\xff\xff\xff" + bytes(3_000_000))
    for bad in (
        b"\xff\xd8\xff\xe0\0\x04ab" + b"\0" * 3_000_000,
        b"\xff\xd8\xff" + b"\xff" * 3_000_000,
        b"\xff\xd8\xff\xe1" + b"\0\x02\xff\xe1" * 500_000,
        start + box(b"meta", bytes(4) + iloc),
        start + box(b"meta", bytes(4) + box(b"iprp", ipma)),
        start + box(b"meta", bytes(4) + box(b"iprp", box(b"ipco", box(b"free", b"") * 300_000))),
        start + struct.pack(">I", 8) * 2 + b"free" * 100_000,
        b"\x89PNG\r\n\x1a\n" + bytes(20) + bytes(3_000_000),
        riff((b"VP8X", b"\x02" + bytes(9)), *[(b"ANMF", b"")] * 100_000),
        b"II*\0\x08\0\0\0" + b"\xff" * 3_000_000,
    ):
        path.write_bytes(bad)
        assert isinstance(seen(path)[0], type)


@fuzzing(max_examples=150)
@given(data=st.data())
def test_mutated_headers_give_a_size_or_an_error_of_ours(zoo: list[bytes], scrap: Path, data: st.DataObject) -> None:
    content = bytearray(data.draw(st.sampled_from(zoo)))
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, min(len(content), 700) - 1))
        patch = data.draw(st.one_of(st.binary(min_size=1, max_size=4), st.just(b"\xff\xff\xff\xff"), st.just(bytes(4))))
        content[at : at + len(patch)] = patch
    if data.draw(st.booleans()):
        del content[data.draw(st.integers(1, len(content))) :]
    scrap.write_bytes(content)
    try:
        found = measure(scrap, max_pixels=LIMIT)
    except SafelightError:
        return
    assert isinstance(found, Measured)
    assert isinstance(found.format, Format)
    assert 0 < found.width * found.height <= LIMIT


@pytest.fixture(scope="module")
def scrap(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file to write to again and again."""
    return tmp_path_factory.mktemp("scrap") / "a"


@pytest.fixture(scope="module")
def zoo(tmp_path_factory: pytest.TempPathFactory) -> list[bytes]:
    """A small file of every format that can be written, turned by its EXIF, and what a HEIC begins with."""
    folder = tmp_path_factory.mktemp("zoo")
    image = with_blobs(vips(smooth(16, 24)), exif=exif_blob(orientation=6))
    image.set_type(pyvips.GValue.gint_type, "orientation", 6)
    files = [saved(folder, name, image).read_bytes() for name in NAMES]
    return [*files, files[-1].replace(b"avif", b"heic")]

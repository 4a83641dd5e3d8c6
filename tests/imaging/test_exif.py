"""EXIF and XMP are put right in place; nonsense is a ValueError and nothing else."""

from __future__ import annotations

import io
import struct
import time
import tracemalloc
from pathlib import Path

import pytest
import pyvips
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from photo_files import IPTC, XMP, exif_blob, noise, opened, vips

from safelight.imaging import iptc
from safelight.imaging.exif import EXIF_IFD, GPS_IFD, Blob, resolution, upright, without_gps
from safelight.imaging.ifd import Structure, tiff_pages
from safelight.imaging.photo import Metadata, Photo
from safelight.imaging.tiffexif import embed_in_tiff, exif_from_tiff, iptc_from_tiff
from safelight.imaging.xmp import xmp_upright, xmp_without_gps

ORDERS = pytest.mark.parametrize("order", ["<", ">"])


def tags(exif: bytes) -> dict[tuple[int, int], object]:
    """Every value of a blob under its directory and tag, whatever the byte order."""
    blob = Blob(exif)
    found: dict[tuple[int, int], object] = {}
    for name, directory in blob.directories().items():
        for entry in directory.entries:
            value = blob.value(entry)
            unit = {3: 2, 4: 4, 5: 4}.get(entry.kind, 0)
            order = "little" if blob.order == "<" else "big"
            numbers = [int.from_bytes(value[at : at + unit], order) for at in range(0, len(value), unit or 1)]
            if entry.tag not in (EXIF_IFD, GPS_IFD):
                found[name, entry.tag] = numbers if unit else value
    return found


@ORDERS
def test_upright_resets_orientation_and_size_and_nothing_else(order: str) -> None:
    before = exif_blob(orientation=6, order=order)
    after = tags(upright(b"Exif\0\0" + before, 4000, 70_000))
    assert after.pop((0, 0x0112)) == [1]
    assert after.pop((EXIF_IFD, 0xA002)) == [4000]
    assert after.pop((EXIF_IFD, 0xA003)) == [70_000]
    rest = tags(before)
    assert after == {key: value for key, value in rest.items() if key[1] not in (0x0112, 0xA002, 0xA003)}


@ORDERS
def test_the_thumbnail_is_gone_with_its_bytes(order: str) -> None:
    thumbnail = b"\xff\xd8 the face that was cropped away \xff\xd9"
    after = upright(exif_blob(thumbnail=thumbnail, order=order), 10, 10)
    assert b"cropped away" not in after
    assert len(list(Blob(after).chain())) == 1


@ORDERS
def test_the_position_is_gone_with_its_bytes(order: str) -> None:
    before = exif_blob(order=order)
    after = without_gps(before)
    assert (4711).to_bytes(4, "little" if order == "<" else "big") in before
    assert (4711).to_bytes(4, "little" if order == "<" else "big") not in after
    assert tags(after) == {key: value for key, value in tags(before).items() if key[0] != GPS_IFD}
    assert without_gps(after) == after


def test_resolution_is_read_in_pixels_per_millimetre() -> None:
    assert resolution(exif_blob()) == pytest.approx((300 / 25.4, 300 / 25.4))
    assert resolution(b"II*\0\x08\0\0\0\0\0\0\0\0\0") is None


@ORDERS
@pytest.mark.parametrize("bigtiff", [False, True])
def test_exif_comes_back_from_a_tiff(tmp_path: Path, order: str, bigtiff: bool) -> None:
    path, exif = tmp_path / "a.tif", exif_blob(order=order)
    vips(noise()).tiffsave(str(path), compression="deflate", bigtiff=bigtiff)
    pixels = vips(noise()).numpy().tobytes()
    embed_in_tiff(path, exif, IPTC)
    back = exif_from_tiff(path)
    assert back is not None
    expected = {key: value for key, value in tags(exif).items() if key[1] not in (0x011A, 0x011B, 0x0128)}
    assert expected.items() <= tags(back).items()
    assert iptc_from_tiff(path) == IPTC
    assert pyvips.Image.tiffload(str(path)).numpy().tobytes() == pixels


def test_a_tiff_without_anything_to_tell_stays_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "a.tif"
    vips(noise()).tiffsave(str(path))
    before = path.read_bytes()
    embed_in_tiff(path, b"II*\0\x08\0\0\0\0\0\0\0\0\0", None)
    assert path.read_bytes() == before
    assert iptc_from_tiff(path) is None


def test_a_chain_of_directories_that_goes_round_ends() -> None:
    loop = b"II*\0\x08\0\0\0" + b"\0\0" + b"\x08\0\0\0"
    assert len(list(Structure(io.BytesIO(loop)).chain())) == 1


def _try_all(data: bytes, path: Path) -> None:
    path.write_bytes(data)
    target = path.with_suffix(".target")
    vips(noise(4, 4)).tiffsave(str(target))
    for attempt in (
        lambda: upright(data, 10, 10),
        lambda: without_gps(data),
        lambda: resolution(data),
        lambda: tiff_pages(path),
        lambda: exif_from_tiff(path),
        lambda: iptc_from_tiff(path),
        lambda: embed_in_tiff(target, data),
        lambda: xmp_upright(data, 1, 1),
        lambda: xmp_without_gps(data),
        lambda: iptc.unwrap(data),
    ):
        try:
            attempt()
        except ValueError:
            continue


SHARED_FOLDER = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=150)


@SHARED_FOLDER
@given(st.sampled_from([b"", b"II*\0\x08\0\0\0", b"MM\0*\0\0\0\x08", b"II+\0\x08\0\0\0"]), st.binary(max_size=400))
def test_random_bytes_raise_nothing_but_a_value_error(tmp_path: Path, head: bytes, rest: bytes) -> None:
    _try_all(head + rest, tmp_path / "x")


@SHARED_FOLDER
@given(st.data())
def test_damaged_exif_raises_nothing_but_a_value_error(tmp_path: Path, data: st.DataObject) -> None:
    blob = bytearray(exif_blob(thumbnail=b"small", order=data.draw(st.sampled_from("<>"))))
    for _ in range(data.draw(st.integers(1, 8))):
        blob[data.draw(st.integers(8, len(blob) - 1))] = data.draw(st.integers(0, 255))
    _try_all(bytes(blob[: data.draw(st.integers(8, len(blob)))]), tmp_path / "x")


@SHARED_FOLDER
@given(width=st.integers(1, 2**31), height=st.integers(1, 2**31), orientation=st.integers(0, 65535))
def test_what_upright_writes_it_reads_again(tmp_path: Path, width: int, height: int, orientation: int) -> None:
    after = upright(exif_blob(orientation=orientation, thumbnail=b"x"), width, height)
    assert upright(after, width, height) == after
    assert tags(after)[EXIF_IFD, 0xA002] == [width]


def test_xmp_loses_its_position_in_both_notations() -> None:
    after = xmp_without_gps(XMP)
    assert b"GPS" not in after
    assert b"<dc:creator>Ada</dc:creator>" in after


def test_xmp_that_cannot_be_cleaned_is_an_error() -> None:
    for packet in (b"<a><exif:GPSLatitude>1", b"\xff\xfe<\0a\0", XMP.decode().encode("utf-16")):
        with pytest.raises(ValueError, match="XMP"):
            xmp_without_gps(packet)


def test_xmp_becomes_upright() -> None:
    assert b'tiff:Orientation="1"' in xmp_upright(XMP, 5, 6)
    element = b"<tiff:Orientation>8</tiff:Orientation><exif:PixelXDimension>9</exif:PixelXDimension>"
    assert xmp_upright(element, 50, 6) == element.replace(b"8", b"1").replace(b"9", b"50")


@pytest.mark.parametrize("name", ["tiff:Orientation", "exif:PixelXDimension"])
def test_xmp_full_of_blanks_takes_no_time(name: str) -> None:
    blanks = f"<{name}>".encode() + b" " * 2_000_000
    start = time.process_time()
    assert xmp_upright(blanks, 5, 6) == blanks
    assert xmp_upright(f"<{name}> 9 </{name}>".encode(), 1, 1) == f"<{name}>1</{name}>".encode()
    assert time.process_time() - start < 2


def test_xmp_of_more_than_8_mb_is_an_error_and_of_8_mb_is_none() -> None:
    longest = XMP.ljust(8 << 20)
    assert b'tiff:Orientation="1"' in xmp_upright(longest, 1, 1)
    for change in (lambda xmp: xmp_upright(xmp, 1, 1), xmp_without_gps):
        with pytest.raises(ValueError, match="too long"):
            change(longest + b" ")


def _shared(count: int, size: int) -> bytes:
    """EXIF whose entries all have the same bytes as their value."""
    head = b"II*\0\x08\0\0\0" + struct.pack("<HHHIII", 1, EXIF_IFD, 4, 1, 26, 0)
    at = 26 + 2 + 12 * count + 4
    entries = b"".join(struct.pack("<HHII", 0xB000 + one, 7, size, at) for one in range(count))
    return head + struct.pack("<H", count) + entries + bytes(4) + bytes(size)


def test_a_small_blob_cannot_become_a_large_one(tmp_path: Path) -> None:
    path = tmp_path / "a.tif"
    vips(noise()).tiffsave(str(path))
    before = path.read_bytes()
    tracemalloc.start()
    with pytest.raises(ValueError, match="too long"):
        embed_in_tiff(path, _shared(200, 1 << 20))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 8 << 20
    assert path.read_bytes() == before
    embed_in_tiff(path, _shared(1, 1 << 20))
    assert len(exif_from_tiff(path) or b"") > 1 << 20


def test_exif_of_more_than_16_mb_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "a.tif"
    vips(noise()).tiffsave(str(path))
    with pytest.raises(ValueError, match="too long"):
        embed_in_tiff(path, _shared(1, (1 << 24) + 1))


def test_turning_the_bytes_of_long_values_takes_little_memory(tmp_path: Path) -> None:
    path = tmp_path / "a.tif"
    vips(noise()).tiffsave(str(path))
    size = 2 << 20
    head = b"MM\0*\0\0\0\x08" + struct.pack(">HHHIII", 1, EXIF_IFD, 4, 1, 26, 0)
    entry = struct.pack(">HHHIII", 1, 0xB000, 3, size // 2, 44, 0)
    tracemalloc.start()
    embed_in_tiff(path, head + entry + b"\1\2" * (size // 2))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 10 * size
    assert b"\2\1" * (size // 2) in (exif_from_tiff(path) or b"")


def test_such_a_blob_is_left_out_of_a_photo_and_said(tmp_path: Path) -> None:
    photo = Photo.from_pixels(noise(), metadata=Metadata(exif=_shared(200, 1 << 20), iptc=IPTC))
    assert photo.save(tmp_path / "a.tif") == ("The EXIF data is damaged and was left out.",)
    assert (tmp_path / "a.tif").stat().st_size < 1 << 20
    assert iptc_from_tiff(tmp_path / "a.tif") == IPTC
    path = tmp_path / "b.tif"
    path.write_bytes((tmp_path / "a.tif").read_bytes())
    embed_in_tiff(path, _shared(1, 1 << 20))
    data = bytearray(path.read_bytes())
    # The one private entry becomes the first of a directory that says that it has thousands of them.
    assert exif_from_tiff(path) is not None
    at = data.index(struct.pack("<HHI", 0xB000, 7, 1 << 20))
    place = data[at + 8 : at + 12]
    entries = b"".join(struct.pack("<HHI", 0xB000 + one, 7, 1 << 20) + place for one in range(50))
    link = data.index(struct.pack("<HHI", EXIF_IFD, 4, 1))
    data[link + 8 : link + 12] = struct.pack("<I", len(data))
    path.write_bytes(data + struct.pack("<H", 50) + entries + bytes(4))
    back = opened(path)
    assert back.metadata.exif is None
    assert back.metadata.iptc == IPTC
    assert back.warnings == ("The EXIF data is damaged and was left out.",)


@given(st.binary(min_size=1, max_size=99).map(lambda data: b"\x1c" + data))
def test_iptc_comes_back_from_its_block(records: bytes) -> None:
    assert iptc.unwrap(iptc.wrap(records)) == records
    assert iptc.unwrap(records) == records

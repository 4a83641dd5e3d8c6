"""Photo files to test with, made here."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import pyvips

from safelight.imaging.codecs import open_photo
from safelight.imaging.photo import Photo

LIMIT = 100_000_000


def opened(path: Path) -> Photo:
    """Open with a limit that no test file reaches."""
    return open_photo(path, max_pixels=LIMIT)


def noise(height: int = 40, width: int = 60, bands: int = 3, dtype: type = np.uint8) -> np.ndarray:
    """Noise, the same every time."""
    top = 256 if dtype == np.uint8 else 65536
    return np.random.default_rng(1).integers(0, top, (height, width, bands)).astype(dtype)


def smooth(height: int = 40, width: int = 60, bands: int = 3) -> np.ndarray:
    """A picture that lossy formats keep well."""
    ramp = np.linspace(20, 220, width)[None, :, None] + np.linspace(0, 30, height)[:, None, None]
    return np.repeat(ramp, bands, axis=2).round().astype(np.uint8)


def vips(array: np.ndarray, interpretation: str | None = None) -> pyvips.Image:
    """An image of libvips with these pixels."""
    image = pyvips.Image.new_from_array(array)
    return image.copy(interpretation=interpretation) if interpretation else image


def exif_blob(*, orientation: int = 1, gps: bool = True, thumbnail: bytes = b"", order: str = "<") -> bytes:
    """EXIF with a maker, a date, a size, a position and, if given, a thumbnail."""
    pack = lambda code, *values: struct.pack(order + code, *values)  # noqa: E731

    def directory(at: int, entries: list[tuple[int, int, int, bytes]], following: int = 0) -> bytes:
        body, extra = b"", b""
        tail = at + 2 + 12 * len(entries) + 4
        for tag, kind, count, data in entries:
            place = data.ljust(4, b"\0")
            if len(data) > 4:
                place = pack("I", tail + len(extra))
                extra += data + bytes(len(data) % 2)
            body += pack("HHI", tag, kind, count) + place
        return pack("H", len(entries)) + body + pack("I", following) + extra

    date = b"2024:05:06 07:08:09\0"
    main_at, exif_at, gps_at, second_at = 8, 200, 400, 600
    main = [
        (0x010F, 2, 10, b"Safelight\0"),
        (0x0112, 3, 1, pack("H", orientation)),
        (0x011A, 5, 1, pack("II", 300, 1)),
        (0x011B, 5, 1, pack("II", 300, 1)),
        (0x0128, 3, 1, pack("H", 2)),
        (0x8769, 4, 1, pack("I", exif_at)),
    ]
    if gps:
        main.append((0x8825, 4, 1, pack("I", gps_at)))
    parts = [
        (main_at, directory(main_at, main, second_at if thumbnail else 0)),
        (
            exif_at,
            directory(
                exif_at,
                [(0x9003, 2, 20, date), (0xA002, 4, 1, pack("I", 9999)), (0xA003, 3, 1, pack("H", 7777))],
            ),
        ),
        (
            gps_at,
            directory(
                gps_at,
                [(1, 2, 2, b"N\0"), (2, 5, 3, pack("IIIIII", 47, 1, 22, 1, 4711, 100)), (3, 2, 2, b"E\0")],
            ),
        ),
    ]
    if thumbnail:
        start = second_at + 60
        entries = [(0x0201, 4, 1, pack("I", start)), (0x0202, 4, 1, pack("I", len(thumbnail)))]
        parts.append((second_at, directory(second_at, entries).ljust(60, b"\0") + thumbnail))
    blob = (b"II*\0" if order == "<" else b"MM\0*") + pack("I", 8)
    for at, data in parts:
        assert len(blob) <= at
        blob = blob.ljust(at, b"\0") + data
    return blob


XMP = (
    b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    b'<rdf:Description xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:exif="http://ns.adobe.com/exif/1.0/" '
    b'xmlns:tiff="http://ns.adobe.com/tiff/1.0/" tiff:Orientation="6" exif:GPSLatitude="47,22.785N">'
    b"<dc:creator>Ada</dc:creator><exif:GPSLongitude>8,32.5E</exif:GPSLongitude></rdf:Description></rdf:RDF></x:xmpmeta>"
)
IPTC = b"\x1c\x02\x05\x00\x07A title\x1c\x02\x19\x00\x03sea"


def with_blobs(image: pyvips.Image, **blobs: bytes) -> pyvips.Image:
    """Attach metadata, named ``icc_profile``, ``exif``, ``xmp`` or ``iptc``."""
    image = image.copy()
    for name, data in blobs.items():
        image.set_type(pyvips.GValue.blob_type, f"{name.replace('_', '-')}-data", data)
    return image

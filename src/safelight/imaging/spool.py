"""A picture on disk that is written in parts and read back in any order, in bounded memory.

It is an uncompressed, tiled BigTIFF (https://www.awaresystems.be/imaging/tiff/bigtiff.html). libvips reads such a file
tile by tile, with reads and not through a memory map: pages of a mapped raw file would all count as memory of the
process.
"""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import pyvips

from safelight.imaging.arrays import Pixels
from safelight.imaging.disk import write_all, writing

_TILE = 256
_SHORT, _LONG, _LONG8 = 3, 4, 16
_SIZES = {_SHORT: 2, _LONG: 4, _LONG8: 8}
_CODES = {_SHORT: "H", _LONG: "I", _LONG8: "Q"}


class Spool:
    """A picture of 1 to 4 bands of 8 or 16 bits under construction in a file."""

    def __init__(self, path: Path, *, width: int, height: int, bands: int, depth: int) -> None:
        """Create the file; parts that are never written are black.

        Raises:
            DiskFullError: there is no room for it.
            OutputError: it cannot be written for another reason.
        """
        self._path = path
        self._bands = bands
        self._dtype = np.dtype("<u2" if depth == 16 else "u1")
        self._across, down = -(-width // _TILE), -(-height // _TILE)
        self._tile_bytes = _TILE * _TILE * bands * depth // 8
        header = _header(width, height, bands, depth, self._across * down, self._tile_bytes)
        self._start = len(header)
        with writing(path):
            self._file = path.open("wb", buffering=0)
            write_all(self._file, memoryview(header))
            self._file.truncate(self._start + self._across * down * self._tile_bytes)

    def write(self, left: int, top: int, part: Pixels) -> None:
        """Write one part: (height, width, bands), of the depth of the picture.

        Raises:
            DiskFullError: there is no room for it.
            OutputError: it cannot be written for another reason.
        """
        height, width = part.shape[:2]
        part = part.astype(self._dtype, copy=False)
        with writing(self._path):
            for y in range(top - top % _TILE, top + height, _TILE):
                for x in range(left - left % _TILE, left + width, _TILE):
                    rows = slice(max(y, top) - top, min(y + _TILE, top + height) - top)
                    columns = slice(max(x, left) - left, min(x + _TILE, left + width) - left)
                    self._write_block(x, y, max(x, left) - x, max(y, top) - y, part[rows, columns])

    def finish(self) -> pyvips.Image:
        """Close the file and open the picture; the file must stay as long as the picture is used."""
        self._file.close()
        return pyvips.Image.tiffload(str(self._path), access="random", unlimited=True)

    def close(self) -> None:
        """Close the file without reading it."""
        self._file.close()

    def _write_block(self, x: int, y: int, left: int, top: int, block: Pixels) -> None:
        """Write a block into the tile that starts at (x, y), ``left`` and ``top`` pixels inside it."""
        tile = (y // _TILE) * self._across + x // _TILE
        pixel = self._bands * self._dtype.itemsize
        at = self._start + tile * self._tile_bytes
        whole_lines = block.shape[1] == _TILE
        for line, pixels in [(0, block)] if whole_lines else enumerate(block):
            self._file.seek(at + ((top + line) * _TILE + left) * pixel)
            write_all(self._file, np.ascontiguousarray(pixels).data.cast("B"))


def spooled(image: pyvips.Image, path: Path) -> pyvips.Image:
    """Compute an image of 1 to 4 bands, uchar or ushort, into a file, strip by strip, and give it read from there.

    Raises:
        DiskFullError: there is no room for it.
        OutputError: it cannot be written for another reason.
    """
    depth = 16 if image.format == "ushort" else 8
    spool = Spool(path, width=image.width, height=image.height, bands=image.bands, depth=depth)
    try:
        for top in range(0, image.height, _TILE):
            part = image.crop(0, top, image.width, min(_TILE, image.height - top)).numpy()
            spool.write(0, top, part.reshape(part.shape[0], part.shape[1], image.bands))
        return spool.finish()
    finally:
        spool.close()


def _header(width: int, height: int, bands: int, depth: int, tiles: int, tile_bytes: int) -> bytes:
    colour, alpha = (1 if bands < 3 else 3), bands in (2, 4)
    entries: list[tuple[int, int, list[int]]] = [
        (256, _LONG, [width]),
        (257, _LONG, [height]),
        (258, _SHORT, [depth] * bands),
        (259, _SHORT, [1]),
        (262, _SHORT, [1 if colour == 1 else 2]),
        (277, _SHORT, [bands]),
        (284, _SHORT, [1]),
        (322, _LONG, [_TILE]),
        (323, _LONG, [_TILE]),
        (324, _LONG8, [0] * tiles),
        (325, _LONG, [tile_bytes] * tiles),
    ]
    if alpha:
        entries.append((338, _SHORT, [2]))
    directory = 16 + 8 + 20 * len(entries) + 8
    outside = directory
    for _, kind, values in entries:
        size = _SIZES[kind] * len(values)
        outside += 0 if size <= 8 else size
    entries[9] = (324, _LONG8, [outside + index * tile_bytes for index in range(tiles)])
    fixed, tail = bytearray(), bytearray()
    for tag, kind, values in entries:
        data = struct.pack(f"<{len(values)}{_CODES[kind]}", *values)
        fixed += struct.pack("<HHQ", tag, kind, len(values))
        fixed += data.ljust(8, b"\0") if len(data) <= 8 else struct.pack("<Q", directory + len(tail))
        tail += data if len(data) > 8 else b""
    return b"II" + struct.pack("<HHHQQ", 43, 8, 0, 16, len(entries)) + fixed + struct.pack("<Q", 0) + tail

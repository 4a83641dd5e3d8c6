"""Archives and photos that tests make."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pyvips

from safelight.datasets.dataset import Unpacked
from safelight.datasets.folder import DatasetFolder
from safelight.datasets.settings import UnpackParams
from safelight.datasets.tools import BuildWatch
from safelight.datasets.unpack import unpack


def picture(seed: int = 0, width: int = 48, height: int = 32, suffix: str = ".jpg") -> bytes:
    """A small photo that no other seed has."""
    pixels = np.random.default_rng(seed).integers(0, 255, (height, width, 3), np.uint8)
    return bytes(pyvips.Image.new_from_array(pixels).write_to_buffer(suffix))


def write_zip(path: Path, entries: Mapping[str, bytes], packing: int = zipfile.ZIP_DEFLATED) -> Path:
    """An ordinary archive."""
    with zipfile.ZipFile(path, "w", packing) as archive:
        for name, data in entries.items():
            archive.writestr(name, data)
    return path


def zip_bytes(entries: Mapping[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in entries.items():
            archive.writestr(name, data)
    return file.getvalue()


def raw_zip(entries: list[tuple[bytes, bytes, int]]) -> bytes:
    """Names as raw bytes, data, flags; stored. For what zipfile itself would not write."""
    import zlib

    body, directory = b"", b""
    for name, data, flags in entries:
        at = len(body)
        head = struct.pack("<HHHHHIIIHH", 20, flags, 0, 0, 33, zlib.crc32(data), len(data), len(data), len(name), 0)
        body += b"PK\x03\x04" + head + name + data
        directory += b"PK\x01\x02" + struct.pack("<H", 20) + head + struct.pack("<HHHII", 0, 0, 0, 0, at) + name
    end = struct.pack("<HHHHIIH", 0, 0, len(entries), len(entries), len(directory), len(body), 0)
    return body + directory + b"PK\x05\x06" + end


def taken(source: Path | None, folder: Path, watch: BuildWatch | None = None, **params: int) -> Unpacked:
    """Unpack into a dataset in ``folder``."""
    return unpack(source, DatasetFolder(folder), UnpackParams(**params), max_pixels=10**8, watch=watch or BuildWatch())


def names(found: Unpacked) -> list[str]:
    return [item.name for item in found.items]


def reasons(found: Unpacked) -> dict[str, str]:
    return {one.name: one.reason for one in found.skipped}

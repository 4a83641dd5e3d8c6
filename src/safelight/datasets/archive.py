"""ZIP files from strangers: what is in them, what of it is refused, and its bytes as a stream.

Nothing of an entry's name is ever used as a path here, and an entry never gives more bytes than its header says.
"""

from __future__ import annotations

import stat
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import BinaryIO

from safelight.datasets.names import entry_name
from safelight.datasets.settings import UnpackParams
from safelight.errors import ArchiveError, PhotoError
from safelight.imaging.regular import open_regular

_MAGIC = (b"PK\x03\x04", b"PK\x05\x06")
_END, _END64, _LOCATOR = b"PK\x05\x06", b"PK\x06\x06", b"PK\x06\x07"
_TAIL = 22 + 0xFFFF
_PER_ENTRY, _LEAST_DIRECTORY = 512, 1 << 16
_PACKINGS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_ENCRYPTED = 0x1
DAMAGED = "it is damaged in the archive"
"""Said of an entry whose bytes are not what its header says."""
_ERRORS = (zipfile.BadZipFile, zlib.error, EOFError, ValueError, RuntimeError, LookupError, OverflowError)


def is_archive(head: bytes) -> bool:
    """Whether a file that begins so is a ZIP."""
    return head.startswith(_MAGIC)


@dataclass(frozen=True, slots=True)
class Entry:
    """One file in an archive."""

    name: str
    """As its author meant it; only to be shown."""
    info: zipfile.ZipInfo
    refused: str | None
    """Why it is not unpacked; None = it may be."""

    @property
    def size(self) -> int:
        """Bytes, unpacked, as its header says."""
        return self.info.file_size

    @property
    def checksum(self) -> int:
        """CRC-32 of its bytes, as its header says."""
        return self.info.CRC


class Archive:
    """An open ZIP file."""

    def __init__(self, path: Path, name: str, params: UnpackParams) -> None:
        """Read its directory.

        Raises:
            ArchiveError: it is damaged, or has more entries than allowed.
        """
        self.name = name
        self._params = params
        try:
            self._file = open_regular(path)
        except PhotoError as error:
            raise ArchiveError(error.message) from error
        try:
            self.bytes = path.stat().st_size
            self._check_directory()
            self._zip = zipfile.ZipFile(self._file)
            self.entries = tuple(self._entry(info) for info in self._zip.infolist() if not info.is_dir())
        except (OSError, *_ERRORS) as error:
            self._file.close()
            raise ArchiveError(f"{name}: the archive is damaged or cut short") from error
        except BaseException:
            self._file.close()
            raise
        if len(self._zip.infolist()) > params.max_entries:
            self.close()
            raise self._too_many()

    def __enter__(self) -> Archive:
        """Give itself; it is closed when the block ends."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close it."""
        self.close()

    def close(self) -> None:
        """Close its file."""
        self._zip.close()
        self._file.close()

    def head(self, entry: Entry, size: int) -> bytes:
        """Give the first bytes of an entry.

        Raises:
            ArchiveError: it is damaged.
        """
        return next(self.chunks(entry, size), b"")

    def chunks(self, entry: Entry, size: int) -> Iterator[bytes]:
        """Give the bytes of an entry, ``size`` at a time, as many as its header says.

        Raises:
            ArchiveError: it is damaged, when that shows.
        """
        left = entry.size
        try:
            with self._zip.open(entry.info) as stream:
                while chunk := stream.read(size):
                    left -= len(chunk)
                    yield chunk
            if left:
                raise EOFError
        except (OSError, *_ERRORS) as error:
            raise ArchiveError(f"{entry.name}: {DAMAGED}") from error

    def _entry(self, info: zipfile.ZipInfo) -> Entry:
        return Entry(entry_name(info), info, self._refused(info))

    def _refused(self, info: zipfile.ZipInfo) -> str | None:
        mode = info.external_attr >> 16
        if info.flag_bits & _ENCRYPTED:
            return "it is encrypted"
        if stat.S_IFMT(mode) and not stat.S_ISREG(mode):
            return "it is a link" if stat.S_ISLNK(mode) else "it is no ordinary file"
        if info.compress_type not in _PACKINGS:
            return "it is packed in a way that is not unpacked here"
        if info.file_size > self._params.max_ratio * max(1, info.compress_size):
            return f"it would unpack to more than {self._params.max_ratio} times its size"
        if info.compress_size > self.bytes:
            return DAMAGED
        return None

    def _check_directory(self) -> None:
        """Look at the size of the directory before all of it is read into memory."""
        count, size = _directory(self._file)
        most = self._params.max_entries
        if count > most or size > max(_LEAST_DIRECTORY, most * _PER_ENTRY):
            raise self._too_many()

    def _too_many(self) -> ArchiveError:
        return ArchiveError(f"{self.name}: the archive has more than {self._params.max_entries:,} entries")


def _directory(file: BinaryIO) -> tuple[int, int]:
    """How many entries a ZIP says that it has, and the bytes of its directory.

    Raises:
        zipfile.BadZipFile: it has none.
    """
    end = file.seek(0, 2)
    file.seek(max(0, end - _TAIL))
    tail = file.read(_TAIL)
    at = tail.rfind(_END)
    if at < 0 or len(tail) - at < 22:
        raise zipfile.BadZipFile("no end of the directory")
    count, size = int.from_bytes(tail[at + 10 : at + 12], "little"), int.from_bytes(tail[at + 12 : at + 16], "little")
    if at >= 20 and tail[at - 20 : at - 16] == _LOCATOR:
        # Where zipfile reads it, whatever the locator says.
        file.seek(max(0, end - len(tail) + at - 20 - 56))
        large = file.read(56)
        if large.startswith(_END64) and len(large) == 56:
            count, size = int.from_bytes(large[32:40], "little"), int.from_bytes(large[40:48], "little")
    return count, size

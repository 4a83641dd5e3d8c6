"""Photos that a dataset keeps itself: under names of its own making, byte for byte as they came."""

from __future__ import annotations

import hashlib
import os
import shutil
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from safelight.datasets.folder import DatasetFolder
from safelight.errors import DiskFullError
from safelight.hashing import sha256_of
from safelight.imaging.disk import writing

CHUNK = 1 << 20
_ROOM = 64 << 20
"""Bytes that stay free on the disk."""
_DRAFT = ".part"


class Originals:
    """The folder ``originals/``. One run uses it at a time."""

    def __init__(self, folder: DatasetFolder) -> None:
        """Make the folder; what a run that was killed has left half done goes.

        Raises:
            DiskFullError, OutputError: it cannot be made.
        """
        self._root, self._place = folder.path, folder.originals
        with writing(self._place):
            self._place.mkdir(parents=True, exist_ok=True)
            for draft in self._place.glob(f".*{_DRAFT}"):
                draft.unlink()
        self._there = {path: path.stat().st_size for path in self._place.iterdir() if not path.is_symlink()}

    def path_of(self, name: str, suffix: str) -> Path:
        """Where the photo of this name is kept: by a hash, so that no name ever leads elsewhere."""
        return self._place / (_stem(name) + suffix)

    def relative(self, path: Path) -> str:
        """The same from the dataset's folder, as ``Item.file`` has it."""
        return path.relative_to(self._root).as_posix()

    def known(self, path: Path, size: int, checksum: int) -> str | None:
        """Give the SHA-256 of a file that is there already; None = it is not, or not with this size and CRC-32."""
        if not self.has(path, size):
            return None
        digest, found = hashlib.sha256(), 0
        try:
            with path.open("rb") as file:
                while chunk := file.read(CHUNK):
                    digest.update(chunk)
                    found = zlib.crc32(chunk, found)
        except OSError:
            return None
        return digest.hexdigest() if found == checksum else None

    def check_room(self, needed: int) -> None:
        """Refuse to write more than fits.

        Raises:
            DiskFullError: it would not fit.
        """
        free = shutil.disk_usage(self._place).free
        if needed + _ROOM > free:
            raise DiskFullError(
                f"the photos need {needed / 1e6:,.0f} MB, and {free / 1e6:,.0f} MB are free",
                hint="free some space, or choose a folder on another disk",
            )

    def has(self, path: Path, size: int) -> bool:
        """Whether a file of this size was there at the start of the run."""
        return self._there.get(path) == size

    @contextmanager
    def draft(self) -> Iterator[Path]:
        """Give the place of a file to write; it is gone after the block unless it was moved.

        Raises:
            DiskFullError, OutputError: it cannot be written.
        """
        path = self._place / f".{os.getpid()}-{os.urandom(4).hex()}{_DRAFT}"
        try:
            with writing(self._place):
                yield path
        finally:
            with suppress(OSError):
                path.unlink(missing_ok=True)

    def adopt(self, path: Path, target: Path, sha256: str) -> None:
        """Keep a file that was uploaded: by a second name for it, or where that is not possible by a copy.

        Raises:
            DiskFullError, OutputError: it cannot be written.
        """
        with writing(target):
            if target.is_file() and not target.is_symlink() and sha256_of(target) == sha256:
                return
            with self.draft() as draft:
                try:
                    os.link(path, draft)
                except OSError:
                    shutil.copyfile(path, draft)
                draft.replace(target)


def _stem(name: str) -> str:
    return hashlib.sha256(name.encode("utf-8", "surrogateescape")).hexdigest()[:20]

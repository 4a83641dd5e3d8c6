"""Taking single files out of an archive, without extracting anything else and without running anything."""

from __future__ import annotations

import gzip
import lzma
import tarfile
import zipfile
import zlib
from pathlib import Path
from typing import IO, Literal

_CHUNK = 1 << 20
_DAMAGE = (
    zipfile.BadZipFile,
    tarfile.TarError,
    gzip.BadGzipFile,
    zlib.error,
    lzma.LZMAError,
    EOFError,
    RuntimeError,  # what zipfile raises for an entry that is encrypted, or packed in a way that it does not know
)


class ArchiveError(Exception):
    """The archive cannot be read, or lacks the file."""


def take_member(archive: Path, kind: Literal["wheel", "sdist"], member: str, target: Path, limit: int | None) -> None:
    """Write one file of an archive to ``target``.

    ``member`` is its path inside, or the last parts of it; the first that fits is taken. Paths
    inside the archive choose what is read, never where something is written; links are not followed.

    Raises:
        ArchiveError: the archive is damaged, lacks the member, or the member is larger than ``limit`` bytes.
        OSError: ``target`` cannot be written.
    """
    try:
        if kind == "wheel":
            _from_zip(archive, member, target, limit)
        else:
            _from_tar(archive, member, target, limit)
    except _DAMAGE as error:
        raise ArchiveError(f"the archive is damaged: {error}") from error


def _from_zip(archive: Path, member: str, target: Path, limit: int | None) -> None:
    with zipfile.ZipFile(archive) as opened:
        for entry in opened.infolist():
            if not entry.is_dir() and _is(entry.filename, member):
                with opened.open(entry) as stream:
                    return _copy(stream, target, limit)
    raise ArchiveError(f"it has no file {member}")


def _from_tar(archive: Path, member: str, target: Path, limit: int | None) -> None:
    with tarfile.open(archive) as opened:
        for entry in opened:
            if entry.isreg() and _is(entry.name, member) and (stream := opened.extractfile(entry)) is not None:
                with stream:
                    return _copy(stream, target, limit)
    raise ArchiveError(f"it has no file {member}")


def _is(name: str, member: str) -> bool:
    return name == member or name.endswith(f"/{member}")


def _copy(stream: IO[bytes], target: Path, limit: int | None) -> None:
    written = 0
    with target.open("wb") as out:
        while chunk := stream.read(_CHUNK):
            written += len(chunk)
            if limit is not None and written > limit:
                raise ArchiveError(f"the file in it is larger than {limit} bytes")
            out.write(chunk)

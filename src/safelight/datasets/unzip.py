"""Unpacks the photos of an archive, and of archives in it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from safelight.datasets.archive import DAMAGED, Archive, Entry, is_archive
from safelight.datasets.gathered import Gathered
from safelight.datasets.names import why_left_out
from safelight.datasets.originals import CHUNK, Originals
from safelight.datasets.settings import UnpackParams
from safelight.datasets.tools import BuildWatch
from safelight.errors import ArchiveError, UnsupportedFormatError
from safelight.imaging import headers
from safelight.imaging.formats import SUFFIX, sniff

_HEAD = 512
_ZIP = ".zip"


@dataclass(frozen=True, slots=True)
class _Wanted:
    """An entry that is unpacked."""

    entry: Entry
    name: str
    target: Path | None
    """Where it comes to; None = it is an archive itself."""


class Unzip:
    """Unpacks archives into ``originals/``; what is allowed counts for all of them together."""

    def __init__(self, originals: Originals, gathered: Gathered, params: UnpackParams, watch: BuildWatch) -> None:
        """Say where photos go to, and who is told of them."""
        self._originals, self._gathered, self._params, self._watch = originals, gathered, params, watch
        self._entries = 0
        self._bytes = 0

    def take(self, path: Path, name: str, *, inside: str = "", depth: int = 0) -> None:
        """Unpack one archive.

        Args:
            path: where it is.
            name: what messages call it.
            inside: what the names of its photos begin with.
            depth: how many archives it lies in.

        Raises:
            ArchiveError: it is damaged, empty, or would unpack to more than is allowed.
            DiskFullError: there is no room; nothing of it was written.
            CancelledError: on request.
        """
        with Archive(path, name, self._params) as archive:
            if not archive.entries:
                raise ArchiveError(f"{name}: the archive is empty")
            self._count(archive)
            wanted = self._wanted(archive, inside)
            self._check_size(archive, wanted)
            for number, one in enumerate(wanted):
                self._watch.check_cancelled()
                self._watch.progress(number / len(wanted), one.name)
                if one.target is None:
                    self._inner(archive, one, depth + 1)
                else:
                    self._photo(archive, one, one.target)

    def _count(self, archive: Archive) -> None:
        count = self._entries + len(archive.entries)
        if count > self._params.max_entries:
            raise ArchiveError(f"{archive.name}: the archives have more than {self._params.max_entries:,} entries")
        self._entries = count

    def _wanted(self, archive: Archive, inside: str) -> list[_Wanted]:
        """Look at the first bytes of each entry, and skip what is nothing to unpack."""
        wanted = []
        for entry in sorted(archive.entries, key=lambda one: (one.name, one.info.header_offset)):
            self._watch.check_cancelled()
            name = inside + entry.name
            try:
                reason = why_left_out(entry.name) or entry.refused
                suffix = None if reason else _suffix(archive.head(entry, _HEAD), name)
            except (ArchiveError, UnsupportedFormatError) as error:
                reason, suffix = error.message, None
            if suffix is None:
                self._gathered.skip(name, (reason or "").removeprefix(f"{entry.name}: "))
            elif suffix == _ZIP:
                wanted.append(_Wanted(entry, name, None))
            else:
                name = self._gathered.name(name)
                wanted.append(_Wanted(entry, name, self._originals.path_of(name, suffix)))
        return wanted

    def _check_size(self, archive: Archive, wanted: Sequence[_Wanted]) -> None:
        total = sum(one.entry.size for one in wanted)
        if self._bytes + total > self._params.max_mb * 1_000_000:
            raise ArchiveError(f"{archive.name}: it would unpack to more than {self._params.max_mb:,} MB")
        if total > self._params.max_ratio * archive.bytes:
            # Each entry is harmless, but many share their bytes.
            raise ArchiveError(f"{archive.name}: it would unpack to more than {self._params.max_ratio} times its size")
        self._bytes += total
        known = (one.entry.size for one in wanted if one.target and self._originals.has(one.target, one.entry.size))
        self._originals.check_room(total - sum(known))

    def _photo(self, archive: Archive, one: _Wanted, target: Path) -> None:
        digest = self._originals.known(target, one.entry.size, one.entry.checksum)
        if digest is None:
            try:
                with self._originals.draft() as draft:
                    digest = self._copy(archive, one.entry, draft)
                    draft.replace(target)
            except ArchiveError:
                self._gathered.skip(one.name, DAMAGED)
                return
        if not self._gathered.add(target, self._originals.relative(target), one.name, digest):
            target.unlink(missing_ok=True)

    def _inner(self, archive: Archive, one: _Wanted, depth: int) -> None:
        if depth > self._params.nested:
            self._gathered.skip(one.name, "it is an archive inside too many others")
            return
        try:
            with self._originals.draft() as draft:
                self._copy(archive, one.entry, draft)
                self.take(draft, one.name, inside=f"{one.name}/", depth=depth)
        except ArchiveError as error:
            self._gathered.skip(one.name, error.message.removeprefix(f"{one.name}: "))

    def _copy(self, archive: Archive, entry: Entry, draft: Path) -> str:
        """Write an entry; gives its SHA-256."""
        digest = hashlib.sha256()
        with draft.open("xb") as file:
            for chunk in archive.chunks(entry, CHUNK):
                self._watch.check_cancelled()
                digest.update(chunk)
                file.write(chunk)
        return digest.hexdigest()


def _suffix(head: bytes, name: str) -> str:
    """The suffix for what begins so.

    Raises:
        UnsupportedFormatError: it is neither a photo nor an archive.
    """
    if is_archive(head) and name.lower().endswith(_ZIP):
        return _ZIP
    kind = sniff(head)
    if kind is None:
        raise UnsupportedFormatError(f"this is {headers.describe(head)}" if head else "the file is empty")
    return SUFFIX[kind]

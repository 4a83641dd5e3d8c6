"""Takes the photos out of a folder, an archive, or what was uploaded. Originals are only read."""

from __future__ import annotations

import hashlib
import os
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from safelight.datasets.archive import is_archive
from safelight.datasets.dataset import Skipped, Unpacked
from safelight.datasets.folder import DatasetFolder
from safelight.datasets.gathered import Gathered
from safelight.datasets.names import shown
from safelight.datasets.originals import Originals
from safelight.datasets.settings import UnpackParams
from safelight.datasets.tools import BuildWatch
from safelight.datasets.unzip import Unzip
from safelight.datasets.walk import Walked, walk
from safelight.errors import ArchiveError, DatasetError, PhotoError
from safelight.hashing import sha256_of
from safelight.imaging.formats import SUFFIX
from safelight.imaging.measure import measure
from safelight.imaging.regular import open_regular

UNPACK_REVISION = 1
"""Grows when other photos are taken out of the same source."""

_HEAD = 512
_MOST_REASONS = 4


def unpack(
    source: Path | None, folder: DatasetFolder, params: UnpackParams, *, max_pixels: int, watch: BuildWatch
) -> Unpacked:
    """Find the photos of a dataset, by content.

    Photos of a folder stay where they are, and ``Item.file`` is absolute; those of archives and uploads come to
    ``originals/``. Every file, in archives too, is in one of the two lists of the result. A run that was killed goes
    on: what it had unpacked is not written again.

    Args:
        source: a folder, a ZIP or one photo; None = what was uploaded to ``incoming/``.
        folder: the dataset.
        params: what is taken out.
        max_pixels: largest photo that is taken.
        watch: who follows.

    Raises:
        DatasetError: the source is not there, or there is no photo in it.
        ArchiveError: the source is an archive that is damaged or should not be unpacked.
        DiskFullError: there is no room for what would be unpacked.
        CancelledError: on request.
    """
    if source is not None and not source.exists():
        raise DatasetError(f"{source}: there is no such folder or file")
    work = _Unpacking(folder, params, max_pixels, watch)
    place = _absolute(folder.incoming if source is None else source)
    if place.is_dir():
        work.take_folder(walk(place, leave_out=folder.path), place, stay=source is not None)
    elif source is not None:
        work.take_source(place)
    found = work.gathered.result()
    if not found.items:
        raise _nothing(source, found.skipped)
    return found


def source_key(source: Path | None, folder: DatasetFolder, params: UnpackParams) -> str:
    """Give a fingerprint of all that unpacking depends on, from names, sizes and times; no file is opened."""
    place = _absolute(folder.incoming if source is None else source)
    lines = [str(UNPACK_REVISION), str(place), params.model_dump_json()]
    for path in walk(place, leave_out=folder.path).files if place.is_dir() else (place,):
        try:
            state = path.stat()
        except OSError:
            continue
        lines.append(f"{path}\0{state.st_size}\0{state.st_mtime_ns}")
    return hashlib.sha256("\0".join(lines).encode("utf-8", "surrogateescape")).hexdigest()


class _Unpacking:
    """One run."""

    def __init__(self, folder: DatasetFolder, params: UnpackParams, max_pixels: int, watch: BuildWatch) -> None:
        self.gathered = Gathered(max_pixels)
        self._max_pixels, self._watch = max_pixels, watch
        self._originals = Originals(folder)
        self._unzip = Unzip(self._originals, self.gathered, params, watch)

    def take_folder(self, walked: Walked, root: Path, *, stay: bool) -> None:
        """Take what lies in a folder; with ``stay``, photos are left there."""
        self.gathered.skipped += walked.skipped
        for number, path in enumerate(walked.files):
            self._watch.check_cancelled()
            self._watch.progress(number / len(walked.files), shown(path.name))
            name = str(path.relative_to(root))
            try:
                if path.suffix.lower() == ".zip" and is_archive(_head(path)):
                    self._unzip.take(path, name, inside=f"{name}/")
                else:
                    self._photo(path, name, stay=stay)
            except (PhotoError, ArchiveError) as error:
                self.gathered.skip(name, error.message.removeprefix(f"{path.name}: ").removeprefix(f"{name}: "))

    def take_source(self, path: Path) -> None:
        """Take one file that somebody named."""
        try:
            if is_archive(_head(path)):
                self._unzip.take(path, path.name)
            else:
                self._photo(path, path.name, stay=True)
        except PhotoError as error:
            raise DatasetError(error.message, hint="name a folder, a ZIP, or a photo") from error

    def _photo(self, path: Path, told: str, *, stay: bool) -> None:
        """Take a file if it is a photo.

        Raises:
            PhotoError: it is none, or cannot be read.
        """
        kind = measure(path, max_pixels=self._max_pixels, name=told).format
        try:
            digest = sha256_of(path)
        except OSError as error:
            raise PhotoError((error.strerror or str(error)).lower()) from error
        name = self.gathered.name(told)
        if stay and _can_be_told(path):
            self.gathered.add(path, str(path), name, digest)
            return
        target = self._originals.path_of(name, SUFFIX[kind])
        self._originals.adopt(path, target, digest)
        self.gathered.add(target, self._originals.relative(target), name, digest)


def _absolute(path: Path) -> Path:
    return Path(os.path.abspath(path))  # noqa: PTH100 - a link keeps its name


def _can_be_told(path: Path) -> bool:
    """Whether the name can be written down: on Linux a file name is any bytes."""
    try:
        str(path).encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _head(path: Path) -> bytes:
    with open_regular(path) as file:
        return file.read(_HEAD)


def _nothing(source: Path | None, skipped: Sequence[Skipped]) -> DatasetError:
    """Say that there is no photo, and what there is instead."""
    name = source.name or str(source) if source is not None else "what was uploaded"
    if not skipped:
        return DatasetError(f"{name}: there is nothing in it" if source else "nothing was uploaded yet")
    reasons = Counter(one.reason for one in skipped).most_common()
    told = [f"{count} x {reason}" for reason, count in reasons[:_MOST_REASONS]]
    rest = sum(count for _, count in reasons[_MOST_REASONS:])
    return DatasetError(
        f"{name}: there is no photo in it: {'; '.join([*told, *([f'{rest} others'] if rest else [])])}",
        hint="Safelight opens JPEG, PNG, WebP, TIFF, AVIF and HEIC",
    )

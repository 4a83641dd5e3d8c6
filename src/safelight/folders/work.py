"""Takes photos one after the other from their files to results in a folder."""

from __future__ import annotations

import itertools
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from time import perf_counter
from typing import Any

from safelight.errors import CancelledError, InternalError, PhotoError, SafelightError
from safelight.folders.claim import claim
from safelight.folders.inputs import Input
from safelight.folders.journal import Entry, Journal, plain
from safelight.hashing import sha256_of
from safelight.imaging.codecs import open_photo
from safelight.imaging.disk import writing
from safelight.imaging.formats import SUFFIX
from safelight.imaging.naming import publish
from safelight.imaging.photo import Photo
from safelight.imaging.regular import open_regular
from safelight.recipes.forecast import Forecast
from safelight.recipes.plan import Plan
from safelight.recipes.runner import Watch
from safelight.wiring import Studio


class Status(StrEnum):
    """How it went with one photo."""

    COMPLETED = "completed"
    SKIPPED = "skipped"
    FAILED = "failed"
    CANCELLED = "cancelled"
    PLANNED = "planned"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of one photo."""

    input: Path
    """The photo."""
    status: Status
    """How it went."""
    signature: str
    """Signature of the plan."""
    output: Path | None = None
    """The result."""
    error: SafelightError | None = None
    """Why it failed."""
    width: int | None = None
    """Pixels across of the result."""
    height: int | None = None
    """Pixels down of the result."""
    seconds: float = 0.0
    """How long it took, from the opened file to the saved one."""
    warnings: tuple[str, ...] = ()
    """What the user should know."""
    executions: tuple[dict[str, Any], ...] = ()
    """How each step was computed."""
    forecast: Forecast | None = None
    """What it would take; only of a plan that is not run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """Photos, what to do with them, and where the results go."""

    studio: Studio
    """All parts."""
    plan: Plan
    """What is done."""
    output: Path
    """Folder of the results."""
    scratch: Path
    """Folder for unfinished files, on the same disk."""
    journal: Journal
    """What was done before."""
    tile: int | None = None
    """Side of a tile, or from the memory budget."""
    force: bool = False
    """Do again what is done, and replace its result."""
    dry_run: bool = False
    """Only forecast."""
    name: str | None = None
    """Name of the result, where the user gave one."""
    watch: Watch = field(default_factory=Watch)
    """Progress and cancel."""

    def each(self, photos: tuple[Input, ...], *, fail_fast: bool, begin: Callable[[Input], None]) -> Iterator[Outcome]:
        """Work on every photo; an error becomes its outcome and, unless ``fail_fast``, the next one follows.

        Photos that another process is at come last. ``begin`` is told which photo is next.
        """
        left: list[Input] = []
        for photo, wait in itertools.chain(((one, False) for one in photos), ((one, True) for one in left)):
            start = perf_counter()
            begin(photo)
            outcome = self._accounted(photo, wait=wait)
            if outcome is None:
                left.append(photo)
                continue
            yield replace(outcome, seconds=round(perf_counter() - start, 3))
            if outcome.status is Status.CANCELLED or (fail_fast and outcome.status is Status.FAILED):
                return

    def _accounted(self, photo: Input, *, wait: bool) -> Outcome | None:
        """Give the outcome of a photo, whatever happens; None if another process is at it."""
        try:
            self.watch.check_cancelled()
            return self._one(photo, wait=wait)
        except CancelledError as error:
            return self._failed(photo, error, Status.CANCELLED)
        except SafelightError as error:
            return self._failed(photo, error, Status.FAILED)
        except Exception as error:  # noqa: BLE001 - the other photos must go on, and each be accounted for
            fault = InternalError(f"{photo.path.name}: a fault in Safelight: {type(error).__name__}: {error}")
            return self._failed(photo, fault, Status.FAILED)

    def _failed(self, photo: Input, error: SafelightError, status: Status) -> Outcome:
        return Outcome(input=photo.path, status=status, signature=self.plan.signature, error=error)

    def _one(self, source: Input, *, wait: bool) -> Outcome | None:
        if source.error is not None:
            raise PhotoError(f"{source.path}: {source.error}")
        digest = _digest(source.path)
        target = self._target(source)
        if self.dry_run:
            return self._planned(source, open_photo(source.path, max_pixels=self.studio.settings.max_input_pixels))
        with claim(self.output, (digest, self.plan.signature, plain(target)), wait=wait) as mine:
            if not mine:
                return None
            self.journal.refresh()
            known = self.journal.find(digest, self.plan.signature, target)
            if known and not self.force:
                return self._skipped(source, *known)
            photo = open_photo(source.path, max_pixels=self.studio.settings.max_input_pixels)
            workspace = self.scratch / "photo"
            with writing(workspace):
                workspace.mkdir()
            try:
                return self._make(source, photo, digest, workspace, target, known)
            finally:
                shutil.rmtree(workspace, ignore_errors=True)

    def _skipped(self, source: Input, entry: Entry, path: Path) -> Outcome:
        return Outcome(
            input=source.path, status=Status.SKIPPED, signature=self.plan.signature, output=path,
            width=entry.width, height=entry.height, warnings=entry.warnings, executions=entry.executions,
        )  # fmt: skip

    def _planned(self, source: Input, photo: Photo) -> Outcome:
        ahead = self.studio.forecast(self.plan, photo, self.scratch)
        return Outcome(
            input=source.path, status=Status.PLANNED, signature=self.plan.signature,
            width=ahead.width, height=ahead.height, forecast=ahead, warnings=(*photo.warnings, *self.plan.warnings),
        )  # fmt: skip

    def _make(
        self, source: Input, photo: Photo, digest: str, workspace: Path, target: Path,
        before: tuple[Entry, Path] | None,
    ) -> Outcome:  # fmt: skip
        start = perf_counter()
        result = self.studio.run(self.plan, photo, workspace=workspace, tile=self.tile, watch=self.watch)
        draft = workspace / f"result{SUFFIX[self.plan.output.format]}"
        warnings = (*result.warnings, *result.photo.save(draft, self.plan.output))
        self.watch.check_cancelled()
        found = draft.stat()
        now = datetime.now(UTC)
        name = self._name(source, now)
        entry = Entry(
            input=plain(source.path), input_sha256=digest, signature=self.plan.signature,
            output=plain(target), sha256=sha256_of(draft),
            bytes=found.st_size, mtime_ns=found.st_mtime_ns, width=result.photo.width, height=result.photo.height,
            seconds=round(perf_counter() - start, 3), finished=now.isoformat(timespec="seconds"),
            executions=tuple(one.to_dict() for one in result.executions), warnings=warnings,
            name="" if name == target.name else name,
        )  # fmt: skip
        self.journal.add(entry)
        return Outcome(
            input=source.path, status=Status.COMPLETED, signature=self.plan.signature,
            output=_place(draft, self.output / target.with_name(name), before),
            width=entry.width, height=entry.height, warnings=warnings, executions=entry.executions,
        )  # fmt: skip

    def _target(self, source: Input) -> Path:
        """Give the path of the result in the output folder, without its time and the number that a clash may add."""
        return source.folder / self._name(source)

    def _name(self, source: Input, at: datetime | None = None) -> str:
        return self.name or self.plan.file_name(source.path.stem, at)


def _place(draft: Path, target: Path, before: tuple[Entry, Path] | None) -> Path:
    """Give the finished file its name, and take the result away that it replaces.

    Where the name is that of the old result, it takes its place in one step, number and all. Where the name has a new
    time, the old file goes once the new one is there: a kill between the two leaves both, and loses none.
    """
    old = before[1] if before else None
    if before and old and (before[0].name or Path(before[0].output).name) == target.name:
        with writing(old):
            draft.replace(old)
        return old
    with writing(target.parent):
        target.parent.mkdir(parents=True, exist_ok=True)
    placed = publish(draft, target.parent, target.name)
    if old:
        with writing(old):
            old.unlink(missing_ok=True)
    return placed


def _digest(path: Path) -> str:
    open_regular(path).close()
    try:
        return sha256_of(path)
    except OSError as error:
        raise PhotoError(f"{path}: cannot be read: {(error.strerror or str(error)).lower()}") from error

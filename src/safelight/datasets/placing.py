"""Putting an export into its folder: whole or not at all, and nothing that somebody else put there is lost.

The new export is made in a hidden folder beside the old one and then takes its name. What is in the old one and was not
made here (trained models, logs, masks, caches) moves over; what does not fit any more is kept under ``aside/``.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath
from typing import Literal

from pydantic import Field, ValidationError

from safelight.datasets.layouts.layout import File
from safelight.datasets.settings import Layout
from safelight.datasets.tools import BuildWatch
from safelight.datasets.value import Value
from safelight.errors import DatasetError
from safelight.hashing import sha256_of
from safelight.imaging.disk import FULL, sync_folder, writing
from safelight.imaging.naming import numbered

MARK = ".safelight.json"
"""The file by which an export is known to be made here. Trainers do not read hidden files."""

ASIDE = "aside"
"""Where files of others are kept that do not fit a new export, in the folder of the dataset."""

_MOST_BYTES = 256 << 20


class Mark(Value):
    """What is in the file that marks an export."""

    made_by: Literal["safelight"] = "safelight"
    """Who made the export."""
    layout: Layout
    """Which layout it has."""
    files: dict[str, str] = Field(default_factory=dict)
    """The SHA-256 of every file that was made, by its path in the export."""


def read_mark(folder: Path) -> Mark | None:
    """Give the mark of an export; None = the folder was not made here."""
    path = folder / MARK
    try:
        if folder.is_symlink() or path.is_symlink() or path.stat().st_size > _MOST_BYTES:
            return None
        return Mark.model_validate_json(path.read_bytes())
    except (OSError, ValidationError):
        return None


def check_ours(target: Path) -> None:
    """See to it that a folder may be replaced: it is not there, or empty, or was made here.

    Raises:
        DatasetError: it was not.
    """
    if not os.path.lexists(target) or read_mark(target) is not None:
        return
    if target.is_dir() and not target.is_symlink() and not any(target.iterdir()):
        return
    raise DatasetError(
        f"{target.name}: this is in the way, and was not made by Safelight, so it is left alone",
        hint="move it elsewhere, or choose another output folder",
    )


def place(target: Path, layout: Layout, files: Iterable[File], watch: BuildWatch) -> tuple[str, ...]:
    """Make an export and put it in place of the one that is there; gives what the user should know.

    Raises:
        DatasetError: what is there was not made here; nothing was done.
        DiskFullError, OutputError: it cannot be written; the old one is still there.
        CancelledError: on request; the old one is still there.
    """
    check_ours(target)
    with writing(target):
        recover(target)
        draft = target.with_name(f".{target.name}.draft")
        try:
            mark = _write(draft, layout, files, watch)
            return _swap(draft, target, mark)
        finally:
            if read_mark(draft) is not None:
                shutil.rmtree(draft, ignore_errors=True)


def recover(target: Path) -> None:
    """Finish what a killed run left half done.

    Raises:
        DatasetError: a folder is in the way that was not made here.
        OSError: it cannot be done.
    """
    draft, old = target.with_name(f".{target.name}.draft"), target.with_name(f".{target.name}.old")
    if draft.exists():
        check_ours(draft)
        shutil.rmtree(draft)
    if not old.exists():
        return
    check_ours(old)
    new, earlier = read_mark(target), read_mark(old)
    if new is None or earlier is None:
        if target.exists():
            target.rmdir()
        old.rename(target)
        return
    _carry(old, earlier, target, new)
    shutil.rmtree(old)


def _write(draft: Path, layout: Layout, files: Iterable[File], watch: BuildWatch) -> Mark:
    draft.mkdir(parents=True)
    # Marked from the start, so that whoever finds it half done knows whose it is.
    (draft / MARK).write_text(Mark(layout=layout).model_dump_json(), "utf-8")
    sums: dict[str, str] = {}
    for file in files:
        watch.check_cancelled()
        path = draft / file.name
        if file.name.endswith("/"):
            path.mkdir(parents=True, exist_ok=True)
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        if file.text is not None:
            sums[file.name] = _write_text(path, file.text)
        elif file.picture is not None:
            _link(file.picture, path)
            sums[file.name] = sha256_of(path)
    mark = Mark(layout=layout, files=sums)
    _write_text(draft / MARK, mark.model_dump_json(indent=1))
    return mark


def _write_text(path: Path, text: str) -> str:
    data = text.encode()
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    return hashlib.sha256(data).hexdigest()


def _link(source: Path, path: Path) -> None:
    """Give a picture a second name; a copy where that is not possible, as on another disk."""
    try:
        os.link(source.resolve(), path)
    except OSError as error:
        if error.errno in FULL or not source.exists():
            raise
        shutil.copyfile(source, path)


def _swap(draft: Path, target: Path, mark: Mark) -> tuple[str, ...]:
    earlier = read_mark(target)
    if earlier is None:
        if target.exists():
            target.rmdir()
        draft.rename(target)
        sync_folder(target.parent)
        return ()
    old = target.with_name(f".{target.name}.old")
    target.rename(old)
    draft.rename(target)
    sync_folder(target.parent)
    warnings = _carry(old, earlier, target, mark)
    shutil.rmtree(old)
    return warnings


def _carry(old: Path, earlier: Mark, new: Path, mark: Mark) -> tuple[str, ...]:
    """Move files of others from an old export to the new one, or aside; may be repeated."""
    aside: Path | None = None
    moved = 0
    for name in tuple(_files_of(old)):
        if name == MARK or _unchanged(old / name, earlier.files.get(name)):
            continue
        if _fits(name, old, earlier, new, mark):
            to = new / name
        else:
            aside = aside or _free(new.parent / ASIDE, new.name)
            to, moved = aside / name, moved + 1
        to.parent.mkdir(parents=True, exist_ok=True)
        (old / name).rename(to)
    if aside is None:
        return ()
    return (
        f"{new.name}: {moved} {'file' if moved == 1 else 'files'} of the earlier set that somebody changed or added "
        f"no longer {'fits' if moved == 1 else 'fit'}; see {ASIDE}/{aside.name}.",
    )


def _files_of(folder: Path) -> Iterator[str]:
    for root, folders, names in os.walk(folder):
        links = [one for one in folders if (Path(root) / one).is_symlink()]
        for name in (*names, *links):
            yield (Path(root) / name).relative_to(folder).as_posix()


def _unchanged(path: Path, digest: str | None) -> bool:
    return digest is not None and not path.is_symlink() and sha256_of(path) == digest


def _fits(name: str, old: Path, earlier: Mark, new: Path, mark: Mark) -> bool:
    """Whether a file of somebody else still belongs where it was."""
    if name in earlier.files or os.path.lexists(new / name):
        return False
    parent, path = PurePosixPath(name).parent.as_posix(), PurePosixPath(name)
    beside = [one for one in earlier.files if PurePosixPath(one).parent.as_posix() == parent and one != MARK]
    if beside and not (new / parent).is_dir():
        return False
    # A mask or a cache that is named after a picture is of use for that very picture alone.
    pictures = [one for one in beside if not one.endswith((".txt", ".json", ".jsonl", ".toml"))]
    owners = [one for one in pictures if _belongs(path.name, PurePosixPath(one).stem)]
    return all(mark.files.get(one) == earlier.files[one] for one in owners)


def _belongs(name: str, stem: str) -> bool:
    return name.startswith(stem) and not name[len(stem) : len(stem) + 1].isalnum()


def _free(folder: Path, name: str) -> Path:
    return next(folder / one for one in numbered(name) if not os.path.lexists(folder / one))

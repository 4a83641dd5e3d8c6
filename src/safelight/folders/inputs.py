"""Finds the photos that a user names: files as they are, folders with all that is in them."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from safelight.errors import PhotoError
from safelight.imaging.formats import FORMAT_OF_SUFFIX, sniff
from safelight.imaging.regular import open_regular

_HEAD = 64


@dataclass(frozen=True, slots=True)
class Input:
    """A file to work on."""

    path: Path
    """Where it is."""
    folder: Path
    """Folder below the output folder that its result goes to; ``.`` for files named one by one."""
    error: str | None = None
    """Why it cannot even be looked at."""


@dataclass(frozen=True, slots=True)
class Found:
    """What the named paths hold."""

    photos: tuple[Input, ...]
    """Files to work on, each once, in the order in which they were named, folders in the order of names."""
    ignored: tuple[Path, ...]
    """Files in folders that are no photos, neither by their content nor by their name; links to folders."""


def find_photos(named: Iterable[Path], *, leave_out: Path) -> Found:
    """Collect files, and what is in folders and below them.

    Every file that is named is taken, whatever it is, so that it is accounted for. In a folder a file counts as a photo
    if its content or its suffix says so; hidden files and ``leave_out`` (the output folder) are not looked at.
    """
    photos: dict[Path, Input] = {}
    ignored: list[Path] = []
    for path in named:
        if not path.is_dir():
            photos.setdefault(_key(path), Input(path, Path()))
            continue
        for file in _files(path, leave_out.resolve(), lambda lost: photos.setdefault(_key(lost.path), lost)):
            if file.is_dir():
                ignored.append(file)
            elif file.suffix.lower() in FORMAT_OF_SUFFIX or _sniffed(file):
                photos.setdefault(_key(file), Input(file, file.parent.relative_to(path)))
            else:
                ignored.append(file)
    return Found(tuple(photos.values()), tuple(ignored))


def _key(path: Path) -> Path:
    return Path(os.path.abspath(path))  # noqa: PTH100 - two links to one photo are two photos


def _files(folder: Path, leave_out: Path, lose: Callable[[Input], object]) -> Iterable[Path]:
    """Give the files below ``folder`` and the links to folders, which are not followed; lose folders that are shut."""

    def lost(error: OSError) -> None:
        place = Path(error.filename)
        lose(Input(place, Path(), f"this folder cannot be read: {(error.strerror or str(error)).lower()}"))

    for place, folders, files in os.walk(folder, onerror=lost):
        here = Path(place)
        yield from (here / name for name in sorted(folders) if (here / name).is_symlink())
        folders[:] = sorted(
            name for name in folders if not name.startswith(".") and (here / name).resolve() != leave_out
        )
        yield from (here / name for name in sorted(files) if not name.startswith("."))


def _sniffed(path: Path) -> bool:
    try:
        with open_regular(path) as file:
            return sniff(file.read(_HEAD)) is not None
    except PhotoError:
        return False

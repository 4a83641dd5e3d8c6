"""Finds the photos that a user names: files as they are, folders with all that is in them."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from safelight.imaging.formats import FORMAT_OF_SUFFIX, sniff

_HEAD = 64


@dataclass(frozen=True, slots=True)
class Input:
    """A file to work on."""

    path: Path
    """Where it is."""
    folder: Path
    """Folder below the output folder that its result goes to; ``.`` for files named one by one."""


@dataclass(frozen=True, slots=True)
class Found:
    """What the named paths hold."""

    photos: tuple[Input, ...]
    """Files to work on, each once, in the order in which they were named, folders in the order of names."""
    ignored: tuple[Path, ...]
    """Files in folders that are no photos, neither by their content nor by their name."""


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
        for file in _files(path, leave_out.resolve()):
            if file.suffix.lower() in FORMAT_OF_SUFFIX or _sniffed(file):
                photos.setdefault(_key(file), Input(file, file.parent.relative_to(path)))
            else:
                ignored.append(file)
    return Found(tuple(photos.values()), tuple(ignored))


def _key(path: Path) -> Path:
    return Path(os.path.abspath(path))  # noqa: PTH100 - two links to one photo are two photos


def _files(folder: Path, leave_out: Path) -> Iterable[Path]:
    for place, folders, files in os.walk(folder):
        here = Path(place)
        folders[:] = sorted(
            name for name in folders if not name.startswith(".") and (here / name).resolve() != leave_out
        )
        yield from (here / name for name in sorted(files) if not name.startswith("."))


def _sniffed(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return sniff(file.read(_HEAD)) is not None
    except OSError:
        return False

"""Reads a training set as its trainer would, and tells what the trainer would trip over."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from safelight.datasets.dataset import Problem
from safelight.datasets.layouts.imagefolder import METADATA
from safelight.datasets.layouts.kohya import IMAGES, TOML
from safelight.datasets.lints.flat import lint_ai_toolkit, lint_onetrainer
from safelight.datasets.lints.imagefolder import lint_imagefolder
from safelight.datasets.lints.kohya import lint_kohya, repeats_of
from safelight.datasets.lints.pictures import pictures_in
from safelight.datasets.placing import read_mark
from safelight.datasets.settings import Layout

_LINTS: Mapping[Layout, Callable[[Path], Iterator[Problem]]] = {
    Layout.KOHYA: lint_kohya,
    Layout.ONETRAINER: lint_onetrainer,
    Layout.AI_TOOLKIT: lint_ai_toolkit,
    Layout.IMAGEFOLDER: lint_imagefolder,
}


def lint(path: Path, layout: Layout) -> tuple[Problem, ...]:
    """Read a training set, made here or not; what is empty lints clean. Every picture is decoded.

    Paths of files are relative to ``path``. A problem is fatal where the trainer fails, or reads something else than
    is meant.
    """
    if not path.is_dir():
        return (Problem(file="", words="there is no such folder"),)
    try:
        return tuple(dict.fromkeys(_LINTS[layout](path)))
    except OSError as error:
        return (Problem(file="", words=f"the folder cannot be read: {(error.strerror or 'error').lower()}"),)


def detect(path: Path) -> Layout | None:
    """Tell which layout a folder has; None = none that is known. Pictures with text files beside them, which two
    trainers read, count as the one that takes less: ai-toolkit's, unless masks for OneTrainer are among them.
    """
    if not path.is_dir():
        return None
    mark = read_mark(path)
    if mark is not None:
        return mark.layout
    try:
        return _detected(path)
    except OSError:
        return None


def _detected(path: Path) -> Layout | None:
    if (path / TOML).is_file():
        return Layout.KOHYA
    for name in (METADATA, "train/metadata.csv", "metadata.jsonl", "metadata.csv"):
        if (path / name).is_file():
            return Layout.IMAGEFOLDER
    parents = [one for one in (path / IMAGES, path) if one.is_dir()]
    if any(repeats_of(one) is not None and pictures_in(one) for parent in parents for one in _folders(parent)):
        return Layout.KOHYA
    pictures = pictures_in(path)
    if any(one.stem.endswith("-masklabel") for one in pictures):
        return Layout.ONETRAINER
    return Layout.AI_TOOLKIT if pictures else None


def _folders(path: Path) -> list[Path]:
    return [one for one in path.iterdir() if one.is_dir()]

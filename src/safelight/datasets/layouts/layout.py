"""The contract of a layout: from pictures and captions to the files that a trainer reads."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePath

from safelight.datasets.settings import Layout


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """One picture of a training set."""

    stem: str
    """Its name without suffix: plain ASCII, and no other picture's."""
    suffix: str
    """``.png`` or ``.jpg``, as its content is."""
    path: Path
    """Where it lies now: upright sRGB without orientation."""
    caption: str
    """One line, not empty."""

    @property
    def name(self) -> str:
        """Its name."""
        return self.stem + self.suffix

    @property
    def text_name(self) -> str:
        """Name of the file with its caption."""
        return f"{self.stem}.txt"


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingSet:
    """What is laid out."""

    pictures: tuple[Picture, ...]
    """Its pictures, in order."""
    regular: tuple[Picture, ...] = ()
    """Pictures of the class, for regularisation; their caption is the class."""
    tokens: str
    """Trigger word and class, as `sks person`."""
    class_word: str
    """The class alone."""
    side: int
    """Pixels: the area that is trained on is its square."""
    buckets: bool
    """Whether pictures have different shapes."""
    repeats: int
    """How often each picture is repeated."""
    batch_size: int
    """Pictures in a training step."""


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """One file of a layout: either a picture or a text."""

    name: str
    """Where, relative to the export, with ``/``."""
    picture: Path | None = None
    """The picture that it is."""
    text: str | None = None
    """What is in it, as UTF-8; None = it is a picture, or a folder where the name ends in ``/``."""


Files = Callable[[TrainingSet, PurePath | None], Iterator[File]]
"""Gives the files. The path is where the export will lie, for files that have to name it; None = anywhere, as in a ZIP:
then paths are relative to the export."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Writer:
    """One layout."""

    layout: Layout
    """Which."""
    files: Files
    """Gives its files."""

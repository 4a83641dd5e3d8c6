"""OneTrainer and ai-toolkit: pictures in one folder, with a text file beside each."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from safelight.datasets.dataset import Problem
from safelight.datasets.lints.captions import caption_problems
from safelight.datasets.lints.pictures import is_picture, name_clashes, picture_problems, pictures_in, relative

_MASK = "-masklabel"
_ONETRAINER = frozenset({".bmp", ".jpg", ".jpeg", ".png", ".tif", ".tiff", ".webp"})
_AI_TOOLKIT = frozenset({".jpg", ".jpeg", ".png"})


def lint_onetrainer(path: Path) -> Iterator[Problem]:
    """Read a folder as OneTrainer would."""
    everything = pictures_in(path)
    masks = [one for one in everything if one.stem.endswith(_MASK)]
    pictures = [one for one in everything if one not in masks]
    stems = {one.stem for one in pictures}
    for mask in masks:
        if mask.stem.removesuffix(_MASK) not in stems:
            yield Problem(file=mask.name, words="a mask without a picture", fatal=False)
        if mask.suffix != ".png":
            yield Problem(file=mask.name, words="masks have to be PNG")
    yield from _pairs(path, pictures, _ONETRAINER, ai_toolkit=False)


def lint_ai_toolkit(path: Path) -> Iterator[Problem]:
    """Read a folder as ai-toolkit would."""
    pictures = pictures_in(path)
    for one in pictures:
        if one.stem.endswith(_MASK):
            yield Problem(file=one.name, words="a mask, which would be trained on as a picture")
    yield from _pairs(path, pictures, _AI_TOOLKIT, ai_toolkit=True)


def _pairs(path: Path, pictures: list[Path], suffixes: frozenset[str], *, ai_toolkit: bool) -> Iterator[Problem]:
    if not pictures:
        yield Problem(file="", words="no pictures are in this folder")
    for one in pictures:
        yield from picture_problems(one, relative(one, path), suffixes)
        text = one.with_suffix(".txt")
        if text.is_file():
            yield from caption_problems(text, relative(text, path), several=not ai_toolkit, placeholder=ai_toolkit)
        else:
            yield Problem(file=relative(one, path), words="has no caption: it is trained on without one")
    yield from name_clashes(pictures, path)
    yield from orphans(path, pictures, path)
    for folder in sorted(one for one in path.iterdir() if one.is_dir() and not one.name.startswith(".")):
        if any(is_picture(one) for one in folder.rglob("*")):
            words = "pictures below the folder are read only where the trainer is told so"
            yield Problem(file=relative(folder, path), words=words, fatal=False)


def orphans(folder: Path, pictures: list[Path], root: Path) -> Iterator[Problem]:
    """Tell which captions have no picture."""
    stems = {one.stem for one in pictures}
    for text in sorted(folder.glob("*.txt")):
        if text.stem not in stems:
            yield Problem(file=relative(text, root), words="a caption without a picture", fatal=False)

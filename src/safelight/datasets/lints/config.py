"""The TOML for kohya's sd-scripts: where its rules differ from those of the folder."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from safelight.datasets.dataset import Problem
from safelight.datasets.layouts.kohya import TOML
from safelight.datasets.lints.captions import caption_of, caption_problems
from safelight.datasets.lints.pictures import is_picture, picture_problems, pictures_in, relative, shape

_SUFFIXES = frozenset({".png", ".jpg", ".jpeg", ".webp", ".bmp"})
_DEFAULT_EXTENSION = ".caption"
_MOST_BYTES = 1 << 20
Table = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class _Subset:
    """A folder that the TOML names, with what holds for it: its own value, the dataset's, or the general one."""

    values: Table
    dataset: Table
    general: Table

    def get(self, key: str, default: object = None) -> object:
        for table in (self.values, self.dataset, self.general):
            if key in table:
                return table[key]
        return default


def lint_config(path: Path, root: Path, *, read: set[Path]) -> Iterator[Problem]:
    """Check the TOML. Of folders in ``read``, which have been read already, only what a TOML changes is told."""
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise ValueError
        config = tomllib.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        yield Problem(file=TOML, words=f"cannot be read: {error}" if str(error) else "is too large")
        return
    subsets = list(_subsets(config))
    if not subsets:
        yield Problem(file=TOML, words="names no folder: it has no [[datasets.subsets]]")
    for subset in subsets:
        yield from _subset_problems(subset, root, read)


def _subsets(config: Table) -> Iterator[_Subset]:
    general = _table(config.get("general"))
    for dataset in _tables(config.get("datasets")):
        for subset in _tables(dataset.get("subsets")):
            yield _Subset(subset, dataset, general)


def _table(value: object) -> Table:
    return value if isinstance(value, dict) else {}


def _tables(value: object) -> list[Table]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _subset_problems(subset: _Subset, root: Path, read: set[Path]) -> Iterator[Problem]:
    named = subset.values.get("image_dir")
    if not isinstance(named, str) or not named:
        yield Problem(file=TOML, words="a subset has no image_dir")
        return
    yield from _number_problems(subset)
    folder = root / named
    if not folder.is_dir():
        yield Problem(file=TOML, words=f"image_dir {named}: there is no such folder; was the set moved?")
        return
    yield from _place_problems(folder, named, root)
    pictures = pictures_in(folder)
    if not pictures:
        below = any(is_picture(one) for one in folder.rglob("*"))
        words = "has its pictures in folders below, where a TOML does not look" if below else "has no pictures"
        yield Problem(file=TOML, words=f"image_dir {named}: {words}")
    yield from _caption_problems(subset, named, root, pictures, known=folder.resolve() in read)
    if subset.get("enable_bucket", False) is not True:
        yield from _cut(subset, pictures, root)


def _place_problems(folder: Path, named: str, root: Path) -> Iterator[Problem]:
    if not Path(named).is_absolute():
        words = f"image_dir {named}: is found only by a trainer that is started in this folder"
        yield Problem(file=TOML, words=words, fatal=False)
    elif not folder.resolve().is_relative_to(root.resolve()):
        parts = Path(named).parts
        here = any(root.joinpath(*parts[at:]).is_dir() for at in range(1, len(parts)))
        words = f"image_dir {named}: lies outside of this folder" + (", which has a copy of it" if here else "")
        yield Problem(file=TOML, words=words, fatal=here)


def _number_problems(subset: _Subset) -> Iterator[Problem]:
    repeats = subset.get("num_repeats", 1)
    if not isinstance(repeats, int) or repeats < 1:
        yield Problem(file=TOML, words=f"num_repeats is {repeats}")
    batch = subset.get("batch_size", 1)
    if not isinstance(batch, int) or batch < 1:
        yield Problem(file=TOML, words=f"batch_size is {batch}")
    if not _sides(subset):
        yield Problem(file=TOML, words="resolution is missing, or no number of pixels")


def _sides(subset: _Subset) -> list[int]:
    """Give the one or two sides of the resolution; none where it is missing or cannot be meant."""
    resolution = subset.get("resolution")
    given = resolution if isinstance(resolution, list) else [resolution]
    sides = [side for side in given if isinstance(side, int) and side > 0]
    return sides if len(sides) == len(given) <= 2 else []


def _caption_problems(
    subset: _Subset, named: str, root: Path, pictures: list[Path], *, known: bool
) -> Iterator[Problem]:
    extension = subset.get("caption_extension", _DEFAULT_EXTENSION)
    if not isinstance(extension, str) or not extension.startswith("."):
        yield Problem(file=TOML, words=f"caption_extension {extension}: is no suffix")
        return
    texts = [one.with_suffix(extension) for one in pictures]
    there = [one for one in texts if one.is_file()]
    if pictures and not there and any(one.with_suffix(".txt").is_file() for one in pictures):
        words = f'image_dir {named}: captions are looked for in {extension} files; set caption_extension = ".txt"'
        yield Problem(file=TOML, words=words)
        return
    tokens = subset.values.get("class_tokens")
    regular = subset.values.get("is_reg") is True
    bare = [text for text in texts if not caption_of(text)]
    if bare and not tokens:
        yield Problem(file=TOML, words=f"image_dir {named}: {len(bare)} pictures have neither caption nor class_tokens")
    if known or regular:
        return
    for picture, text in zip(pictures, texts, strict=True):
        yield from picture_problems(picture, relative(picture, root), _SUFFIXES)
        if text.is_file():
            yield from caption_problems(text, relative(text, root))
        else:
            words = f"has no caption {text.name}: class_tokens is read in place of one"
            yield Problem(file=relative(picture, root), words=words)


def _cut(subset: _Subset, pictures: list[Path], root: Path) -> Iterator[Problem]:
    """Without buckets, all pictures are cut to one shape."""
    sides = _sides(subset)
    if not sides:
        return
    width, height = sides[0], sides[-1]
    for picture in pictures:
        size = shape(picture)
        if size is not None and abs(size[0] * height - size[1] * width) > max(size) * max(width, height) * 0.01:
            words = f"{size[0]} x {size[1]} pixels: it is cut to another shape, as enable_bucket is off"
            yield Problem(file=relative(picture, root), words=words, fatal=False)

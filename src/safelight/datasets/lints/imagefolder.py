"""The imagefolder of Hugging Face, read as `datasets` does."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from safelight.datasets.dataset import Problem
from safelight.datasets.lints.captions import text_problems
from safelight.datasets.lints.pictures import is_picture, picture_problems, relative

_SPLITS = ("train", "validation", "test")
_SUFFIXES = frozenset({".png", ".jpg", ".jpeg", ".webp", ".bmp", ".tif", ".tiff"})
_METADATA = ("metadata.jsonl", "metadata.csv")
_MOST_BYTES = 512 << 20


def lint_imagefolder(path: Path) -> Iterator[Problem]:
    """Read a folder as `load_dataset("imagefolder", data_dir=...)` would."""
    splits = [path / name for name in _SPLITS if (path / name).is_dir()]
    for name in _METADATA if splits else ():
        if (path / name).is_file():
            yield Problem(file=name, words="lies beside the folder `train/` and is not read: it has to be inside")
    for split in splits or [path]:
        yield from _split(split, path)


def _split(split: Path, root: Path) -> Iterator[Problem]:
    pictures = {
        one.relative_to(split).as_posix(): one for one in sorted(split.rglob("*")) if is_picture(one) and one.is_file()
    }
    if not pictures:
        yield Problem(file=relative(split, root).removeprefix("."), words="no pictures are in this folder")
    for one in pictures.values():
        yield from picture_problems(one, relative(one, root), _SUFFIXES)
    found = [split / name for name in _METADATA if (split / name).is_file()]
    if len(found) != 1:
        words = "has both metadata.jsonl and metadata.csv" if found else "has no metadata.jsonl: no captions are read"
        yield Problem(file=relative(split, root).removeprefix("."), words=words)
        return
    yield from _metadata(found[0], split, root, pictures)


def _metadata(path: Path, split: Path, root: Path, pictures: dict[str, Path]) -> Iterator[Problem]:
    name = relative(path, root)
    named: set[str] = set()
    for number, row in _rows(path):
        where = f"{name}, line {number}"
        if isinstance(row, str):
            yield Problem(file=where, words=row)
            continue
        file, text = row.get("file_name"), row.get("text")
        if not isinstance(file, str) or not file:
            yield Problem(file=where, words="has no file_name")
        elif _leaves(file):
            yield Problem(file=where, words=f"{file}: lies outside of the folder")
        elif not (split / file).is_file():
            yield Problem(file=where, words=f"{file}: there is no such picture")
        elif file in named:
            yield Problem(file=where, words=f"{file}: is named twice")
        else:
            named.add(file)
        if not isinstance(text, str):
            yield Problem(file=where, words="has no text")
        else:
            yield from text_problems(text, where)
    for file, one in pictures.items():
        if file not in named:
            yield Problem(file=relative(one, root), words="has no line in the metadata, so it is left out")


def _leaves(file: str) -> bool:
    return PurePosixPath(file).is_absolute() or ".." in PurePosixPath(file).parts or "\\" in file


def _rows(path: Path) -> Iterator[tuple[int, dict[str, object] | str]]:
    """Give each line, from 1: what it says, or what is wrong with it."""
    try:
        if path.stat().st_size > _MOST_BYTES:
            yield 1, "the file is too large"
            return
        text = path.read_bytes().decode()
    except (OSError, UnicodeDecodeError):
        yield 1, "the file cannot be read as UTF-8"
        return
    if text.startswith("\ufeff"):
        yield 1, "starts with a byte order mark"
    text = text.removeprefix("\ufeff")
    if path.suffix == ".csv":
        for number, values in enumerate(csv.DictReader(text.splitlines()), 2):
            yield number, dict(values)
        return
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            yield number, _parsed(line)


def _parsed(line: str) -> dict[str, object] | str:
    try:
        value = json.loads(line)
    except ValueError:
        return "is no JSON"
    return value if isinstance(value, dict) else "is no JSON object"

"""kohya's sd-scripts: the folder as `--train_data_dir`, the TOML as `--dataset_config`, and the JSON as `--in_json`."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

from safelight.datasets.dataset import Problem
from safelight.datasets.layouts.kohya import IMAGES, METADATA, REGULAR, TOML
from safelight.datasets.lints.captions import caption_of, caption_problems
from safelight.datasets.lints.config import lint_config
from safelight.datasets.lints.flat import orphans
from safelight.datasets.lints.pictures import is_picture, name_clashes, picture_problems, pictures_in, relative

KOHYA_SUFFIXES = frozenset({".png", ".jpg", ".jpeg", ".webp", ".bmp"})
_REPEATED = re.compile(r"(?P<repeats>\d+)_(?P<tokens>.*\S.*)")
_MOST_BYTES = 512 << 20


def repeats_of(folder: Path) -> int | None:
    """Give how often the pictures of a folder repeat, by its name; None = the trainer ignores it."""
    match = _REPEATED.fullmatch(folder.name)
    return int(match["repeats"]) if match and int(match["repeats"]) > 0 else None


def lint_kohya(path: Path) -> Iterator[Problem]:
    """Read a folder in all the ways in which the trainer could."""
    images = path / IMAGES if (path / IMAGES).is_dir() else path
    config = path / TOML
    folders = [one for one in sorted(images.iterdir()) if one.is_dir() and repeats_of(one) is not None]
    if images != path or folders or not config.is_file():
        yield from _parent(images, path)
    if (path / REGULAR).is_dir():
        yield from _parent(path / REGULAR, path, regular=True)
    if config.is_file():
        yield from lint_config(config, path, read={one.resolve() for one in folders})
    if (path / METADATA).is_file():
        yield from _metadata(path / METADATA, path, folders)


def _parent(parent: Path, root: Path, *, regular: bool = False) -> Iterator[Problem]:
    """Check a folder whose subfolders are read."""
    own = {IMAGES, REGULAR, "log", "model"} if parent == root else set()
    for one in pictures_in(parent):
        words = "lies beside the folders `<repeats>_<class>` and is not read"
        yield Problem(file=relative(one, root), words=words)
    count = 0
    for folder in sorted(one for one in parent.iterdir() if one.is_dir() and not one.name.startswith(".")):
        if folder.name in own:
            continue
        if repeats_of(folder) is None:
            if any(is_picture(one) for one in folder.rglob("*")):
                words = "the folder is not named `<repeats>_<class>`, so its pictures are not read"
                yield Problem(file=relative(folder, root), words=words)
            continue
        count += len(pictures_in(folder))
        yield from lint_folder(folder, root, ".txt", need_captions=not regular)
    if not count:
        name = "" if parent == root else relative(parent, root)
        yield Problem(file=name, words="no pictures are in a folder named `<repeats>_<class>`")


def lint_folder(folder: Path, root: Path, extension: str, *, need_captions: bool) -> Iterator[Problem]:
    """Check the pictures directly in a folder, and their captions."""
    pictures = pictures_in(folder)
    for one in pictures:
        yield from picture_problems(one, relative(one, root), KOHYA_SUFFIXES)
        text = one.with_suffix(extension)
        if text.is_file():
            yield from caption_problems(text, relative(text, root))
        elif need_captions:
            words = f"has no caption {text.name}: the name of its class is read in place of one"
            yield Problem(file=relative(one, root), words=words)
    yield from name_clashes(pictures, root)
    yield from orphans(folder, pictures, root)
    for below in sorted(one for one in folder.iterdir() if one.is_dir()):
        if any(is_picture(one) for one in below.rglob("*")):
            yield Problem(file=relative(below, root), words="pictures in folders below are not read")


def _metadata(path: Path, root: Path, folders: list[Path]) -> Iterator[Problem]:
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise ValueError
        named = json.loads(path.read_bytes())
        if not isinstance(named, dict):
            raise TypeError
    except (OSError, ValueError, TypeError):
        yield Problem(file=METADATA, words="is no JSON object with a picture in each line")
        return
    found: set[Path] = set()
    for name, value in named.items():
        picture = root / name
        if not picture.is_file():
            yield Problem(file=METADATA, words=f"{name}: there is no such picture")
            continue
        found.add(picture.resolve())
        text = value.get("caption") if isinstance(value, dict) else None
        if not isinstance(text, str) or not text.strip():
            yield Problem(file=METADATA, words=f"{name}: has no caption")
        elif (beside := caption_of(picture.with_suffix(".txt"))) is not None and beside != text.strip():
            yield Problem(file=METADATA, words=f"{name}: its caption is not the one in {picture.stem}.txt")
    for folder in folders:
        for one in pictures_in(folder):
            if one.resolve() not in found:
                yield Problem(file=relative(one, root), words=f"is not in {METADATA}")

"""Pictures as trainers read them: orientation, profiles and odd pixels are things that they ignore."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

import numpy as np
import pyvips

from safelight.datasets.dataset import Problem
from safelight.datasets.layouts.kohya import LEAST_SIDE
from safelight.imaging.formats import FORMAT_OF_SUFFIX, Format, sniff
from safelight.imaging.vips import bare, fields

SUFFIXES = frozenset({".png", ".jpg", ".jpeg", ".webp", ".bmp", ".tif", ".tiff", ".gif", ".avif", ".heic", ".heif"})
"""Suffixes of what people take for pictures."""

_READ = frozenset({Format.PNG, Format.JPEG, Format.WEBP, Format.TIFF})
"""Formats that every trainer can decode, whatever the suffix."""
_FACE_BOX = re.compile(r"(?:_\d+(?:\.\d+)?){4}\Z")
_HEAD = 512
_MOST_DIFFERENCE = 6
_UPRIGHT = 1


def is_picture(path: Path) -> bool:
    """Whether a file is meant as a picture, by its name."""
    return path.suffix.lower() in SUFFIXES and not path.name.startswith(".")


def pictures_in(folder: Path) -> list[Path]:
    """Give the pictures that lie directly in a folder, by name."""
    return sorted(path for path in folder.iterdir() if is_picture(path) and path.is_file())


def picture_problems(path: Path, name: str, suffixes: frozenset[str]) -> Iterator[Problem]:
    """Tell what is wrong with one picture for a trainer that reads ``suffixes``. It is decoded to its end."""
    if path.suffix.lower() not in suffixes:
        allowed = ", ".join(sorted(one.lstrip(".") for one in suffixes))
        yield Problem(file=name, words=f"the trainer does not read {path.suffix.lower()} files, only {allowed}")
        return
    yield from _name_problems(path.stem, name)
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD)
    except OSError as error:
        yield Problem(file=name, words=f"cannot be read: {(error.strerror or 'error').lower()}")
        return
    if path.suffix.lower() == ".bmp":
        if not head.startswith(b"BM"):
            yield Problem(file=name, words="this is no picture")
        return
    kind = sniff(head)
    if kind not in _READ:
        yield Problem(file=name, words=f"its content is {kind.upper() if kind else 'no picture'}: it cannot be opened")
        return
    if kind is not FORMAT_OF_SUFFIX.get(path.suffix.lower()):
        yield Problem(file=name, words=f"its content is {kind.upper()}, unlike its suffix", fatal=False)
    yield from _content_problems(path, name)


def name_clashes(paths: Iterable[Path], root: Path) -> Iterator[Problem]:
    """Tell which pictures share one caption file, as only suffixes differ, or do on some systems."""
    groups: dict[str, list[Path]] = defaultdict(list)
    for path in paths:
        groups[str(path.with_suffix("")).casefold()].append(path)
    for group in groups.values():
        if len(group) < 2:
            continue
        same = len({path.stem for path in group}) < len(group)
        names = ", ".join(path.name for path in group)
        words = f"share one caption file: {names}" if same else f"differ in small and large letters alone: {names}"
        yield Problem(file=relative(group[0], root), words=words, fatal=same)


def relative(path: Path, root: Path) -> str:
    """Give where a file is in the export, for people: odd bytes of its name are escaped."""
    try:
        name = path.relative_to(root).as_posix()
    except ValueError:
        name = path.as_posix()
    return name.encode("utf-8", "backslashreplace").decode()


def shape(path: Path) -> tuple[int, int] | None:
    """Give width and height of a picture as it is stored; None if it cannot be told."""
    try:
        image = pyvips.Image.new_from_file(str(path), access="sequential")
    except pyvips.Error:
        return None
    return image.width, image.height


def _name_problems(stem: str, name: str) -> Iterator[Problem]:
    if _FACE_BOX.search(stem):
        yield Problem(file=name, words="its name ends in four numbers, which kohya's scripts read as the box of a face")
    if not stem.isascii():
        yield Problem(file=name, words="its name has other letters than plain ASCII", fatal=False)


@dataclass(frozen=True, slots=True)
class _Content:
    """What is in a file, known by where and what it is on disk: a picture in four sets is decoded once."""

    path: str = field(compare=False)
    device: int
    inode: int
    size: int
    changed: int


def _content_problems(path: Path, name: str) -> Iterator[Problem]:
    about = path.stat()
    content = _Content(str(path), about.st_dev, about.st_ino, about.st_size, about.st_mtime_ns)
    for words, fatal in _decoded(content):
        yield Problem(file=name, words=words, fatal=fatal)


@lru_cache(maxsize=8192)
def _decoded(content: _Content) -> tuple[tuple[str, bool], ...]:
    found: list[tuple[str, bool]] = []
    try:
        image = pyvips.Image.new_from_file(content.path, access="sequential", fail_on="error")
        found += [(one.words, one.fatal) for one in _header_problems(image, "")]
        image.avg()
    except pyvips.Error:
        found.append(("the picture is damaged or cut short", True))
    return tuple(found)


def _header_problems(image: pyvips.Image, name: str) -> Iterator[Problem]:
    told = set(fields(image))
    if b"orientation" in told and image.get("orientation") != _UPRIGHT:
        yield Problem(file=name, words="it is turned by a note in its file alone, which trainers do not read")
    if image.interpretation == "cmyk":
        yield Problem(file=name, words="its colours are CMYK, which trainers turn into wrong ones")
    elif b"icc-profile-data" in told and not _is_srgb(bytes(image.get("icc-profile-data")), image.bands < 3):
        yield Problem(file=name, words="its colours are not sRGB, and trainers do not read its profile")
    if image.format != "uchar":
        yield Problem(file=name, words="it has more than 8 bits per channel, which trainers cut off")
    if image.hasalpha():
        yield Problem(file=name, words="it has transparency: what is behind becomes visible", fatal=False)
    if b"n-pages" in told and image.get("n-pages") > 1:
        yield Problem(file=name, words="it has several pages or frames, of which the first is read", fatal=False)
    if any(field.startswith(b"exif-ifd3-") for field in told):
        yield Problem(file=name, words="it tells where it was taken (GPS)", fatal=False)
    if min(image.width, image.height) < LEAST_SIDE:
        words = f"{image.width} x {image.height} pixels: it is smaller than the smallest shape that is trained on"
        yield Problem(file=name, words=words, fatal=False)


@lru_cache(maxsize=64)
def _is_srgb(icc: bytes, grey: bool) -> bool:
    """Whether colours are about the same with a profile as without: what counts is what it does, not its name."""
    steps = np.linspace(0, 255, 6).round().astype(np.uint8)
    if grey:
        pixels, kind = steps.reshape(1, -1, 1), "b-w"
    else:
        pixels, kind = np.stack(np.meshgrid(steps, steps, steps), axis=-1).reshape(1, -1, 3), "srgb"
    plain = pyvips.Image.new_from_array(np.ascontiguousarray(pixels), interpretation=kind)
    dressed = bare(plain).copy()
    dressed.set_type(pyvips.GValue.blob_type, "icc-profile-data", icc)
    try:
        meant = dressed.icc_transform("srgb", embedded=True, depth=8).numpy()
    except pyvips.Error:
        return False
    read = plain.colourspace("srgb").numpy()
    return int(np.abs(meant.astype(int) - read.astype(int)).max()) <= _MOST_DIFFERENCE

"""Photos with known duplicates: the truth file, and copies that are made anew from the shared photos."""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from bench.harness import ROOT, Unavailable

TRUTH = ROOT / "tests" / "datasets" / "duplicates.toml"
ORIGINAL = "original"
_QUALITY = 92

Pair = frozenset[str]
Pixels = NDArray[np.uint8]


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """One photo of the set."""

    name: str
    """Which; unique."""
    path: Path
    """Its file."""
    shot: int
    """Number of the shot that it shows."""
    kind: str
    """How it was made: a kind of copy, or :data:`ORIGINAL`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """How well pairs were found."""

    found: int
    """True pairs that were found."""
    missed: int
    """True pairs that were not."""
    wrong: int
    """Pairs that were found and are none."""

    @property
    def precision(self) -> float:
        """Share of what was found that is true."""
        return self.found / max(1, self.found + self.wrong)

    @property
    def recall(self) -> float:
        """Share of what is true that was found."""
        return self.found / max(1, self.found + self.missed)


def pictures(photos: Path, folder: Path, kinds: Collection[str] | None = None) -> list[Picture]:
    """Give the shared photos of people and copies of them; ``kinds`` are all, or some.

    Args:
        photos: the folder ``people`` of the shared photos.
        folder: where copies are written.
        kinds: which copies are made.
    """
    truth = tomllib.loads(TRUTH.read_text(encoding="utf-8"))
    found = []
    for shot, names in enumerate(truth["groups"]):
        found += [Picture(name=name, path=photos / name, shot=shot, kind=ORIGINAL) for name in names]
        pixels = _read(photos / names[0])
        for number, (kind, change) in enumerate(truth["copies"].items()):
            if kinds is None or kind in kinds:
                path = folder / f"{shot:02}-{kind.replace(' ', '-')}.jpg"
                copy = _changed(pixels, change, np.random.default_rng(100 * shot + number))
                cv2.imwrite(str(path), copy, [cv2.IMWRITE_JPEG_QUALITY, change.get("quality", _QUALITY)])
                found.append(Picture(name=f"{names[0]}, {kind}", path=path, shot=shot, kind=kind))
    return found


def score(found: Collection[Pair], set_: list[Picture], kind: str | None = None) -> Score:
    """Count pairs; with ``kind``, only those of a copy of that kind and an original."""
    right = {pair for pair, same in _pairs(set_, kind) if same}
    known = {pair for pair, _ in _pairs(set_, kind)}
    hits = len(right & set(found))
    return Score(found=hits, missed=len(right) - hits, wrong=len((set(found) & known) - right))


def _pairs(set_: list[Picture], kind: str | None) -> Iterator[tuple[Pair, bool]]:
    truth = tomllib.loads(TRUTH.read_text(encoding="utf-8"))
    shots = {name: number for number, names in enumerate(truth["groups"]) for name in names}
    either = {frozenset(shots[name] for name in names) for names in truth["either"]}
    for one, other in combinations(set_, 2):
        if kind is not None and {one.kind, other.kind} != {kind, ORIGINAL}:
            continue
        if frozenset((one.shot, other.shot)) not in either:
            yield frozenset((one.name, other.name)), one.shot == other.shot


def _read(path: Path) -> Pixels:
    pixels = cv2.imread(str(path))
    if pixels is None:
        raise Unavailable(f"{path.name} cannot be read")
    return pixels.astype(np.uint8)


def _changed(pixels: Pixels, change: dict[str, float], random: np.random.Generator) -> Pixels:
    height, width = pixels.shape[:2]
    top, left = round(height * change.get("top", 0)), round(width * change.get("left", 0))
    bottom, right = round(height * change.get("bottom", 0)), round(width * change.get("right", 0))
    made = pixels[top : height - bottom, left : width - right]
    if change.get("mirrored"):
        made = made[:, ::-1]
    if "scale" in change:
        size = round(width * change["scale"]), round(height * change["scale"])
        made = cv2.resize(made, size, interpolation=cv2.INTER_AREA).astype(np.uint8)
    if "zoom" in change:
        zoom = change["zoom"]
        shift = [(1 - zoom) / 2 + change["across"], (1 - zoom) / 2 + change["down"]]
        matrix = np.array([[zoom, 0, shift[0] * width], [0, zoom, shift[1] * height]])
        made = cv2.warpAffine(made, matrix, (width, height), borderMode=cv2.BORDER_REFLECT_101).astype(np.uint8)
    light = made * change.get("gain", 1.0) + change.get("lift", 0.0)
    if "noise" in change:
        light = light + random.normal(0, change["noise"], light.shape)
    return np.ascontiguousarray(light.clip(0, 255).round().astype(np.uint8))

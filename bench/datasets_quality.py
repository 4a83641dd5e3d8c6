"""How many duplicates among photos of people are found, beside imagededup on the same photos."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np

from bench.duplicates import ORIGINAL, Pair, Picture, Score, pictures, score
from bench.figures import Cell, Check, Report, Table, table
from bench.harness import ROOT, Unavailable, own_folder
from bench.weights import cpu_studio, resolved
from safelight.datasets.dataset import Item, item_id
from safelight.datasets.dedup import decide
from safelight.datasets.facts import PATCH, Seen, Sense
from safelight.datasets.look import look
from safelight.datasets.settings import DatasetSettings, QualityParams
from safelight.datasets.tools import PeopleModels, Tools
from safelight.hashing import sha256_of
from safelight.imaging.measure import measure
from safelight.imaging.photo import Photo

NAME = "datasets-quality"
_MODELS = ("face-landmarker", "dlib-face-recognition", "pose-landmarker-full")
_PIXELS = 10**8
_PRECISION, _RECALL = 0.95, 0.90
_THRESHOLD = 10
_PUBLISHED = (("imagededup pHash, at most 10 bits", 0.498, 0.016), ("imagededup CNN, from 0.9", 0.995, 0.127))


def run(say: Callable[[str], None]) -> Report:
    """Measure; one or two minutes on two cores.

    Raises:
        Unavailable: the networks or the shared photos are not here.
    """
    shared = Path(os.environ.get("SAFELIGHT_SHARED") or ROOT.parent / "shared") / "photos" / "people"
    if not shared.is_dir():
        raise Unavailable("the shared photos are not beside the project; SAFELIGHT_SHARED names their folder")
    tools = _tools()
    set_ = pictures(shared, own_folder())
    seen = []
    for number, picture in enumerate(set_):
        if number % 20 == 0:
            say(f"{number} of {len(set_)} photos looked at")
        seen.append(look(_item(picture), picture.path, tools))
    found = {
        "Safelight": _grouped(set_, seen),
        "Safelight without any network": _grouped(set_, list(map(_blind, seen))),
    }
    found |= _imagededup(set_, say)
    scores = {name: score(pairs, set_) for name, pairs in found.items()}
    return Report(
        name=NAME, title="Datasets: duplicates found",
        tables=(_table(set_, found, scores), _published(scores)), checks=_checks(scores),
        notes=(
            "Shared photos of people, with copies of one photo of each shot; the truth is "
            "`tests/datasets/duplicates.toml`, and different poses of one person are no duplicates. Pairs are counted. "
            "imagededup's published figures are on the near duplicates of UKBench, of scenes and things: another set, "
            "so that they tell the size of the problem and are no comparison.",
        ),
    )  # fmt: skip


def _tools() -> Tools:
    studio = cpu_studio()
    for name in _MODELS:
        resolved(studio, name)
    faces, identity, pose = (studio.catalog.get(name) for name in _MODELS)
    return Tools(
        models=studio.pool, people=PeopleModels(faces=faces, identity=identity, pose=pose), enlarge=_never, vision=None,
        workspace=own_folder(), max_pixels=_PIXELS,
    )  # fmt: skip


def _never(photo: Photo, scale: float, quality_level: str, workspace: Path) -> tuple[Photo, str | None]:
    raise AssertionError("nothing is enlarged here")


def _item(picture: Picture) -> Item:
    found, digest = measure(picture.path, max_pixels=_PIXELS), sha256_of(picture.path)
    return Item(
        id=item_id(digest, picture.name), name=picture.name, file=str(picture.path), sha256=digest,
        bytes=picture.path.stat().st_size, width=found.width, height=found.height,
    )  # fmt: skip


def _blind(seen: Seen) -> Seen:
    facts = seen.facts.model_copy(update={"faces": (), "poses": (), "lacking": tuple(Sense)})
    return replace(
        seen, facts=facts, embeddings=np.zeros((0, 0), np.float32), patches=np.zeros((0, PATCH, PATCH), np.uint8)
    )


def _grouped(set_: list[Picture], seen: list[Seen]) -> set[Pair]:
    """Pairs in one group of duplicates, whatever the quality of the photos."""
    settings = DatasetSettings(quality=QualityParams(enabled=False))
    groups = [one.group for one in decide(seen, {}, settings, {}, [one.item for one in seen]).decisions]
    return {
        frozenset((one.name, other.name))
        for (one, group), (other, others) in combinations(zip(set_, groups, strict=True), 2)
        if group is not None and group == others
    }


def _imagededup(set_: list[Picture], say: Callable[[str], None]) -> dict[str, set[Pair]]:
    try:
        from imagededup.methods import PHash
    except ImportError:
        say("imagededup is not installed")
        return {}
    method: Any = PHash(verbose=False)
    hashes = {picture.name: method.encode_image(image_file=str(picture.path)) for picture in set_}
    told = method.find_duplicates(encoding_map=hashes, max_distance_threshold=_THRESHOLD, num_dist_workers=0)
    pairs = {frozenset((name, other)) for name, others in told.items() for other in others if name != other}
    return {f"imagededup pHash, at most {_THRESHOLD} bits": pairs}


def _table(set_: list[Picture], found: dict[str, set[Pair]], scores: dict[str, Score]) -> Table:
    kinds = list(dict.fromkeys(picture.kind for picture in set_ if picture.kind != ORIGINAL))
    rows: list[tuple[Cell, ...]] = [
        (name, scores[name].precision, scores[name].recall, *(score(pairs, set_, kind).recall for kind in kinds))
        for name, pairs in found.items()
    ]
    title = f"{len(set_)} photos, {scores['Safelight'].found + scores['Safelight'].missed} pairs of duplicates"
    return table(title, ("method", "precision", "recall", *(f"recall, {kind}" for kind in kinds)), rows)


def _published(scores: dict[str, Score]) -> Table:
    rows: list[tuple[Cell, ...]] = [(name, "here", one.precision, one.recall) for name, one in scores.items()]
    rows += [(name, "UKBench, as published", precision, recall) for name, precision, recall in _PUBLISHED]
    return table("Beside published figures", ("method", "photos", "precision", "recall"), rows)


def _checks(scores: dict[str, Score]) -> tuple[Check, ...]:
    ours = scores["Safelight"]
    checks = [
        Check(what="duplicates: precision", value=ours.precision, bound=_PRECISION, at_least=True),
        Check(what="duplicates: recall", value=ours.recall, bound=_RECALL, at_least=True),
    ]
    checks += [
        Check(
            what=f"duplicates: recall above that of {name}", value=ours.recall - other.recall, bound=0.1, at_least=True
        )
        for name, other in scores.items()
        if name.startswith("imagededup")
    ]
    return tuple(checks)

"""Duplicates among real photos, with copies of them, as the truth file has them."""

from __future__ import annotations

import sys
from itertools import combinations
from pathlib import Path

import pytest
from items import item_of

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from bench.duplicates import ORIGINAL, Picture, pictures, score

from safelight.datasets.dataset import Decided
from safelight.datasets.dedup import decide
from safelight.datasets.facts import Seen
from safelight.datasets.look import look
from safelight.datasets.settings import DatasetSettings, DedupParams, QualityParams
from safelight.datasets.tools import Tools

pytestmark = pytest.mark.weights
Looked = tuple[list[Picture], list[Seen]]

PEOPLE = (
    ("biden.jpg", "knn/train/biden/biden2.jpg"),
    ("obama.jpg", "obama2.jpg", "knn/test/obama1.jpg", "obama-240p.jpg"),
    ("knn/test/johnsnow_test1.jpg", "knn/train/kit_harington/john1.jpeg", "knn/train/kit_harington/john2.jpeg"),
    ("knn/train/rose_leslie/img1.jpg", "knn/train/rose_leslie/img2.jpg"),
    ("knn/test/alex_lacamoire1.jpg", "knn/train/alex_lacamoire/img1.jpg"),
)
"""Portraits of five people."""


@pytest.fixture(scope="module")
def looked(tools: Tools, shared_photos: Path, tmp_path_factory: pytest.TempPathFactory) -> Looked:
    """Photos and their copies, all looked at."""
    set_ = pictures(shared_photos / "people", tmp_path_factory.mktemp("copies"))
    return set_, [look(item_of(one.path, one.name), one.path, tools) for one in set_]


def decided(seen: list[Seen], keep: int = 1) -> Decided:
    settings = DatasetSettings(quality=QualityParams(enabled=False), dedup=DedupParams(keep_per_cluster=keep))
    return decide(seen, {}, settings, {}, [one.item for one in seen])


def test_duplicates_are_found_and_nothing_else(looked: Looked) -> None:
    set_, seen = looked
    groups = [decision.group for decision in decided(seen).decisions]
    found = {
        frozenset((one.name, other.name))
        for (one, group), (other, others) in combinations(zip(set_, groups, strict=True), 2)
        if group is not None and group == others
    }
    assert score(found, set_).precision >= 0.95
    assert score(found, set_).recall >= 0.90
    for kind in {one.kind for one in set_} - {ORIGINAL}:
        assert score(found, set_, kind).recall >= 0.85, kind


def test_different_poses_of_one_person_are_kept_and_one_photo_of_each_shot(looked: Looked) -> None:
    set_, seen = looked
    kept = [one.shot for one, decision in zip(set_, decided(seen).decisions, strict=True) if decision.keep]
    assert sorted(kept) == sorted({one.shot for one in set_})


def test_no_copy_that_lost_pixels_is_kept_instead_of_its_original(looked: Looked) -> None:
    set_, seen = looked
    some = [number for number, one in enumerate(set_) if one.kind in (ORIGINAL, "resized", "recompressed")]
    decisions = decided([seen[number] for number in some]).decisions
    kept = [set_[number] for number, decision in zip(some, decisions, strict=True) if decision.keep]
    assert {one.kind for one in kept} == {ORIGINAL}


def test_people_are_told_apart(looked: Looked) -> None:
    set_, seen = looked
    person = {one.name: decision.person for one, decision in zip(set_, decided(seen).decisions, strict=True)}
    found = [{person[name] for name in names} for names in PEOPLE]
    assert [len(numbers) for numbers in found] == [1] * len(PEOPLE)
    assert None not in set.union(*found)
    assert len(set.union(*found)) == len(PEOPLE)

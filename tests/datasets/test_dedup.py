"""Which photos go into the set, and why the others do not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pytest
from sights import body, embedding, face_facts, patch, sight

from safelight.datasets.dataset import Choice, Decided, Decision, Reason
from safelight.datasets.dedup import decide
from safelight.datasets.facts import Seen, Sense
from safelight.datasets.settings import DatasetSettings, DedupParams, QualityParams


def decided(
    photos: Sequence[Seen], choices: Mapping[str, bool] | None = None, *, quality: bool = False, **params: float
) -> Decided:
    """Decide with some parameters of ``dedup`` changed; ``choices`` are by name."""
    settings = DatasetSettings(
        quality=QualityParams(enabled=quality), dedup=DedupParams.model_validate({"keep_per_cluster": 1, **params})
    )
    ids = {photo.item.name: photo.item.id for photo in photos}
    wishes = {ids[name]: Choice(keep=keep) for name, keep in (choices or {}).items()}
    return decide(photos, {}, settings, wishes, [photo.item for photo in photos])


def by_name(photos: Sequence[Seen], result: Decided) -> dict[str, Decision]:
    return {photo.item.name: decision for photo, decision in zip(photos, result.decisions, strict=True)}


def kept(photos: Sequence[Seen], result: Decided) -> list[str]:
    return [name for name, decision in by_name(photos, result).items() if decision.keep]


def best(name: str = "best.jpg", **changes: object) -> Seen:
    return sight(name, **{"faces": [face_facts(sharpness=0.9)], **changes})  # type: ignore[arg-type]


def test_of_files_with_the_same_content_one_is_kept() -> None:
    photos = [sight("a.jpg", content="x"), sight("b.jpg", content="x"), sight("c.jpg", patches=[patch(1)])]
    decisions = by_name(photos, decided(photos))
    assert [decisions[name].keep for name in ("a.jpg", "b.jpg", "c.jpg")] == [True, False, True]
    assert decisions["b.jpg"].reason is Reason.EXACT_COPY
    assert decisions["b.jpg"].counterpart == photos[0].item.id
    assert decisions["a.jpg"].group == decisions["b.jpg"].group == 0
    assert decisions["c.jpg"].group is None
    assert "a.jpg" in decisions["b.jpg"].words


@pytest.mark.parametrize(("bits", "found"), [(0b111111, True), (0b1111111, False)])
def test_the_same_picture_is_one_whose_hash_differs_in_few_bits(bits: int, found: bool) -> None:
    photos = [sight("a.jpg", phash=1 << 60, faces=[]), sight("b.jpg", phash=1 << 60 ^ bits, faces=[])]
    decision = by_name(photos, decided(photos))["b.jpg"]
    assert decision.keep is not found
    if found:
        assert (decision.reason, decision.score, decision.threshold) == (Reason.NEAR_COPY, 6, 6)


def test_a_mirrored_copy_is_a_copy() -> None:
    photos = [
        sight("a.jpg", phash=0xF0F0, mirrored_phash=0x1234_5678_0000_FFFF, size=2),
        sight("b.jpg", phash=0x1234_5678_0000_FFFF, mirrored_phash=0xF0F0, size=1, patches=[patch()[:, ::-1]],
              faces=[face_facts(middle=(0.2, 0.3))]),
    ]  # fmt: skip
    decision = by_name(photos, decided(photos, pose=False))["b.jpg"]
    assert decision.reason is Reason.NEAR_COPY
    assert "mirror" in decision.words


def test_another_face_in_the_same_picture_is_no_copy() -> None:
    """A smile, a blink or somebody else in the same studio hardly moves the hash."""
    photos = [sight("a.jpg", phash=7), sight("b.jpg", phash=7, patches=[patch(ssim=0.7)])]
    assert kept(photos, decided(photos)) == ["a.jpg", "b.jpg"]
    photos = [sight("a.jpg", phash=7), sight("b.jpg", phash=7, patches=[patch(ssim=0.85)])]
    assert kept(photos, decided(photos)) == ["a.jpg"]


PAIRS = {
    "face_sim_th1": ({"embeddings": [embedding(similarity=0.8)]}, 0.75, 0.82),
    "face_sim_th2": (
        {"embeddings": [embedding(similarity=0.88)], "faces": [face_facts(middle=(0.8, 0.3))], "poses": []}, 0.85, 0.9,
    ),
    "face_ssim_th1": ({"patches": [patch(ssim=0.84)]}, 0.8, 0.87),
    "face_ssim_th2": ({"patches": [patch(ssim=0.93)], "poses": [body(arm=90)]}, 0.9, 0.95),
    "pose_sim_th": ({"patches": [patch(ssim=0.85)], "poses": [body(arm=40)]}, 0.7, 0.95),
    "bbox_tol_c": (
        {"embeddings": [embedding(similarity=0.8)], "faces": [face_facts(middle=(0.58, 0.3))], "poses": []}, 0.1, 0.05,
    ),
    "bbox_tol_wh": (
        {"embeddings": [embedding(similarity=0.8)], "faces": [face_facts(size=(0.2, 0.28))], "poses": []}, 0.1, 0.05,
    ),
}  # fmt: skip
"""For each parameter a photo beside the best one, the default, and a value with which it is no duplicate any more."""


@pytest.mark.parametrize("name", PAIRS)
def test_each_threshold_alone_flips_a_decision(name: str) -> None:
    changes, default, strict = PAIRS[name]
    assert DedupParams.model_fields[name].default == default
    photos = [best(), sight("other.jpg", **changes)]
    decisions = by_name(photos, decided(photos))
    assert kept(photos, decided(photos)) == ["best.jpg"]
    assert decisions["other.jpg"].reason is Reason.SAME_POSE
    assert kept(photos, decided(photos, **{name: strict})) == ["best.jpg", "other.jpg"]


def test_keep_per_cluster_alone_flips_a_decision() -> None:
    photos = [sight(f"{number}.jpg", faces=[face_facts(sharpness=0.9 - number / 10)]) for number in range(4)]
    assert kept(photos, decided(photos, keep_per_cluster=2)) == ["0.jpg", "1.jpg"]
    assert kept(photos, decided(photos, keep_per_cluster=3)) == ["0.jpg", "1.jpg", "2.jpg"]


def test_keep_per_cluster_counts_within_a_pose_and_never_within_a_person() -> None:
    photos = [sight(f"{pose}-{number}.jpg", patches=[patch(pose)]) for pose in range(3) for number in range(3)]
    result = decided(photos, keep_per_cluster=2)
    assert len(kept(photos, result)) == 6
    assert result.people == (9,)
    assert {decision.group for decision in result.decisions} == {0, 1, 2}


def test_of_copies_one_is_kept_whatever_keep_per_cluster_is() -> None:
    photos = [sight(f"{number}.jpg", phash=5) for number in range(3)]
    assert len(kept(photos, decided(photos, keep_per_cluster=3))) == 1


def test_another_pose_of_the_same_face_is_kept() -> None:
    photos = [best(), sight("turned.jpg", patches=[patch(ssim=0.5)])]
    assert len(kept(photos, decided(photos))) == 2
    photos = [best(), sight("waves.jpg", patches=[patch(ssim=0.85)], poses=[body(arm=90)])]
    assert len(kept(photos, decided(photos))) == 2


def test_the_size_and_the_place_of_a_body_do_not_matter() -> None:
    photos = [best(), sight("other.jpg", patches=[patch(ssim=0.85)], poses=[body(size=0.8, shift=40)])]
    assert kept(photos, decided(photos)) == ["best.jpg"]


def test_the_keeper_is_the_best_and_every_drop_names_it() -> None:
    photos = [
        sight("soft.jpg", faces=[face_facts(sharpness=0.3)]),
        sight("blinks.jpg", faces=[face_facts(eyes_open=0.0)]),
        sight("good.jpg"),
    ]
    decisions = by_name(photos, decided(photos))
    assert kept(photos, decided(photos)) == ["good.jpg"]
    for name in ("soft.jpg", "blinks.jpg"):
        assert decisions[name].counterpart == photos[2].item.id
        assert decisions[name].quality < decisions["good.jpg"].quality
        assert "good.jpg" in decisions[name].words
        assert decisions[name].score is not None
        assert decisions[name].threshold is not None


def test_of_two_sizes_the_larger_is_the_keeper() -> None:
    photos = [sight("small.jpg", phash=5, faces=[face_facts(size=(0.1, 0.1))]), sight("large.jpg", phash=5)]
    assert kept(photos, decided(photos)) == ["large.jpg"]


def test_of_copies_that_are_as_good_the_one_with_the_most_bytes_is_the_keeper() -> None:
    photos = [
        sight("recompressed.jpg", phash=5, size=100_000, faces=[face_facts(sharpness=0.63)]),
        sight("original.jpg", phash=5, size=900_000, faces=[face_facts(sharpness=0.60)]),
        sight("blurred.jpg", phash=5, size=950_000, faces=[face_facts(sharpness=0.3)]),
    ]
    decisions = by_name(photos, decided(photos))
    assert kept(photos, decided(photos)) == ["original.jpg"]
    assert decisions["recompressed.jpg"].counterpart == decisions["blurred.jpg"].counterpart == photos[1].item.id


def test_who_looks_into_the_camera_is_preferred_on_request() -> None:
    photos = [
        sight("away.jpg", faces=[face_facts(sharpness=0.7, at_camera=0.1)]),
        sight("here.jpg", faces=[face_facts(at_camera=1.0)]),
    ]
    assert kept(photos, decided(photos)) == ["away.jpg"]
    assert kept(photos, decided(photos, prefer_camera=True)) == ["here.jpg"]


def test_a_chain_of_small_steps_is_no_single_group() -> None:
    """Each is like its neighbours; what is dropped is always like what is kept for it."""
    photos = [sight(f"{number}.jpg", phash=(1 << 4 * number) - 1, faces=[], size=1000 - number) for number in range(4)]
    decisions = by_name(photos, decided(photos))
    assert [decision.keep for decision in decisions.values()] == [True, False, True, False]
    assert decisions["3.jpg"].counterpart == photos[2].item.id


def test_what_a_copy_duplicates_may_be_dropped_for_another() -> None:
    photos = [
        sight("best.jpg", faces=[face_facts(sharpness=0.9)]),
        sight("second.jpg", phash=9, faces=[face_facts(sharpness=0.7)]),
        sight("copy.jpg", phash=9),
    ]
    decision = by_name(photos, decided(photos))["copy.jpg"]
    assert decision.reason is Reason.NEAR_COPY
    assert decision.counterpart == photos[0].item.id
    assert "second.jpg" in decision.words
    assert "best.jpg" in decision.words


def test_a_choice_by_hand_is_obeyed_and_says_what_would_have_been() -> None:
    photos = [best(), sight("other.jpg")]
    decisions = by_name(photos, decided(photos, {"other.jpg": True}))
    assert decisions["other.jpg"].keep
    assert decisions["other.jpg"].reason is Reason.BY_HAND
    assert decisions["other.jpg"].automatic is Reason.SAME_POSE
    assert decisions["best.jpg"].automatic is None


def test_a_photo_kept_by_hand_is_the_keeper_of_its_group() -> None:
    photos = [best(), sight("other.jpg"), sight("third.jpg")]
    decisions = by_name(photos, decided(photos, {"other.jpg": True}))
    assert [decision.keep for decision in decisions.values()] == [False, True, False]
    assert decisions["best.jpg"].counterpart == photos[1].item.id


def test_all_photos_kept_by_hand_stay_and_count() -> None:
    photos = [best(), *(sight(f"{number}.jpg") for number in range(4))]
    wishes = {"0.jpg": True, "1.jpg": True, "2.jpg": True}
    assert kept(photos, decided(photos, wishes, keep_per_cluster=2)) == ["0.jpg", "1.jpg", "2.jpg"]


def test_when_the_keeper_is_dropped_by_hand_the_next_best_takes_its_place() -> None:
    photos = [best(), sight("second.jpg", faces=[face_facts(sharpness=0.8)]), sight("third.jpg")]
    decisions = by_name(photos, decided(photos, {"best.jpg": False}))
    assert [decision.keep for decision in decisions.values()] == [False, True, False]
    assert decisions["best.jpg"].automatic is Reason.GOOD
    assert decisions["third.jpg"].counterpart == photos[1].item.id


def test_copies_of_a_file_that_was_dropped_by_hand_do_not_come_back() -> None:
    photos = [sight("a.jpg", content="x"), sight("b.jpg", content="x")]
    decisions = by_name(photos, decided(photos, {"a.jpg": False}))
    assert [decision.keep for decision in decisions.values()] == [False, False]
    assert decisions["b.jpg"].counterpart == photos[0].item.id
    assert kept(photos, decided(photos, {"a.jpg": False, "b.jpg": True})) == ["b.jpg"]


def test_a_useless_photo_is_not_what_others_are_dropped_for() -> None:
    photos = [
        sight("dark.jpg", phash=5, faces=[face_facts(sharpness=1.0, brightness=0.01)]),
        sight("light.jpg", phash=5),
    ]
    decisions = by_name(photos, decided(photos, quality=True))
    assert decisions["light.jpg"].keep
    assert decisions["dark.jpg"].reason is Reason.TOO_DARK
    assert decisions["dark.jpg"].counterpart == photos[1].item.id
    assert decisions["dark.jpg"].group == decisions["light.jpg"].group == 0


def test_without_dedup_all_are_kept() -> None:
    photos = [sight("a.jpg", content="x"), sight("b.jpg", content="x")]
    assert len(kept(photos, decided(photos, enabled=False))) == 2


def test_photos_that_cannot_be_read_are_accounted_for() -> None:
    photos = [sight("a.jpg"), sight("b.jpg"), sight("c.jpg")]
    items = [photo.item for photo in photos]
    result = decide(photos[2:], {items[0].id: "a.jpg: cut short"}, DatasetSettings(), {}, items)
    assert [decision.item for decision in result.decisions] == [item.id for item in items]
    assert [decision.reason for decision in result.decisions[:2]] == [Reason.UNREADABLE, Reason.UNREADABLE]
    assert result.decisions[0].words == "a.jpg: cut short"


def test_no_photos_are_no_mistake() -> None:
    assert decide([], {}, DatasetSettings(), {}, []) == Decided(decisions=())


def test_a_set_of_the_same_photo_keeps_one() -> None:
    photos = [sight(f"{number}.jpg", content="x", phash=1) for number in range(50)]
    assert len(kept(photos, decided(photos, quality=True))) == 1


def test_without_a_pose_model_faces_alone_have_to_be_like_enough() -> None:
    blind: dict[str, object] = {"poses": [], "lacking": (Sense.POSE,)}
    photos = [best(**blind), sight("other.jpg", patches=[patch(ssim=0.85)], **blind)]  # type: ignore[arg-type]
    result = decided(photos)
    assert len(kept(photos, result)) == 2
    assert "bodies" in " ".join(result.without)
    photos[1] = sight("other.jpg", patches=[patch(ssim=0.94)], **blind)  # type: ignore[arg-type]
    assert kept(photos, decided(photos)) == ["best.jpg"]


def test_where_neither_photo_shows_a_body_there_is_none_that_could_differ() -> None:
    photos = [best(poses=[]), sight("other.jpg", patches=[patch(ssim=0.85)], poses=[])]
    assert kept(photos, decided(photos)) == ["best.jpg"]
    photos = [best(), sight("other.jpg", patches=[patch(ssim=0.85)], poses=[])]
    assert len(kept(photos, decided(photos))) == 2


def test_without_an_identity_model_faces_have_to_look_the_same_in_the_same_framing() -> None:
    blind: dict[str, object] = {"embeddings": [], "lacking": (Sense.IDENTITY,)}
    photos = [best(**blind), sight("other.jpg", patches=[patch(ssim=0.85)], **blind)]  # type: ignore[arg-type]
    result = decided(photos, quality=True)
    assert len(kept(photos, result)) == 2
    assert result.people == ()
    assert "who is in them" in " ".join(result.without)
    photos[1] = sight("other.jpg", patches=[patch(ssim=0.94)], **blind)  # type: ignore[arg-type]
    assert kept(photos, decided(photos)) == ["best.jpg"]
    moved = [face_facts(middle=(0.8, 0.3))]
    photos[1] = sight("other.jpg", patches=[patch(ssim=0.94)], faces=moved, **blind)  # type: ignore[arg-type]
    assert len(kept(photos, decided(photos))) == 2


def test_without_a_face_model_no_photo_is_dropped_for_having_no_face() -> None:
    blind: dict[str, object] = {"faces": [], "poses": [], "lacking": (Sense.FACES, Sense.IDENTITY)}
    photos = [sight("a.jpg", phash=5, **blind), sight("b.jpg", phash=5, **blind), sight("c.jpg", **blind)]  # type: ignore[arg-type]
    result = decided(photos, quality=True)
    assert kept(photos, result) == ["a.jpg", "c.jpg"]
    assert "searched for faces" in result.without[0]


def test_a_mirrored_face_is_the_same_only_if_it_looks_very_much_so() -> None:
    mirrored = sight("other.jpg", patches=[patch()[:, ::-1]], faces=[face_facts(middle=(0.5, 0.3))])
    photos = [best(), mirrored]
    decision = by_name(photos, decided(photos))["other.jpg"]
    assert decision.reason is Reason.SAME_POSE
    assert "mirror" in decision.words
    photos[1] = sight("other.jpg", patches=[np.ascontiguousarray(patch(ssim=0.85)[:, ::-1])])
    assert len(kept(photos, decided(photos))) == 2


def test_decisions_are_the_same_whatever_the_order_in_which_photos_were_seen() -> None:
    photos = [sight(f"{number}.jpg", patches=[patch(number % 3)], phash=number % 5) for number in range(12)]
    items = [photo.item for photo in photos]
    assert decide(photos, {}, DatasetSettings(), {}, items) == decide(photos[::-1], {}, DatasetSettings(), {}, items)

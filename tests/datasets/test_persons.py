"""Who is in which photo, and who is a stranger."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from sights import embedding, face_facts, patch, sight

from safelight.datasets.dataset import Decided, Reason
from safelight.datasets.dedup import decide
from safelight.datasets.facts import Seen
from safelight.datasets.settings import DatasetSettings, QualityParams


def of(who: int, count: int, start: int = 0) -> list[Seen]:
    """Photos of one person, each in another pose."""
    return [
        sight(f"{who}-{number}.jpg", embeddings=[embedding(who)], patches=[patch(100 * who + number)])
        for number in range(start, start + count)
    ]


def decided(photos: Sequence[Seen], **quality: int) -> Decided:
    settings = DatasetSettings(quality=QualityParams(**quality))  # type: ignore[arg-type]
    return decide(photos, {}, settings, {}, [photo.item for photo in photos])


def test_people_are_numbered_by_how_many_photos_they_are_in() -> None:
    photos = [*of(3, 2), *of(1, 4), *of(2, 3)]
    result = decided(photos)
    assert result.people == (4, 3, 2)
    assert [decision.person for decision in result.decisions] == [2, 2, 0, 0, 0, 0, 1, 1, 1]


def test_strangers_are_dropped_with_the_similarity_to_the_main_person() -> None:
    photos = [*of(0, 6), *of(1, 2), *of(2, 1)]
    result = decided(photos)
    assert [decision.reason for decision in result.decisions[6:]] == [Reason.STRANGER] * 3
    assert [decision.person for decision in result.decisions[6:]] == [1, 1, None]
    for decision in result.decisions[6:]:
        assert decision.score is not None
        assert decision.score < 0.01
        assert decision.threshold == 0.5
    assert all(decision.keep for decision in result.decisions[:6])
    assert result.without == ()


def test_strangers_stay_on_request() -> None:
    photos = [*of(0, 6), *of(1, 2)]
    assert all(decision.keep for decision in decided(photos, strangers=0 == 1).decisions)


def test_a_set_of_all_different_people_loses_none_of_them() -> None:
    photos = [one for who in range(50) for one in of(who, 1)]
    result = decided(photos)
    assert all(decision.keep for decision in result.decisions)
    assert "no two photos show the same person" in " ".join(result.without)


def test_where_nobody_is_clearly_seen_most_nobody_is_a_stranger() -> None:
    result = decided([*of(0, 5), *of(1, 4), *of(2, 1)])
    assert all(decision.keep for decision in result.decisions)
    assert "nobody is clearly seen most" in " ".join(result.without)
    assert "5, 4" in " ".join(result.without)


def test_somebody_in_a_few_of_many_photos_is_not_who_the_set_is_of() -> None:
    result = decided([*of(0, 3), *(one for who in range(1, 20) for one in of(who, 1))])
    assert all(decision.keep for decision in result.decisions)


def test_a_group_photo_is_flagged_and_small_faces_beside_a_large_one_do_not_count() -> None:
    faces = [face_facts(), face_facts(middle=(0.8, 0.3), size=(0.19, 0.19))]
    passers_by = [face_facts(), face_facts(middle=(0.8, 0.3), size=(0.08, 0.08))]
    photos = [
        *of(0, 3),
        sight("group.jpg", faces=faces, embeddings=[embedding(0), embedding(1)], patches=[patch(7), patch(8)]),
        sight("street.jpg", faces=passers_by, embeddings=[embedding(0), embedding(1)], patches=[patch(9), patch(10)]),
    ]
    result = decided(photos)
    assert [decision.reason for decision in result.decisions[3:]] == [Reason.SEVERAL_FACES, Reason.GOOD]
    assert result.decisions[3].score == 2
    assert result.people == (5,)
    assert decided(photos, max_faces=2).decisions[3].keep


def test_a_photo_with_the_main_person_beside_a_larger_stranger_is_of_the_main_person() -> None:
    faces = [face_facts(), face_facts(middle=(0.8, 0.3), size=(0.19, 0.19), sharpness=0.9)]
    both = sight("both.jpg", faces=faces, embeddings=[embedding(1), embedding(0)], patches=[patch(7), patch(8)])
    result = decided([*of(0, 3), both], max_faces=2)
    assert result.decisions[3].keep
    assert result.decisions[3].person == 0
    assert result.decisions[3].quality > result.decisions[0].quality


def test_faces_without_an_embedding_are_nobody_and_no_strangers() -> None:
    photos = [*of(0, 4), sight("unknown.jpg", embeddings=[], patches=[patch(77)])]
    decision = decided(photos).decisions[4]
    assert decision.keep
    assert decision.person is None


def test_one_person_may_reach_far_from_photo_to_photo() -> None:
    """Faces that lie near the next are one person's, though the ends of the chain are not alike."""
    photos = []
    for number in range(8):
        face = np.zeros(128, np.float32)
        face[0] = 0.5 * number
        photos.append(sight(f"{number}.jpg", embeddings=[face], patches=[patch(200 + number)]))
    assert decided(photos).people == (8,)

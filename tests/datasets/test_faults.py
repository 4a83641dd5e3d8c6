"""Photos that are of no use: what is asked of them, and that each figure counts."""

from __future__ import annotations

import pytest
from sights import face_facts, sight

from safelight.datasets.dataset import Decision, Reason
from safelight.datasets.dedup import decide
from safelight.datasets.facts import Seen
from safelight.datasets.settings import DatasetSettings, QualityParams

FAULTY = {
    "min_side": (sight("a.jpg", width=200), Reason.TOO_SMALL, 200, 200),
    "min_sharpness": (sight("a.jpg", faces=[face_facts(sharpness=0.1)]), Reason.BLURRED, 0.1, 0.05),
    "min_brightness": (sight("a.jpg", faces=[face_facts(brightness=0.04)]), Reason.TOO_DARK, 0.04, 0.03),
    "max_brightness": (sight("a.jpg", faces=[face_facts(brightness=0.97)]), Reason.TOO_BRIGHT, 0.97, 0.98),
    "need_face": (sight("a.jpg", faces=[]), Reason.NO_FACE, 0, False),
    "max_faces": (sight("a.jpg", faces=[face_facts(), face_facts()]), Reason.SEVERAL_FACES, 2, 2),
    "min_face": (sight("a.jpg", faces=[face_facts(size=(0.03, 0.04))]), Reason.FACE_TOO_SMALL, 50, 50),
}
"""For each parameter a photo that fails by its default, why, the score, and a value with which it passes."""


def decision(photo: Seen, quality: QualityParams) -> Decision:
    return decide([photo], {}, DatasetSettings(quality=quality), {}, [photo.item]).decisions[0]


@pytest.mark.parametrize("name", FAULTY)
def test_each_threshold_alone_flips_a_decision(name: str) -> None:
    photo, reason, score, lenient = FAULTY[name]
    dropped = decision(photo, QualityParams())
    assert (dropped.keep, dropped.reason) == (False, reason)
    assert dropped.score == pytest.approx(score)
    assert dropped.threshold is not None
    assert decision(photo, QualityParams.model_validate({name: lenient})).keep


@pytest.mark.parametrize("name", FAULTY)
def test_without_the_filters_all_photos_are_of_use(name: str) -> None:
    assert decision(FAULTY[name][0], QualityParams(enabled=False)).keep


def test_a_photo_without_a_face_is_measured_as_a_whole() -> None:
    faceless = QualityParams(need_face=False)
    assert decision(sight("a.jpg", faces=[], sharpness=0.1), faceless).reason is Reason.BLURRED
    assert decision(sight("a.jpg", faces=[], brightness=0.01), faceless).reason is Reason.TOO_DARK
    assert decision(sight("a.jpg", faces=[]), faceless).keep


def test_a_well_lit_face_before_a_black_wall_is_not_too_dark() -> None:
    assert decision(sight("a.jpg", brightness=0.02), QualityParams()).keep


def test_the_words_have_the_figures() -> None:
    words = decision(FAULTY["min_sharpness"][0], QualityParams()).words
    assert "0.10" in words
    assert "0.15" in words

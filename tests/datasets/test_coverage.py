"""What a set shows, and the advice that follows from it."""

from __future__ import annotations

from pathlib import Path

import pytest
from finished import Finished, with_settings

from safelight.datasets.coverage import Coverage, coverage, load_coverage
from safelight.datasets.dataset import Shot
from safelight.datasets.facts import Facts

GOOD = [
    (Shot.CLOSE_UP, 0, 0, "smiling"), (Shot.PORTRAIT, -30, 0, "serious expression"),
    (Shot.UPPER_BODY, 30, 20, "smiling"), (Shot.COWBOY, 60, 0, "laughing"), (Shot.FULL_BODY, 5, -25, "mouth open"),
]  # fmt: skip


def varied(made: Finished, count: int = 25) -> Finished:
    """A set in which nothing is missing."""
    for number in range(count):
        shot, yaw, pitch, expression = GOOD[number % len(GOOD)]
        facts = {"expression": expression, "light": f"light {number % 4}", "background": f"behind {number % 6}",
                 "clothing": f"wearing {number % 7}"}  # fmt: skip
        made.add(f"{number}.jpg", shot=shot, yaw=yaw, pitch=pitch, facts=facts)
    return made


def covered(made: Finished) -> Coverage:
    return coverage(made.ready, made.shots)


def counts(shares: object) -> dict[str, int]:
    return {one.name: one.count for one in shares if one.count}


def test_what_pictures_show_is_counted(tmp_path: Path) -> None:
    found = covered(varied(with_settings(tmp_path)))
    assert counts(found.shots) == dict.fromkeys(("close_up", "portrait", "upper_body", "cowboy", "full_body"), 5)
    assert counts(found.directions) == {"left": 5, "ahead": 10, "right": 5, "profile_right": 5}
    assert counts(found.tilts) == {"up": 5, "level": 15, "down": 5}
    assert counts(found.expressions) == {"smiling": 10, "serious expression": 5, "laughing": 5, "mouth open": 5}
    assert (len(found.places), found.pictures, found.enlarged) == (25, 25, 0)


def test_a_varied_set_gets_no_advice(tmp_path: Path) -> None:
    assert covered(varied(with_settings(tmp_path))).advice == ()


@pytest.mark.parametrize(
    ("count", "name", "words"),
    [(1, "few_pictures", "1 picture: too few"), (5, "few_pictures", "at least 15 more"),
     (15, "few_pictures", "15 pictures: this works"), (205, "many_pictures", "more than a person needs")],
)  # fmt: skip
def test_too_few_and_too_many_pictures_are_told(tmp_path: Path, count: int, name: str, words: str) -> None:
    first = covered(varied(with_settings(tmp_path), count)).advice[0]
    assert first.name == name
    assert words in first.words


def changed(made: Finished, **values: object) -> set[str]:
    """The names of the advice once every picture has the same value."""
    if "shot" in values:
        made.shots = dict.fromkeys(made.shots, values["shot"])
    for one in made.ready:
        facts: Facts = one.seen.facts
        turned = {key: values[key] for key in ("yaw", "pitch") if key in values}
        object.__setattr__(one.seen, "facts", facts.model_copy(
            update={"faces": tuple(face.model_copy(update=turned) for face in facts.faces)}))  # fmt: skip
        told = {key: values[key] for key in ("expression", "light", "background", "clothing") if key in values}
        one.captioned.facts.update(told)
    return {one.name for one in covered(made).advice}


@pytest.mark.parametrize(
    ("values", "advice"),
    [
        ({"shot": Shot.CLOSE_UP}, {"no_full_body", "no_half_body", "one_shot"}),
        ({"shot": Shot.FULL_BODY}, {"no_half_body", "no_close_up", "one_shot"}),
        ({"yaw": 0.0}, {"no_left", "no_right", "no_profile"}),
        ({"yaw": -70.0}, {"no_right"}),
        ({"pitch": 0.0}, {"level"}),
        ({"expression": "smiling"}, {"one_expression"}),
        ({"light": "even light"}, {"one_light"}),
        ({"background": "plain grey background"}, {"one_background"}),
        ({"background": "plain grey background", "clothing": "wearing red"},
         {"one_background", "one_outfit", "one_session"}),
    ],
)  # fmt: skip
def test_each_lack_is_told_alone(tmp_path: Path, values: dict[str, object], advice: set[str]) -> None:
    assert changed(varied(with_settings(tmp_path)), **values) == advice


def test_enlarged_pictures_are_counted(tmp_path: Path) -> None:
    made = varied(with_settings(tmp_path))
    made.add("small.jpg", scale=1.5)
    found = covered(made)
    assert found.enlarged == 1
    assert [one.words for one in found.advice if one.name == "enlarged"] == [
        "1 of 26 pictures had to be enlarged. Take larger photos, or show more of them."
    ]


def test_the_framing_is_counted_as_the_captions_have_it(tmp_path: Path) -> None:
    made = with_settings(tmp_path)
    made.add("a.jpg", shot=Shot.PORTRAIT, facts={"shot": "close-up"})
    made.add("b.jpg", shot=Shot.PORTRAIT, facts={"shot": "a word of another time"})
    assert counts(covered(made).shots) == {"close_up": 1, "portrait": 1}


def test_a_face_outside_of_the_picture_does_not_count(tmp_path: Path) -> None:
    made = with_settings(tmp_path)
    one = made.add("a.jpg")
    away = one.cropped.model_copy(update={"box": (2000, 2000, 500, 500)})
    object.__setattr__(one, "cropped", away)
    assert covered(made).places == ()


def test_coverage_of_nothing_says_so(tmp_path: Path) -> None:
    assert [one.name for one in coverage([], {}).advice] == ["few_pictures"]
    assert load_coverage(with_settings(tmp_path).folder) is None


def test_packaging_leaves_the_coverage_where_others_find_it(tmp_path: Path) -> None:
    made = varied(with_settings(tmp_path), 6)
    made.package()
    assert load_coverage(made.folder) == covered(made)

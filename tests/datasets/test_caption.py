"""Captions from what is measured: what a person sees in pictures, and what follows from each measure alone."""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path

import cv2
import numpy as np
import pytest
from items import item_of
from numpy.typing import NDArray
from PIL import Image
from seeing import ITEM, TRUTH, Shown, face_at, shown, tools_with

from safelight.datasets.captions.caption import caption, caption_key, said_of
from safelight.datasets.captions.colours import names_of
from safelight.datasets.captions.expression import expression_of, eyes_of
from safelight.datasets.captions.head import direction_of, gaze_of, tilt_of
from safelight.datasets.captions.light import light_of
from safelight.datasets.captions.measuring import Measured, measure
from safelight.datasets.captions.scene import scene_of
from safelight.datasets.captions.subject import subject_of
from safelight.datasets.captions.template import composed
from safelight.datasets.captions.words import words_of
from safelight.datasets.dataset import Captioned, Cropped
from safelight.datasets.facts import PoseFacts, Seen
from safelight.datasets.look import look
from safelight.datasets.settings import CaptionParams
from safelight.datasets.tools import Tools
from safelight.errors import BrokenPhotoError, PhotoError
from safelight.imaging.codecs import open_photo
from safelight.imaging.photo import Photo

NAMES = ("shot", "direction", "expression")
NEEDED = 0.9
LANGUAGES = ("english", "tags", "chinese")

Look = Callable[[str], Seen]


@pytest.fixture(scope="session")
def pictures(seen: Look, shared_photos: Path, tmp_path_factory: pytest.TempPathFactory) -> list[Shown]:
    """The pictures of the truth file."""
    known = functools.cache(lambda name: pixels_of(open_photo(shared_photos / name, max_pixels=10**8)))
    folder = tmp_path_factory.mktemp("pictures")
    return [
        cut(known(truth["photo"]), seen(truth["photo"]), truth["box"], folder / f"{number}.png")
        for number, truth in enumerate(TRUTH)
    ]


@pytest.fixture(scope="session")
def measures(pictures: list[Shown]) -> list[Measured]:
    """What is measured of each."""
    return [measured(one) for one in pictures]


def cut(pixels: NDArray[np.uint8], seen: Seen, part: list[int], picture: Path) -> Shown:
    """Cut a picture out of a photo, as the crop step does."""
    left, top, width, height = part
    Image.fromarray(pixels[top : top + height, left : left + width]).save(picture)
    box = (float(left), float(top), float(width), float(height))
    cropped = Cropped(item=ITEM.id, file="crops/a.png", box=box, width=width, height=height, scale=1.0)
    return Shown(seen, cropped, picture)


def pixels_of(photo: Photo) -> NDArray[np.uint8]:
    pixels = photo.pixels()
    return np.ascontiguousarray(pixels[..., :3]).astype(np.uint8)


def measured(one: Shown) -> Measured:
    return measure(one.seen, one.cropped, one.picture, max_pixels=10**8)


def captioned(one: Shown, **params: object) -> Captioned:
    tools = tools_with(None, one.picture.parent)
    return caption(one.seen, one.cropped, one.picture, CaptionParams.model_validate(params), tools)


def answers(one: Measured) -> dict[str, str]:
    direction = "" if one.direction is None else one.direction.removeprefix("profile_")
    expression = "" if one.expression is None else one.expression.replace("_", " ")
    return {"shot": one.shot, "direction": direction, "expression": expression}


@pytest.mark.parametrize("name", NAMES)
def test_captions_say_what_a_person_sees(measures: list[Measured], name: str) -> None:
    right, wrong = 0, []
    for truth, one in zip(TRUTH, measures, strict=True):
        found = answers(one)[name]
        if truth[name] and found in truth[name]:
            right += 1
        elif truth[name]:
            wrong.append(f"{truth['photo']} {truth['box']}: {found}, not {truth[name]}")
    told = sum(bool(truth[name]) for truth in TRUTH)
    assert told >= 30
    assert right >= NEEDED * told, wrong


def test_a_mirrored_photo_looks_the_other_way(tools: Tools, shared_photos: Path, tmp_path: Path) -> None:
    """The photos in which a head is turned, for sure; they are looked at anew, as if nobody knew them."""
    turned = [truth for truth in TRUTH if truth["direction"] in (["left"], ["right"])]
    known: dict[str, tuple[NDArray[np.uint8], Seen]] = {}
    wrong = []
    for truth in turned:
        name, (left, top, width, height) = truth["photo"], truth["box"]
        if name not in known:
            photo = open_photo(shared_photos / name, max_pixels=10**8)
            pixels = pixels_of(photo.with_image(photo.image.fliphor()))
            Image.fromarray(pixels).save(tmp_path / "mirrored.png")
            known[name] = pixels, look(item_of(tmp_path / "mirrored.png"), tmp_path / "mirrored.png", tools)
        pixels, seen = known[name]
        part = [pixels.shape[1] - left - width, top, width, height]
        found = answers(measured(cut(pixels, seen, part, tmp_path / "a.png")))["direction"]
        if found != {"left": "right", "right": "left"}[truth["direction"][0]]:
            wrong.append(f"{name} {truth['box']}: {found}")
    assert len(turned) >= 8
    assert len(wrong) <= 0.1 * len(turned), wrong


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_caption_is_one_line_with_nothing_said_twice(measures: list[Measured], language: str) -> None:
    params, words = CaptionParams.model_validate({"trigger": "sks", "language": language}), words_of(language)
    for one in measures:
        text = composed(params, said_of(words.facts(one), words), words.facts(one))
        parts = [part.strip() for part in text.replace("，", ",").split(",")]
        assert len(set(parts)) == len(parts), text
        assert all(parts), text
        assert not any(mark in text for mark in ".。\n"), "never two sentences, never two lines"
        assert text.count("sks") == 1


def test_a_caption_reads_as_people_write_it(tmp_path: Path) -> None:
    one = shown(grey_scene(), tmp_path, face_at(yaw=-20, mouthSmileLeft=0.9, mouthSmileRight=0.9))
    assert captioned(one, trigger="sks").text == (
        "a sks person, upper body shot, looking left, smiling, wearing red, even light, plain grey background"
    )
    assert captioned(one, trigger="sks", language="tags").text == (
        "sks, person, solo, upper body, looking to the left, smile, red clothes, even lighting, simple background, "
        "grey background"
    )
    assert captioned(one, trigger="sks", language="chinese", class_word="人").text == (
        "sks 人，半身照，看向左侧，微笑，穿红色衣服，光线均匀，纯净的灰色背景"
    )


def test_facts_are_told_in_english_whatever_the_caption_is_in(tmp_path: Path) -> None:
    one = shown(grey_scene(), tmp_path, face_at())
    facts = captioned(one, language="chinese").facts
    assert facts == captioned(one).facts
    assert (facts["shot"], facts["background"]) == ("upper body shot", "plain grey background")


def test_what_is_to_be_left_out_is_not_said_by_the_name_of_its_fact(tmp_path: Path) -> None:
    one = shown(grey_scene(), tmp_path, face_at())
    text = captioned(one, omit=("background", "clothing")).text
    assert "background" not in text
    assert "wearing" not in text


def test_without_a_captioner_trigger_and_class_are_all(tmp_path: Path) -> None:
    one = shown(grey_scene(), tmp_path, face_at())
    assert captioned(one, captioner="none", trigger="sks").text == "a sks person"


def test_a_picture_of_nobody_is_described_by_what_is_there(tmp_path: Path) -> None:
    one = shown(np.full((300, 300, 3), 130, np.uint8), tmp_path)
    found = captioned(one, trigger="sks", class_word="style")
    assert found.text == "a sks style, plain grey background, black and white photo"
    assert "shot" not in found.facts


def test_one_beside_another_is_told(tmp_path: Path) -> None:
    one = shown(grey_scene(), tmp_path, face_at(), face_at((700, 300, 150, 180)))
    assert "with one other person" in captioned(one).text
    assert "solo" not in captioned(one, language="tags").text


def test_the_face_that_is_in_the_picture_counts_not_the_largest_of_the_photo(tmp_path: Path) -> None:
    large, small = face_at((50, 50, 300, 360), yaw=40), face_at((700, 500, 120, 140), yaw=-40)
    one = shown(grey_scene(), tmp_path, large, small, box=(600.0, 400.0, 400.0, 400.0))
    assert captioned(one).facts["direction"] == "looking left"


def test_a_picture_that_cannot_be_read_is_an_error_of_that_photo(tmp_path: Path) -> None:
    one = shown(grey_scene(), tmp_path, face_at())
    one.picture.write_bytes(one.picture.read_bytes()[:2000])
    with pytest.raises(BrokenPhotoError):
        captioned(one)
    one.picture.unlink()
    with pytest.raises(PhotoError):
        captioned(one)


def test_a_template_that_names_nothing_known_is_told(tmp_path: Path) -> None:
    one = shown(grey_scene(), tmp_path, face_at())
    found = captioned(one, template="{trigger} {mood}, {shot}", trigger="sks")
    assert found.issues == ("the template names {mood}, which is nothing that is measured",)


def test_captions_are_made_anew_when_what_they_depend_on_changes(tmp_path: Path) -> None:
    tools = tools_with(None, tmp_path)
    key = caption_key(CaptionParams(), tools)
    assert key == caption_key(CaptionParams(), tools)
    for change in ({"trigger": "sks"}, {"language": "tags"}, {"omit": ()}, {"captioner": "none"}, {"suffix": "x"}):
        assert caption_key(CaptionParams.model_validate(change), tools) != key


@pytest.mark.parametrize(
    ("yaw", "pitch", "direction"),
    [(0, 0, "ahead"), (-20, 0, "left"), (20, 0, "right"), (-70, 0, "profile_left"), (70, 0, "profile_right"),
     (0, 20, "up"), (0, -30, "down"), (30, 30, "right")],
)  # fmt: skip
def test_where_a_head_is_turned_is_told_as_the_picture_has_it(yaw: float, pitch: float, direction: str) -> None:
    assert direction_of(face_at(yaw=yaw, pitch=pitch)) == direction


def test_eyes_are_followed_together_with_the_head() -> None:
    to_the_right = {"eyeLookOutLeft": 0.9, "eyeLookInRight": 0.9}
    to_the_left = {"eyeLookInLeft": 0.9, "eyeLookOutRight": 0.9}
    assert gaze_of(face_at()) == "camera"
    assert gaze_of(face_at(**to_the_right)) == "right"
    assert gaze_of(face_at(**to_the_left)) == "left"
    assert gaze_of(face_at(yaw=25, **to_the_left)) == "camera", "turned away, but eyes come back"
    assert gaze_of(face_at(yaw=25, **to_the_right)) == "right"
    assert gaze_of(face_at(yaw=80)) is None
    assert gaze_of(face_at().model_copy(update={"expressions": {}})) is None


def test_a_leaning_head_is_told() -> None:
    assert tilt_of(face_at(roll=5)) is None
    assert tilt_of(face_at(roll=20)) == "right"
    assert tilt_of(face_at(roll=-20)) == "left"


@pytest.mark.parametrize(
    ("shapes", "expression"),
    [
        ({}, "serious"),
        ({"mouthSmileLeft": 0.7, "mouthSmileRight": 0.5}, "smiling"),
        ({"mouthSmileLeft": 0.9, "mouthSmileRight": 0.9, "jawOpen": 0.5}, "laughing"),
        ({"jawOpen": 0.5}, "mouth_open"),
        ({"jawOpen": 0.5, "browInnerUp": 0.6, "browOuterUpLeft": 0.5, "browOuterUpRight": 0.5}, "surprised"),
    ],
)
def test_expressions_are_told_by_mouth_and_brows(shapes: dict[str, float], expression: str) -> None:
    assert expression_of(face_at(**shapes)) == expression


def test_of_a_face_that_is_too_small_no_expression_is_told() -> None:
    assert expression_of(face_at((10, 10, 20, 24), mouthSmileLeft=1, mouthSmileRight=1)) is None
    assert expression_of(face_at().model_copy(update={"expressions": {}})) is None


def test_closed_eyes_are_told_and_look_nowhere(tmp_path: Path) -> None:
    shut = face_at(eyeBlinkLeft=0.9, eyeBlinkRight=0.8)
    assert eyes_of(shut) == "closed"
    assert eyes_of(face_at(eyeBlinkLeft=0.9)) == "winking"
    assert eyes_of(face_at(eyeBlinkLeft=0.4, eyeBlinkRight=0.4)) is None
    found = captioned(shown(grey_scene(), tmp_path, shut))
    assert found.facts["eyes"] == "eyes closed"
    assert found.facts["direction"] == "facing the camera"


@pytest.mark.parametrize(
    ("bottom", "shot"),
    [(620, "close_up"), (780, "portrait"), (1000, "upper_body"), (1450, "cowboy"), (1900, "full_body")],
)
@pytest.mark.parametrize("body", [True, False])
def test_the_shot_follows_from_where_the_picture_ends(tmp_path: Path, bottom: int, shot: str, body: bool) -> None:
    pixels = np.full((2000, 1000, 3), 128, np.uint8)
    poses = (standing(),) if body else ()
    one = shown(pixels, tmp_path, face_at(), poses=poses, box=(0.0, 100.0, 1000.0, float(bottom - 100)))
    if not body and shot == "full_body":
        one = shown(np.full((2400, 1000, 3), 128, np.uint8), tmp_path, face_at())
    assert measured(one).shot == shot


def test_a_body_without_a_face_has_a_shot_and_no_direction(tmp_path: Path) -> None:
    one = shown(np.full((2000, 1000, 3), 128, np.uint8), tmp_path, poses=(standing(),))
    assert measured(one).shot == "full_body"
    assert measured(one).direction is None


@pytest.mark.parametrize(
    ("left", "right", "said"),
    [(200, 200, "even light"), (200, 150, "soft light from the left"), (150, 200, "soft light from the right"),
     (220, 60, "hard light from the left"), (60, 220, "hard light from the right")],
)  # fmt: skip
def test_light_is_told_by_the_sides_of_the_face(tmp_path: Path, left: int, right: int, said: str) -> None:
    pixels = grey_scene()
    pixels[300:540, 400:500], pixels[300:540, 500:600] = left, right
    assert captioned(shown(pixels, tmp_path, face_at())).facts["light"] == said


def test_of_a_face_turned_away_no_side_of_the_light_is_told(tmp_path: Path) -> None:
    pixels = grey_scene()
    pixels[300:540, 400:500], pixels[300:540, 500:600] = 200, 120
    assert "light" not in captioned(shown(pixels, tmp_path, face_at(yaw=50))).facts


@pytest.mark.parametrize(
    ("face", "around", "said"),
    [(40, 240, "backlit"), (60, 12, "low-key lighting"), (230, 240, "high-key lighting")],
)
def test_light_is_told_by_the_face_against_what_is_around(tmp_path: Path, face: int, around: int, said: str) -> None:
    pixels = np.full((1000, 1000, 3), around, np.uint8)
    pixels[300:540, 400:600] = face
    assert said in captioned(shown(pixels, tmp_path, face_at())).facts["light"]


@pytest.mark.parametrize(("colour", "said"), [((185, 175, 155), "warm tones"), ((150, 165, 185), "cool tones")])
def test_a_tint_is_told_by_what_is_nearly_grey(tmp_path: Path, colour: tuple[int, int, int], said: str) -> None:
    pixels = np.full((1000, 1000, 3), 0, np.uint8)
    pixels[:] = colour
    assert said in captioned(shown(pixels, tmp_path, face_at())).facts["light"]


def test_a_background_is_plain_blurred_or_busy(tmp_path: Path) -> None:
    random = np.random.default_rng(3)
    noise = random.integers(0, 255, (1000, 1000, 3), np.uint8)
    blurred = cv2.normalize(cv2.GaussianBlur(noise, (0, 0), 60), None, 60, 190, cv2.NORM_MINMAX)
    blocks = np.kron(random.integers(0, 255, (40, 40, 1), np.uint8), np.ones((25, 25, 3), np.uint8))
    plain = np.full((1000, 1000, 3), 130, np.uint8)
    said = [captioned(shown(pixels, tmp_path, face_at())).facts["background"] for pixels in (plain, blurred, blocks)]
    assert [text.split()[0] for text in said] == ["plain", "blurred", "busy"]


@pytest.mark.parametrize(
    ("colour", "name"),
    [((20, 30, 70), "dark blue"), ((30, 140, 50), "green"), ((250, 250, 250), "white"), ((120, 120, 120), "grey"),
     ((220, 30, 40), "red"), ((240, 220, 50), "yellow"), ((210, 190, 160), "beige"), ((8, 8, 8), "black"),
     ((130, 70, 170), "purple"), ((250, 150, 180), "pink"), ((110, 70, 40), "brown"), ((160, 205, 240), "light blue")],
)  # fmt: skip
def test_colours_have_the_names_that_people_give_them(tmp_path: Path, colour: tuple[int, int, int], name: str) -> None:
    pixels = np.empty((1000, 1000, 3), np.uint8)
    pixels[:] = colour
    pixels[300:540, 400:600] = 140
    facts = captioned(shown(pixels, tmp_path, face_at())).facts
    assert facts["background"] == f"plain {name} background"


def test_hair_that_hangs_over_clothes_is_not_what_is_worn(tmp_path: Path) -> None:
    pixels = grey_scene()
    pixels[220:700, 340:660] = (150, 70, 20)
    pixels[320:540, 420:580] = (200, 160, 140)
    pixels[650:1000, 300:700] = (150, 70, 20)
    assert "clothing" not in captioned(shown(pixels, tmp_path, face_at())).facts


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_measure_has_its_words_in_every_language(language: str) -> None:
    told = words_of(language)
    english = words_of("english")
    for name, table in english.phrases.items():
        if name != "colours":
            assert set(table) <= set(told.phrases[name]), name
    if language == "chinese":
        assert set(told.colours) == set(names_of())
    assert set(told.order) == set(english.order)


def test_there_is_a_file_of_words_for_every_language_that_can_be_chosen() -> None:
    choices = CaptionParams.model_json_schema()["properties"]["language"]["enum"]
    folder = files("safelight.datasets.captions") / "words"
    found = {name.name for name in folder.iterdir() if name.name.endswith(".toml")}
    assert found == {f"{name}.toml" for name in choices}
    for name in choices:
        assert tomllib.loads((folder / f"{name}.toml").read_text(encoding="utf-8"))["template"]


def test_light_is_not_told_of_a_face_of_a_few_pixels(tmp_path: Path) -> None:
    one = shown(grey_scene(), tmp_path, face_at((500, 500, 8, 10)))
    subject = subject_of(one.seen.facts, one.cropped.box)
    scene = scene_of(one.picture, one.cropped, subject, one.seen.facts.faces, max_pixels=10**8)
    assert light_of(scene, 0.0) == ()


def grey_scene() -> NDArray[np.uint8]:
    """A face as grey as what is behind it, and a red shirt."""
    pixels = np.full((1000, 1000, 3), 130, np.uint8)
    pixels[620:, 250:750] = (200, 30, 40)
    return pixels


def standing() -> PoseFacts:
    """Somebody who stands, with the head where :func:`face_at` puts it."""
    marks = [(500.0, 440.0)] * 33
    for pair, height in (((11, 12), 640), ((23, 24), 1150), ((25, 26), 1500), ((27, 28), 1850), ((13, 14), 850),
                         ((15, 16), 1050)):  # fmt: skip
        marks[pair[0]], marks[pair[1]] = (600.0, float(height)), (400.0, float(height))
    return PoseFacts(score=0.9, landmarks=tuple(marks), visibility=(1.0,) * 33)

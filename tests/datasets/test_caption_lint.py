"""Captions that models and people write: what is put right, and what is told."""

from __future__ import annotations

import time

import pytest

from safelight.datasets.captions.hand import captioned_by_hand
from safelight.datasets.captions.lint import lint_caption
from safelight.datasets.captions.template import composed
from safelight.datasets.captions.trigger import count_of
from safelight.datasets.dataset import Captioned
from safelight.datasets.settings import CaptionParams
from safelight.datasets.vision.sense import refused

GOOD = "a sks person, close-up, looking left, smiling, wearing a dark brown coat, soft light, blurred grey background"


def params(**changes: object) -> CaptionParams:
    return CaptionParams.model_validate({"trigger": "sks", **changes})


def mended(text: str, **changes: object) -> str:
    return lint_caption(text, params(**changes)).text.removeprefix("sks, ")


def test_a_good_caption_stays_as_it_is() -> None:
    found = lint_caption(GOOD, params())
    assert (found.text, found.mended, found.issues) == (GOOD, (), ())


@pytest.mark.parametrize(
    "text",
    [
        "Here's a description of the image: {}", "Here is a caption:\n\n{}", "Sure! Here's the description:\n{}",
        "Certainly! {}", "Caption: {}", "**Description:** {}", "This image shows {}", "The photo depicts {}",
        "In this picture, we can see {}", "The image is {}", "This is a photo of {}", "There is {}",
        "This close-up portrait shows {}", "好的，{}", "以下是图片的描述：{}", "这张照片展示了{}", "图中，{}",
    ],
)  # fmt: skip
def test_introductions_are_taken_off(text: str) -> None:
    said = "a person with a red scarf, looking left"
    found = lint_caption(text.format(said), params())
    assert found.text == f"sks, {said}"
    assert "an introduction was taken off" in found.mended


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a person who appears to be smiling", "a person who is smiling"),
        ("a person, possibly in a park", "a person, in a park"),
        ("a person in what appears to be a kitchen", "a person in a kitchen"),
        ("looking left, suggesting a thoughtful mood, grey wall", "looking left, grey wall"),
        ("a person seems to hold a cup", "a person holds a cup"),
        ("perhaps a garden, likely at dusk", "a garden, at dusk"),
        ("微笑，似乎在花园里", "微笑，在花园里"),
    ],
)
def test_doubts_are_said_as_facts_or_left_out(text: str, said: str) -> None:
    assert mended(text) == said
    assert "doubts were taken out" in lint_caption(text, params()).mended


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('"close-up, smiling"', "close-up, smiling"),
        ("“close-up, smiling”", "close-up, smiling"),
        ("**close-up**, *smiling*", "close-up, smiling"),
        ("# close-up\nsmiling", "close-up, smiling"),
        ("- close-up\n- smiling\n- red scarf", "close-up, smiling, red scarf"),
        ("1. close-up\n2. smiling", "close-up, smiling"),
        ("```\nclose-up, smiling\n```", "close-up, smiling"),
        ("<p>close-up, <b>smiling</b></p>", "close-up, smiling"),
        ("close-up.\n\nSmiling at night.", "close-up. Smiling at night."),
        ("close-up\u200b, smiling\x00\x07", "close-up, smiling"),
        ("close-up\r\nsmiling", "close-up, smiling"),
    ],
)  # fmt: skip
def test_marks_and_lines_are_taken_off(text: str, said: str) -> None:
    assert mended(text) == said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("close-up, long blonde hair, smiling", "close-up, smiling"),
        ("a woman with long brown hair, smiling", "a woman, smiling"),
        ("a man with a short, neatly trimmed beard, smiling", "a man, smiling"),
        ("a blonde woman in red", "a woman in red"),
        ("blue eyes, red scarf", "red scarf"),
        ("an elderly man in his sixties, red scarf", "a man, red scarf"),
        ("a young Asian woman, freckles on her cheeks, red scarf", "a woman, red scarf"),
        ("a bearded man with pale skin and a red scarf", "a man and a red scarf"),
        ("strong jawline, high cheekbones, red scarf", "red scarf"),
        ("长发，蓝色的眼睛，穿红色衣服", "穿红色衣服"),
        ("年轻女性，皮肤白皙，微笑", "女性，白皙，微笑"),
    ],
)
def test_identity_is_taken_out(text: str, said: str) -> None:
    found = lint_caption(text, params())
    assert found.text == f"sks, {said}"
    assert not any("gives away" in issue for issue in found.issues)


@pytest.mark.parametrize(
    "text",
    [
        "eyes closed, looking left", "wearing a hair clip", "a dark brown jacket", "a wooden door behind her",
        "eyes on the camera, black and white photo", "a brown background", "a light blue shirt",
        "green leaves, grey sky",
    ],
)  # fmt: skip
def test_what_only_sounds_like_identity_stays(text: str) -> None:
    assert mended(text) == text


def test_a_trait_of_one_s_own_is_left_out_by_its_name() -> None:
    assert mended("with a large tattoo, red scarf", omit=("tattoo",)) == "red scarf"
    assert mended("穿红色衣服，手臂有纹身", omit=("纹身",)) == "穿红色衣服，手臂有"


def test_only_what_is_to_be_left_out_is_taken_out() -> None:
    assert mended("long blonde hair, blue eyes, red scarf", omit=("eye colour",)) == "long blonde hair, red scarf"
    assert mended("long blonde hair, blue eyes", omit=()) == "long blonde hair, blue eyes"


def test_words_of_the_user_are_never_taken_for_a_trait() -> None:
    found = lint_caption("a sks old man, close-up, grey hair", params(class_word="old man"))
    assert found.text == "a sks old man, close-up"


@pytest.mark.parametrize(
    "text",
    [
        "I'm sorry, but I can't help with identifying people.", "I cannot describe this image.",
        "Sorry, I am unable to view images.", "As an AI language model, I do not see pictures.",
        "I can't assist with that request.", "Please upload an image so I can describe it.",
        "抱歉，我无法识别图片中的人物。", "对不起，我不能描述这张图片。",
    ],
)  # fmt: skip
def test_a_refusal_is_told(text: str) -> None:
    assert refused(text)
    assert lint_caption(text, params()).issues == ("it is a refusal and no caption",)


@pytest.mark.parametrize("text", [GOOD, "a person sorry to leave, waving", "reading an AI magazine", "抱着猫"])
def test_a_caption_is_not_taken_for_a_refusal(text: str) -> None:
    assert not refused(text)


@pytest.mark.parametrize("text", ["", "   ", "\n\n", '""', "**", "...", "\x00"])
def test_nothing_at_all_is_told(text: str) -> None:
    found = lint_caption(text, params())
    assert found.issues
    assert "sks" not in found.text


def test_a_long_caption_is_cut_between_its_parts() -> None:
    text = "a sks person, " + ", ".join(f"thing number {number}" for number in range(40))
    found = lint_caption(text, params(max_words=20))
    assert found.mended == ("it was too long and was cut",)
    assert found.text.startswith("a sks person, thing number 0")
    assert found.text.split(", ")[-1].startswith("thing number ")
    assert len(found.text.split()) <= 24
    assert found.issues == ()


def test_the_trigger_word_is_there_exactly_once() -> None:
    assert lint_caption("close-up", params()).text == "sks, close-up"
    assert lint_caption("a sks person, SKS smiling, sks", params()).text == "a sks person, smiling"
    assert lint_caption("sksy things", params()).text == "sks, sksy things", "part of another word is not it"
    assert lint_caption("close-up", params(trigger="")).text == "close-up"
    assert lint_caption("一张sks的照片，微笑", params(language="chinese")).text.count("sks") == 1


@pytest.mark.parametrize(
    ("text", "language", "wrong"),
    [
        ("穿红色衣服，看向左侧，微笑着站在花园里", "english", True),
        ("Une femme avec une robe rouge dans un jardin et la lumière est douce", "english", True),
        ("Eine Frau mit einem roten Kleid in der Küche, das Licht ist weich und warm", "english", True),
        ("a woman in a red dress, standing in a garden", "english", False),
        ("a woman in a red dress, standing in a garden", "chinese", True),
        ("穿红色衣服，看向左侧，微笑", "chinese", False),
        ("solo, close-up, red dress", "tags", False),
    ],
)
def test_the_wrong_language_is_told(text: str, language: str, wrong: bool) -> None:
    issues = lint_caption(text, params(language=language)).issues
    assert any("it is not in" in issue for issue in issues) is wrong


@pytest.mark.parametrize(
    "text",
    [
        "Here's a description:\n\nA young woman with long hair, who appears to be smiling.",
        "sks sks sks, " + "word, " * 90,
        '**"This image shows a bearded man"**', "I'm sorry, I can't help.", "", "a, b,, c;d .e", "an elderly sks, hair",
        "这张图片展示了一位年轻女性，长发，似乎在微笑", "x" * 30_000, "smiling " * 80, "and, with, hair.",
    ],
)  # fmt: skip
@pytest.mark.parametrize("trigger", ["sks", ""])
def test_looked_over_twice_nothing_more_is_put_right(text: str, trigger: str) -> None:
    first = lint_caption(text, params(trigger=trigger))
    second = lint_caption(first.text, params(trigger=trigger))
    assert second.text == first.text
    assert second.mended == ()
    assert "\n" not in first.text


def test_a_text_made_to_be_slow_is_not() -> None:
    begun = time.perf_counter()
    for text in (
        "long " * 4000,
        "a, " * 6000,
        "with " * 4000,
        "{" * 20000,
        "**" * 9000,
        "here is " * 2500,
        "<a" * 9000,
    ):
        lint_caption(text, params())
    assert time.perf_counter() - begun < 20


def test_a_person_s_caption_is_not_changed_but_looked_over() -> None:
    before = Captioned(item="a", text="x", source="local", facts={"shot": "close-up"})
    text = "This image shows  a man with a beard"
    found = captioned_by_hand(before, text, params())
    assert (found.text, found.source, found.facts, found.mended) == (text, "hand", {"shot": "close-up"}, ())
    assert found.issues == (
        "it gives away beard: beard", "the trigger word is not in it exactly once", "it begins with an introduction"
    )  # fmt: skip
    assert captioned_by_hand(before, GOOD, params()).issues == ()


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({}, "a sks person, SAID"),
        ({"class_word": ""}, "a sks, SAID"),
        ({"trigger": ""}, "a person, SAID"),
        ({"trigger": "", "class_word": ""}, "SAID"),
        ({"trigger": "", "class_word": "artist"}, "an artist, SAID"),
        ({"trigger": "sks person"}, "a sks person, SAID"),
        ({"prefix": "photo of"}, "photo of a sks person, SAID"),
        ({"suffix": "high quality"}, "a sks person, SAID, high quality"),
        ({"suffix": ", film"}, "a sks person, SAID, film"),
        ({"prefix": "sks,", "template": "{caption}"}, "sks, SAID"),
        ({"suffix": "sks"}, "a sks person, SAID"),
        ({"template": "{caption}"}, "sks, SAID"),
        ({"template": "photo of {trigger}, {shot}, {light}"}, "photo of sks, close-up"),
        ({"template": "{trigger} {trigger} {caption}"}, "sks SAID"),
        ({"template": "{trigger}, {nothing.like} {__class__}, {caption}"}, "sks, {nothing.like} {__class__}, SAID"),
        ({"language": "tags"}, "sks, person, SAID"),
        ({"language": "tags", "prefix": "masterpiece"}, "masterpiece, sks, person, SAID"),
        ({"language": "chinese", "class_word": "人"}, "sks 人，SAID"),
        ({"language": "chinese", "class_word": "人", "prefix": "照片，", "suffix": "高清"}, "照片，sks 人，SAID，高清"),
    ],
)
def test_a_caption_is_put_together(changes: dict[str, object], text: str) -> None:
    assert composed(params(**changes), "SAID", {"shot": "close-up"}) == text


def test_a_trigger_word_in_what_is_said_is_not_said_again() -> None:
    for said in ("sks smiling", "a photo of SKS, smiling", "smiling, sks, sks"):
        text = composed(params(), said, {})
        assert count_of("sks", text) == 1
        assert text.startswith("a sks person")


def test_signs_with_a_meaning_in_patterns_may_be_in_a_trigger_word() -> None:
    for trigger in ("s.k+s", "(ohwx)", "[trigger]", "a\\b", "TOK$1", "小明"):
        text = composed(params(trigger=trigger), f"{trigger} smiling", {})
        assert text.count(trigger) == 1, text
        assert lint_caption(text, params(trigger=trigger)).text == text

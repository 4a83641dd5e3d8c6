"""Captions that a server writes: asked with one prompt, put right, and put together as any other."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from seeing import ITEM, Shown, face_at, shown, tools_with

from fake_captions import FakeCaptions, captions
from safelight.datasets.captions.caption import caption, caption_key
from safelight.datasets.captions.prompt import prompt_of, shipped_prompt
from safelight.datasets.dataset import Captioned
from safelight.datasets.settings import CaptionParams
from safelight.datasets.tools import Vision
from safelight.datasets.vision.endpoint import Endpoint
from safelight.datasets.vision.server import open_vision
from safelight.errors import CaptionServerError, LocalOnlyError


@pytest.fixture(scope="module")
def running() -> Iterator[FakeCaptions]:
    with captions() as server:
        yield server


@pytest.fixture
def server(running: FakeCaptions) -> FakeCaptions:
    running.told(script={}, requests=[])
    return running


@pytest.fixture
def picture(tmp_path: Path) -> Shown:
    return shown(np.full((600, 600, 3), 130, np.uint8), tmp_path, face_at((200, 100, 150, 180)))


def vision_of(server: FakeCaptions, folder: Path, *, local_only: bool = False) -> Vision:
    endpoint = Endpoint(base_url=server.base_url, models=("eye", "second"), retries=0, timeout_s=10)
    return open_vision(endpoint, "", folder / "ledger.jsonl", folder / "answers", local_only=local_only)


def asked(vision: Vision | None, one: Shown, **params: object) -> Captioned:
    settings = CaptionParams.model_validate({"captioner": "server", "trigger": "sks"} | params)
    return caption(one.seen, one.cropped, one.picture, settings, tools_with(vision, one.picture.parent))


def test_what_a_server_says_becomes_a_caption(server: FakeCaptions, picture: Shown, tmp_path: Path) -> None:
    found = asked(vision_of(server, tmp_path), picture)
    assert found.text == (
        "a sks person, close-up, looking left, smiling, wearing a grey jacket, soft light, blurred green background"
    )
    assert (found.source, found.item, found.mended, found.issues) == ("server:eye", ITEM.id, (), ())
    assert found.facts["shot"] == "upper body shot", "what was measured is there, too"


def test_what_is_wrong_with_an_answer_is_put_right_and_told(
    server: FakeCaptions, picture: Shown, tmp_path: Path
) -> None:
    said = "Here's a description:\n\nA sks woman with long blonde hair appears to be smiling, sks, grey background."
    server.script(eye=[{"say": said}])
    found = asked(vision_of(server, tmp_path), picture)
    assert found.text == "a sks person, a woman is smiling, grey background"
    assert set(found.mended) == {
        "an introduction was taken off", "doubts were taken out", "traits that are left out were taken out",
    }  # fmt: skip
    assert found.issues == ()


def test_the_wrong_language_stays_and_is_told(server: FakeCaptions, picture: Shown, tmp_path: Path) -> None:
    server.script(eye=[{"say": "穿红色衣服，看向左侧，微笑着站在花园里"}])
    found = asked(vision_of(server, tmp_path), picture)
    assert found.issues == ("it is not in English",)
    assert "花园" in found.text


def test_a_preview_asks_what_a_build_asks(server: FakeCaptions, picture: Shown, tmp_path: Path) -> None:
    """There is one prompt; the user's own has the same names in braces."""
    settings = {"omit": ("hair", "hat"), "max_words": 33, "class_word": "woman"}
    for prompt in ("", "Tell me of the {class}, not of {omit}, in {max_words} words. {else}"):
        asked(vision_of(server, tmp_path), picture, prompt=prompt, **settings)
        wanted = prompt_of(CaptionParams.model_validate({"prompt": prompt, **settings}))
        assert server.requests[-1]["prompt"] == wanted
        assert "hair, hat" in wanted
        assert "33" in wanted
        assert "woman" in wanted
    assert "{else}" in wanted


@pytest.mark.parametrize("language", ["english", "tags", "chinese"])
def test_shipped_prompts_keep_identity_and_the_trigger_word_out(language: str) -> None:
    assert {"{omit}", "{max_words}", "{class}"} <= {part for part in ("{omit}", "{max_words}", "{class}")
                                                     if part in shipped_prompt(language)}  # fmt: skip
    told = prompt_of(CaptionParams.model_validate({"language": language, "trigger": "ohwx"}))
    assert "eye colour" in told
    assert "ohwx" not in told
    assert "{" not in told


def test_captions_depend_on_server_and_prompt(server: FakeCaptions, tmp_path: Path) -> None:
    def key(vision: Vision | None, **params: object) -> str:
        settings = CaptionParams.model_validate({"captioner": "server"} | params)
        return caption_key(settings, tools_with(vision, tmp_path))

    vision = vision_of(server, tmp_path)
    assert key(vision) == key(vision_of(server, tmp_path))
    assert len({key(vision), key(None), key(vision, prompt="other"), key(vision, captioner="local")}) == 4
    assert key(None, captioner="local") == key(vision, captioner="local")


def test_without_a_server_it_says_what_to_do(picture: Shown) -> None:
    with pytest.raises(CaptionServerError, match="there is none"):
        asked(None, picture)


def test_a_server_that_refuses_is_an_error_and_no_caption(server: FakeCaptions, picture: Shown, tmp_path: Path) -> None:
    no = [{"say": "I'm sorry, I can't help with that.", "always": True}]
    server.script(eye=no, second=no)
    with pytest.raises(CaptionServerError, match="it is a refusal"):
        asked(vision_of(server, tmp_path), picture)


def test_where_calls_are_not_allowed_it_is_an_error(server: FakeCaptions, picture: Shown, tmp_path: Path) -> None:
    with pytest.raises(LocalOnlyError):
        asked(vision_of(server, tmp_path, local_only=True), picture)
    assert server.requests == []

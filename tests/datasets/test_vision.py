"""A caption server: what goes out, what is tried when it misbehaves, and what is noted of it."""

from __future__ import annotations

import base64
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
import pyvips

from fake_captions import FakeCaptions, captions
from fake_captions.__main__ import GOOD
from safelight.datasets.ledger import Sent, read_ledger
from safelight.datasets.tools import Vision
from safelight.datasets.vision.checking import test_connection as check_connection
from safelight.datasets.vision.endpoint import Endpoint, Judge, endpoint_of
from safelight.datasets.vision.picture import outgoing
from safelight.datasets.vision.server import open_vision
from safelight.errors import CancelledError, CaptionServerError, FetchRefusedError, LocalOnlyError, SettingsError
from safelight.settings import Settings, load_settings

KEY = "sk-secret-4711"
ITEM = "0123456789abcdef"
PROMPT = "Describe it."


@pytest.fixture(scope="module")
def running() -> Iterator[FakeCaptions]:
    with captions() as server:
        yield server


@pytest.fixture
def server(running: FakeCaptions) -> FakeCaptions:
    """As new for each test."""
    running.told(script={}, requests=[], key="", no_models=False, models=["eye", "second"], most=0)
    return running


@pytest.fixture
def picture(tmp_path: Path) -> bytes:
    return outgoing(photo_with_secrets(tmp_path / "photo.jpg", 1600), max_pixels=10**8)


def photo_with_secrets(path: Path, width: int = 300) -> Path:
    """A JPEG whose EXIF tells where and by whom it was taken."""
    pixels = np.random.default_rng(1).integers(0, 255, (40, 60, 3), np.uint8)
    pixels = cv2.resize(pixels, (width, width * 2 // 3))
    image = pyvips.Image.new_from_array(pixels).copy(interpretation="srgb")
    image = image.copy()
    for name, value in (("exif-ifd0-Artist", "SECRET OWNER"), ("exif-ifd3-GPSLatitude", "48/1 51/1 29/1")):
        image.set_type(pyvips.GValue.gstr_type, name, value)
    image.jpegsave(str(path), keep="exif")
    assert b"SECRET OWNER" in path.read_bytes()
    return path


def opened(
    server: FakeCaptions, folder: Path, *, key: str = KEY, local_only: bool = False, judge: Judge | None = None,
    check_cancelled: Any = None, **endpoint: Any,
) -> Vision:  # fmt: skip
    settings = {"base_url": server.base_url, "models": ("eye", "second"), "timeout_s": 5.0} | endpoint
    more = {} if check_cancelled is None else {"check_cancelled": check_cancelled}
    return open_vision(
        Endpoint(**settings), key, folder / "ledger.jsonl", folder / "answers", local_only=local_only, judge=judge,
        **more,
    )  # fmt: skip


def ledger(folder: Path) -> tuple[Sent, ...]:
    return read_ledger(folder / "ledger.jsonl")


def test_a_picture_is_answered_by_the_first_model(server: FakeCaptions, picture: bytes, tmp_path: Path) -> None:
    assert opened(server, tmp_path).ask(picture, PROMPT, item=ITEM) == (GOOD, "eye")
    (asked,) = server.requests
    assert (asked["model"], asked["prompt"], asked["kind"]) == ("eye", PROMPT, "data:image/jpeg")
    assert base64.b64decode(asked["picture"]) == picture


def test_what_goes_out_tells_nothing_of_photo_or_machine(
    server: FakeCaptions, picture: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_ORG_ID", "org-of-somebody")
    monkeypatch.setenv("OPENAI_API_KEY", "sk-of-somebody")
    monkeypatch.setenv("OPENAI_CUSTOM_HEADERS", "X-Mine: yes")
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/v1")
    opened(server, tmp_path).ask(picture, PROMPT, item=ITEM)
    (asked,) = server.requests
    assert set(asked["headers"]) == {
        "host", "content-type", "content-length", "accept", "user-agent", "accept-encoding", "authorization"
    }  # fmt: skip
    assert asked["headers"]["authorization"] == f"Bearer {KEY}"
    assert asked["headers"]["user-agent"] == "Safelight"
    sent = base64.b64decode(asked["picture"])
    for secret in (b"SECRET", b"Exif", b"GPS", b"photo.jpg"):
        assert secret not in sent
    decoded = cv2.imdecode(np.frombuffer(sent, np.uint8), cv2.IMREAD_COLOR)
    assert decoded is not None
    assert max(decoded.shape) == 1024


def test_a_picture_with_metadata_or_no_jpeg_is_never_sent(server: FakeCaptions, tmp_path: Path) -> None:
    vision = opened(server, tmp_path)
    with pytest.raises(CaptionServerError, match="metadata"):
        vision.ask(photo_with_secrets(tmp_path / "p.jpg").read_bytes(), PROMPT, item=ITEM)
    with pytest.raises(CaptionServerError, match="JPEG"):
        vision.ask(b"RIFF....WEBP", PROMPT, item=ITEM)
    assert server.requests == []
    assert ledger(tmp_path) == ()


def test_without_a_key_none_is_sent(server: FakeCaptions, picture: bytes, tmp_path: Path) -> None:
    opened(server, tmp_path, key="").ask(picture, PROMPT, item=ITEM)
    assert "authorization" not in server.requests[0]["headers"]


def test_every_call_is_in_the_ledger_with_all_that_went_out(
    server: FakeCaptions, picture: bytes, tmp_path: Path
) -> None:
    server.script(eye=[{"status": 500}])
    opened(server, tmp_path).ask(picture, PROMPT, item=ITEM)
    found = ledger(tmp_path)
    assert [(one.item, one.model, one.status) for one in found] == [(ITEM, "eye", "500"), (ITEM, "eye", "200")]
    assert [one.bytes for one in found] == [asked["bytes"] for asked in server.requests]
    assert {one.host for one in found} == {server.url.removeprefix("http://")}
    assert KEY not in (tmp_path / "ledger.jsonl").read_text()


def test_what_the_ledger_cannot_note_is_not_sent(server: FakeCaptions, picture: bytes, tmp_path: Path) -> None:
    (tmp_path / "ledger.jsonl").mkdir()
    with pytest.raises(Exception, match="ledger") as caught:
        opened(server, tmp_path).ask(picture, PROMPT, item=ITEM)
    assert caught.value.__class__.__name__ == "OutputError"
    assert server.requests == []


def test_nothing_is_asked_twice_not_even_by_another_run(server: FakeCaptions, picture: bytes, tmp_path: Path) -> None:
    opened(server, tmp_path).ask(picture, PROMPT, item=ITEM)
    again = opened(server, tmp_path)
    assert again.ask(picture, PROMPT, item="f" * 16) == (GOOD, "eye")
    assert len(server.requests) == 1
    again.ask(picture, "Another prompt.", item=ITEM)
    opened(server, tmp_path, models=("second",)).ask(picture, PROMPT, item=ITEM)
    assert [asked["model"] for asked in server.requests] == ["eye", "eye", "second"]


def test_a_damaged_answer_is_asked_for_anew(server: FakeCaptions, picture: bytes, tmp_path: Path) -> None:
    opened(server, tmp_path).ask(picture, PROMPT, item=ITEM)
    (kept,) = (tmp_path / "answers").rglob("*.json")
    kept.write_bytes(kept.read_bytes()[:10])
    assert opened(server, tmp_path).ask(picture, PROMPT, item=ITEM)[0] == GOOD
    assert len(server.requests) == 2


@pytest.mark.parametrize(
    "step",
    [{"status": 500}, {"status": 503}, {"status": 429}, {"say": ""}, {"say": "I'm sorry, but I can't help with that."},
     {"cut": True}, {"say": "   "}],
)  # fmt: skip
def test_a_model_that_fails_once_is_asked_again(
    server: FakeCaptions, picture: bytes, tmp_path: Path, step: dict[str, Any]
) -> None:
    server.script(eye=[step])
    assert opened(server, tmp_path).ask(picture, PROMPT, item=ITEM) == (GOOD, "eye")
    assert len(server.requests) == 2


@pytest.mark.parametrize(
    "step",
    [
        {"status": 500}, {"status": 429}, {"status": 400}, {"status": 404}, {"status": 413}, {"html": True},
        {"say": None}, {"say": "<html><body>hello</body></html>"}, {"say": "I cannot identify people in photos."},
        {"json": {"choices": []}}, {"json": [1, 2]}, {"json": {"choices": [{"message": None}]}}, {"json": None},
        {"json": {"choices": "x"}}, {"raw": "{not json"}, {"cut": True}, {"huge": True}, {"say": "word " * 5000},
        {"say": "the the the the the the the the the the the the the the"}, {"say": "???!!!"},
        {"status": 429, "message": "You exceeded your quota: insufficient_quota"},
    ],
    ids=str,
)  # fmt: skip
def test_a_model_that_goes_on_failing_is_stood_in_for(
    server: FakeCaptions, picture: bytes, tmp_path: Path, step: dict[str, Any]
) -> None:
    server.script(eye=[step | {"always": True}])
    vision = opened(server, tmp_path, retries=1)
    assert vision.ask(picture, PROMPT, item=ITEM) == (GOOD, "second")
    assert len(server.requests) <= 3


@pytest.mark.parametrize("step", [{"hang": True}, {"drip": True}, {"wait": 30}])
def test_a_model_that_is_too_slow_is_stood_in_for_in_time(
    server: FakeCaptions, picture: bytes, tmp_path: Path, step: dict[str, Any]
) -> None:
    server.script(eye=[step | {"always": True}])
    begun = time.monotonic()
    vision = opened(server, tmp_path, retries=0, timeout_s=1.0, concurrency=4)
    assert vision.ask(picture, PROMPT, item=ITEM) == (GOOD, "second")
    assert time.monotonic() - begun < 10


def test_what_a_server_asks_to_wait_is_waited(server: FakeCaptions, picture: bytes, tmp_path: Path) -> None:
    server.script(eye=[{"status": 429, "headers": {"Retry-After": "1.2"}}])
    opened(server, tmp_path).ask(picture, PROMPT, item=ITEM)
    first, second = (asked["at"] for asked in server.requests)
    assert 1.2 <= second - first < 5


def test_nobody_waits_for_an_hour(server: FakeCaptions, picture: bytes, tmp_path: Path) -> None:
    server.script(eye=[{"status": 429, "headers": {"Retry-After": "3600"}, "always": True}])
    begun = time.monotonic()
    assert opened(server, tmp_path).ask(picture, PROMPT, item=ITEM)[1] == "second"
    assert time.monotonic() - begun < 10


def test_waits_grow_and_are_never_the_same(server: FakeCaptions, tmp_path: Path) -> None:
    server.script(eye=[{"status": 503, "always": True}])
    waits = []
    for number in range(2):
        before = len(server.requests)
        vision = opened(server, tmp_path / str(number), models=("eye",), retries=2)
        with pytest.raises(CaptionServerError):
            vision.ask(some_picture(number), PROMPT, item=ITEM)
        at = [asked["at"] for asked in server.requests[before:]]
        waits += [at[1] - at[0], at[2] - at[1]]
    assert all(wait >= 0.25 for wait in waits)
    assert len({round(wait, 3) for wait in waits}) == 4


def test_when_no_model_answers_the_words_say_why_of_each(server: FakeCaptions, picture: bytes, tmp_path: Path) -> None:
    server.script(eye=[{"status": 500, "always": True}], second=[{"html": True, "always": True}])
    with pytest.raises(CaptionServerError) as caught:
        opened(server, tmp_path, retries=0).ask(picture, PROMPT, item=ITEM)
    assert "eye: it answered 500 (Internal Server Error): on purpose" in str(caught.value)
    assert "second: it answers a web page in place of JSON" in str(caught.value)


def test_a_wrong_key_is_told_and_not_tried_again(server: FakeCaptions, picture: bytes, tmp_path: Path) -> None:
    server.told(key="another")
    vision = opened(server, tmp_path)
    for _ in range(3):
        with pytest.raises(CaptionServerError, match="does not take the key") as caught:
            vision.ask(picture, PROMPT, item=ITEM)
        assert KEY not in str(caught.value)
    assert len(server.requests) == 1


def test_the_key_is_in_no_error_and_in_no_repr(
    server: FakeCaptions, picture: bytes, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    server.script(eye=[{"status": 400, "message": f"bad request with {KEY} in it", "always": True}])
    vision = opened(server, tmp_path, models=("eye",))
    with pytest.raises(CaptionServerError) as caught:
        vision.ask(picture, PROMPT, item=ITEM)
    shown = "".join((repr(vision), vision.identity, str(caught.value), repr(caught.value), caplog.text))
    error: BaseException | None = caught.value
    while error is not None:
        shown += repr(error) + str(error)
        error = error.__cause__
    assert KEY not in shown
    assert "***" in str(caught.value)
    for path in tmp_path.rglob("*"):
        assert path.is_dir() or KEY.encode() not in path.read_bytes()
    assert KEY not in repr(Settings(caption_key=KEY))


def test_a_redirect_is_not_followed(server: FakeCaptions, picture: bytes, tmp_path: Path) -> None:
    with captions() as other:
        elsewhere = {"status": 307, "headers": {"Location": f"{other.base_url}/chat/completions"}, "always": True}
        server.script(eye=[elsewhere], second=[elsewhere])
        with pytest.raises(CaptionServerError, match="not followed"):
            opened(server, tmp_path).ask(picture, PROMPT, item=ITEM)
        assert other.requests == []


def test_an_address_that_lacks_a_part_is_explained(server: FakeCaptions, picture: bytes, tmp_path: Path) -> None:
    with pytest.raises(CaptionServerError, match="lacks a part such as /v1"):
        opened(server, tmp_path, base_url=server.url).ask(picture, PROMPT, item=ITEM)


def test_a_server_that_is_not_there_is_told(picture: bytes, tmp_path: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    vision = opened(FakeCaptions(f"http://127.0.0.1:{port}"), tmp_path, retries=0)
    with pytest.raises(CaptionServerError, match="cannot be connected to"):
        vision.ask(picture, PROMPT, item=ITEM)
    assert {one.status for one in ledger(tmp_path)} == {"no answer"}


def test_a_model_that_takes_no_limit_is_asked_without(server: FakeCaptions, tmp_path: Path) -> None:
    server.script(eye=[{"refuses": "max_tokens", "always": True}])
    vision = opened(server, tmp_path)
    for number in range(2):
        assert vision.ask(some_picture(number), PROMPT, item=ITEM) == (GOOD, "eye")
    assert [asked["extras"] for asked in server.requests] == [["max_tokens", "temperature"], [], []]


def test_what_a_model_thinks_aloud_is_no_part_of_its_answer(
    server: FakeCaptions, picture: bytes, tmp_path: Path
) -> None:
    server.script(eye=[{"say": "<think>A face. I'm sorry?</think>\nclose-up, smiling"}])
    assert opened(server, tmp_path).ask(picture, PROMPT, item=ITEM)[0] == "close-up, smiling"


def test_a_dead_model_is_passed_over_after_a_while(server: FakeCaptions, tmp_path: Path) -> None:
    server.script(eye=[{"status": 500, "always": True}])
    vision = opened(server, tmp_path, retries=0)
    for number in range(6):
        assert vision.ask(some_picture(number), PROMPT, item=ITEM)[1] == "second"
    assert [asked["model"] for asked in server.requests].count("eye") == 3


def test_no_more_questions_than_allowed_are_there_at_a_time(tmp_path: Path) -> None:
    with captions() as server:
        server.script(eye=[{"wait": 0.4, "always": True}])
        vision = opened(server, tmp_path, concurrency=2, timeout_s=30.0)
        with ThreadPoolExecutor(6) as pool:
            list(pool.map(lambda number: vision.ask(some_picture(number), PROMPT, item=ITEM), range(6)))
        assert server.most == 2


def test_a_build_calls_no_more_often_than_it_may(server: FakeCaptions, tmp_path: Path) -> None:
    vision = opened(server, tmp_path, max_calls=2)
    for number in range(2):
        vision.ask(some_picture(number), PROMPT, item=ITEM)
    with pytest.raises(CaptionServerError, match="the most calls of one build, 2, are used up"):
        vision.ask(some_picture(2), PROMPT, item=ITEM)
    assert vision.ask(some_picture(0), PROMPT, item=ITEM)[0] == GOOD, "known answers cost nothing"
    assert len(server.requests) == 2


def test_a_cancel_does_not_wait_for_a_server_that_hangs(server: FakeCaptions, picture: bytes, tmp_path: Path) -> None:
    server.script(eye=[{"hang": True}])
    cancelled = threading.Event()

    def check() -> None:
        if cancelled.is_set():
            raise CancelledError("on request")

    vision = opened(server, tmp_path, timeout_s=60.0, check_cancelled=check)
    threading.Timer(0.5, cancelled.set).start()
    begun = time.monotonic()
    with pytest.raises(CancelledError):
        vision.ask(picture, PROMPT, item=ITEM)
    assert time.monotonic() - begun < 10


def test_an_address_that_is_refused_is_never_connected_to(server: FakeCaptions, picture: bytes, tmp_path: Path) -> None:
    asked: list[tuple[str, int]] = []

    def refuse(host: str, port: int) -> tuple[str, ...]:
        asked.append((host, port))
        raise FetchRefusedError(f"{host}: this address is not reached from here")

    vision = opened(server, tmp_path, judge=refuse)
    with pytest.raises(FetchRefusedError):
        vision.ask(picture, PROMPT, item=ITEM)
    assert asked == [("127.0.0.1", int(server.url.rsplit(":", 1)[1]))]
    assert server.requests == []
    found = check_connection(Endpoint(base_url=server.base_url, models=("eye",)), KEY, refuse)
    assert (found.ok, found.words) == (False, "127.0.0.1: this address is not reached from here")


def test_only_judged_addresses_are_connected_to(server: FakeCaptions, picture: bytes, tmp_path: Path) -> None:
    """The name leads nowhere; what was judged is connected to all the same, under the name."""
    url = f"http://captions.invalid:{server.url.rsplit(':', 1)[1]}/v1"
    vision = opened(server, tmp_path, base_url=url, judge=lambda _host, _port: ("127.0.0.1",))
    assert vision.ask(picture, PROMPT, item=ITEM)[0] == GOOD
    assert server.requests[0]["headers"]["host"].startswith("captions.invalid:")


def test_proxies_of_the_machine_are_not_used(
    server: FakeCaptions, picture: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.delenv("no_proxy", raising=False)
    assert opened(server, tmp_path).ask(picture, PROMPT, item=ITEM)[0] == GOOD
    assert check_connection(Endpoint(base_url=server.base_url, models=("eye",)), KEY, None).ok


def test_where_calls_are_not_allowed_no_socket_is_opened(tmp_path: Path, picture: bytes) -> None:
    """A Python that notes every socket asks, gets an error, and has opened none."""
    (tmp_path / "picture.jpg").write_bytes(picture)
    code = f"""
import sys
opened = []
sys.addaudithook(lambda event, _: opened.append(event) if event.startswith("socket.") else None)
from pathlib import Path
from safelight.datasets.vision.endpoint import Endpoint
from safelight.datasets.vision.server import open_vision
from safelight.errors import LocalOnlyError
folder = Path({str(tmp_path)!r})
picture = (folder / "picture.jpg").read_bytes()
endpoint = Endpoint(base_url="http://127.0.0.1:9/v1", models=("eye",), retries=0)
def ask(local_only):
    vision = open_vision(endpoint, "key", folder / "ledger.jsonl", folder / "a", local_only=local_only)
    try:
        vision.ask(picture, "?", item="x")
    except Exception as error:
        return type(error).__name__
print(ask(True), len(opened))
print(ask(False), len(opened) > 0)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stdout.splitlines() == ["LocalOnlyError 0", "CaptionServerError True"], done.stderr[-800:]


def test_what_is_known_is_given_where_calls_are_not_allowed(
    server: FakeCaptions, picture: bytes, tmp_path: Path
) -> None:
    opened(server, tmp_path).ask(picture, PROMPT, item=ITEM)
    alone = opened(server, tmp_path, local_only=True)
    assert alone.ask(picture, PROMPT, item=ITEM)[0] == GOOD
    with pytest.raises(LocalOnlyError, match=server.url.removeprefix("http://")):
        alone.ask(picture, "something else", item=ITEM)
    assert len(server.requests) == 1


def test_a_test_of_the_connection_lists_models_and_sends_no_picture(server: FakeCaptions) -> None:
    endpoint = Endpoint(base_url=server.base_url, models=("eye", "other"))
    found = check_connection(endpoint, KEY, None)
    assert (found.ok, found.models) == (True, ("eye", "second"))
    assert found.words.endswith("answers, and lists 2 models, but not other")
    assert server.requests == []


def test_a_test_of_the_connection_says_what_is_wrong(server: FakeCaptions) -> None:
    endpoint = Endpoint(base_url=server.base_url, models=("eye",))
    assert (
        "does not list nothing-of-that-name"
        in check_connection(endpoint.model_copy(update={"models": ("nothing-of-that-name",)}), KEY, None).words
    )
    server.told(key="another")
    assert check_connection(endpoint, KEY, None).words.endswith("it does not take the key (401)")
    server.told(no_models=True, key="")
    assert not check_connection(endpoint, KEY, None).ok
    gone = check_connection(endpoint.model_copy(update={"base_url": "http://127.0.0.1:9/v1"}), KEY, None)
    assert gone.words == "127.0.0.1:9: it cannot be connected to, or broke off"


@pytest.mark.parametrize(
    "url",
    ["", "ftp://host/v1", "host:8080", "http://", "http://user:secret@host/v1", "http://host/v1?key=secret",
     "http://host/v1#a", "http://ho st/v1", "http://host\\evil/v1", "http://host:99999999/v1",
     "http://0177.0.0.1/v1", "http://127.0.0.257/v1", "http://local\u200bhost/v1", "http://\u2460.example/v1"],
)  # fmt: skip
def test_an_address_that_cannot_be_used_is_refused_at_once(url: str) -> None:
    with pytest.raises(ValueError, match="address") as caught:
        Endpoint(base_url=url, models=("eye",))
    assert "secret" not in str(caught.value)


def test_the_settings_name_a_caption_server(monkeypatch: pytest.MonkeyPatch) -> None:
    assert endpoint_of(load_settings()) is None
    monkeypatch.setenv("SAFELIGHT_CAPTION_URL", "http://127.0.0.1:11434/v1/")
    with pytest.raises(SettingsError, match="SAFELIGHT_CAPTION_MODELS"):
        endpoint_of(load_settings())
    monkeypatch.setenv("SAFELIGHT_CAPTION_MODELS", "eye, second,,eye")
    monkeypatch.setenv("MODELSCOPE_TOKEN", "old-key")
    found = endpoint_of(load_settings())
    assert found is not None
    assert (found.base_url, found.models, found.host) == (
        "http://127.0.0.1:11434/v1",
        ("eye", "second"),
        "127.0.0.1:11434",
    )
    assert load_settings().caption_key == "old-key"
    monkeypatch.setenv("SAFELIGHT_CAPTION_URL", "nonsense")
    with pytest.raises(SettingsError, match="SAFELIGHT_CAPTION_URL: an address begins with http"):
        endpoint_of(load_settings())


def some_picture(number: int) -> bytes:
    """A JPEG unlike all others."""
    done, data = cv2.imencode(".jpg", np.full((32, 32, 3), 20 + number * 30, np.uint8))
    assert done
    return data.tobytes()

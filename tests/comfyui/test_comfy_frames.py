"""What servers say over their WebSocket, and what is made of it when they say something else."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safelight.comfyui.frames import MOST_PREVIEW, Frame, Preview, Step, frame_of
from safelight.comfyui.words import cleaned

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda below: st.lists(below, max_size=4) | st.dictionaries(st.text(max_size=10), below, max_size=4),
    max_leaves=12,
)
EVENTS = st.sampled_from([
    "status", "execution_start", "execution_cached", "executing", "progress", "executed", "execution_success",
    "execution_error", "execution_interrupted", "progress_state", "new_event",
])  # fmt: skip
FIELDS = st.sampled_from(["prompt_id", "node", "nodes", "value", "max", "output", "status", "exception_message"])
DATA = JSON | st.dictionaries(FIELDS, JSON)


@given(st.one_of(
    st.binary(max_size=200), st.text(max_size=200), JSON.map(json.dumps),
    st.builds(lambda kind, data: json.dumps({"type": kind, "data": data}), EVENTS, DATA),
    st.builds(lambda kind, rest: kind.to_bytes(4, "big") + rest, st.integers(0, 5), st.binary(max_size=100)),
))  # fmt: skip
def test_nothing_that_a_server_says_breaks_the_reading_of_frames(message: str | bytes) -> None:
    frame = frame_of(message)
    assert frame is None or isinstance(frame, Frame)


@pytest.mark.parametrize(("data", "frame"), [
    ({"value": 3, "max": 4, "node": 7}, Step(prompt_id=None, node="7", value=3, max=4)),
    ({"value": 9, "max": 4}, Step(prompt_id=None, node=None, value=4, max=4)),
    ({"value": 1, "max": 0}, None),
    ({"value": 10**400, "max": 4}, None),
    ({"value": float("nan"), "max": 4}, None),
    ({"value": "1", "max": 4}, None),
    ({"value": True, "max": 4}, None),
])  # fmt: skip
def test_progress_is_a_share_or_nothing(data: dict[str, Any], frame: Frame | None) -> None:
    assert frame_of(json.dumps({"type": "progress", "data": data})) == frame


@pytest.mark.parametrize("node", [{}, [], True, "", "x" * 1_000])
def test_a_node_that_cannot_be_read_is_not_the_end_of_a_prompt(node: object) -> None:
    assert frame_of(json.dumps({"type": "executing", "data": {"node": node, "prompt_id": "p"}})) is None


def test_previews_that_are_too_large_or_of_no_known_kind_are_passed_over() -> None:
    for kind, name in ((1, "jpeg"), (2, "png")):
        frame = frame_of(b"\0\0\0\1" + kind.to_bytes(4, "big") + b"data")
        assert frame == Preview(kind=name, data=b"data", prompt_id=None)
    head = json.dumps({"prompt_id": "p", "image_type": "image/png"}).encode()
    told = b"\0\0\0\4" + len(head).to_bytes(4, "big") + head
    assert frame_of(told + b"data") == Preview(kind="png", data=b"data", prompt_id="p")
    assert frame_of(told + b"x" * MOST_PREVIEW) is not None
    for bad in (told, told + b"x" * (MOST_PREVIEW + 1), b"\0\0\0\1\0\0\0\3data", b"\0\0\0\4\xff\xff\xff\xffdata"):
        assert frame_of(bad) is None


@given(st.text(max_size=3_000))
def test_words_of_servers_are_one_line_without_control_characters(text: str) -> None:
    found = cleaned(text)
    assert len(found) <= 500
    assert found.isprintable()
    assert found == found.strip()

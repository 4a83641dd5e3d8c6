"""What a ComfyUI server says over its WebSocket, as values.

The socket is a hint: nothing that is said here is needed to know how a prompt ended, and nothing that a server may say
here is an error. What is not understood is nothing.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

from safelight.comfyui.words import cleaned

MOST_PREVIEW = 4 << 20
"""Bytes of the largest preview that is handed on."""

_BLOCKED = "ExecutionBlocked"
_LONGEST_ID = 200
_MOST_NODES = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """A picture that lies on a server."""

    filename: str
    """Its name."""
    subfolder: str = ""
    """Its folder, under that of its type."""
    type: str = "output"
    """``output``, ``input`` or ``temp``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """The queue has changed."""

    remaining: int
    """Prompts that wait or run, of everybody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Started:
    """A prompt is being worked on."""

    prompt_id: str
    """Which one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cached:
    """Some nodes of a prompt need no work."""

    prompt_id: str
    """Which prompt."""
    nodes: tuple[str, ...]
    """Which nodes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Executing:
    """A node has begun, or, without a node, the prompt has ended and is in the history."""

    prompt_id: str | None
    """Which prompt; after a reconnect nobody says."""
    node: str | None
    """Which node."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A node got on, as a sampler does with each step."""

    prompt_id: str | None
    """Which prompt; old servers do not say."""
    node: str | None
    """Which node; old servers do not say."""
    value: float
    """Steps done, at most ``max``."""
    max: float
    """Steps in all, more than 0."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeOutput:
    """A node has given pictures, or nothing."""

    prompt_id: str
    """Which prompt."""
    node: str
    """Which node."""
    images: tuple[Image, ...]
    """Its pictures."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Succeeded:
    """A prompt is done; its history may not be written yet."""

    prompt_id: str
    """Which one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """A node failed; unless ``blocked``, and the prompt with it. Its history may not be written yet."""

    prompt_id: str
    """Which prompt."""
    message: str
    """What the server says."""
    node: str = ""
    """Which node."""
    node_type: str = ""
    """Class of the node."""
    type: str = ""
    """Kind of the error, as ``OutOfMemoryError``."""

    @property
    def blocked(self) -> bool:
        """Whether only this branch of the workflow was stopped, by a node that means to; the prompt goes on."""
        return self.type == _BLOCKED

    def __str__(self) -> str:
        """Say it in one line."""
        where = f"{self.node_type} ({self.node}): " if self.node_type and self.node else ""
        return f"{where}{self.message or self.type or 'it failed'}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Interrupted:
    """A prompt was stopped by somebody."""

    prompt_id: str
    """Which one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What a sampler has so far, as a small picture; nobody has checked that it is one."""

    kind: Literal["jpeg", "png"]
    """What the server says it is."""
    data: bytes = field(repr=False)
    """The file."""
    prompt_id: str | None
    """Which prompt; old servers do not say."""


Frame = (
    Status | Started | Cached | Executing | Step | NodeOutput | Succeeded | Failed | Interrupted | Preview
)  # fmt: skip


def frame_of(message: str | bytes) -> Frame | None:
    """Read a message; None for what is not known, is not well formed, or is a preview that is too large."""
    if isinstance(message, bytes):
        return _picture(message)
    try:
        content = json.loads(message)
    except (ValueError, RecursionError):
        return None
    kind, data = (content.get("type"), content.get("data")) if isinstance(content, dict) else (None, None)
    reader = _READERS.get(kind) if isinstance(kind, str) else None
    return reader(data) if reader is not None and isinstance(data, dict) else None


def images_of(output: object) -> tuple[Image, ...]:
    """Give the pictures in what a node put out."""
    listed = output.get("images") if isinstance(output, dict) else None
    found = []
    for one in listed if isinstance(listed, list) else ():
        name, folder, kind = (one.get(key) for key in ("filename", "subfolder", "type")) if isinstance(one, dict) else (
            None, None, None
        )  # fmt: skip
        if isinstance(name, str) and name and isinstance(folder, str | None) and kind in ("output", "input", "temp"):
            found.append(Image(filename=name, subfolder=folder or "", type=kind))
    return tuple(found)


def failure_of(data: Mapping[str, object], prompt_id: str) -> Failed:
    """Read what a server says of a node that failed."""
    return Failed(
        prompt_id=prompt_id,
        message=cleaned(data.get("exception_message")),
        node=_id(data.get("node_id")) or "",
        node_type=cleaned(data.get("node_type"), 100),
        type=cleaned(data.get("exception_type"), 100),
    )


def _id(value: object) -> str | None:
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 1 << 63:
        return str(value)
    return value if isinstance(value, str) and 0 < len(value) <= _LONGEST_ID else None


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if math.isfinite(number) else None


def _status(data: Mapping[str, object]) -> Frame | None:
    status = data.get("status")
    info = status.get("exec_info") if isinstance(status, dict) else None
    remaining = info.get("queue_remaining") if isinstance(info, dict) else None
    known = isinstance(remaining, int) and not isinstance(remaining, bool) and remaining >= 0
    return Status(remaining=remaining) if known and isinstance(remaining, int) else None


def _cached(data: Mapping[str, object]) -> Frame | None:
    prompt, nodes = _id(data.get("prompt_id")), data.get("nodes")
    if prompt is None or not isinstance(nodes, list):
        return None
    known = (_id(node) for node in nodes[:_MOST_NODES])
    return Cached(prompt_id=prompt, nodes=tuple(node for node in known if node is not None))


def _executing(data: Mapping[str, object]) -> Frame | None:
    prompt, node = _id(data.get("prompt_id")), _id(data.get("node"))
    # No node means the end of a prompt, so one that cannot be read must not be taken for none.
    if node is None and (data.get("node") is not None or prompt is None):
        return None
    return Executing(prompt_id=prompt, node=node)


def _step(data: Mapping[str, object]) -> Frame | None:
    value, most = _number(data.get("value")), _number(data.get("max"))
    if value is None or most is None or most <= 0:
        return None
    prompt, node = _id(data.get("prompt_id")), _id(data.get("node"))
    return Step(prompt_id=prompt, node=node, value=min(max(value, 0.0), most), max=most)


def _output(data: Mapping[str, object]) -> Frame | None:
    prompt, node = _id(data.get("prompt_id")), _id(data.get("node"))
    if prompt is None or node is None:
        return None
    return NodeOutput(prompt_id=prompt, node=node, images=images_of(data.get("output")))


def _of_prompt(make: Callable[[str], Frame]) -> Callable[[Mapping[str, object]], Frame | None]:
    def read(data: Mapping[str, object]) -> Frame | None:
        prompt = _id(data.get("prompt_id"))
        return None if prompt is None else make(prompt)

    return read


def _failed(data: Mapping[str, object]) -> Frame | None:
    prompt = _id(data.get("prompt_id"))
    return None if prompt is None else failure_of(data, prompt)


# ``progress_state`` says again, for all nodes, what ``progress`` says of one.
_READERS: Mapping[str, Callable[[Mapping[str, object]], Frame | None]] = MappingProxyType({
    "status": _status,
    "execution_start": _of_prompt(lambda prompt: Started(prompt_id=prompt)),
    "execution_cached": _cached,
    "executing": _executing,
    "progress": _step,
    "executed": _output,
    "execution_success": _of_prompt(lambda prompt: Succeeded(prompt_id=prompt)),
    "execution_error": _failed,
    "execution_interrupted": _of_prompt(lambda prompt: Interrupted(prompt_id=prompt)),
})  # fmt: skip


def _picture(message: bytes) -> Frame | None:
    event = int.from_bytes(message[:4], "big") if len(message) >= 8 else 0
    second = int.from_bytes(message[4:8], "big")
    if event == 1:
        return _preview({1: "image/jpeg", 2: "image/png"}.get(second), message[8:], None)
    if event == 4:
        try:
            said = json.loads(message[8 : 8 + second])
        except (ValueError, RecursionError):
            return None
        if isinstance(said, dict):
            return _preview(said.get("image_type"), message[8 + second :], _id(said.get("prompt_id")))
    return None


def _preview(mime: object, data: bytes, prompt_id: str | None) -> Frame | None:
    if not 0 < len(data) <= MOST_PREVIEW:
        return None
    if mime == "image/jpeg":
        return Preview(kind="jpeg", data=data, prompt_id=prompt_id)
    return Preview(kind="png", data=data, prompt_id=prompt_id) if mime == "image/png" else None

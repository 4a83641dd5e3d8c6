"""What a task is: one durable piece of work, as a frozen value."""

from __future__ import annotations

import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from typing import Any

from safelight.tasks.status import Status

PREVIEW = "preview"
"""The kind of task that shows what a recipe would do to a part of a photo."""

PULL = "pull"
"""The kind of task that fetches the weights of a model."""

HIDDEN = frozenset({PREVIEW, PULL})
"""Kinds of tasks that are no work of the user's: they are not in the history, and go away by themselves."""

PAUSE = "paused"
"""Name of the switch that stops all claims but those of previews."""

LOCAL = "local"
"""The owner where nobody has to say who they are."""


class Priority(IntEnum):
    """What goes before what; smaller goes first."""

    PREVIEW = 0
    SINGLE = 10
    BATCH = 20
    DATASET = 30


class Lane(StrEnum):
    """Who takes a task: a worker with a device, what fetches from elsewhere, or what waits for ComfyUI servers."""

    DEVICE = "device"
    REMOTE = "remote"
    COMFYUI = "comfyui"


def now() -> int:
    """The time in milliseconds since 1970, UTC."""
    return time.time_ns() // 1_000_000


def new_id() -> str:
    """A new id that nobody can guess: 128 random bits, in hexadecimal digits."""
    return secrets.token_hex(16)


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What the history can be searched by; known when the task is made."""

    operation: str = ""
    """What is done: the operation that matters most in the recipe."""
    preset: str = ""
    """Name of the recipe, where it has one."""
    style: str = ""
    """Name of the look, where there is one."""
    strength: float | None = None
    """How strongly it is applied, 0-1."""
    resolution: int | None = None
    """Longest side of the result in pixels."""
    text: str = ""
    """What else can be searched, as a prompt; file names are searched anyway."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewTask:
    """A task to be accepted."""

    owner: str
    """Whose it is."""
    kind: str
    """What sort of work: a name that workers have a handler for."""
    payload: Mapping[str, Any]
    """What the handler needs, as JSON."""
    id: str = field(default_factory=new_id)
    """Its public id."""
    lane: Lane = Lane.DEVICE
    """Who takes it."""
    priority: Priority = Priority.SINGLE
    """What it goes before."""
    batch: str | None = None
    """The batch it was sent with."""
    index: int | None = None
    """Its place in the batch, from 0."""
    not_before: int = 0
    """Earliest start, in ms since 1970."""
    input_name: str = ""
    """Name of the photo, as the user has it."""
    input_key: str | None = None
    """Where the photo lies in the store."""
    width: int | None = None
    """Pixels across of the photo."""
    height: int | None = None
    """Pixels down of the photo."""
    size: int | None = None
    """Bytes of the photo's file."""
    signature: str | None = None
    """Signature of the plan."""
    facts: Facts = Facts()
    """What the history can be searched by."""
    page: str | None = None
    """The page that asked for a preview; a newer preview of the same page replaces an older one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One durable piece of work."""

    seq: int
    """Its place among all tasks; grows with time."""
    id: str
    """Its public id, which cannot be guessed."""
    owner: str
    """Whose it is."""
    kind: str
    """What sort of work."""
    lane: Lane
    """Who takes it."""
    priority: int
    """What it goes before; smaller goes first."""
    batch: str | None
    """The batch it was sent with."""
    index: int | None
    """Its place in the batch, from 0."""
    status: Status
    """Where it is."""
    progress: float
    """Finished share, 0-1."""
    message: str
    """What is happening, in a few words."""
    attempts: int
    """How often a worker began it."""
    fence: int
    """Grows with every claim; only the claim with the newest fence may commit."""
    worker: str | None
    """Who works on it."""
    lease_until: int | None
    """Until when the worker has it for itself, in ms since 1970."""
    cancel_at: int | None
    """When its cancel was asked for, in ms since 1970."""
    not_before: int
    """Earliest start, in ms since 1970."""
    payload: Mapping[str, Any]
    """What the handler needs."""
    result: Mapping[str, Any] | None
    """What it gave."""
    error_code: str | None
    """Why it failed, for programs."""
    error: str | None
    """Why it failed, for people."""
    input_name: str
    """Name of the photo, as the user has it."""
    input_key: str | None
    """Where the photo lies in the store."""
    result_key: str | None
    """Where the result lies in the store."""
    width: int | None
    """Pixels across of the photo."""
    height: int | None
    """Pixels down of the photo."""
    size: int | None
    """Bytes of the photo's file."""
    signature: str | None
    """Signature of the plan."""
    facts: Facts
    """What the history can be searched by."""
    seconds: float | None
    """How long the work took."""
    pinned: bool
    """Whether it stays when its time is over."""
    page: str | None
    """The page that asked for a preview."""
    created_at: int
    """When it was accepted, in ms since 1970."""
    updated_at: int
    """When anything of it last changed, in ms since 1970."""
    started_at: int | None
    """When a worker last began it, in ms since 1970."""
    finished_at: int | None
    """When it ended, in ms since 1970."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Tasks that were sent together."""

    id: str
    """Its public id."""
    owner: str
    """Whose it is."""
    total: int
    """How many tasks it has."""
    created_at: int
    """When it was accepted, in ms since 1970."""

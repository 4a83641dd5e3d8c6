"""What a handler is given for one task, and what a handler is."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from safelight.engine.room import Room
from safelight.tasks.claims import Done, Found
from safelight.tasks.task import Lane, Task


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One attempt at one task."""

    workspace: Path
    """An empty folder that is gone afterwards."""
    progress: Callable[[float, str], None]
    """Takes the finished share, 0-1, and what is happening."""
    check_cancelled: Callable[[], None]
    """Raises CancelledError once the work is no longer wanted; to be called often."""
    glimpse: Callable[[bytes], None] = lambda _picture: None
    """Takes small pictures of what the result looks like so far, JPEG or PNG, from any thread."""
    room: Room | None = None
    """Memory that tasks share which write their results at the same time; None where there is one task at a time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOn:
    """The rest of a task is for another lane."""

    lane: Lane
    """Who goes on with it."""
    found: Found | None = None
    """The photo that was found for it; None = the one that it has."""
    payload: Mapping[str, Any] | None = None
    """What is to be done; None = what was."""


class Handler(Protocol):
    """Does the tasks of one kind."""

    def __call__(self, task: Task, job: Job) -> Done | HandOn:
        """Do a task; what it returns is committed.

        Raises:
            SafelightError: it failed; some errors mean that it is tried again later.
        """


@dataclass(frozen=True, slots=True, kw_only=True)
class Toolbox:
    """Everything that a worker needs besides its tasks: what a factory makes for it."""

    handlers: Mapping[str, Handler]
    """By kind of task, what does it."""
    warm: Callable[[], tuple[str, ...]]
    """Which models are resident."""
    prepare: Callable[[], None]
    """Done once before the first task: load what should be warm."""
    close: Callable[[], None]
    """Done once at the end."""
    wind_down: Callable[[], None] = lambda: None
    """Done when the worker is asked to end: tasks that wait for others get a ServersAwayError."""
    ready: Callable[[], bool] = lambda: True
    """Whether work could begin now; asked before each claim. Tasks stay where they are meanwhile."""
    glimpses: Callable[[], Mapping[str, tuple[int, int]]] = dict
    """By running task of which there is a glimpse: the fence of the attempt, and the number of the newest. Called by
    another thread."""
    servers: Callable[[], Sequence[Mapping[str, Any]]] = tuple
    """What is known of the ComfyUI servers it works with. Called by another thread."""
    resident: Callable[[], Mapping[str, int]] = dict
    """The bytes of the weights of each resident model."""
    gpu: Callable[[], Mapping[str, float]] = dict
    """What its card is at, percent: ``usage``, ``memory``; what is not known is left out. Called by another thread."""


class Progress:
    """How far a task is: written by the thread that works, read by the one that tells."""

    def __init__(self) -> None:
        """Begin at nothing."""
        self._lock = threading.Lock()
        self._now = (0.0, "")

    def set(self, share: float, message: str = "") -> None:
        """Note how far it is."""
        with self._lock:
            self._now = (min(1.0, max(0.0, share)), message)

    def get(self) -> tuple[float, str]:
        """Tell how far it is."""
        with self._lock:
            return self._now

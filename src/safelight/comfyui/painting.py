"""What is asked of ComfyUI servers, and what they give: values, and the contract that operations see."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """A picture to be painted by a workflow."""

    workflow: str
    """Name of the workflow."""
    picture: Path
    """The picture that is painted over, a PNG or JPEG file."""
    prompt: str = ""
    """What it is to look like; empty = as the workflow says."""
    negative: str = ""
    """What it is not to look like; empty = as the workflow says."""
    strength: float | None = None
    """How far the result may go away from the picture, 0-1; None = as the workflow says."""
    seed: int = 0
    """Begin of the random numbers: the same seed gives the same result on the same server."""
    steps: int | None = None
    """Steps of the sampler; None = as the workflow says."""
    urgent: bool = False
    """Whether somebody looks at a page for it: then it goes before everything else that waits for a server."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Painted:
    """What a server gave."""

    server: str
    """Its label: users may see it, and not the address."""
    tries: int
    """How many servers were tried, with this one."""
    notes: tuple[str, ...] = ()
    """What of the wish the workflow could not honour."""


@dataclass(frozen=True, slots=True)
class Watcher:
    """Follows a picture being painted; called from another thread."""

    progress: Callable[[float], None]
    """Takes the finished share, 0-1."""
    glimpse: Callable[[bytes], None]
    """Takes a small picture of what it looks like so far, a JPEG or PNG."""


class Painters(Protocol):
    """The pool of servers, as operations see it."""

    def paint(self, wish: Wish, into: Path, watcher: Watcher, check_cancelled: Callable[[], None]) -> Painted:
        """Have a picture painted; the result is written to ``into``. Waits for a server that has room.

        Raises:
            ServersAwayError: no server answers now.
            WorkflowError: there is no such workflow, or no server has what it needs.
            PaintError: a server could not do it, and another one would not either.
            CancelledError: as ``check_cancelled`` says; nothing is left on the server.
        """

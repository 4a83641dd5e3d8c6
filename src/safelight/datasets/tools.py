"""Everything that the steps of a build may touch."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from safelight.imaging.photo import Photo
from safelight.models.spec import Models, ModelSpec
from safelight.operations.context import go_on
from safelight.reports.glyphs import FindFont, no_font


class Enlarge(Protocol):
    """Enlarges a photo with a network."""

    def __call__(self, photo: Photo, scale: float, quality_level: str, workspace: Path) -> tuple[Photo, str | None]:
        """Give the photo ``scale`` (1-8) times as large, and the id of the model that did it; None = plain resampling.

        The result reads from ``workspace``, an empty folder, until it has been saved.

        Raises:
            ModelError: the weights cannot be had.
            CancelledError: on request.
        """
        ...


class Vision(Protocol):
    """A model that looks at pictures and answers in words: a caption server."""

    @property
    def identity(self) -> str:
        """What answers depend on besides picture and prompt: host and models."""
        ...

    def ask(self, picture: bytes, prompt: str, *, item: str) -> tuple[str, str]:
        """Ask about a picture (JPEG without metadata); gives the answer and the model that gave it.

        Every call is in the ledger. Safe to call from several threads.

        Raises:
            CaptionServerError: no model could be made to answer.
            LocalOnlyError: calls to other machines are not allowed.
            CancelledError: on request.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class PeopleModels:
    """The networks that see people; None = it cannot be had here, and why is in ``missing``."""

    faces: ModelSpec[object] | None
    """The face landmarker."""
    identity: ModelSpec[object] | None
    """The embedding network."""
    pose: ModelSpec[object] | None
    """The pose landmarker."""
    tiny_faces: ModelSpec[object] | None = None
    """A second face detector, for small faces."""
    missing: tuple[str, ...] = ()
    """What cannot be had, in plain words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tools:
    """What the steps work with."""

    models: Models
    """Lends resident models; safe to share between threads."""
    people: PeopleModels
    """Which ones see people."""
    enlarge: Enlarge
    """The project's own ``upscale``."""
    vision: Vision | None
    """The caption server; None = there is none."""
    workspace: Path
    """An empty folder for unfinished files."""
    max_pixels: int
    """Largest photo that is opened."""
    find_font: FindFont = no_font
    """Gives the font for signs in reports that those that come along lack."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildWatch:
    """How somebody follows a build."""

    progress: Callable[[float, str], None] = lambda _share, _words: None
    """Takes the finished share, 0-1, and what is happening."""
    check_cancelled: Callable[[], None] = go_on
    """Raises CancelledError once the build is no longer wanted; called before every photo, and often in between."""

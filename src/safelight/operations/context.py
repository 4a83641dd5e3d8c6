"""Everything that a running operation may touch."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path

from safelight.comfyui.painting import Painters
from safelight.models.spec import Models, ModelSpec


@dataclass(frozen=True, slots=True, kw_only=True)
class FaceOutcome:
    """What became of one face."""

    index: int
    """Its number, by which it can be chosen; 0 is the largest."""
    box: tuple[int, int, int, int]
    """Left, top, width and height in pixels of the result."""
    score: float
    """How sure it is that this is a face, 0-1."""
    yaw: float
    """How far it looks away to a side, in degrees."""
    restored: bool
    """Whether it was changed."""
    reason: str = ""
    """Why it was left as it is."""
    similarity: float | None = None
    """How much the same person it shows as before, 1 = certainly; None = not restored, or not measured."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Execution:
    """How one step was computed. Same input, signature and execution = same bytes."""

    operation: str
    """Id of the operation."""
    model: str | None = None
    """Id of the model that ran, if any."""
    device: str = "cpu"
    """Where it ran."""
    precision: str = "float32"
    """Arithmetic of the network's body."""
    tile: str | None = None
    """Width x height of the largest tile in input pixels, without context; None where nothing was tiled."""
    tiles: int = 1
    """How many tiles the photo was cut into."""
    context: int = 0
    """Input pixels read along around each tile."""
    halved: int = 0
    """How often a tile was cut in parts because memory ran out."""
    redone: int = 0
    """How many tiles were computed again in float32 because the result was not a number, or empty."""
    server: str | None = None
    """Which ComfyUI server did it: its label."""
    restorer: str | None = None
    """What restored the faces."""
    faces: tuple[FaceOutcome, ...] = ()
    """What became of each face that was found."""

    def to_dict(self) -> dict[str, object]:
        """Give the fields as plain values; what only some operations have is left out where it is not set."""
        values = asdict(self)
        if self.restorer is None:
            del values["restorer"], values["faces"]
        if self.server is None:
            del values["server"]
        return values


def ignore_progress(_fraction: float) -> None:
    """Nobody watches."""


def ignore_glimpse(_picture: bytes) -> None:
    """Nobody watches."""


def go_on() -> None:
    """Nobody cancels."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What a run may touch."""

    models: Models
    """Lends resident models."""
    chosen: tuple[ModelSpec[object], ...]
    """The models that the plan chose for this step, in the order in which the operation asked for them."""
    workspace: Path
    """An empty folder for large intermediate pictures; it stays until the result has been written."""
    tile: int | None = None
    """Side of a tile in input pixels; None = from the memory budget."""
    progress: Callable[[float], None] = ignore_progress
    """Takes the finished share of this step, 0-1."""
    check_cancelled: Callable[[], None] = go_on
    """Raises CancelledError once the run is no longer wanted."""
    painters: Painters | None = None
    """The ComfyUI servers; None = there are none."""
    glimpse: Callable[[bytes], None] = ignore_glimpse
    """Takes a small picture of what the result looks like so far, a JPEG or PNG."""
    urgent: bool = False
    """Whether somebody looks at a page for it: then servers do it before what else waits."""
    executions: list[Execution] = field(default_factory=list)
    """What was executed so far; operations add theirs."""
    speeds: list[tuple[ModelSpec[object], float]] = field(default_factory=list)
    """Seconds per input pixel of the models that ran, without loading them; operations add theirs."""
    warnings: list[str] = field(default_factory=list)
    """What was decided on the user's behalf while running; operations add theirs."""

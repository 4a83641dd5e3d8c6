"""Runs a plan on a photo: the one path that previews and final runs, command line and service share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

from safelight.comfyui.painting import Painters
from safelight.imaging.photo import Photo
from safelight.models.spec import Models
from safelight.operations.context import Context, Execution, go_on, ignore_glimpse, ignore_progress
from safelight.recipes.plan import Plan
from safelight.recipes.speeds import Speeds

_TELLING = 60_000
"""A photo of fewer pixels tells more of the start of a network than of its speed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """How somebody follows a run."""

    progress: Callable[[float], None] = ignore_progress
    """Takes the finished share, 0-1."""
    check_cancelled: Callable[[], None] = go_on
    """Raises CancelledError once the run is no longer wanted; called before every tile."""
    glimpse: Callable[[bytes], None] = ignore_glimpse
    """Takes small pictures of what the result looks like so far, where there are any."""
    urgent: bool = False
    """Whether somebody looks at a page for it: then servers do it before what else waits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What a run gave."""

    photo: Photo
    """The result; it reads from the workspace until it has been saved."""
    executions: tuple[Execution, ...]
    """How each step was computed."""
    warnings: tuple[str, ...]
    """What was asked and could not be honoured, or was decided on the user's behalf."""
    seconds: float
    """How long it took."""


def _no_painters() -> None:
    return None


class Runner:
    """Runs plans with the models of one pool."""

    def __init__(
        self, models: Models, speeds: Speeds, device: str, painters: Callable[[], Painters | None] = _no_painters
    ) -> None:
        """Take what lends models, what remembers speeds, the name of the device for that, and what knows servers."""
        self._models = models
        self._speeds = speeds
        self._device = device
        self._painters = painters

    def run(self, plan: Plan, photo: Photo, *, workspace: Path, tile: int | None = None, watch: Watch) -> Result:
        """Run every step; ``workspace`` is an empty folder that must stay until the result is saved.

        Raises:
            CancelledError: the run was cancelled.
            SafelightError: a step failed.
        """
        start = perf_counter()
        executions: list[Execution] = []
        warnings = [*photo.warnings, *plan.warnings]
        heavy = [index for index, step in enumerate(plan.steps) if step.models or step.operation.elsewhere(step.params)]
        heavy = heavy or [0]
        for index, step in enumerate(plan.steps):
            watch.check_cancelled()
            began = sum(one < index for one in heavy)

            def progress(fraction: float, began: int = began) -> None:
                watch.progress((began + fraction) / len(heavy))

            context = Context(
                models=self._models,
                chosen=step.models,
                workspace=workspace,
                tile=tile,
                progress=progress if index in heavy else ignore_progress,
                check_cancelled=watch.check_cancelled,
                painters=self._painters() if step.operation.elsewhere(step.params) else None,
                glimpse=watch.glimpse,
                urgent=watch.urgent,
                executions=executions,
                warnings=warnings,
            )
            depth, pixels = photo.depth, photo.width * photo.height
            photo = step.operation.run(photo, step.params, context)
            for model, seconds in context.speeds if pixels >= _TELLING else ():
                self._speeds.record(model.id, self._device, depth, seconds)
        watch.progress(1.0)
        return Result(
            photo=photo,
            executions=tuple(executions),
            warnings=tuple(dict.fromkeys(warnings)),
            seconds=perf_counter() - start,
        )

"""Recipes that ComfyUI servers do, and what becomes of them while none answers."""

from __future__ import annotations

from dataclasses import dataclass, replace

from safelight.engine.glimpses import Glimpses
from safelight.engine.job import HandOn, Job
from safelight.engine.order import Order
from safelight.engine.photowork import PhotoWork
from safelight.engine.room import Room
from safelight.errors import PaintError, RecipeError, ServersAwayError
from safelight.operations.operation import Offers
from safelight.tasks.claims import Done
from safelight.tasks.task import Lane, Task

AWAY_S = 30.0
"""A server that is restarted is back within this time: only then does this machine paint in its place."""

_LOCAL = {"backend": "local"}
_NOTE = "no ComfyUI server answered: the style was painted on this machine"
_DECODED = 64 << 20
"""Bytes of a decoded photo above which libvips keeps it on disk."""
_USUAL_PIXELS, _PER_PIXEL, _ANYWAY = 24_000_000, 8, 16 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class AwayWork:
    """Handlers of the lane that waits for ComfyUI servers."""

    work: PhotoWork
    """Runs recipes."""
    local: bool
    """Whether this machine paints while no server answers, where it can; otherwise tasks wait."""
    glimpses: Glimpses
    """Shows what servers have painted so far."""
    photos: Room
    """Memory for photos that are open while servers work on them."""
    results: Room
    """Memory for results that are being written. Who has some waits for nothing else."""

    def photo(self, task: Task, job: Job) -> Done | HandOn:
        """Run the recipe of a task.

        Raises:
            ServersAwayError: no server answers, and it is to wait.
        """
        try:
            with self.photos.take(_memory(task), job.check_cancelled), self.glimpses.of(task) as glimpse:
                return self.work.photo(task, replace(job, glimpse=glimpse, room=self.results))
        except ServersAwayError as error:
            home = self._home(task) if error.seconds >= AWAY_S else None
            if home is None:
                raise
            return home

    def preview(self, task: Task, job: Job) -> Done | HandOn:
        """Run the recipe of a preview. Somebody looks at a page for it, so it waits for no server that is away.

        Raises:
            PaintError: no server answers.
        """
        try:
            with self.photos.take(_memory(task), job.check_cancelled, first=True):
                return self.work.preview(task, replace(job, room=self.results))
        except ServersAwayError as error:
            if (home := self._home(task)) is not None:
                return home
            raise PaintError(f"there is no preview now: {error.message}") from error

    def _home(self, task: Task) -> HandOn | None:
        """Hand it on to this machine's own styles; None where that is not to be, or cannot be."""
        if not self.local:
            return None
        order = Order.read(task.payload)
        try:
            recipe = order.recipe.everywhere(_LOCAL).settled(Offers())
        except RecipeError:
            return None
        changed = order.model_copy(update={"recipe": recipe, "notes": (*order.notes, _NOTE)})
        if changed.lane is Lane.COMFYUI:
            return None
        return HandOn(lane=changed.lane, payload={**task.payload, **changed.to_json()})


def _memory(task: Task) -> int:
    """Bytes that a photo takes while it waits for a server; twice, as its copies are made from it."""
    pixels = _USUAL_PIXELS if task.width is None or task.height is None else task.width * task.height
    return 2 * min(_DECODED, pixels * _PER_PIXEL) + _ANYWAY


@dataclass(frozen=True, slots=True, kw_only=True)
class HereWork:
    """Handlers of workers with a device: what servers do they hand on to the lane that waits for them."""

    work: PhotoWork
    """Runs recipes."""
    servers: bool
    """Whether there are servers."""

    def photo(self, task: Task, job: Job) -> Done | HandOn:
        """Run the recipe of a task."""
        return self._elsewhere(task) or self.work.photo(task, job)

    def preview(self, task: Task, job: Job) -> Done | HandOn:
        """Run the recipe of a preview."""
        return self._elsewhere(task) or self.work.preview(task, job)

    def _elsewhere(self, task: Task) -> HandOn | None:
        order = Order.read(task.payload)
        return HandOn(lane=order.lane) if self.servers and order.lane is not task.lane else None

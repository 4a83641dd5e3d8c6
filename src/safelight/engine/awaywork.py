"""Recipes that ComfyUI servers do, and what becomes of them while none answers."""

from __future__ import annotations

from dataclasses import dataclass, replace

from safelight.engine.glimpses import Glimpses
from safelight.engine.job import HandOn, Job
from safelight.engine.order import Order
from safelight.engine.photowork import PhotoWork
from safelight.errors import RecipeError, ServersAwayError
from safelight.operations.operation import Offers
from safelight.tasks.claims import Done
from safelight.tasks.task import Lane, Task

_LOCAL = {"backend": "local"}
_NOTE = "no ComfyUI server answered: the style was painted on this machine"


@dataclass(frozen=True, slots=True, kw_only=True)
class AwayWork:
    """Handlers of the lane that waits for ComfyUI servers."""

    work: PhotoWork
    """Runs recipes."""
    local: bool
    """Whether this machine paints while no server answers, where it can; otherwise tasks wait."""
    glimpses: Glimpses
    """Shows what servers have painted so far."""

    def photo(self, task: Task, job: Job) -> Done | HandOn:
        """Run the recipe of a task.

        Raises:
            ServersAwayError: no server answers, and it is to wait.
        """
        try:
            with self.glimpses.of(task) as glimpse:
                return self.work.photo(task, replace(job, glimpse=glimpse))
        except ServersAwayError as error:
            return self._here(task, error)

    def preview(self, task: Task, job: Job) -> Done | HandOn:
        """Run the recipe of a preview.

        Raises: as :meth:`photo`.
        """
        try:
            return self.work.preview(task, job)
        except ServersAwayError as error:
            return self._here(task, error)

    def _here(self, task: Task, error: ServersAwayError) -> HandOn:
        """Hand it on to this machine's own styles; where that cannot be, it waits."""
        if not self.local:
            raise error
        order = Order.read(task.payload)
        try:
            recipe = order.recipe.everywhere(_LOCAL).settled(Offers())
        except RecipeError:
            raise error from None
        changed = order.model_copy(update={"recipe": recipe, "notes": (*order.notes, _NOTE)})
        if changed.lane is Lane.COMFYUI:
            raise error
        return HandOn(lane=changed.lane, payload={**task.payload, **changed.to_json()})


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

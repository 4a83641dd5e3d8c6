"""Runs recipes on photos of the store: whole photos, and the parts that previews show."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path, PurePath
from time import perf_counter
from typing import Protocol

import pyvips
import structlog

from safelight.engine.job import Job
from safelight.engine.order import Order, Region
from safelight.engine.showing import Showing
from safelight.errors import InternalError, RecipeError
from safelight.hashing import sha256_of
from safelight.imaging.codecs import open_photo
from safelight.imaging.formats import SUFFIX, Format, Output
from safelight.imaging.photo import Photo
from safelight.recipes.part import needs_whole, plan_for_part
from safelight.recipes.plan import Plan, Planner
from safelight.recipes.runner import Result, Watch
from safelight.store.blobs import Store
from safelight.store.keys import Kind, key_of
from safelight.tasks.claims import ATTEMPTS, Done
from safelight.tasks.task import Task

_SAVING = 0.03
_PREVIEW_SIDE = 512
_RUN, _PLANS = "run", 3
_WHOLE = {Format.WEBP: 12, Format.AVIF: 24}
"""Bytes for each pixel that encoders take which hold all of a picture; others write it line by line."""
_LINES = 16 << 20

log = structlog.get_logger()


class Run(Protocol):
    """Checks the limits and runs a plan; see :meth:`safelight.recipes.runner.Runner.run`."""

    def __call__(self, plan: Plan, photo: Photo, *, workspace: Path, tile: int | None, watch: Watch) -> Result:
        """Run it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PhotoWork:
    """Handlers for photos and previews."""

    planner: Planner
    """Makes plans."""
    run: Run
    """Runs them."""
    store: Store
    """Where photos and results are."""
    max_pixels: int
    """Largest photo that is opened."""

    def photo(self, task: Task, job: Job) -> Done:
        """Run the recipe of a task on its photo; the result goes to the store, and what pages show of both."""
        order = Order.read(task.payload)
        with self._opened(task, job) as photo:
            job.progress(0.0, "loading")
            photo = self._shown(task, photo, job)
            plan, result, start = self._planned(order, job, lambda plan: self._run(plan, photo, order.tile, job))
            draft = job.workspace / f"result{SUFFIX[plan.output.format]}"
            with _room(job, result.photo, plan.output.format):
                warnings = (*order.notes, *result.warnings, *result.photo.save(draft, plan.output))
            seconds = perf_counter() - start
            job.check_cancelled()
            name = plan.file_name(PurePath(task.input_name).stem, datetime.now(UTC))
            found = self._facts(plan, result, draft, name, seconds, warnings)
            key = key_of(Kind.RESULT, str(found["sha256"]))
            # To show a huge result takes memory: where all attempts but the last have ended a worker, it goes without.
            if task.attempts < ATTEMPTS:
                Showing(self.store).result(draft, result.photo, plan.output.format, key, job.workspace)
            self.store.put(key, draft)
            largest = max(result.photo.width, result.photo.height)
            return Done(
                result=found, result_key=key, seconds=round(seconds, 3), signature=plan.signature, resolution=largest,
                keep=lambda _connection: self.store.keep(key, draft),
            )  # fmt: skip

    def preview(self, task: Task, job: Job) -> Done:
        """Run the recipe of a task on a part of its photo, or on a small copy of the whole.

        The signature is that of the whole run.
        """
        order = Order.read(task.payload)
        with self._opened(task, job) as whole:
            plan, result, start = self._planned(order, job, lambda plan: self._previewed(plan, whole, order, job))
            shown = Output(format=Format.PNG if result.photo.alpha else Format.JPEG)
            draft = job.workspace / f"preview{SUFFIX[shown.format]}"
            with _room(job, result.photo, shown.format):
                warnings = (*result.warnings, *result.photo.save(draft, shown))
            found = self._facts(plan, result, draft, draft.name, perf_counter() - start, warnings)
            found["format"] = shown.format.value
            key = key_of(Kind.RESULT, str(found["sha256"]))
            self.store.put(key, draft)
            return Done(
                result=found, result_key=key, signature=plan.signature,
                keep=lambda _connection: self.store.keep(key, draft),
            )  # fmt: skip

    def _planned(self, order: Order, job: Job, run: Callable[[Plan], Result]) -> tuple[Plan, Result, float]:
        """Plan and run, and tell when that began; anew where what the signature names, as a workflow, was replaced.

        Raises:
            RecipeError: it was replaced each time.
        """
        for _ in range(_PLANS):
            plan = self.planner.plan(order.recipe, order.output)
            start, result = perf_counter(), run(plan)
            if self.planner.holds(plan):
                return plan, result, start
            log.warning("planned anew: what a step needs was replaced while it ran")
            shutil.rmtree(job.workspace / _RUN, ignore_errors=True)
        raise RecipeError("a workflow or a style was replaced each time while it ran", hint="try again")

    def _previewed(self, plan: Plan, whole: Photo, order: Order, job: Job) -> Result:
        if order.region is None:
            return self._run(plan, _proxy(whole), order.tile, job, urgent=True)
        if needs_whole(plan):
            result = self._run(plan, whole, order.tile, job, urgent=True)
            return replace(result, photo=_part(result.photo, order.region))
        part = _part(whole, order.region)
        share = max(part.width, part.height) / max(whole.width, whole.height)
        return self._run(plan_for_part(plan, share), part, order.tile, job, urgent=True)

    @contextmanager
    def _opened(self, task: Task, job: Job) -> Iterator[Photo]:
        if task.input_key is None:
            raise InternalError("the task has no photo")
        path = self.store.fetch(task.input_key, job.workspace / "original")
        yield open_photo(path, max_pixels=self.max_pixels, name=task.input_name)

    def _shown(self, task: Task, photo: Photo, job: Job) -> Photo:
        """Let pages have pictures of the photo while the work goes on; gives the photo to work on."""
        key = str(task.input_key)
        path = job.workspace / "original"
        path = path if path.exists() else self.store.fetch(key, path)
        if Showing(self.store).original(photo, path, key, job.workspace):
            return photo
        # What has failed once tells no reason the next time.
        return open_photo(path, max_pixels=self.max_pixels, name=task.input_name)

    def _run(self, plan: Plan, photo: Photo, tile: int | None, job: Job, *, urgent: bool = False) -> Result:
        watch = Watch(
            progress=lambda share: job.progress(share * (1 - _SAVING), "saving" if share >= 1 else "processing"),
            check_cancelled=job.check_cancelled,
            glimpse=job.glimpse,
            urgent=urgent,
        )
        folder = job.workspace / _RUN
        folder.mkdir()
        return self.run(plan, photo, workspace=folder, tile=tile, watch=watch)

    def _facts(
        self, plan: Plan, result: Result, draft: Path, name: str, seconds: float, warnings: tuple[str, ...]
    ) -> dict[str, object]:
        return {
            "name": name,
            "format": plan.output.format.value,
            "width": result.photo.width,
            "height": result.photo.height,
            "bytes": draft.stat().st_size,
            "sha256": sha256_of(draft),
            "seconds": round(seconds, 3),
            "executions": [one.to_dict() for one in result.executions],
            "warnings": list(dict.fromkeys(warnings)),
            "models": [model.id for step in plan.steps for model in step.models],
        }


def _room(job: Job, photo: Photo, form: Format) -> AbstractContextManager[None]:
    """Wait for the memory that it takes to write a photo."""
    if job.room is None:
        return nullcontext()
    size = photo.width * photo.height * _WHOLE.get(form, 0) + _LINES
    return job.room.take(size, job.check_cancelled)


def _part(photo: Photo, region: Region) -> Photo:
    """Cut a part out of a photo, at least one pixel and at most all of it."""
    left, top = int(region.left * photo.width), int(region.top * photo.height)
    width = max(1, min(round(region.width * photo.width), photo.width - left))
    height = max(1, min(round(region.height * photo.height), photo.height - top))
    return photo.with_image(photo.image.crop(left, top, width, height))


def _proxy(photo: Photo) -> Photo:
    """Give a copy of at most 512 pixels a side."""
    shrink = _PREVIEW_SIDE / max(photo.width, photo.height)
    if shrink >= 1:
        return photo
    image: pyvips.Image = photo.image.thumbnail_image(_PREVIEW_SIDE, size="down")
    return photo.with_image(image.cast(photo.image.format))

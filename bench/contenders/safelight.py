"""Safelight as its users run it: warm, from an opened file to a saved one."""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

import numpy as np

from bench.harness import Unavailable, own_folder
from bench.pictures import flat, read
from bench.weights import cpu_studio
from safelight.errors import SafelightError
from safelight.imaging.arrays import Pixels
from safelight.imaging.codecs import open_photo
from safelight.imaging.formats import Output
from safelight.imaging.photo import Photo
from safelight.models.spec import ModelSpec
from safelight.models.upscaler import Upscaler
from safelight.recipes.recipe import preset
from safelight.recipes.runner import Result, Watch
from safelight.wiring import temporary_workspace


class Safelight:
    """One studio with its model resident."""

    def __init__(self, name: str, quality: str, tile: int | None) -> None:
        start = time.perf_counter()
        self._studio = cpu_studio()
        device = self._studio.device
        framework = time.perf_counter()
        recipe = preset(name).changed({"upscale": {"quality_level": quality}})
        try:
            self._plan = self._studio.planner.plan(recipe, Output())
        except SafelightError as error:
            raise Unavailable(str(error)) from error
        self._tile = tile
        planned = time.perf_counter()
        model = cast("ModelSpec[Upscaler]", self._plan.steps[0].models[0])
        with self._studio.pool.use(model) as network:
            context = network.context
        loaded = time.perf_counter()
        with temporary_workspace() as workspace:
            self._enhance(Photo.from_pixels(flat(128, 64)), workspace)
        self._folder = own_folder()
        self._photo = self._folder
        self.facts: Mapping[str, Any] = {
            "model": model.id,
            "context": context,
            "precision": str(device.precision),
            "framework_seconds": framework - start,
            "plan_seconds": planned - framework,
            "load_seconds": loaded - planned,
        }

    def prepare(self, photo: Path) -> None:
        """Remember the file."""
        self._photo = photo

    def run(self) -> None:
        """Open, enlarge, tune, save."""
        with temporary_workspace() as workspace:
            photo = open_photo(self._photo, max_pixels=self._studio.settings.max_input_pixels)
            self._enhance(photo, workspace).photo.save(self._folder / "result.png", self._plan.output)

    def result(self) -> Pixels:
        """Read what was saved."""
        return np.asarray(read(self._folder / "result.png"))

    def _enhance(self, photo: Photo, workspace: Path) -> Result:
        return self._studio.run(self._plan, photo, workspace=workspace, tile=self._tile, watch=Watch())


def open_contender(options: Mapping[str, Any]) -> Safelight:
    """Load it: ``preset``, ``quality`` and ``tile`` (None: from the memory budget)."""
    return Safelight(options["preset"], options["quality"], options["tile"])

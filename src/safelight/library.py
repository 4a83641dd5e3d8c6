"""The library's front door: one call from a file or an array to a finished photo."""

from __future__ import annotations

import shutil
import tempfile
import weakref
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from safelight.errors import PhotoError, PhotoTooLargeError, RecipeError
from safelight.imaging.codecs import open_photo
from safelight.imaging.formats import Output
from safelight.imaging.photo import Photo
from safelight.imaging.tiling import LEAST, MOST
from safelight.recipes.recipe import DEFAULT_PRESET, Recipe, preset, read_recipe
from safelight.recipes.runner import Watch
from safelight.wiring import Studio, build

Source = str | Path | Photo | NDArray[np.uint8] | NDArray[np.uint16]


def enhance(
    source: Source,
    scale: float = 4,
    preset: str = DEFAULT_PRESET,
    *,
    tile: int | None = None,
    watch: Watch | None = None,
) -> Photo:
    """Enlarge a photo.

    Args:
        source: a file, a :class:`Photo`, or pixels (H, W) or (H, W, 1-4), uint8 or uint16, RGB order, full range.
        scale: 1-8, size of the result over that of the photo.
        preset: name of the recipe.
        tile: side of a tile in input pixels, 64-2048; by default it follows from the memory budget.
        watch: progress and cancel.

    Returns:
        The enlarged photo, with the metadata of the source; ``.save(path)`` writes it, ``.pixels()`` is the array,
        ``.warnings`` says what was decided on your behalf.

    Raises:
        PhotoError: the source cannot be read, or is too large.
        RecipeError: the preset does not exist, or scale or tile are out of range.
        ModelError: the weights of the model cannot be had.
    """
    return run(source, _recipe(preset).changed({"upscale": {"scale": scale}}), tile=tile, watch=watch)


def run(
    source: Source,
    recipe: Recipe | str | Sequence[Mapping[str, object]],
    *,
    tile: int | None = None,
    watch: Watch | None = None,
) -> Photo:
    """Run a recipe on a photo: restore faces, make a cartoon, paint in a style, or several in a row.

    Args:
        source: as for :func:`enhance`.
        recipe: a :class:`Recipe`, the name of a preset, or a list of steps; a step names its ``operation`` and the
            parameters that differ from the defaults.
        tile: side of a tile in input pixels, 64-2048; by default it follows from the memory budget.
        watch: progress and cancel.

    Returns:
        The result, as :func:`enhance` gives it.

    Raises:
        PhotoError: the source cannot be read, or is too large.
        RecipeError: the recipe is not valid, or the tile is out of range.
        ModelError: the weights of a model cannot be had.
    """
    if tile is not None and not LEAST <= tile <= MOST:
        raise RecipeError(f"the tile is {tile}, not {LEAST} to {MOST}")
    studio = _studio()
    photo = _photo(source, studio)
    plan = studio.planner.plan(_read(recipe), Output())
    workspace = _Workspace()
    result = studio.run(plan, photo, workspace=workspace.path, tile=tile, watch=watch or Watch())
    return replace(result.photo, keeper=workspace).with_warnings(*result.warnings)


def _read(recipe: Recipe | str | Sequence[Mapping[str, object]]) -> Recipe:
    if isinstance(recipe, Recipe):
        return recipe
    return _recipe(recipe) if isinstance(recipe, str) else read_recipe({"steps": [dict(step) for step in recipe]})


class _Workspace:
    """A folder that is gone with the last reference to this."""

    def __init__(self) -> None:
        self.path = Path(tempfile.mkdtemp(prefix="safelight-"))
        weakref.finalize(self, shutil.rmtree, self.path, ignore_errors=True)


_recipe = preset


@lru_cache(maxsize=1)
def _studio() -> Studio:
    """One studio per process, so that models stay resident between calls."""
    return build()


def _photo(source: Source, studio: Studio) -> Photo:
    if isinstance(source, Photo):
        return source
    if isinstance(source, np.ndarray):
        if source.size > 4 * studio.settings.max_input_pixels:
            raise PhotoTooLargeError(f"the array has more than {studio.settings.max_input_pixels:,} pixels")
        try:
            return Photo.from_pixels(source)
        except ValueError as error:
            raise PhotoError(str(error)) from error
    return open_photo(Path(source), max_pixels=studio.settings.max_input_pixels)

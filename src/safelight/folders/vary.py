"""One photo in several variants, for a contact sheet."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

from safelight.errors import LicenceError, MissingWeightsError, SafelightError
from safelight.imaging.codecs import open_photo
from safelight.imaging.disk import writing
from safelight.imaging.formats import Format, Output
from safelight.imaging.photo import Photo
from safelight.recipes.recipe import Recipe
from safelight.recipes.runner import Watch
from safelight.recipes.variants import shown, variants
from safelight.reports.contact import ContactSheet, Variant, together

if TYPE_CHECKING:
    from safelight.wiring import Studio


@dataclass(frozen=True, slots=True, kw_only=True)
class Varied:
    """What is varied."""

    operation: str
    """Id of the operation."""
    parameter: str
    """Name of the parameter."""
    values: tuple[object, ...]
    """Its values."""
    named: bool
    """Whether somebody asked for these very values; those that cannot be had are left out otherwise."""


@dataclass(slots=True)
class Vary:
    """Makes variants."""

    studio: Studio
    """All parts."""
    workspace: Path
    """A folder for what is made; pictures stay there."""
    begin: Callable[[str, int], None] = lambda _value, _at: None
    """Told which value is next, and its number."""
    watch: Watch = field(default_factory=Watch)
    """Progress and cancel."""
    left_out: list[str] = field(default_factory=list)
    """Values for which weights are missing."""

    def sheet(self, path: Path, recipe: Recipe, varied: Varied) -> ContactSheet:
        """Make all variants of the photo at ``path``; one that fails has its reason in its place.

        Raises:
            PhotoError: the photo cannot be read.
            RecipeError: a value is not valid.
            CancelledError: it is not wanted any more.
        """
        photo = open_photo(path, max_pixels=self.studio.settings.max_input_pixels)
        recipes = variants(recipe, varied.operation, varied.parameter, varied.values)
        size = f"{photo.width} x {photo.height}"
        cells = [Variant(title="the photo", picture=path, facts=(size,))]
        for at, (one, value) in enumerate(zip(recipes, varied.values, strict=True)):
            self.watch.check_cancelled()
            self.begin(shown(value), at)
            if (cell := self._cell(photo, one, shown(value), at, named=varied.named)) is not None:
                cells.append(cell)
        given = ", ".join(_given(recipe, varied))
        summary = f"{varied.operation} by {varied.parameter}" + (f"; all with {given}" if given else "")
        return together(ContactSheet(title=photo.name, summary=summary, variants=tuple(cells)))

    def _cell(self, photo: Photo, recipe: Recipe, value: str, at: int, *, named: bool) -> Variant | None:
        folder, picture = self.workspace / f"run-{at}", self.workspace / f"{at}.png"
        start = perf_counter()
        try:
            with writing(folder):
                folder.mkdir()
            plan = self.studio.planner.plan(recipe, Output(format=Format.PNG))
            result = self.studio.run(plan, photo, workspace=folder, watch=self.watch)
            result.photo.save(picture, plan.output)
        except (MissingWeightsError, LicenceError) as error:
            if not named:
                self.left_out.append(value)
                return None
            return Variant(title=value, picture=None, facts=(error.message,))
        except SafelightError as error:
            self.watch.check_cancelled()
            return Variant(title=value, picture=None, facts=(error.message,))
        finally:
            shutil.rmtree(folder, ignore_errors=True)
        took = f"{result.photo.width} x {result.photo.height}, {perf_counter() - start:.1f} s"
        models = dict.fromkeys(one.model for one in result.executions if one.model)
        return Variant(title=value, picture=picture, facts=(", ".join([took, *models]), *result.warnings))


def _given(recipe: Recipe, varied: Varied) -> Sequence[str]:
    """What all variants have in common, as far as somebody set it."""
    return [
        f"{step.operation}.{name} {shown(value)}"
        for step in recipe.steps
        for name, value in step.values.items()
        if (step.operation, name) != (varied.operation, varied.parameter)
    ]

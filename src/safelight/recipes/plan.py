"""Plans: a recipe with every parameter filled in and every model chosen, and the signature that names it."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from safelight.errors import LicenceError, MissingWeightsError, RecipeError
from safelight.imaging.formats import SUFFIX, Output
from safelight.imaging.naming import result_name
from safelight.models.catalog import Catalog
from safelight.models.pull import Progress
from safelight.models.spec import ModelSpec, ModelState, ResolvedModel, identity
from safelight.models.weights import Weights
from safelight.operations.operation import ModelChoice, Offers, Operation, Params
from safelight.recipes.recipe import Recipe

_SCHEME = 1
_NOTHING = Offers()


@dataclass(frozen=True, slots=True, kw_only=True)
class BoundStep:
    """A step that is ready to run."""

    operation: Operation[Any]
    """What is done."""
    params: Params
    """Every parameter."""
    models: tuple[ModelSpec[object], ...]
    """The models chosen, in the order in which the operation asked for them."""
    identities: tuple[str, ...]
    """SHA-256 of the weights of each."""
    stamps: tuple[str, ...] = ()
    """SHA-256 of what else decides the result."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A recipe that is ready to run, and how its result is written."""

    recipe: Recipe
    """What it was made from, with everything decided."""
    steps: tuple[BoundStep, ...]
    """What is done, in order."""
    output: Output
    """How the result is written."""
    warnings: tuple[str, ...]
    """What was decided on the user's behalf."""

    @property
    def signature(self) -> str:
        """SHA-256 over all that decides what the result looks like, the same on every machine."""
        content = {
            "scheme": _SCHEME,
            "steps": [
                {
                    "operation": step.operation.id,
                    "revision": step.operation.revision,
                    "params": step.params.model_dump(mode="json"),
                    "models": list(step.identities),
                    **({"stamps": list(step.stamps)} if step.stamps else {}),
                }
                for step in self.steps
            ],
            "output": {
                "format": self.output.format,
                "quality": self.output.quality,
                "lossless": self.output.lossless,
                "strip": self.output.strip,
            },
        }
        text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False)
        return hashlib.sha256(text.encode("ascii")).hexdigest()

    def file_name(self, stem: str, at: datetime | None = None) -> str:
        """The name of the result's file, from the photo's name without suffix: it carries what made the result.

        ``at`` is when it was made; results that have a look carry it, as many are made of one photo.
        """
        labels = [step.operation.label(step.params) for step in self.steps]
        looks = [label.look for label in labels if label.look]
        parts = looks or [self.recipe.name or "recipe"]
        if looks and at is not None:
            parts.append(f"{at.astimezone():%Y%m%d%H%M%S}")
        parts += [mark for label in labels for mark in label.marks]
        return result_name(stem, parts, SUFFIX[self.output.format])


class Planner:
    """Turns recipes into plans."""

    def __init__(self, catalog: Catalog, weights: Weights, offers: Offers = _NOTHING) -> None:
        """Take what knows the models, and their files, and what there is beside them."""
        self._catalog = catalog
        self._weights = weights
        self._offers = offers

    def plan(self, recipe: Recipe, output: Output, *, fetch: bool = True, progress: Progress | None = None) -> Plan:
        """Check a recipe and choose its models, fetching weights that are missing unless ``fetch`` is off.

        Raises:
            RecipeError: a parameter is not valid.
            UnknownModelError: a model does not exist.
            MissingWeightsError: none of the models that would do can be had.
            LicenceError: the licence of the one that would do has to be accepted first.
            CorruptWeightsError: a weights file is not what the catalog names.
        """
        warnings: list[str] = []
        steps = []
        recipe = recipe.settled(self._offers)
        for step in recipe.steps:
            operation, params = step.bind()
            choices = operation.models(params, self._catalog)
            chosen = [model for one in choices if (model := self._choose(one, fetch, progress, warnings))]
            steps.append(
                BoundStep(
                    operation=operation,
                    params=params,
                    models=tuple(model.spec for model in chosen),
                    identities=tuple(model.sha256 for model in chosen),
                    stamps=operation.stamps(params, self._offers),
                )
            )
        _check_places(steps, self._offers)
        return Plan(recipe=recipe, steps=tuple(steps), output=output, warnings=tuple(dict.fromkeys(warnings)))

    def holds(self, plan: Plan) -> bool:
        """Tell whether what else than parameters and models decides the result is still what it was for a plan.

        Raises:
            RecipeError, WorkflowError: it is not there any more.
        """
        return all(step.operation.stamps(step.params, self._offers) == step.stamps for step in plan.steps)

    def _choose(
        self, choice: ModelChoice, fetch: bool, progress: Progress | None, warnings: list[str]
    ) -> ResolvedModel | None:
        if choice.note:
            warnings.append(choice.note)
        first = choice.candidates[0]
        failed: MissingWeightsError | LicenceError | None = None
        candidates = choice.candidates if fetch else self._likely(choice)
        for spec in candidates:
            try:
                model = self._weights.ensure(spec, progress) if fetch else self._promised(spec, warnings)
            except (MissingWeightsError, LicenceError) as error:
                failed = failed or error
                continue
            if spec is not first:
                # Which files are missing names folders of the machine; `models list` and the models page have it.
                reason = f": {failed.message}" if isinstance(failed, LicenceError) else ""
                warnings.append(f"{first.id} cannot be had here, {spec.id} is used instead{reason}")
            if not spec.verified:
                warnings.append(f"{spec.id} is unverified: it could not be tried with its real weights so far")
            return model
        failed = failed or MissingWeightsError(f"the weights of {first.id} are not here and could not be fetched")
        if choice.without is not None:
            warnings.append(f"{choice.without}: {failed.message}")
            return None
        if choice.advice is not None:
            raise type(failed)(failed.message, hint="; ".join(filter(None, (failed.hint, choice.advice)))) from failed
        raise failed

    def _likely(self, choice: ModelChoice) -> tuple[ModelSpec[object], ...]:
        """The candidates in the order in which a run would come to them: what will hardly be fetched is last.

        So a plan has the signature of the result, where another model or none takes the place of the one wanted.
        """
        doubtful = [spec for spec in choice.candidates if self._weights.unlikely(spec)]
        sure = [spec for spec in choice.candidates if spec not in doubtful]
        return (*sure, *(doubtful if choice.without is None else ()))

    def _promised(self, spec: ModelSpec[object], warnings: list[str]) -> ResolvedModel:
        """Give a model whose weights are here or could be fetched, without fetching them."""
        if self._weights.state(spec) is not ModelState.FETCHABLE:
            return self._weights.resolve(spec)
        variant = next(one for one in spec.variants if all(file.sources and file.sha256 for file in one.files))
        size = sum(file.bytes or 0 for file in variant.files)
        warnings.append(f"the weights of {spec.id} are not here yet: {size / 1e6:.0f} MB would be fetched first")
        hashes = [file.sha256 for file in variant.files if file.sha256]
        return ResolvedModel(spec=spec, variant=variant, paths=(), sha256=identity(hashes))


def _check_places(steps: list[BoundStep], offers: Offers) -> None:
    """Refuse what nobody would do, and what would hold a device while it waits for other machines."""
    there = [step.operation.id for step in steps if step.operation.elsewhere(step.params)]
    if there and not offers.servers:
        raise RecipeError(f"{there[0]} needs a ComfyUI server, and none is set up", hint="set SAFELIGHT_COMFYUI_URLS")
    here = [step.operation.id for step in steps if step.models]
    if there and here:
        raise RecipeError(
            f"{there[0]} is done by a ComfyUI server and {here[0]} by a model of this machine: not in one recipe",
            hint="do one after the other, with the result of the first as the photo of the second",
        )

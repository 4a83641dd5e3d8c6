"""What an operation is: a value in an explicit list, not a class tree."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from pydantic import BaseModel, ConfigDict

from safelight.errors import RecipeError
from safelight.imaging.photo import Photo
from safelight.models.catalog import Catalog
from safelight.models.spec import ModelSpec
from safelight.operations.context import Context


class Params(BaseModel):
    """Parameters of an operation: strict about names and types, frozen, every field described and with a default."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False, strict=True)


P = TypeVar("P", bound=Params)


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelChoice:
    """A model that a step needs: the first of ``candidates`` that can be had."""

    candidates: tuple[ModelSpec[object], ...]
    """Models that would do, the best first."""
    note: str | None = None
    """What the user should know about this choice, whichever it falls on."""
    without: str | None = None
    """What the user is told where none can be had and the step runs without; None = it cannot."""
    advice: str | None = None
    """What else the user can do where none can be had and the step does not run."""


def _no_workflow(name: str) -> str:
    raise RecipeError(f"there is no workflow {name[:64]!r}", hint="there are none here")


@dataclass(frozen=True, slots=True, kw_only=True)
class Offers:
    """What there is beside models."""

    servers: bool = False
    """Whether there are ComfyUI servers."""
    workflow: Callable[[str], str] = _no_workflow
    """Gives the SHA-256 of what a workflow of a name does here; raises WorkflowError where there is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """What a forecast knows of a photo."""

    width: int
    """Pixels across."""
    height: int
    """Pixels down."""
    bands: int
    """Channels, with alpha."""
    depth: int
    """Bits per channel."""

    @property
    def pixels(self) -> int:
        """How many pixels it has."""
        return self.width * self.height

    @property
    def bytes(self) -> int:
        """How many bytes its pixels take."""
        return self.pixels * self.bands * self.depth // 8


@dataclass(frozen=True, slots=True, kw_only=True)
class StepForecast:
    """What one step will take and give."""

    size: Size
    """Size of its result."""
    disk: int = 0
    """Bytes of intermediate files."""
    network_pixels: int = 0
    """Input pixels that a network has to work through."""
    model_pixels: tuple[int, ...] | None = None
    """The same for each of the models, in their order; None: all of them work through ``network_pixels``."""
    guess: float | None = None
    """Seconds, roughly, of work that is not measured; 0 where it cannot be told. None: there is none worth a word."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """What a step adds to the name of its result."""

    look: str | None = None
    """The look that it gives; stands in place of the recipe's name, and the result's time beside it."""
    marks: tuple[str, ...] = ()
    """Parameters that people tell results apart by, short: ``x4``, ``r1024``, ``s085``."""


def percent(strength: float) -> str:
    """Write a strength of 0-1 for a file name: 0.85 is ``s085``."""
    return f"s{round(strength * 100):03d}"


def _no_label(_params: Params) -> Label:
    return Label()


@dataclass(frozen=True, slots=True, kw_only=True)
class ForPart(Generic[P]):
    """How a step is run on a part of a photo, so that it shows there what it makes of the whole."""

    params: P
    """Its parameters there; they may be out of their range."""
    note: str = ""
    """How the part differs from its place in the whole all the same; empty = not to be seen."""
    whole: bool = False
    """Whether it is soon run on the whole photo, so that the part is better cut out of the result."""


def shortened(side: int, share: float) -> int:
    """Give a length of the whole photo as one of a part that is ``share`` as long."""
    return max(1, round(side * share))


def _as_it_is(params: P, _share: float) -> ForPart[P]:
    return ForPart(params=params)


def _as_asked(params: P, _offers: Offers) -> P:
    return params


def _here(_params: Params) -> bool:
    return False


def _nothing_else(_params: Params, _offers: Offers) -> tuple[str, ...]:
    return ()


def _no_models(_params: Params, _catalog: Catalog) -> tuple[ModelChoice, ...]:
    return ()


def _same_size(size: Size, _params: Params, _chosen: tuple[ModelSpec[object], ...]) -> StepForecast:
    return StepForecast(size=size)


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation(Generic[P]):
    """One named step with typed parameters that turns a photo into a photo."""

    id: str
    """Its name in recipes."""
    title: str
    """What people call it."""
    summary: str
    """What it does, in a sentence."""
    params: type[P]
    """Its parameters."""
    run: Callable[[Photo, P, Context], Photo]
    """Does it."""
    models: Callable[[P, Catalog], tuple[ModelChoice, ...]] = _no_models
    """Which models a run with these parameters needs."""
    forecast: Callable[[Size, P, tuple[ModelSpec[object], ...]], StepForecast] = _same_size
    """What a run with these parameters on a photo of this size takes and gives."""
    settle: Callable[[P, Offers], P] = _as_asked
    """Decides what was left open, as which back end does it; the recipe says so from then on."""
    elsewhere: Callable[[P], bool] = _here
    """Whether ComfyUI servers do it with these parameters, so that no device is held meanwhile."""
    stamps: Callable[[P, Offers], tuple[str, ...]] = _nothing_else
    """SHA-256 of what else than parameters and models decides the result, as a workflow; part of the signature."""
    label: Callable[[P], Label] = _no_label
    """What it adds to the name of the result."""
    for_part: Callable[[P, float], ForPart[P]] = _as_it_is
    """How it is run on a part, whose long side is a share (0-1) of the photo's."""
    revision: int = 1
    """Grows when the same parameters give a different picture than before; part of the signature."""

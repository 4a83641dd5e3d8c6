"""``stylize``: a photo in a named style, in a blend of the network's styles, or in the style of any picture."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from enum import StrEnum
from typing import cast

import pyvips
from pydantic import Field, field_validator, model_validator

from safelight.comfyui.painting import Wish
from safelight.errors import RecipeError
from safelight.imaging.alpha import fill_transparent
from safelight.imaging.photo import Photo
from safelight.imaging.vips import reading
from safelight.models.catalog import Catalog
from safelight.models.painter import Condition, StyleReader
from safelight.models.spec import ModelSpec, ModelTask
from safelight.operations.context import Context, Execution
from safelight.operations.elsewhere import no_picture, painted_elsewhere
from safelight.operations.network import in_colour, painted_image
from safelight.operations.operation import (
    ForPart,
    Label,
    ModelChoice,
    Offers,
    Operation,
    Params,
    Size,
    StepForecast,
    percent,
    shortened,
)
from safelight.operations.styles.canvas import MOST, grown, luma_of, photo_of, shrunk, values_of
from safelight.operations.styles.known import all_styles, find_style
from safelight.operations.styles.own import OWN
from safelight.operations.styles.picture import LONGEST, check_picture, style_pixels
from safelight.operations.styles.rows import Style, check_names, network_styles, shares
from safelight.operations.styles.steps import Drawn, Enhance, Network

_MANY, _ANY = "multistyle26", "arbitrary-style"
_CANVAS = 1024
_USUAL = "clay"
_WORKFLOW = "style"
_SENT = 2048
"""Longest side of what is sent to be painted: workflows of styles work at about 1,024 pixels."""
_PAINTING_SECONDS, _PIXEL_SECONDS = 2.5e-6, 5e-7
"""Rough time of filters on two cores, for each pixel of the canvas and of the photo."""


class Backend(StrEnum):
    """What paints."""

    AUTO = "auto"
    LOCAL = "local"
    COMFYUI = "comfyui"


class StylizeParams(Params):
    """Parameters of ``stylize``: one of ``style``, ``mix`` and ``picture`` says what it looks like.

    The default style says nothing beside a mix or a picture.
    """

    style: str = Field(
        default=_USUAL, max_length=100, examples=list(all_styles()),
        description="Name of a style: clay, anime, realistic, cartoon, oil_painting, or one of the network's.",
    )  # fmt: skip
    strength: float = Field(
        default=0.6, ge=0, le=1, description="0 leaves the photo as it is, pixel for pixel; 1 is the style alone. Its "
        "share rises faster than the strength s, as s(2 - s): 84 % at 0.6.",
    )  # fmt: skip
    backend: Backend = Field(
        default=Backend.AUTO, strict=False, description="What paints: local = this machine, comfyui = the pool of "
        "ComfyUI servers; auto = the pool where there is one and the style has a prompt.",
    )  # fmt: skip
    seed: int = Field(
        default=0,
        ge=0,
        le=2**53 - 1,
        description="Of ComfyUI: begin of the random numbers; each gives another result.",
    )
    custom_prompt: str = Field(
        default="", max_length=10_000, description="What a back end that reads prompts is told besides the style's own."
    )
    preserve_color: bool = Field(
        default=False, title="Keep the colours", description="Keep the photo's colours; only lightness is painted."
    )
    canvas: int | None = Field(
        default=None, ge=256, le=8192, description="Long side at which it is painted, in pixels: smaller = broader "
        "strokes. The result has the photo's size. Empty: what is best for the style.",
    )  # fmt: skip
    mix: dict[str, float] | None = Field(
        default=None,
        max_length=len(network_styles()),
        description="A blend of the network's styles in place of a style: weights by name.",
    )
    picture: str | None = Field(
        default=None, max_length=LONGEST, description="A picture whose style is taken in place of a named one: a data "
        f"URI of a PNG, JPEG or WebP, {LONGEST:,} characters at most, best a JPEG or WebP of 256 x 256 pixels.",
    )  # fmt: skip

    @field_validator("style")
    @classmethod
    def _known(cls, name: str) -> str:
        try:
            find_style(name)
        except RecipeError as error:
            raise ValueError(str(error)) from error
        return name

    @field_validator("mix", mode="before")
    @classmethod
    def _named(cls, mix: object) -> object:
        # Before its weights are looked at: what is wrong with each of them would be told with its name.
        if isinstance(mix, Mapping):
            check_names(mix)
        return mix

    @field_validator("mix")
    @classmethod
    def _mixable(cls, mix: dict[str, float] | None) -> dict[str, float] | None:
        if mix is not None:
            shares(mix)
        return mix

    @field_validator("picture", mode="before")
    @classmethod
    def _picturable(cls, picture: object) -> object:
        # Before its length is: what is said here tells what would be right.
        if isinstance(picture, str):
            check_picture(picture)
        return picture

    @model_validator(mode="after")
    def _one_look(self) -> StylizeParams:
        named = [name for name, given in (("mix", self.mix), ("picture", self.picture)) if given is not None]
        # The default may stand beside them: a recipe with every parameter filled in has it.
        if self.style != _USUAL:
            named.insert(0, "style")
        if len(named) > 1:
            raise ValueError(f"only one of style, mix and picture says what it looks like, not {' and '.join(named)}")
        if self.backend is Backend.COMFYUI and not self.prompted:
            raise ValueError("ComfyUI paints styles that have a prompt: not a mix, a picture or one of the network's")
        return self

    @property
    def row(self) -> Style | None:
        """The style, also that of a blend; None where a picture is the style."""
        if self.picture is not None:
            return None
        if self.mix is not None:
            return Style(id="mix", title="Mix", steps=(Network(filter="network", mix=self.mix),))
        return find_style(self.style)

    @property
    def prompted(self) -> bool:
        """Whether what paints can be told in words what it is to look like."""
        return self.mix is None and self.row is not None and bool(self.row.prompt)

    @property
    def enhances(self) -> bool:
        """Whether the photo is made better, and not painted."""
        return self.row is not None and isinstance(next(iter(self.row.steps), None), Enhance)

    @property
    def colours(self) -> bool:
        """Whether a grey photo becomes coloured."""
        return not (self.preserve_color or self.enhances or self.strength == 0)


def choose_models(params: StylizeParams, catalog: Catalog) -> tuple[ModelChoice, ...]:
    """Name the network, if one paints; the local styles clay to oil_painting need none."""
    row = params.row
    if params.backend is Backend.COMFYUI:
        return ()
    if row is not None and not any(isinstance(step, Network) for step in row.steps):
        return ()
    return (ModelChoice(candidates=(catalog.get(_ANY if row is None else _MANY, ModelTask.STYLIZE),)),)


def forecast(size: Size, params: StylizeParams, chosen: tuple[ModelSpec[object], ...]) -> StepForecast:
    """Tell the size, with three bands where grey becomes coloured, and the work of a network on the canvas.

    The time of filters is a guess.
    """
    if size.bands < 3 and params.colours:
        size = replace(size, bands=size.bands + 2)
    if params.backend is Backend.COMFYUI:
        # How fast the servers are is theirs to know.
        return StepForecast(size=size, guess=0.0 if params.strength else None)
    share = min(1.0, canvas_side(params) / max(size.width, size.height)) ** 2
    if not chosen:
        painting = 0 if params.enhances else size.pixels * share * _PAINTING_SECONDS
        return StepForecast(size=size, guess=(painting + size.pixels * _PIXEL_SECONDS) if params.strength else None)
    return StepForecast(size=size, disk=round(size.bytes * share), network_pixels=round(size.pixels * share))


def run(photo: Photo, params: StylizeParams, context: Context) -> Photo:
    """Paint ``photo``.

    It is painted on a canvas of a size of its own, so that a style looks the same on every size of a photo, and brought
    back to the photo's size; see :mod:`safelight.operations.styles.canvas`. Grey becomes coloured where the style is.

    Raises:
        RecipeError: the style picture cannot be read.
        CancelledError: the run was cancelled; looked at before each step and each tile.
        OutOfMemoryError: even the smallest tile does not fit.
        DiskFullError: the workspace is full.
    """
    if params.backend is Backend.COMFYUI:
        return _by_servers(photo, params, context)
    if params.custom_prompt:
        context.warnings.append("stylize: custom_prompt was not used: what paints here does not read prompts")
    if params.strength == 0:
        context.executions.append(Execution(operation="stylize"))
        return photo
    colours = photo.with_image(fill_transparent(photo.image)) if photo.alpha else photo
    if params.colours:
        colours = in_colour(colours)
    with reading(photo.name):
        painted = _painted(colours, params, context)
    if params.preserve_color:
        painted = _lightness_only(colours, painted)
    return _mixed(photo, colours, painted, params.strength)


def _by_servers(photo: Photo, params: StylizeParams, context: Context) -> Photo:
    """Have it painted by ComfyUI servers; what only local painting knows is told not to be."""
    row = find_style(params.style)
    if params.strength == 0:
        context.executions.append(Execution(operation="stylize"))
        return photo
    for name, given in (("preserve_color", params.preserve_color), ("canvas", params.canvas is not None)):
        if given:
            context.warnings.append(f"stylize: {name} was not used: ComfyUI paints as its workflow says")
    wish = Wish(
        workflow=row.workflow or _WORKFLOW, picture=no_picture(), strength=params.strength, seed=params.seed,
        prompt=", ".join(filter(None, (row.prompt, params.custom_prompt.strip()))), negative=row.negative,
    )  # fmt: skip
    return painted_elsewhere(photo, wish, context, operation="stylize", longest=_SENT)


def settle(params: StylizeParams, offers: Offers) -> StylizeParams:
    """Decide what paints, where that was left open.

    Raises:
        RecipeError: this machine is to paint a style that only servers paint.
    """
    chosen = params.backend
    if chosen is Backend.AUTO:
        chosen = Backend.COMFYUI if offers.servers and params.prompted else Backend.LOCAL
    if chosen is Backend.LOCAL and params.row is not None and not params.row.steps:
        there = "choose comfyui" if offers.servers else "set SAFELIGHT_COMFYUI_URLS"
        raise RecipeError(f"the style {params.style} is painted by ComfyUI servers only", hint=there)
    return params if chosen is params.backend else params.model_copy(update={"backend": chosen})


def _elsewhere(params: StylizeParams) -> bool:
    return params.backend is Backend.COMFYUI and params.strength > 0


def _stamps(params: StylizeParams, offers: Offers) -> tuple[str, ...]:
    """Whatever users may change: the row of a style of their own, and the workflow."""
    row = params.row
    own = (row.digest,) if row is not None and row.id in OWN.all() else ()
    if row is not None and _elsewhere(params):
        return (*own, offers.workflow(row.workflow or _WORKFLOW))
    return own


def _painted(colours: Photo, params: StylizeParams, context: Context) -> pyvips.Image:
    """What the style makes of a photo without alpha, in floating point, 0-1: 3 bands, or 1 where grey stays grey."""
    row = params.row
    if row is not None and not row.steps:
        raise RecipeError(f"the style {row.id} is painted by ComfyUI servers only")
    if row is not None and isinstance(enhance := row.steps[0], Enhance):
        from safelight.operations.styles.filters.enhance import enhanced

        context.executions.append(Execution(operation="stylize"))
        if params.canvas is not None:
            context.warnings.append(f"stylize: canvas was not used: {row.id} works at the photo's own size")
        values = {name: value for name, value in enhance if name != "filter"}
        return enhanced(colours.image, **values) / _top(colours)
    canvas = _canvas(colours, params, context)
    painted = _like_picture(canvas, str(params.picture), context) if row is None else _by_steps(canvas, row, context)
    return grown(painted, canvas, colours)


def canvas_side(params: StylizeParams) -> int:
    """Give the long side at which it is painted, in pixels: what was asked, or what is best for the style."""
    row = params.row
    return params.canvas or (_CANVAS if row is None else row.canvas)


def for_part(params: StylizeParams, share: float) -> ForPart[StylizeParams]:
    """Shorten the canvas."""
    if params.backend is Backend.COMFYUI:
        return ForPart(params=params, note="ComfyUI paints a part on its own, and so not as in the whole")
    if params.enhances:
        return ForPart(params=params)
    return ForPart(params=params.model_copy(update={"canvas": shortened(canvas_side(params), share)}))


def _canvas(colours: Photo, params: StylizeParams, context: Context) -> Photo:
    side, row = canvas_side(params), params.row
    if side > MOST and row is not None and any(not isinstance(step, Network) for step in row.steps):
        if max(colours.width, colours.height) > MOST:
            context.warnings.append(f"stylize: {row.id} is painted at most {MOST:,} pixels wide or high")
        side = MOST
    canvas = shrunk(colours, side)
    # Read many times, and small: it is computed once.
    return canvas.with_image(canvas.image.copy_memory()) if max(canvas.width, canvas.height) <= MOST else canvas


def _by_steps(canvas: Photo, row: Style, context: Context) -> Photo:
    from safelight.operations.styles.drawing import drawn

    first = None
    for index, step in enumerate(row.steps):
        context.check_cancelled()
        if isinstance(step, Network):
            part = replace(context, progress=_part(context.progress, index, len(row.steps)))
            canvas = _by_network(canvas, step, part)
        else:
            values = values_of(canvas)
            first = values if first is None else first
            canvas = photo_of(drawn(values, cast("Drawn", step), first), canvas)
            context.progress((index + 1) / len(row.steps))
    if not any(isinstance(step, Network) for step in row.steps):
        context.executions.append(Execution(operation="stylize"))
    return canvas


def _part(progress: Callable[[float], None], index: int, count: int) -> Callable[[float], None]:
    return lambda fraction: progress((index + fraction) / count)


def _by_network(canvas: Photo, step: Network, context: Context) -> Photo:
    image = painted_image(canvas, context.chosen[0], context, operation="stylize", condition=shares(step.mix))
    if step.amount < 1:
        image = (canvas.image * (1 - step.amount) + image * step.amount).rint().cast(canvas.image.format)
    return canvas.with_image(image)


def _like_picture(canvas: Photo, picture: str, context: Context) -> Photo:
    pixels = style_pixels(picture, context.workspace)
    with context.models.use(cast("ModelSpec[StyleReader]", context.chosen[0])) as painter:
        condition: Condition = painter.style_of(pixels)
        image = painted_image(canvas, context.chosen[0], context, operation="stylize", condition=condition)
    return canvas.with_image(image)


def _lightness_only(colours: Photo, painted: pyvips.Image) -> pyvips.Image:
    """The photo with the lightness of what was painted."""
    own = colours.image.cast("float") / _top(colours)
    return own + (luma_of(painted) - luma_of(own))


def _mixed(photo: Photo, colours: Photo, painted: pyvips.Image, strength: float) -> Photo:
    """Mix; the style's share rises faster than the strength, so that it is plain to see at 0.6 already."""
    share = strength * (2 - strength)
    mixed = painted * (share * _top(photo))
    if share < 1:
        mixed += colours.image * (1 - share)
    mixed = mixed.rint().cast(photo.image.format)
    if photo.alpha:
        mixed = mixed.bandjoin(photo.image.extract_band(photo.bands - 1))
    return colours.with_image(mixed)


def _top(photo: Photo) -> float:
    return 65535.0 if photo.depth == 16 else 255.0


def _label(params: StylizeParams) -> Label:
    look = "picture" if params.picture is not None else "mix" if params.mix is not None else params.style
    return Label(look=look, marks=(percent(params.strength),))


STYLIZE = Operation(
    id="stylize",
    title="Stylize",
    summary="Paint the photo in a style: five of its own, 26 of a network, blends of them, or that of any picture.",
    params=StylizeParams,
    run=run,
    models=choose_models,
    forecast=forecast,
    label=_label,
    for_part=for_part,
    settle=settle,
    elsewhere=_elsewhere,
    stamps=_stamps,
)

"""``cartoonize``: turn a photo into a drawing.

Classical looks need no weights; the others are networks. Both draw a photo of any size in bounded memory.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from enum import StrEnum
from types import MappingProxyType

import pyvips
from pydantic import Field, field_validator

from safelight.imaging.alpha import fill_transparent
from safelight.imaging.photo import Photo
from safelight.imaging.vips import reading
from safelight.models.catalog import Catalog
from safelight.models.spec import ModelSpec, ModelTask
from safelight.operations.context import Context, Execution
from safelight.operations.looks.drawing import drawn_image
from safelight.operations.looks.heads import with_heads
from safelight.operations.looks.ink import ink
from safelight.operations.looks.look import Look
from safelight.operations.looks.poster import poster
from safelight.operations.looks.soft import soft
from safelight.operations.network import blended, in_colour, painted_image, same_size
from safelight.operations.operation import (
    ForPart,
    Label,
    ModelChoice,
    Operation,
    Params,
    Size,
    StepForecast,
    percent,
    shortened,
)


class CartoonStyle(StrEnum):
    """How it is drawn."""

    INK = "ink"
    SOFT = "soft"
    POSTER = "poster"
    HAYAO = "hayao"
    HOSODA = "hosoda"
    PAPRIKA = "paprika"
    SHINKAI = "shinkai"
    FACE_PAINT = "face-paint"
    FACE_PAINT_V1 = "face-paint-v1"
    CELEBA = "celeba"
    ANIME_PAPRIKA = "anime-paprika"
    DCTNET = "dctnet"


LOOKS: Mapping[CartoonStyle, Look] = MappingProxyType(
    {CartoonStyle.INK: ink, CartoonStyle.SOFT: soft, CartoonStyle.POSTER: poster}
)
"""Styles that need no weights."""

MODELS: Mapping[CartoonStyle, str] = MappingProxyType({
    CartoonStyle.HAYAO: "cartoongan-hayao",
    CartoonStyle.HOSODA: "cartoongan-hosoda",
    CartoonStyle.PAPRIKA: "cartoongan-paprika",
    CartoonStyle.SHINKAI: "cartoongan-shinkai",
    CartoonStyle.FACE_PAINT: "animegan2-face-paint-512-v2",
    CartoonStyle.FACE_PAINT_V1: "animegan2-face-paint-512-v1",
    CartoonStyle.CELEBA: "animegan2-celeba-distill",
    CartoonStyle.ANIME_PAPRIKA: "animegan2-paprika",
    CartoonStyle.DCTNET: "dctnet",
})  # fmt: skip
"""Models of the other styles, by their ids in the catalog."""

_STUDY_SECONDS, _DRAWING_SECONDS = 2.5, 6e-7
"""Rough time of a classical look on two cores: for its study of a small copy, and for each pixel of the result."""

_DCTNET = frozenset({"dct-net", "dct_net"})


class CartoonizeParams(Params):
    """Parameters of ``cartoonize``."""

    style: CartoonStyle = Field(
        default=CartoonStyle.INK,
        strict=False,
        description="ink: dark lines over flat tones; soft: smooth shading with fine lines; poster: few flat colours; "
        "these need no weights. hayao, hosoda, paprika, shinkai: CartoonGAN; face-paint, face-paint-v1, celeba (faces) "
        "and anime-paprika: AnimeGANv2. dctnet: DCT-Net, for portraits, from a ModelScope folder of yours.",
    )
    strength: float = Field(default=1.0, ge=0.1, le=1, description="Share of the drawing; the rest is the photo.")
    resolution: int | None = Field(
        default=1024, ge=512, le=2048, description="Long side of the result in pixels; null keeps the photo's size."
    )

    @field_validator("style", mode="before")
    @classmethod
    def _spelled(cls, value: object) -> object:
        return CartoonStyle.DCTNET if isinstance(value, str) and value.lower() in _DCTNET else value


def choose_models(params: CartoonizeParams, catalog: Catalog) -> tuple[ModelChoice, ...]:
    """Name the network, if one runs."""
    if params.style in LOOKS:
        return ()
    spec = catalog.get(MODELS[params.style], ModelTask.CARTOONIZE)
    network = ModelChoice(candidates=(spec,), advice=f"the styles {', '.join(LOOKS)} need no weights")
    if params.style is not CartoonStyle.DCTNET:
        return (network,)
    finder = catalog.get("face-landmarker", ModelTask.FACES)
    return (network, ModelChoice(candidates=(finder,), without="heads are painted as the rest of the photo"))


def forecast(size: Size, params: CartoonizeParams, chosen: tuple[ModelSpec[object], ...]) -> StepForecast:
    """Tell the size of the result, the room for the drawing on disk, and the pixels to work through.

    The time of a classical look is a guess.
    """
    width, height = _sides(size.width, size.height, params.resolution)
    bands = size.bands if not chosen or size.bands > 2 else size.bands + 2
    drawn = Size(width=width, height=height, bands=bands, depth=size.depth)
    if chosen:
        ahead = same_size(drawn, chosen[:1])
        return replace(ahead, model_pixels=(ahead.network_pixels, *(0 for _ in chosen[1:])))
    seconds = _STUDY_SECONDS + drawn.pixels * _DRAWING_SECONDS
    return StepForecast(size=drawn, disk=drawn.bytes, guess=seconds)


def label(params: CartoonizeParams) -> Label:
    """Name the result by its style, resolution and strength."""
    size = () if params.resolution is None else (f"r{params.resolution}",)
    return Label(look=params.style, marks=(*size, percent(params.strength)))


def run(photo: Photo, params: CartoonizeParams, context: Context) -> Photo:
    """Draw ``photo``: bring it to the resolution, draw it, and blend the drawing with it.

    Transparency stays. Classical looks leave grey photos grey; networks colour them, and a grey profile becomes sRGB.

    Raises:
        CancelledError: the run was cancelled.
        OutOfMemoryError: even the smallest tile of a network does not fit.
        DiskFullError: the workspace is full.
    """
    photo = _brought(photo, params.resolution, context)
    if params.style not in LOOKS:
        photo = in_colour(photo)
    source = photo.with_image(photo.image.extract_band(0, n=photo.bands - 1)) if photo.alpha else photo
    if params.style in LOOKS:
        path = context.workspace / f"cartoonize-{len(context.executions)}.tif"
        image = drawn_image(source, LOOKS[params.style], context, path)
        context.executions.append(Execution(operation="cartoonize"))
    else:
        network, *finder = context.chosen
        image = painted_image(source, network, context, operation="cartoonize")
        if finder:
            image = with_heads(source, image, network, finder[0], context)
    return blended(photo, image, params.strength)


def _brought(photo: Photo, resolution: int | None, context: Context) -> Photo:
    """Paint over colours that cannot be seen, and bring the photo to its size."""
    width, height = _sides(photo.width, photo.height, resolution)
    image = photo.image
    if photo.alpha:
        image = fill_transparent(image).bandjoin(image.extract_band(photo.bands - 1))
    if (width, height) == (photo.width, photo.height):
        return photo.with_image(image)
    if width > photo.width or height > photo.height:
        context.warnings.append(
            f"cartoonize: the photo was enlarged from {photo.width} x {photo.height} to {width} x {height} pixels by "
            "plain resampling, as the resolution asks; resolution = null keeps its size"
        )
    with reading(photo.name):
        return photo.with_image(_resized(image, width, height))


def _resized(image: pyvips.Image, width: int, height: int) -> pyvips.Image:
    """Resize, at once: the result is small, and is read more than once."""
    # The longer side decides on the scale, the shorter one is rounded.
    resized = image.resize(width / image.width, vscale=height / image.height, kernel="lanczos3")
    return resized.copy_memory()


def _sides(width: int, height: int, resolution: int | None) -> tuple[int, int]:
    """Give the sides of the result in pixels, each at least 1."""
    if resolution is None:
        return width, height
    scale = resolution / max(width, height)
    return max(1, round(width * scale)), max(1, round(height * scale))


def for_part(params: CartoonizeParams, share: float) -> ForPart[CartoonizeParams]:
    """Shorten the resolution; a classical look studies the whole photo, so where that is small it is drawn whole."""
    side = params.resolution and shortened(params.resolution, share)
    part = params.model_copy(update={"resolution": side})
    if params.style not in LOOKS:
        return ForPart(params=part)
    note = "in a preview of a part, lines and areas are finer than in the whole photo"
    return ForPart(params=part, note=note, whole=params.resolution is not None)


CARTOONIZE = Operation(
    id="cartoonize",
    title="Cartoonize",
    summary="Turn a photo into a drawing: classical looks that need no weights, and networks.",
    params=CartoonizeParams,
    run=run,
    models=choose_models,
    forecast=forecast,
    label=label,
    for_part=for_part,
)

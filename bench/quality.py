"""Tiles against no tiles, colours, levels, precision, and agreement with ncnn's own run."""

from __future__ import annotations

from collections.abc import Callable
from math import ceil
from typing import cast

import numpy as np

from bench.contenders.ncnn_binding import NcnnBinding
from bench.figures import Cell, Check, Report, Table, table
from bench.harness import Unavailable
from bench.pictures import TEXTURED, crop, flat, psnr, ramp
from bench.weights import GENERAL, X4PLUS, cpu_studio, ncnn_files, resolved
from safelight.errors import SafelightError
from safelight.imaging.arrays import Pixels
from safelight.imaging.formats import Output
from safelight.imaging.photo import Photo
from safelight.models.spec import ModelSpec
from safelight.models.upscaler import Precision, Upscaler
from safelight.recipes.recipe import Recipe, preset
from safelight.recipes.runner import Result, Watch
from safelight.wiring import Studio, temporary_workspace

NAME = "quality"
_SIDE = 192
_TIGHT = 3 / 4
_LEVELS = (8, 16, 32, 64, 96, 128, 160, 192, 224, 235, 247)
_RAMP = (1100, 24)
_DEFAULT_TILE_DB, _SMALL_TILE_DB, _NCNN_DB = 50.0, 45.0, 40.0
_SHIFT, _KEPT = 0.5, 0.95


def run(say: Callable[[str], None]) -> Report:
    """Measure; about two minutes on two cores."""
    studio = cpu_studio()
    models = {X4PLUS: TEXTURED[:2], _fast_model(studio): TEXTURED}
    parts = (
        _tiles(studio, models, say),
        _colour(studio, tuple(models), say),
        _levels(studio, say),
        _precision(studio, tuple(models), say),
        _ncnn(studio, say),
    )
    notes = (
        "Run as users run it: both networks in this processor's default arithmetic, unless a row says otherwise. "
        "Photos this small fit one tile; so that the default rule makes several, it is given memory for a tile of "
        "three quarters of their side.",
    )
    return Report(
        name=NAME,
        title="What the picture keeps",
        tables=tuple(part[0] for part in parts),
        checks=tuple(check for part in parts for check in part[1]),
        notes=notes,
    )


def _fast_model(studio: Studio) -> str:
    recipe = preset("general").changed({"upscale": {"quality_level": "fast"}})
    return studio.planner.plan(recipe, Output()).steps[0].models[0].id


def enlarge(studio: Studio, recipe: Recipe, pixels: Pixels, tile: int | None = None) -> tuple[Pixels, Result]:
    """Run a recipe on pixels, without a file."""
    plan = studio.planner.plan(recipe, Output())
    with temporary_workspace() as workspace:
        photo = Photo.from_pixels(pixels)
        result = studio.run(plan, photo, workspace=workspace, tile=tile, watch=Watch())
        return result.photo.pixels(), result


def tied(model: str) -> Recipe:
    """Enlarge with one model, colours tied, nothing tuned."""
    return preset("raw").changed({"upscale": {"model": model, "raw": False}})


def _tiles(studio: Studio, models: dict[str, tuple[str, ...]], say: Callable[[str], None]) -> tuple[Table, list[Check]]:
    rows: list[tuple[Cell, ...]] = []
    worst: dict[str, list[float]] = {"default": [], "64": []}
    for model, names in models.items():
        recipe, tight = tied(model), _tight(studio, model)
        for name in names:
            say(f"tiles: {model} on {name}")
            pixels = crop(name, _SIDE)
            whole, _ = enlarge(studio, recipe, pixels)
            default, result = enlarge(tight, recipe, pixels)
            small, of_64 = enlarge(studio, recipe, pixels, tile=64)
            used = result.executions[0]
            figures = psnr(default, whole), psnr(small, whole)
            worst["default"].append(figures[0])
            worst["64"].append(figures[1])
            rows.append((
                model, name, used.precision, used.context, used.tile, used.tiles, _db(figures[0]),
                of_64.executions[0].tiles, _db(figures[1]),
            ))  # fmt: skip
    columns = ("model", "picture", "arithmetic", "context", "default tile", "tiles", "dB", "tiles of 64", "dB at 64")
    checks = [
        Check(
            what="tiled against untiled, default rule, worst",
            value=_finite(min(worst["default"])),
            bound=_DEFAULT_TILE_DB,
            at_least=True,
            unit="dB",
        ),
        Check(
            what="tiled against untiled, tile 64, worst",
            value=_finite(min(worst["64"])),
            bound=_SMALL_TILE_DB,
            at_least=True,
            unit="dB",
        ),
    ]
    return table(f"Tiled against untiled, middle {_SIDE} x {_SIDE} of each picture", columns, rows), checks


def _tight(studio: Studio, model: str) -> Studio:
    """A studio with so small a budget that the default rule cuts these pictures into several tiles."""
    with studio.pool.use(cast("ModelSpec[Upscaler]", studio.catalog.get(model))) as network:
        needed = network.tile_bytes(network.precision) * (_SIDE * _TIGHT) ** 2
    return cpu_studio(ceil(needed / 2**20))


def _colour(studio: Studio, models: tuple[str, ...], say: Callable[[str], None]) -> tuple[Table, list[Check]]:
    rows: list[tuple[Cell, ...]] = []
    checks: list[Check] = []
    for model in models:
        say(f"colour: {model}")
        recipes = {
            "the network alone (preset raw)": preset("raw").changed({"upscale": {"model": model}}),
            "tied, not tuned": tied(model),
            "preset general": preset("general").changed({"upscale": {"model": model}}),
        }
        for what, recipe in recipes.items():
            shifts = {level: _shift(studio, recipe, level) for level in _LEVELS}
            level, worst = max(shifts.items(), key=lambda pair: abs(pair[1]))
            white, _ = enlarge(studio, recipe, flat(255, 64))
            rows.append((model, what, worst, level, int(white.min())))
            if recipe.name != "raw" or what.startswith("tied"):
                checks.append(
                    Check(
                        what=f"{model}, {what}: largest shift of flat grey",
                        value=abs(worst),
                        bound=_SHIFT,
                        at_least=False,
                        unit="of 255",
                    )
                )
                checks.append(Check(what=f"{model}, {what}: white", value=float(white.min()), bound=255, at_least=True))
    columns = ("model", "recipe", "largest mean shift, of 255", "at grey", "darkest value of white")
    return table(f"Flat greys {_LEVELS[0]} to {_LEVELS[-1]}, 64 x 64", columns, rows), checks


def _shift(studio: Studio, recipe: Recipe, level: int) -> float:
    result, _ = enlarge(studio, recipe, flat(level, 64))
    return float(result.mean(dtype=np.float64)) - level


def _levels(studio: Studio, say: Callable[[str], None]) -> tuple[Table, list[Check]]:
    say("levels of a 16-bit ramp")
    width, height = _RAMP
    pixels = ramp(width, height)
    found, result = enlarge(studio, tied(X4PLUS), pixels)
    spec = cast("ModelSpec[Upscaler]", studio.catalog.get(X4PLUS))
    counts: dict[str, int] = {}
    with studio.pool.use(spec) as network:
        for precision in dict.fromkeys((Precision.FLOAT32, network.precision)):
            values = network.upscale(pixels[None], precision=precision, tie=True)[0]
            counts[precision] = _distinct((values.clip(0, 1) * 65535).round().astype(np.uint16))
    own = _distinct(found)
    rows: list[tuple[Cell, ...]] = [
        (f"Safelight, 16 bit in and out ({result.executions[0].precision})", own, own / counts[Precision.FLOAT32])
    ]
    rows += [
        (f"the network with a body in {name}", count, count / counts[Precision.FLOAT32])
        for name, count in counts.items()
    ]
    title = f"Distinct levels in the middle row of a smooth 16-bit ramp, {width} pixels wide, enlarged to {width * 4}"
    check = Check(
        what="levels of a 16-bit ramp, of float32's", value=own / counts[Precision.FLOAT32], bound=_KEPT, at_least=True
    )
    return table(title, ("what", "levels", "share of float32's"), rows), [check]


def _distinct(pixels: Pixels) -> int:
    return len(np.unique(pixels[pixels.shape[0] // 2, :, 1]))


def _precision(studio: Studio, models: tuple[str, ...], say: Callable[[str], None]) -> tuple[Table, list[Check]]:
    rows: list[tuple[Cell, ...]] = []
    for model in models:
        say(f"precision: {model}")
        pixels = crop("chelsea", _SIDE // 2)[None]
        with studio.pool.use(cast("ModelSpec[Upscaler]", studio.catalog.get(model))) as network:
            exact = _bytes(network.upscale(pixels, precision=Precision.FLOAT32, tie=True)[0])
            usual = _bytes(network.upscale(pixels, precision=network.precision, tie=True)[0])
            shift = float(usual.mean(dtype=np.float64) - exact.mean(dtype=np.float64))
            rows.append((model, network.precision, _db(psnr(usual, exact)), shift))
    return table(
        "Default arithmetic against float32, chelsea", ("model", "arithmetic", "dB", "mean shift, of 255"), rows
    ), []


def _bytes(values: np.ndarray[tuple[int, ...], np.dtype[np.float32]]) -> Pixels:
    return (values.clip(0, 1) * 255).round().astype(np.uint8)


def _ncnn(studio: Studio, say: Callable[[str], None]) -> tuple[Table, list[Check]]:
    rows: list[tuple[Cell, ...]] = []
    checks: list[Check] = []
    pixels = crop("chelsea", _SIDE // 2)
    for model in (X4PLUS, GENERAL):
        say(f"agreement with ncnn: {model}")
        try:
            resolved(studio, model)
            runtime = NcnnBinding(ncnn_files(studio, model), bfloat16=False)
            with studio.pool.use(cast("ModelSpec[Upscaler]", studio.catalog.get(model))) as network:
                ours = _bytes(network.upscale(pixels[None], precision=Precision.FLOAT32, tie=False)[0])
        except (Unavailable, SafelightError) as reason:
            rows.append((f"{model}: {reason}", None))
            continue
        agreement = psnr(ours, _bytes(runtime.values(pixels)))
        rows.append((model, _db(agreement)))
        checks.append(
            Check(
                what=f"{model}: agreement with ncnn's own run",
                value=_finite(agreement),
                bound=_NCNN_DB,
                at_least=True,
                unit="dB",
            )
        )
    return table(
        "Our networks read from ncnn files, against ncnn's own run of them (both float32)", ("model", "dB"), rows
    ), checks


def _db(value: float) -> Cell:
    return "equal" if value == float("inf") else value


def _finite(value: float) -> float:
    """JSON has no infinity; no 8-bit pictures that differ at all come near this."""
    return min(value, 200.0)

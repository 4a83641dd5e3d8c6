"""Where the time of one enlargement goes, and what page faults of fresh memory cost. Run by hand."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, cast

import torch

from bench.contenders.bare import as_source, load
from bench.figures import Cell, Ratio, Report, Table, Timing, table
from bench.harness import Answer, Worker, in_turns
from bench.pictures import crop, write
from bench.weights import X4PLUS, cpu_studio
from safelight.imaging.codecs import open_photo
from safelight.imaging.mosaic import Mosaic
from safelight.models.networks.tie import tie_low_frequencies
from safelight.models.spec import ModelSpec
from safelight.models.upscaler import Upscaler
from safelight.operations.context import Context
from safelight.operations.tiled import plan_grid
from safelight.operations.tune import TUNE, TuneParams
from safelight.wiring import temporary_workspace

NAME = "profile"
_SIDE, _ROUNDS = 512, 3
_KINDS = (
    (
        "convolution",
        (
            "aten::mkldnn_convolution",
            "aten::thnn_conv2d",
            "aten::_slow_conv2d_forward",
            "aten::convolution_overrideable",
        ),
    ),
    ("cat", ("aten::cat",)),
    ("leaky_relu", ("aten::leaky_relu_", "aten::leaky_relu")),
    ("residual sums", ("aten::add", "aten::add_")),
    ("enlarging by 2", ("aten::upsample_nearest2d", "aten::_upsample_nearest_exact2d")),
    ("copies and casts", ("aten::copy_", "aten::clone", "aten::contiguous")),
)


def run(say: Callable[[str], None]) -> Report:
    """Measure; about four minutes on two cores."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        photo = write(crop("astronaut", _SIDE), Path(folder) / "photo.png")
        say("page faults, with and without kept memory")
        faults, timings = _faults(photo)
        say("stages of one enlargement")
        stages = _stages(photo, Path(folder) / "result.png")
    say("layers of the network")
    layers = _layers()
    gain = Ratio.of(timings["returned"], timings["kept"])
    return Report(
        name=NAME,
        title=f"Where the time goes: x4plus, {_SIDE} x {_SIDE}, one tile",
        tables=(stages, layers, faults),
        timings=timings,
        notes=(
            "glibc returns every freed block above a threshold to the system, and the kernel clears each page of the "
            f"next one. Keeping them (`models/loaders/device.py`) makes the bare network {gain} times as fast.",
        ),
    )


def _stages(photo_path: Path, target: Path) -> Table:
    """Do by hand what a run of preset general does, and time each step; the best of each over some rounds."""
    studio = cpu_studio()
    device = studio.device
    taken: dict[str, list[float]] = {}

    @contextmanager
    def timed(name: str) -> Iterator[None]:
        start = time.perf_counter()
        yield
        taken.setdefault(name, []).append(time.perf_counter() - start)

    with studio.pool.use(cast("ModelSpec[Upscaler]", studio.catalog.get(X4PLUS))) as network:
        for _ in range(_ROUNDS):
            with temporary_workspace() as workspace:
                with timed("open and decode"):
                    photo = open_photo(photo_path, max_pixels=studio.settings.max_input_pixels)
                    pixels = photo.pixels()
                with timed("network"):
                    values = network.upscale(pixels[None], precision=device.precision, tie=False)[0]
                with timed("tie"), torch.inference_mode():
                    tie_low_frequencies(
                        torch.from_numpy(values).permute(2, 0, 1)[None], as_source(pixels), network.scale
                    )
                with timed("round and spool to disk"):
                    grid = plan_grid(photo.width, photo.height, network, device.precision, None)
                    mosaic = Mosaic(grid, workspace / "picture.tif", scale=network.scale, bands=3, depth=8)
                    for tile in grid:
                        mosaic.put(tile, values)
                    enlarged = photo.with_image(mosaic.finish())
                with timed("encode and sync, not tuned"):
                    enlarged.save(target)
                with timed("tune, encode and sync"):
                    context = Context(models=studio.pool, chosen=(), workspace=workspace)
                    TUNE.run(enlarged, TuneParams(), context).save(target)
    best = {name: min(seconds) for name, seconds in taken.items()}
    best["tune"] = max(0.0, best.pop("tune, encode and sync") - best["encode and sync, not tuned"])
    whole = sum(best.values())
    rows: list[tuple[Cell, ...]] = [(name, seconds, seconds / whole) for name, seconds in best.items()]
    return table(f"Stages, best of {_ROUNDS}", ("stage", "s", "share"), [*rows, ("all", whole, 1.0)])


def _layers() -> Table:
    """Sum up PyTorch's profile of the bare network by kind of work."""
    network, dtype = load()
    source = as_source(crop("astronaut", _SIDE))
    with torch.inference_mode():
        network(source)
        with torch.profiler.profile(activities=[torch.profiler.ProfilerActivity.CPU]) as profile:
            network(source)
    events: list[Any] = list(profile.key_averages())
    spent = {event.key: float(event.self_cpu_time_total) for event in events}
    calls = {event.key: int(event.count) for event in events}
    whole = sum(spent.values())
    kinds = {kind: tuple(name for name in names if name in spent) for kind, names in _KINDS}
    rows: list[tuple[Cell, ...]] = [
        (
            kind,
            sum(calls[name] for name in names),
            sum(spent[name] for name in names) / 1e6,
            sum(spent[name] for name in names) / whole,
        )
        for kind, names in kinds.items()
    ]
    rest = whole - sum(spent[name] for names in kinds.values() for name in names)
    rows.append(("all else", None, rest / 1e6, rest / whole))
    title = f"Inside the network ({str(dtype).removeprefix('torch.')}), PyTorch's profiler"
    return table(title, ("kind of work", "calls", "s", "share"), rows)


def _faults(photo: Path) -> tuple[Table, dict[str, Timing]]:
    answers: dict[str, list[Answer]] = {"kept": [], "returned": []}
    with ExitStack() as stack:
        workers = {
            name: stack.enter_context(Worker("bare", prepared=prepared))
            for name, prepared in (("kept", True), ("returned", False))
        }

        def one(name: str) -> float:
            answers[name].append(workers[name].run(photo))
            return answers[name][-1].seconds

        for worker in workers.values():
            worker.run(photo)
        timings = in_turns(workers, one, _ROUNDS)
    rows: list[tuple[Cell, ...]] = []
    for name, words in (("kept", "freed memory is kept"), ("returned", "freed memory is returned (glibc's default)")):
        best = min(answers[name], key=lambda answer: answer.seconds)
        spread = f"{timings[name].spread:.0%}"
        rows.append((words, best.seconds, spread, best.system_seconds, best.minor_faults, best.peak_bytes / 1e6))
    columns = (
        "the bare network",
        "best s",
        "spread",
        "of it in the kernel, s of all cores",
        "page faults",
        "peak RSS, MB",
    )
    return table("Page faults", columns, rows), timings

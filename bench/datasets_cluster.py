"""Clusters faces and groups duplicates of a large dataset, in processes of their own.

``python -m bench.datasets_cluster CASE COUNT`` is such a process: it prints seconds and peak resident size as JSON.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable

import numpy as np

from bench.figures import Cell, Check, Report, Timing, table
from bench.harness import ROOT, Unavailable
from safelight.datasets.dataset import Item
from safelight.datasets.dedup import decide
from safelight.datasets.facts import PATCH, FaceFacts, Facts, PoseFacts, Seen
from safelight.datasets.settings import DatasetSettings

NAME = "datasets-cluster"
COUNT = 20_000
_SECONDS, _BYTES = 20.0, 1.5e9
_CASES = {
    "many people": "500 people and 4,000 strangers, a third of the photos in bursts of three",
    "one person": "one person, each photo in another pose",
    "one pose": "one person in one pose, each photo a little different",
    "one photo": "the same photo again and again",
}

_SOFT = np.array([np.interp(np.linspace(0, 8, PATCH), np.arange(9), one) for one in np.eye(9)], np.float32).T
"""(64, 9): makes soft blotches of nine greys across."""


def run(say: Callable[[str], None]) -> Report:
    """Measure; about two minutes on two cores.

    Raises:
        Unavailable: a process failed.
    """
    rows: list[tuple[Cell, ...]] = []
    checks: list[Check] = []
    timings: dict[str, Timing] = {}
    for case, words in _CASES.items():
        for count in (COUNT // 2, COUNT):
            say(f"{count:,} photos, {case}")
            told = _measured(case, count)
            rows.append(
                (
                    words,
                    count,
                    told["seconds"],
                    told["cpu_seconds"],
                    told["peak_bytes"] / 1e6,
                    int(told["people"]),
                    int(told["kept"]),
                )
            )
            timings[f"{case}, {count}"] = Timing(seconds=(told["seconds"],))
        for what, value, bound, unit in (
            ("time", told["seconds"], _SECONDS, "s"), ("peak RSS", told["peak_bytes"], _BYTES, "bytes"),
        ):  # fmt: skip
            checks.append(
                Check(what=f"{COUNT:,} photos, {case}: {what}", value=value, bound=bound, at_least=False, unit=unit)
            )
    columns = ("photos of", "photos", "s", "s of CPUs", "peak RSS, MB", "people found", "kept")
    return Report(
        name=NAME, title="Datasets: clusters and duplicates",
        tables=(table("Deciding on all photos of a dataset from what was seen in them", columns, rows),),
        checks=tuple(checks), timings=timings,
        notes=(
            "Synthetic photos with one face each: an embedding of 128 numbers, a hash, an aligned face, a body. The "
            "peak is the kernel's own mark of a process that holds what was seen in all photos as well.",
        ),
    )  # fmt: skip


def _measured(case: str, count: int) -> dict[str, float]:
    command = [sys.executable, "-m", "bench.datasets_cluster", case, str(count)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Unavailable(f"{case}: {done.stderr[-300:]}")
    found: dict[str, float] = json.loads(done.stdout)
    return found


def photos(case: str, count: int) -> list[Seen]:
    """Make what would have been seen in ``count`` photos."""
    random = np.random.default_rng(7)
    people = random.normal(0, 0.13, (501, 128))
    who = (
        np.where(np.arange(count) % 5, random.integers(0, 500, count), -1) if case == "many people" else np.zeros(count)
    )
    burst = np.arange(count) // 3 if case == "many people" else np.arange(count)
    looks = random.integers(0, 256, (count, 9, 9)).astype(np.float32)
    hashes = random.integers(0, 2**63, count)
    seen = []
    for number in range(count):
        shot = {"one pose": 0, "one photo": 0}.get(case, int(burst[number]) if burst[number] % 3 == 0 else number)
        noise = 0 if case == "one photo" else 0.02
        mean = people[int(who[number])] if who[number] >= 0 else random.normal(0, 0.13, 128)
        seen.append(_photo(number, mean + random.normal(0, noise, 128), looks[shot], int(hashes[shot]), random, noise))
    return seen


def _photo(
    number: int, embedding: np.ndarray, looks: np.ndarray, phash: int, random: np.random.Generator, noise: float
) -> Seen:
    item = Item(
        id=f"{number:016x}", name=f"{number:05}.jpg", file=f"originals/{number:05}.jpg", sha256=f"{number:064x}",
        bytes=3_000_000, width=3000, height=4000,
    )  # fmt: skip
    grey = _SOFT @ looks @ _SOFT.T
    if noise:
        grey = grey + random.normal(0, 6, (PATCH, PATCH)).astype(np.float32)
        phash ^= sum(1 << int(bit) for bit in random.integers(0, 63, 4))
    place = 0.5 + float(random.normal(0, 0.02))
    face = FaceFacts(
        box=(3000 * place - 300, 900.0, 600.0, 750.0), score=0.9, points=((0.0, 0.0),) * 5, yaw=0.0, pitch=0.0,
        roll=0.0, sharpness=float(random.uniform(0.3, 0.9)), brightness=0.5, eyes_open=0.9, at_camera=0.8,
        expressions={f"shape{shape}": 0.1 for shape in range(52)},
    )  # fmt: skip
    body = random.normal((3000 * place, 2500), (300, 900), (33, 2))
    body[0] = 3000 * place, 1275
    pose = PoseFacts(score=0.9, landmarks=tuple((float(x), float(y)) for x, y in body), visibility=(0.9,) * 33)
    facts = Facts(
        item=item.id, width=3000, height=4000, phash=f"{phash:016x}",
        mirrored_phash=f"{phash ^ 0x5555555555555555:016x}",
        sharpness=0.6, brightness=0.5, contrast=0.2, dark=0.0, bright=0.0, faces=(face,), poses=(pose,),
    )  # fmt: skip
    patch = grey.clip(0, 255).astype(np.uint8)[None]
    return Seen(item=item, facts=facts, embeddings=embedding.astype(np.float32)[None], patches=patch)


def main() -> None:
    """Decide on one set."""
    case, count = sys.argv[1], int(sys.argv[2])
    seen = photos(case, count)
    held = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start, before = time.perf_counter(), time.process_time()
    result = decide(seen, {}, DatasetSettings(), {}, [one.item for one in seen])
    seconds, used = time.perf_counter() - start, time.process_time() - before
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    told = {
        "seconds": seconds, "cpu_seconds": used, "peak_bytes": peak * 1024,
        "held_bytes": held * 1024, "people": len(result.people), "kept": sum(one.keep for one in result.decisions),
    }  # fmt: skip
    sys.stdout.write(json.dumps(told) + "\n")


if __name__ == "__main__":
    main()

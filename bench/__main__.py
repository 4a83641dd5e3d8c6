"""``python -m bench [NAME ...] [--page]``, from the root of the repository."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from importlib import import_module
from types import MappingProxyType
from typing import cast

from bench import page
from bench.figures import Report
from bench.harness import ROOT, Unavailable
from bench.machine import Machine, describe
from bench.store import load_all, save

Bench = Callable[[Callable[[str], None]], Report]

ALWAYS = ("start", "speed", "memory", "quality")
"""What runs if nothing is named: under ten minutes on two cores."""

BENCHES = MappingProxyType({
    "start": ("bench.start", "run"),
    "speed": ("bench.speed", "run"),
    "memory": ("bench.memory", "run"),
    "quality": ("bench.quality", "run"),
    "speed-full": ("bench.speed", "run_full"),
    "memory-full": ("bench.memory", "run_full"),
    "cartoon": ("bench.cartoon", "run"),
    "cartoon-full": ("bench.cartoon", "run_full"),
    "style": ("bench.style", "run"),
    "history": ("bench.history", "run"),
    "service": ("bench.service", "run"),
    "soak-short": ("bench.soak", "run_short"),
    "soak": ("bench.soak", "run"),
    "people": ("bench.people", "run"),
    "studio": ("bench.studio", "run"),
    "accounts": ("bench.accounts", "run"),
    "fairness": ("bench.fairness", "run"),
    "comfyui": ("bench.comfyui", "run"),
    "datasets-cluster": ("bench.datasets_cluster", "run"),
    "datasets-quality": ("bench.datasets_quality", "run"),
    "datasets": ("bench.datasets", "run"),
    "datasets-short": ("bench.datasets", "run_short"),
    "profile": ("bench.hotspots", "run"),
})  # fmt: skip
"""All benches: where each is. A bench is imported only if it runs, as some import much."""

PAGE = ROOT / "docs" / "performance.md"


def main() -> int:
    """Run benches, keep and print what they found, and write the page anew."""
    parser = argparse.ArgumentParser(prog="python -m bench", description="Measure Safelight beside its peers.")
    parser.add_argument(
        "names", nargs="*", metavar="NAME", help=f"which: {', '.join(BENCHES)}; without: {', '.join(ALWAYS)}"
    )
    parser.add_argument(
        "--page", action="store_true", help="write docs/performance.md from the results, and run only what is named"
    )
    arguments = parser.parse_args()
    if unknown := [name for name in arguments.names if name not in BENCHES]:
        parser.error(f"there is no bench {', '.join(unknown)}; there are: {', '.join(BENCHES)}")
    names = arguments.names or (() if arguments.page else ALWAYS)
    failed = _measure(tuple(names)) if names else 0
    if arguments.page:
        PAGE.write_text(page.markdown(load_all()), encoding="utf-8")
        _say(f"written: {PAGE.relative_to(ROOT)}")
    return failed


def _measure(names: tuple[str, ...]) -> int:
    machine = describe()
    reports = []
    failed = 0
    for name in names:
        try:
            report = _one(name, machine)
        except Unavailable as reason:
            _say(f"{name}: cannot be measured here: {reason}")
            failed = 1
            continue
        sys.stdout.write(page.terminal(report) + "\n")
        reports.append(report)
        path = save(machine, [report])
        _say(f"kept in {path.relative_to(ROOT)}, {report.minutes:.1f} minutes")
    return failed


def _one(name: str, machine: Machine) -> Report:
    module, function = BENCHES[name]
    bench = cast("Bench", getattr(import_module(module), function))
    start = time.perf_counter()
    report = bench(_say)
    return report.model_copy(
        update={
            "taken": datetime.now(UTC).isoformat(timespec="minutes").replace("+00:00", "Z"),
            "minutes": round((time.perf_counter() - start) / 60, 2),
            "packages": machine.packages,
        }
    )


def _say(text: str) -> None:
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(main())

"""Writes docs/performance.md from the results, and the same figures to a terminal."""

from __future__ import annotations

from collections.abc import Iterable

from bench.figures import Check, Report, Table, shown
from bench.machine import Machine
from bench.store import Results

_ORDER = (
    "speed", "speed-full", "quality", "memory", "memory-full", "start", "history", "service", "soak-short", "soak",
    "people", "cartoon", "cartoon-full", "style", "profile",
)  # fmt: skip
_HEAD = """\
# Performance

This page is written by `python -m bench --page` from the files in `bench/results/`; do not edit it. Figures are of the
machines that are named, and of nothing else: run the benches on your own.

```sh
make bench                         # speed, quality, memory, start: under ten minutes on two cores
python -m bench speed              # one of them
python -m bench people             # faces, bodies, embeddings; by hand
python -m bench cartoon style      # looks and networks beside the bare network and another program; by hand
python -m bench profile            # where the time goes; by hand
python -m bench speed-full         # every peer on the large crop, however slow; by hand
python -m bench memory-full        # 6,000 x 6,000 to PNG, TIFF and JPEG; by hand, longer than ten minutes
python -m bench history            # searches among a million tasks; by hand, about ten minutes
python -m bench service            # the service: overhead, uploads, listeners, start; by hand
python -m bench soak-short         # whether memory grows over 2,000 tasks; by hand
make soak                          # the same over an hour; MINUTES=3 is shorter
make pages                         # before the next one, which looks at them in Chromium
python -m bench studio             # the web studio: script, time until it can be used, scrolling; by hand
python -m bench --page             # this page again
```

From the root of the repository, in an environment with Safelight and the dependency group `bench`. Results go to
`bench/results/<kind of machine>.json`, where each bench replaces its own figures only.

How times are taken: every contender has a process of its own with its own defaults, is warm, and runs alone, in turns
with the others. "Best" is the least disturbed repetition, "spread" is how much longer the slowest one took. A ratio is
that of the best runs, with the least and the most that any two repetitions give. No test asserts a time.
"""


def markdown(all_results: Iterable[Results]) -> str:
    """Give the whole page."""
    parts = [_HEAD]
    for results in all_results:
        parts.append(_machine(results.machine))
        reports = [results.reports[name] for name in _ORDER if name in results.reports]
        reports += [report for name, report in results.reports.items() if name not in _ORDER]
        parts.append(_summary(reports))
        parts += [_report(report) for report in reports]
    return "\n".join(parts).rstrip() + "\n"


def terminal(report: Report) -> str:
    """Give one report as text with aligned columns."""
    lines = ["", f"== {report.title} =="]
    for one in report.tables:
        lines += ["", one.title, *_aligned(one)]
    if report.checks:
        lines += [
            "",
            "Must hold",
            *(f"  {'held    ' if check.held else 'NOT HELD'}  {_words(check)}" for check in report.checks),
        ]
    lines += ["", *(f"- {note}" for note in report.notes)]
    return "\n".join(lines)


def _machine(machine: Machine) -> str:
    features = ", ".join(machine.features)
    words = f"{machine.processor}, {machine.cores} cores ({features}), {machine.memory_gb:g} GB of memory"
    accelerator = f"{machine.accelerator}; " if machine.accelerator else ""
    return f"## {machine.key}\n\n{accelerator}{words}. {machine.system}.\n"


def _summary(reports: list[Report]) -> str:
    checks = [check for report in reports for check in report.checks]
    failed = [check for check in checks if not check.held]
    lines = [f"Of {len(checks)} bounds that must hold, {len(checks) - len(failed)} held."]
    lines += [f"- **Not held:** {_words(check)}." for check in failed]
    return "\n".join(lines) + "\n"


def _report(report: Report) -> str:
    versions = ", ".join(f"{name} {version}" for name, version in report.packages.items())
    lines = [f"### {report.title}", "", f"Taken {report.taken}, in {report.minutes:.1f} minutes, with {versions}.", ""]
    lines += [f"{note}\n" for note in report.notes]
    for one in report.tables:
        lines += [f"**{one.title}**", "", *_rows(one), ""]
    if report.checks:
        lines += ["| must hold | found | |", "| --- | ---: | --- |"]
        lines += [
            f"| {check.what} {_bound(check)} | {_found(check)} | {'held' if check.held else '**not held**'} |"
            for check in report.checks
        ]
        lines.append("")
    return "\n".join(lines)


def _rows(one: Table) -> list[str]:
    marks = ["---" if _is_text(one, index) else "---:" for index in range(len(one.columns))]
    cells = [one.columns, tuple(marks), *(tuple(shown(cell) for cell in row) for row in one.rows)]
    return ["| " + " | ".join(row) + " |" for row in cells]


def _aligned(one: Table) -> list[str]:
    rows = [one.columns, *(tuple(shown(cell) for cell in row) for row in one.rows)]
    widths = [max(len(row[index]) for row in rows) for index in range(len(one.columns))]
    return ["  " + "  ".join(_fit(one, index, cell, widths) for index, cell in enumerate(row)).rstrip() for row in rows]


def _fit(one: Table, index: int, cell: str, widths: list[int]) -> str:
    return cell.ljust(widths[index]) if _is_text(one, index) else cell.rjust(widths[index])


def _is_text(one: Table, index: int) -> bool:
    return index == 0 or any(isinstance(row[index], str) and not str(row[index]).endswith("%") for row in one.rows)


def _words(check: Check) -> str:
    return f"{check.what}: {_found(check)} ({_bound(check)})"


def _found(check: Check) -> str:
    return f"{shown(check.value)} {check.unit}".rstrip()


def _bound(check: Check) -> str:
    number = f"{check.bound:,.0f}" if check.bound >= 10 else f"{check.bound:g}"
    return f"{'>=' if check.at_least else '<='} {number} {check.unit}".rstrip()

"""Keeps what was found: one JSON file for each kind of machine, in which every bench has its own place."""

from __future__ import annotations

import json
from pathlib import Path

from bench.figures import Report, Value
from bench.machine import Machine

RESULTS = Path(__file__).parent / "results"


class Results(Value):
    """All reports from one kind of machine; each says when it was taken."""

    machine: Machine
    reports: dict[str, Report]


def save(machine: Machine, reports: list[Report], folder: Path = RESULTS) -> Path:
    """Put reports in their places; those of other benches stay as they are."""
    path = folder / f"{machine.key}.json"
    kept = load(path).reports if path.exists() else {}
    results = Results(machine=machine, reports={**kept, **{report.name: report for report in reports}})
    folder.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".part")
    draft.write_text(json.dumps(results.model_dump(mode="json"), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    draft.replace(path)
    return path


def load(path: Path) -> Results:
    """Read a file of results."""
    return Results.model_validate_json(path.read_text(encoding="utf-8"))


def load_all(folder: Path = RESULTS) -> list[Results]:
    """Read all files of results, CPUs first."""
    return [
        load(path) for path in sorted(folder.glob("*.json"), key=lambda one: (not one.name.startswith("cpu"), one.name))
    ]

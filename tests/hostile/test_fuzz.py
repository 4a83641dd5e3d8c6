"""Changed photos for every decoder, the same every time: each is a photo or an error, and no process ends by it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from hostile.mutations import many, seeds
from hostile.table import Told

SEEDS = seeds()
COUNT = int(os.environ.get("HOSTILE_FUZZ", "120"))
"""How many changed copies of each photo are opened; ``make hostile FUZZ=5000`` takes longer."""
_TESTS = Path(__file__).resolve().parents[1]


@pytest.mark.parametrize("name", [*SEEDS, "heic"])
def test_the_decoder_of(name: str, told: Told, request: pytest.FixtureRequest) -> None:
    whole, count = "", COUNT
    if name == "heic":
        # No encoder of HEIC is free to ship, so this is a photograph, and a large one.
        [found] = (request.getfixturevalue("shared_photos") / "odd").glob("*.heic")
        whole, count = str(found), max(5, COUNT // 10)
    elif len(SEEDS[name]) > 100_000:
        count = max(5, COUNT // 5)
    command = [sys.executable, "-m", "hostile.decoding", name, str(count), whole]
    path = os.pathsep.join([str(_TESTS), str(_TESTS.parent / "src")])
    done = subprocess.run(command, env={**os.environ, "PYTHONPATH": path}, capture_output=True, text=True, timeout=900)
    assert done.returncode == 0, f"it ended by {done.returncode}: {done.stderr[-2000:]}"
    came = json.loads(done.stdout)
    told(f"{count} changed copies", ", ".join(f"{what} {often}" for what, often in sorted(came.items())))
    assert sum(came.values()) == 2 * count
    assert sum(often for what, often in came.items() if "broken_photo" in what) > count // 4, "hardly any was changed"


def test_chance_can_be_had_again() -> None:
    assert list(many(SEEDS["png"], "a", 5)) == list(many(SEEDS["png"], "a", 5))
    assert list(many(SEEDS["png"], "a", 5)) != list(many(SEEDS["png"], "b", 5))

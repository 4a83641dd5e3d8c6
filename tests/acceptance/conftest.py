"""The command line as a user starts it, in an empty folder."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from acceptance_run import Run, run_here


@pytest.fixture
def environment(shared_models: Path) -> dict[str, str]:
    """An environment with the compact network for photos, and no network."""
    return {**os.environ, "SAFELIGHT_MODELS_DIR": str(shared_models), "SAFELIGHT_AUTO_PULL": "false"}


@pytest.fixture
def safelight(environment: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Run]:
    """Run ``safelight`` with these arguments in an empty folder."""
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.chdir(tmp_path)

    def run(*arguments: object) -> Run:
        monkeypatch.setattr(sys, "argv", ["safelight", *map(str, arguments)])
        return run_here()

    return run

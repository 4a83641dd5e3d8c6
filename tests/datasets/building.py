"""Builds of small datasets in tests, with the real networks that see people."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from safelight.datasets.build import Build
from safelight.datasets.dataset import Dataset, Step
from safelight.datasets.editing import changed
from safelight.datasets.folder import DatasetFolder
from safelight.datasets.settings import DatasetSettings
from safelight.datasets.tools import BuildWatch, Vision
from safelight.recipes.runner import Watch
from safelight.settings import Settings
from safelight.wiring import Studio
from safelight.workshop import Workshop

QUICK: Mapping[str, Any] = {"crop": {"enlarge": "resample"}, "package": {"report": False, "layouts": ["kohya"]}}
"""Settings that leave out what takes long."""


def dataset_at(path: Path, source: Path | None = None, **changes: Any) -> DatasetFolder:
    """Make a dataset; ``changes`` are settings by group, over those of ``QUICK``."""
    folder = DatasetFolder(path)
    settings = changed(changed(DatasetSettings(), QUICK), changes)
    path.mkdir(parents=True, exist_ok=True)
    folder.save_dataset(
        Dataset(
            id=path.name,
            name=path.name,
            created_at="2026-01-01T00:00:00+00:00",
            settings=settings,
            source=str(source) if source else "",
        )
    )
    return folder


def built(
    folder: DatasetFolder,
    people: Path | None,
    until: Step = Step.PACKAGE,
    *,
    watch: BuildWatch | None = None,
    vision: Vision | None = None,
) -> DatasetFolder:
    """Build a dataset; ``people`` is the models folder with the networks, None = there are none."""
    models = str(people) if people else str(folder.path / "no models")
    settings = Settings(models_dir=models, auto_pull=False, data_dir=folder.path.parent / "data", device="cpu")
    watch = watch or BuildWatch()
    workspace = folder.path / "unfinished"
    shutil.rmtree(workspace, ignore_errors=True)
    workspace.mkdir()
    tools = Workshop(studio=Studio(settings)).tools(
        workspace, local_only=False, watch=Watch(check_cancelled=watch.check_cancelled), vision=vision
    )
    Build(folder, tools, watch).run(until)
    return folder


def files_of(path: Path, *, without: tuple[str, ...] = ()) -> dict[str, bytes]:
    """Every file below a folder, by its name there."""
    return {
        str(file.relative_to(path)): file.read_bytes()
        for file in sorted(path.rglob("*"))
        if file.is_file() and not str(file.relative_to(path)).startswith(without)
    }

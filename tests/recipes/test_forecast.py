"""Limits refuse before any work; forecasts say what will come."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from fakes import fake_spec
from safelight.errors import DiskFullError, PhotoTooLargeError
from safelight.imaging.formats import Format, Output
from safelight.operations.operation import Size
from safelight.recipes.forecast import Forecast, forecast
from safelight.recipes.plan import BoundStep, Plan
from safelight.recipes.recipe import preset
from safelight.recipes.speeds import Speeds
from safelight.settings import Settings


def look_ahead(
    folder: Path, width: int, height: int, *, scale: float = 4, output: Output | None = None, **limits: int
) -> Forecast:
    recipe = preset("general").changed({"upscale": {"scale": scale}})
    steps = []
    for step in recipe.steps:
        operation, params = step.bind()
        models = (fake_spec(scale=4),) if operation.id == "upscale" else ()
        steps.append(BoundStep(operation=operation, params=params, models=models, identities=("0",) * len(models)))
    plan = Plan(recipe=recipe, steps=tuple(steps), output=output or Output(), warnings=())
    size = Size(width=width, height=height, bands=3, depth=8)
    settings = Settings(data_dir=folder, **limits)
    return forecast(plan, size, settings=settings, speeds=Speeds(folder / "speeds.json"), workspace=folder)


def test_it_tells_the_size_of_the_result(tmp_path: Path) -> None:
    ahead = look_ahead(tmp_path, 640, 480, scale=2.5)

    assert (ahead.width, ahead.height) == (1600, 1200)
    assert ahead.disk == 640 * 480 * 3 * 16
    assert ahead.seconds > 0
    assert not ahead.measured


def test_time_follows_what_was_measured(tmp_path: Path) -> None:
    Speeds(tmp_path / "speeds.json").record("fake", "auto", 8, 1e-6)

    ahead = look_ahead(tmp_path, 1000, 1000)

    assert ahead.measured
    assert ahead.seconds == pytest.approx(1.0)


def test_a_result_over_the_limit_is_refused_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(PhotoTooLargeError, match="SAFELIGHT_MAX_OUTPUT_PIXELS"):
        look_ahead(tmp_path, 1000, 1000, max_output_pixels=15_999_999)
    assert look_ahead(tmp_path, 1000, 1000, max_output_pixels=16_000_000).width == 4000


def test_a_result_that_its_format_cannot_hold_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PhotoTooLargeError, match="16383"):
        look_ahead(tmp_path, 4096, 100, output=Output(format=Format.WEBP))
    assert look_ahead(tmp_path, 4095, 100, output=Output(format=Format.WEBP)).width == 16_380


def test_a_disk_that_is_too_small_is_refused_before_work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(10**9, 10**9 - 10**6, 10**6))
    with pytest.raises(DiskFullError, match="free"):
        look_ahead(tmp_path, 200, 200)


def test_a_damaged_file_of_speeds_loses_only_forecasts(tmp_path: Path) -> None:
    (tmp_path / "speeds.json").write_text("{broken")

    assert not look_ahead(tmp_path, 10, 10).measured

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
from safelight.recipes.recipe import preset, read_recipe
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


def look_at(folder: Path, operation: str, models: tuple[str, ...] = (), **values: object) -> Forecast:
    """Forecast one step on a photo of a million pixels, with fakes in place of its models."""
    recipe = read_recipe({"steps": [{"operation": operation, **values}]})
    [step] = recipe.steps
    found, params = step.bind()
    bound = BoundStep(
        operation=found,
        params=params,
        models=tuple(fake_spec(name) for name in models),
        identities=("0",) * len(models),
    )
    plan = Plan(recipe=recipe, steps=(bound,), output=Output(), warnings=())
    size = Size(width=1000, height=1000, bands=3, depth=8)
    speeds = Speeds(folder / "speeds.json")
    return forecast(plan, size, settings=Settings(data_dir=folder), speeds=speeds, workspace=folder)


def test_of_restored_faces_only_the_background_is_counted(tmp_path: Path) -> None:
    speeds = Speeds(tmp_path / "speeds.json")
    for name in ("upscaler", "restorer", "finder", "identity"):
        speeds.record(name, "auto", 8, 1e-6)
    models = ("upscaler", "restorer", "finder", "identity")
    ahead = look_at(tmp_path, "restore_faces", models, scale=2)
    assert ahead.seconds == pytest.approx(1.0)
    assert not ahead.measured, "how long the faces take is not known"
    assert look_at(tmp_path, "restore_faces", models[:1], scale=2, strength=0).measured
    still = look_at(tmp_path, "restore_faces", models[1:], scale=1)
    assert (still.seconds, still.measured) == (0, False)


@pytest.mark.parametrize(
    ("operation", "values"),
    [
        ("cartoonize", {"style": "ink"}),
        ("stylize", {"style": "oil_painting"}),
        ("stylize", {"style": "realistic"}),
        ("dehaze", {}),
        ("relight", {"method": "curve"}),
    ],
)
def test_what_is_done_without_a_network_takes_a_guess_of_time(
    tmp_path: Path, operation: str, values: dict[str, object]
) -> None:
    ahead = look_at(tmp_path, operation, **values)
    assert 0 < ahead.seconds < 60
    assert not ahead.measured


def test_what_takes_no_time_worth_a_word_was_not_measured_either(tmp_path: Path) -> None:
    ahead = look_at(tmp_path, "tune")
    assert (ahead.seconds, ahead.measured) == (0, False)


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

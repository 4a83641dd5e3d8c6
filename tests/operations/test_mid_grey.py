"""Mid-grey stays mid-grey, wherever an operation is not there to change it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from safelight.imaging.formats import Output
from safelight.imaging.photo import Photo
from safelight.recipes.recipe import PRESETS, preset, read_recipe
from safelight.recipes.runner import Watch
from safelight.settings import Settings
from safelight.wiring import Studio

pytestmark = pytest.mark.weights

STEPS: dict[str, dict[str, object]] = {
    "enlarge, small network": {"operation": "upscale", "scale": 2, "quality_level": "fast"},
    "enlarge, full network": {"operation": "upscale", "scale": 2},
    "tune": {"operation": "tune"},
    "tune, all of it": {"operation": "tune", "sharpen": 1.0, "contrast": 1.0, "saturation": 1.0, "denoise": 1.0},
    "restore faces": {"operation": "restore_faces", "scale": 1, "restorer": "detail"},
    "dehaze": {"operation": "dehaze"},
    "denoise": {"operation": "denoise"},
    "ink": {"operation": "cartoonize", "style": "ink", "resolution": None},
    "soft": {"operation": "cartoonize", "style": "soft", "resolution": None},
    "poster": {"operation": "cartoonize", "style": "poster", "resolution": None},
    "realistic": {"operation": "stylize", "style": "realistic", "strength": 1.0},
}
"""All but what brightens, paints, or is a network of a look."""


@pytest.fixture(scope="module")
def studio(
    weights_dir: Path, people_dir: Path, shared_models: Path, tmp_path_factory: pytest.TempPathFactory
) -> Studio:
    folders = f"{weights_dir}:{shared_models}"
    return Studio(Settings(data_dir=tmp_path_factory.mktemp("grey"), models_dir=folders, auto_pull=False))


@pytest.mark.parametrize("name", STEPS)
@pytest.mark.parametrize(("kind", "level"), [(np.uint8, 128), (np.uint16, 32896)], ids=["8 bits", "16 bits"])
def test_mid_grey_stays(studio: Studio, tmp_path: Path, name: str, kind: type, level: int) -> None:
    plan = studio.planner.plan(read_recipe({"steps": [STEPS[name]]}), Output())
    photo = Photo.from_pixels(np.full((72, 96, 3), level, kind))
    result = studio.run(plan, photo, workspace=tmp_path, watch=Watch()).photo.pixels().astype(float)
    one = np.iinfo(kind).max / 255
    assert np.abs(result.mean(axis=(0, 1)) - level).max() <= one
    # A network that enlarges makes up a faint grain.
    assert np.abs(result - level).max() <= (8 * one if name.startswith("enlarge") else one)


@pytest.mark.parametrize("name", [one for one in PRESETS if one not in ("lowlight", "raw")])
def test_mid_grey_stays_through_every_preset(studio: Studio, tmp_path: Path, name: str) -> None:
    recipe = preset(name)
    if any(step.operation == "cartoonize" for step in recipe.steps):
        recipe = recipe.changed({"cartoonize": {"resolution": None}})
    photo = Photo.from_pixels(np.full((48, 64, 3), 128, np.uint8))
    result = studio.run(studio.planner.plan(recipe, Output()), photo, workspace=tmp_path, watch=Watch()).photo.pixels()
    assert np.abs(result.astype(float).mean(axis=(0, 1)) - 128).max() <= 1

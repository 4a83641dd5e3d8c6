"""What real networks must keep, measured on real pictures. Figures are PSNR in dB, or steps of 255."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from skimage import data

from safelight.imaging.formats import Output
from safelight.imaging.photo import Photo
from safelight.recipes.recipe import preset
from safelight.recipes.runner import Watch
from safelight.settings import Settings
from safelight.wiring import Studio, temporary_workspace

TEXTURES = {
    "fur": data.chelsea()[60:300, 120:400],
    "wood": data.coffee()[220:400, 0:260],
    "foliage": np.repeat(data.grass()[:240, :260, None], 3, axis=2),
    "person": data.astronaut()[0:240, 100:380],
}


def psnr(one: NDArray[np.generic], other: NDArray[np.generic]) -> float:
    top = 65535 if one.dtype == np.uint16 else 255
    return float(10 * np.log10(top**2 / max(np.mean((one.astype(float) - other.astype(float)) ** 2), 1e-9)))


@pytest.fixture(scope="module")
def make(shared_models: Path, tmp_path_factory: pytest.TempPathFactory) -> Studio:
    """A studio with the compact network for photos."""
    return Studio(studio_settings(shared_models, tmp_path_factory))


def studio_settings(models: Path, folders: pytest.TempPathFactory, **values: object) -> Settings:
    return Settings(data_dir=folders.mktemp("data"), models_dir=str(models), auto_pull=False, **values)


def enlarged(
    studio: Studio, pixels: NDArray[np.generic], *, name: str = "raw", tile: int | None = None, **params: object
) -> NDArray[np.generic]:
    recipe = preset(name).changed({"upscale": {"raw": False, **params}})
    plan = studio.planner.plan(recipe, Output())
    with temporary_workspace() as workspace:
        result = studio.run(plan, Photo.from_pixels(pixels), workspace=workspace, tile=tile, watch=Watch())
        return result.photo.pixels()


def grey(level: int, side: int = 96) -> NDArray[np.uint8]:
    return np.full((side, side, 3), level, np.uint8)


@pytest.mark.parametrize("name", TEXTURES)
def test_the_compact_network_in_tiles_is_the_untiled_one(make: Studio, name: str) -> None:
    pixels = np.ascontiguousarray(TEXTURES[name])
    whole = enlarged(make, pixels, quality_level="fast")

    assert psnr(enlarged(make, pixels, tile=128, quality_level="fast"), whole) >= 50
    assert psnr(enlarged(make, pixels, tile=64, quality_level="fast"), whole) >= 50


@pytest.mark.weights
@pytest.mark.parametrize("name", TEXTURES)
def test_x4plus_in_tiles_is_the_untiled_one(
    weights_dir: Path, tmp_path_factory: pytest.TempPathFactory, name: str
) -> None:
    pixels = np.ascontiguousarray(TEXTURES[name][:112, :112])
    studio = Studio(studio_settings(weights_dir, tmp_path_factory))
    whole = enlarged(studio, pixels)

    assert psnr(enlarged(studio, pixels, tile=64), whole) >= 45


@pytest.mark.weights
def test_x4plus_at_the_default_tile_rule_is_the_untiled_one(
    weights_dir: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    pixels = np.ascontiguousarray(TEXTURES["fur"])
    small = Studio(studio_settings(weights_dir, tmp_path_factory, memory_mb=100))
    whole = enlarged(Studio(studio_settings(weights_dir, tmp_path_factory)), pixels)

    assert psnr(enlarged(small, pixels), whole) >= 50


@pytest.mark.parametrize("name", ["raw", "general"])
@pytest.mark.parametrize("level", [8, 16, 64, 128, 200, 235, 247])
def test_flat_greys_stay_what_they_are(make: Studio, name: str, level: int) -> None:
    result = enlarged(make, grey(level), name=name, quality_level="fast")

    assert abs(result.astype(float).mean() - level) < 0.5


@pytest.mark.weights
@pytest.mark.parametrize("level", [8, 16, 128, 200, 235, 247, 255])
def test_x4plus_keeps_flat_greys_and_white(
    weights_dir: Path, tmp_path_factory: pytest.TempPathFactory, level: int
) -> None:
    result = enlarged(Studio(studio_settings(weights_dir, tmp_path_factory)), grey(level, 48), name="general")

    assert abs(result.astype(float).mean() - level) < 0.5
    assert level != 255 or (result == 255).all()


def test_white_stays_white(make: Studio) -> None:
    assert (enlarged(make, grey(255), quality_level="fast") == 255).all()


def test_raw_leaves_the_networks_own_colour_shift(make: Studio) -> None:
    result = enlarged(make, grey(200), quality_level="fast", raw=True)

    assert abs(result.astype(float).mean() - 200) > 2


def test_a_smooth_sixteen_bit_ramp_keeps_over_four_thousand_levels(make: Studio) -> None:
    ramp = np.linspace(6_000, 60_000, 1500).astype(np.uint16)
    pixels = np.repeat(np.repeat(ramp[None, :, None], 48, axis=0), 3, axis=2)

    row = enlarged(make, pixels, quality_level="fast")[96, :, 1]

    assert len(np.unique(row)) > 4_000


def test_a_grey_photo_gets_no_colour(make: Studio) -> None:
    pixels = np.ascontiguousarray(TEXTURES["foliage"][:64, :64, 0])

    assert enlarged(make, pixels, quality_level="fast").shape == (256, 256, 1)


def test_the_same_photo_gives_the_same_bytes_again(make: Studio) -> None:
    pixels = np.ascontiguousarray(TEXTURES["person"][:80, :80])
    first, second = (enlarged(make, pixels, name="general", quality_level="fast") for _ in range(2))

    np.testing.assert_array_equal(first, second)


@pytest.mark.parametrize("shape", [(1, 1, 3), (1, 500, 3), (500, 1, 1), (2, 3, 4), (7, 5, 2)])
def test_the_smallest_photos_are_enlarged_too(make: Studio, shape: tuple[int, int, int]) -> None:
    pixels = np.random.default_rng(0).integers(0, 255, shape, dtype=np.uint8)

    assert enlarged(make, pixels, quality_level="fast").shape == (shape[0] * 4, shape[1] * 4, shape[2])


@pytest.mark.parametrize("background", [0, 255])
def test_a_cut_out_has_no_halo_of_what_was_under_it(make: Studio, background: int) -> None:
    y, x = np.mgrid[:96, :96]
    inside = np.hypot(x - 48, y - 48) < 30
    pixels = np.full((96, 96, 4), background, np.uint8)
    pixels[inside, :3] = TEXTURES["fur"][:96, :96][inside]
    pixels[..., 3] = np.where(inside, 255, 0)

    result = enlarged(make, pixels, quality_level="fast").astype(float)

    colour = pixels[inside, :3].astype(float)
    rim = (result[..., 3] > 40) & (np.hypot(*np.mgrid[-192:192, -192:192]) > 112)
    assert np.abs(result[rim][:, :3].mean(axis=0) - colour.mean(axis=0)).max() < 30

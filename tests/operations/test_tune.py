"""``tune`` is mild, leaves flat areas alone, and does what each of its parameters says."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from skimage import data

from fakes import fake_context
from safelight.imaging.photo import Photo
from safelight.operations.tune import TUNE, TuneParams

OFF = {"sharpen": 0, "saturation": 0, "contrast": 0, "denoise": 0}


def tuned(pixels: NDArray[np.generic], **params: float) -> NDArray[np.float64]:
    context = fake_context(Path("/nowhere"))
    photo = TUNE.run(Photo.from_pixels(pixels), TuneParams(**params), context)
    return photo.pixels().reshape(pixels.shape).astype(float)


def photo(depth: int = 8) -> NDArray[np.generic]:
    pixels = data.astronaut()[:256, :256]
    return pixels if depth == 8 else pixels.astype(np.uint16) * 257


@pytest.mark.parametrize("depth", [8, 16])
def test_all_off_changes_nothing(depth: int) -> None:
    np.testing.assert_array_equal(tuned(photo(depth), **OFF), photo(depth))


@pytest.mark.parametrize("level", [0, 8, 128, 247, 255])
@pytest.mark.parametrize("bands", [1, 3])
def test_flat_areas_stay_at_the_strongest(level: int, bands: int) -> None:
    pixels = np.full((90, 90, bands), level, np.uint8)
    strongest = tuned(pixels, sharpen=1, saturation=1, contrast=1, denoise=1)

    np.testing.assert_array_equal(strongest, pixels)


def test_the_defaults_are_mild() -> None:
    change = tuned(photo()) - photo()

    assert 0 < np.abs(change).mean() < 4
    assert abs(change.mean()) < 0.5


def test_sharpen_raises_edges_but_not_noise() -> None:
    edge = np.full((64, 64), 100, np.uint8)
    edge[:, 32:] = 180
    sharp = tuned(edge, **OFF | {"sharpen": 0.5})
    assert sharp.max() > 185

    noise = (128 + np.random.default_rng(0).normal(0, 1, (64, 64))).round().astype(np.uint8)
    assert tuned(noise, **OFF | {"sharpen": 0.5}).std() < noise.std() * 1.25


def test_denoise_lowers_noise_but_not_edges() -> None:
    rng = np.random.default_rng(0)
    edge = np.where(np.arange(128)[None] < 64, 60, 190) + rng.normal(0, 1.5, (128, 128))
    pixels = edge.round().clip(0, 255).astype(np.uint8)
    clean = tuned(pixels, **OFF | {"denoise": 1})

    assert clean[:, :56].std() < 0.75 * pixels[:, :56].std()
    assert abs(clean[:, :60].mean() - 60) < 0.5
    assert abs((clean[:, 64] - clean[:, 63]).mean()) > 110


def test_saturation_moves_colours_away_from_grey_and_minus_one_leaves_none() -> None:
    def spread(pixels: NDArray[np.generic]) -> float:
        return float(np.ptp(pixels.astype(float), axis=-1).mean())

    assert spread(tuned(photo(), **OFF | {"saturation": 0.5})) > 1.2 * spread(photo())
    assert spread(tuned(photo(), **OFF | {"saturation": -1})) <= 1


def test_contrast_strengthens_differences_from_the_surroundings() -> None:
    stronger = tuned(photo(), **OFF | {"contrast": 0.15})

    assert stronger.std() > photo().std()
    assert abs(stronger.mean() - photo().mean()) < 1


@pytest.mark.parametrize("shape", [(40, 40, 2), (40, 40, 4), (1, 1, 3), (1, 500, 3)])
def test_any_shape_is_taken_and_alpha_stays(shape: tuple[int, int, int]) -> None:
    pixels = np.random.default_rng(0).integers(0, 255, shape, dtype=np.uint8)
    result = tuned(pixels)

    assert result.shape == shape
    if shape[2] in (2, 4):
        np.testing.assert_array_equal(result[..., -1], pixels[..., -1])


def test_sixteen_bits_are_tuned_like_eight() -> None:
    fine, coarse = tuned(photo(16)), tuned(photo(8))

    assert np.abs(fine / 257 - coarse).max() < 4
    assert np.abs(fine / 257 - coarse).mean() < 0.6

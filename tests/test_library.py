"""The library as a program uses it."""

from __future__ import annotations

import gc
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

import safelight
from safelight import library
from safelight.errors import CancelledError, PhotoError, RecipeError, UnknownPresetError
from safelight.recipes.recipe import preset as safelight_preset
from safelight.recipes.runner import Watch


@pytest.fixture(autouse=True)
def _set_up(weights_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Given the default weights, and a place of our own for temporary files."""
    monkeypatch.setenv("SAFELIGHT_MODELS_DIR", str(weights_dir))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "tmp"))
    (tmp_path / "tmp").mkdir()
    library._studio.cache_clear()
    yield
    library._studio.cache_clear()


def pixels(side: int = 12) -> np.ndarray:
    return np.random.default_rng(0).integers(0, 255, (side, side, 3), dtype=np.uint8)


def test_an_array_a_photo_and_a_file_give_the_same(tmp_path: Path) -> None:
    safelight.Photo.from_pixels(pixels()).save(tmp_path / "a.png")

    results = [
        safelight.enhance(source, scale=2, preset="anime").pixels()
        for source in (pixels(), safelight.Photo.from_pixels(pixels()), tmp_path / "a.png", str(tmp_path / "a.png"))
    ]

    assert results[0].shape == (24, 24, 3)
    for result in results[1:]:
        np.testing.assert_array_equal(result, results[0])


def test_any_recipe_runs(tmp_path: Path) -> None:
    drawn = safelight.run(pixels(64), [{"operation": "cartoonize", "style": "poster", "resolution": 512}])
    assert (drawn.width, drawn.height) == (512, 512)
    assert len(np.unique(drawn.pixels().reshape(-1, 3), axis=0)) > 1
    by_name = safelight.run(pixels(64), "dehaze")
    np.testing.assert_array_equal(by_name.pixels(), safelight.run(pixels(64), safelight_preset("dehaze")).pixels())


def test_a_recipe_that_is_none_is_refused() -> None:
    with pytest.raises(RecipeError, match="strength"):
        safelight.run(pixels(), [{"operation": "dehaze", "strength": 9}])
    with pytest.raises(UnknownPresetError):
        safelight.run(pixels(), "nothing")


def test_a_result_can_be_read_and_saved_as_often_as_one_likes(tmp_path: Path) -> None:
    photo = safelight.enhance(pixels(), preset="anime")

    photo.save(tmp_path / "a.png")
    photo.save(tmp_path / "b.tif")

    assert photo.pixels().shape == (48, 48, 3)
    np.testing.assert_array_equal(photo.pixels(), photo.pixels())


def test_temporary_files_go_with_the_photo(tmp_path: Path) -> None:
    photo = safelight.enhance(pixels(), preset="anime")
    assert list((tmp_path / "tmp").iterdir())

    del photo
    gc.collect()

    assert not list((tmp_path / "tmp").iterdir())


def test_a_run_can_be_followed_and_cancelled(tmp_path: Path) -> None:
    seen: list[float] = []
    safelight.enhance(pixels(), preset="anime", watch=Watch(progress=seen.append))
    assert seen[-1] == 1

    def stop() -> None:
        raise CancelledError("enough")

    with pytest.raises(CancelledError):
        safelight.enhance(pixels(), preset="anime", watch=Watch(check_cancelled=stop))
    gc.collect()
    assert not list((tmp_path / "tmp").iterdir())


def test_mistakes_are_errors_of_ours(tmp_path: Path) -> None:
    with pytest.raises(UnknownPresetError):
        safelight.enhance(pixels(), preset="nonesuch")
    with pytest.raises(RecipeError, match="scale"):
        safelight.enhance(pixels(), scale=10)
    with pytest.raises(PhotoError, match="missing"):
        safelight.enhance(tmp_path / "missing.png")
    with pytest.raises(PhotoError, match="float64"):
        safelight.enhance(np.zeros((4, 4, 3)))
    assert issubclass(PhotoError, safelight.SafelightError)


def test_public_names_are_there_and_others_are_not() -> None:
    assert set(safelight.__all__) <= {*dir(safelight), *safelight._HOMES}
    with pytest.raises(AttributeError, match="nonesuch"):
        safelight.nonesuch  # noqa: B018 - asking is the test

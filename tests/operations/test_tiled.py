"""Tiles run through a network give what the whole photo would, whatever goes wrong inside one of them."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fakes import FakeUpscaler, box_blur, fake_context
from safelight.errors import CancelledError, ModelError, OutOfMemoryError
from safelight.imaging.arrays import Pixels, Values
from safelight.imaging.photo import Photo
from safelight.models.upscaler import Precision
from safelight.operations.context import Context
from safelight.operations.tiled import Pass, plan_grid


def noise(height: int, width: int, bands: int = 3, depth: int = 8) -> Pixels:
    values = np.random.default_rng(height * width).integers(0, 2**depth, (height, width, bands))
    return values.astype(np.uint16 if depth == 16 else np.uint8)


def expected(pixels: Pixels, network: FakeUpscaler) -> Pixels:
    top = np.iinfo(pixels.dtype).max
    values = box_blur(pixels[None].astype(np.float32) / np.float32(top), network.radius)[0]
    values = values.repeat(network.scale, axis=0).repeat(network.scale, axis=1)
    return np.floor(values * top + 0.5).astype(pixels.dtype)


def run(pixels: Pixels, network: FakeUpscaler, tile: int | None, folder: Path) -> tuple[Pixels, Pass]:
    photo = Photo.from_pixels(pixels)
    work = Pass(photo, network, network.precision, tie=False, context=fake_context(folder, network))
    grid = plan_grid(photo.width, photo.height, network, network.precision, tile)
    image = work.run(grid, folder / "result.tif")
    return image.numpy().reshape(image.height, image.width, image.bands), work


def assert_same(result: Pixels, wanted: Pixels) -> None:
    assert result.shape == wanted.shape
    assert np.abs(result.astype(int) - wanted.astype(int)).max() <= 1


@settings(max_examples=25, deadline=None)
@given(
    width=st.integers(1, 260), height=st.integers(1, 260), bands=st.integers(1, 4), depth=st.sampled_from([8, 16]),
    scale=st.integers(1, 4), tile=st.sampled_from([64, 100, None]), batch=st.integers(1, 4),
)  # fmt: skip
def test_a_tiled_photo_is_the_untiled_one(
    width: int, height: int, bands: int, depth: int, scale: int, tile: int | None, batch: int
) -> None:
    network = FakeUpscaler(scale=scale, batch=batch)
    pixels = noise(height, width, bands, depth)
    with TemporaryDirectory() as folder:
        result, _ = run(pixels, network, tile, Path(folder))

    assert_same(result, expected(pixels, network))


@pytest.mark.parametrize("bands", [3, 4])
def test_a_tile_that_does_not_fit_is_halved_until_it_does(tmp_path: Path, bands: int) -> None:
    network = FakeUpscaler(most_pixels=120 * 120)
    pixels = noise(300, 250, bands)

    result, work = run(pixels, network, None, tmp_path)

    assert_same(result, expected(pixels, network))
    assert work.halved > 0
    assert all(shape[0] * shape[1] * shape[2] <= 120 * 120 for shape, _ in network.calls)


def test_the_next_photo_starts_from_the_size_that_worked(tmp_path: Path) -> None:
    network = FakeUpscaler(most_pixels=150 * 150)
    run(noise(300, 300), network, None, tmp_path)
    _, second = run(noise(300, 300), network, None, tmp_path)

    assert second.halved == 0


def test_a_batch_that_does_not_fit_is_sent_one_by_one(tmp_path: Path) -> None:
    network = FakeUpscaler(batch=4, most_pixels=124 * 124)
    pixels = noise(400, 400)

    result, work = run(pixels, network, 100, tmp_path)

    assert_same(result, expected(pixels, network))
    assert work.halved == 0


def test_memory_that_is_too_small_for_the_smallest_tile_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(OutOfMemoryError):
        run(noise(200, 200), FakeUpscaler(most_pixels=10), None, tmp_path)


def nan_in_low_precision(_tiles: Pixels, result: Values, precision: Precision) -> Values:
    return result if precision is Precision.FLOAT32 else np.full_like(result, np.nan)


def black_in_low_precision(_tiles: Pixels, result: Values, precision: Precision) -> Values:
    return result if precision is Precision.FLOAT32 else np.zeros_like(result)


@pytest.mark.parametrize("broken", [nan_in_low_precision, black_in_low_precision])
def test_a_tile_that_came_out_as_no_picture_is_redone_in_float32(tmp_path: Path, broken: object) -> None:
    network = FakeUpscaler(broken=broken)
    pixels = noise(150, 150)

    result, work = run(pixels, network, 100, tmp_path)

    assert_same(result, expected(pixels, network))
    assert work.redone == 4


def test_a_flat_photo_may_come_out_flat(tmp_path: Path) -> None:
    network = FakeUpscaler()
    _, work = run(np.full((80, 80, 3), 90, np.uint8), network, None, tmp_path)

    assert work.redone == 0


def test_progress_rises_to_one_and_cancel_is_looked_at_before_every_tile(tmp_path: Path) -> None:
    seen: list[float] = []

    def check() -> None:
        if len(seen) == 3:
            raise CancelledError("enough")

    network = FakeUpscaler()
    base = fake_context(tmp_path, network)
    photo = Photo.from_pixels(noise(300, 300))
    grid = plan_grid(300, 300, network, network.precision, 100)

    def work(**watch: object) -> Pass:
        context = Context(models=base.models, chosen=base.chosen, workspace=tmp_path, **watch)
        return Pass(photo, network, network.precision, tie=False, context=context)

    work(progress=seen.append).run(grid, tmp_path / "all.tif")
    assert seen == sorted(seen)
    assert len(seen) == 9
    assert seen[-1] == 1

    seen.clear()
    network.calls.clear()
    with pytest.raises(CancelledError):
        work(progress=seen.append, check_cancelled=check).run(grid, tmp_path / "part.tif")
    assert len(network.calls) == 3


def nan_always(_tiles: Pixels, result: Values, _precision: Precision) -> Values:
    return np.full_like(result, np.nan)


def infinite_pixel(_tiles: Pixels, result: Values, _precision: Precision) -> Values:
    result[0, 0, 0, 0] = np.inf
    return result


@pytest.mark.parametrize("broken", [nan_always, infinite_pixel])
@pytest.mark.parametrize("precision", [Precision.FLOAT32, Precision.BFLOAT16])
def test_no_numbers_even_in_float32_are_an_error_of_the_model(
    tmp_path: Path, broken: object, precision: Precision
) -> None:
    network = FakeUpscaler(broken=broken, precision=precision)

    with pytest.raises(ModelError, match=r"fake gives no picture.*weights are broken"):
        run(noise(80, 80), network, None, tmp_path)


def test_a_flat_result_in_float32_is_taken_as_it_is(tmp_path: Path) -> None:
    network = FakeUpscaler(broken=lambda _tiles, result, _precision: np.zeros_like(result))

    result, work = run(noise(80, 80), network, None, tmp_path)

    assert work.redone == 1
    assert result.max() == 0

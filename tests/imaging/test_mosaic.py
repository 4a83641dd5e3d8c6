"""Tiles put together give the picture they were cut from, without a seam."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from safelight.imaging.mosaic import Mosaic
from safelight.imaging.tiling import SEAM, grid_of_side


@settings(max_examples=40, deadline=None)
@given(
    width=st.integers(1, 400),
    height=st.integers(1, 400),
    side=st.integers(64, 200),
    scale=st.integers(1, 4),
    bands=st.integers(1, 4),
    depth=st.sampled_from([8, 16]),
)
def test_tiles_that_agree_give_exactly_their_picture(
    width: int, height: int, side: int, scale: int, bands: int, depth: int
) -> None:
    top = 2**depth - 1
    shape = (height * scale, width * scale, bands)
    pixels = np.random.default_rng(1).integers(0, top + 1, shape)
    grid = grid_of_side(width, height, side=side, context=12)
    with TemporaryDirectory() as folder:
        mosaic = Mosaic(grid, Path(folder) / "m.tif", scale=scale, bands=bands, depth=depth)
        for tile in grid:
            core = tile.core
            rows = slice(core.top * scale, (core.top + core.height) * scale)
            columns = slice(core.left * scale, (core.left + core.width) * scale)
            mosaic.put(tile, (pixels[rows, columns] / top).astype(np.float32))
        result = mosaic.finish().numpy().reshape(shape)

    # float32 holds 24 bits, so a blend of equal 16-bit values may round to a neighbour.
    assert np.abs(result.astype(int) - pixels).max() <= (1 if depth == 16 else 0)


def test_neighbours_that_differ_fade_into_each_other_within_the_seam(tmp_path: Path) -> None:
    grid = grid_of_side(200, 200, side=100, context=12)
    mosaic = Mosaic(grid, tmp_path / "m.tif", scale=1, bands=1, depth=8)
    for tile in grid:
        value = 0.4 + 0.2 * ((tile.row + tile.column) % 2)
        mosaic.put(tile, np.full((tile.core.height, tile.core.width, 1), value, np.float32))
    result = mosaic.finish().numpy().reshape(200, 200).astype(int)

    half = SEAM // 2
    assert set(result[0, : 100 - half]) == {102}
    assert set(result[0, 100 + half :]) == {153}
    steps = np.diff(result[0, 100 - half - 1 : 100 + half + 1])
    assert (steps >= 0).all()
    assert steps.max() <= 51 / SEAM + 1
    assert np.abs(np.diff(result, axis=0)).max() <= 51 / SEAM + 1, "rows fade as well, corners too"


def test_values_beyond_the_range_are_clipped(tmp_path: Path) -> None:
    grid = grid_of_side(4, 1, side=64, context=12)
    mosaic = Mosaic(grid, tmp_path / "m.tif", scale=1, bands=1, depth=16)
    mosaic.put(next(iter(grid)), np.array([[[-0.5], [0.0], [1.0], [1.5]]], np.float32))

    assert mosaic.finish().numpy().ravel().tolist() == [0, 0, 65535, 65535]

"""Tiles cover the photo exactly, within their bounds."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from safelight.imaging.tiling import ALIGN, LEAST, MOST, SEAM, Grid, grid_of_area, grid_of_side

sides = st.integers(1, 6000)


def check_cover(grid: Grid) -> None:
    """Given a grid, every pixel is in one cell, and cores overlap by exactly one seam."""
    for borders, length in ((grid.columns, grid.width), (grid.rows, grid.height)):
        assert borders[0] == 0
        assert borders[-1] == length
        assert list(borders) == sorted(set(borders))
        assert all(border % ALIGN == 0 for border in borders[:-1])
    for tile in grid:
        inside = tile.read
        assert 0 <= inside.left <= tile.core.left
        assert inside.left + inside.width >= tile.core.left + tile.core.width
        assert inside.left + inside.width <= grid.width
        assert inside.top + inside.height <= grid.height
    for row in range(len(grid.rows) - 1):
        for column in range(1, len(grid.columns) - 1):
            before, after = grid.tile(row, column - 1).core, grid.tile(row, column).core
            assert before.left + before.width - after.left == SEAM


@given(sides, sides, st.integers(LEAST, MOST), st.integers(8, 64))
def test_tiles_of_a_given_side_cover_the_photo(width: int, height: int, side: int, context: int) -> None:
    grid = grid_of_side(width, height, side=side, context=context)

    check_cover(grid)
    assert max(grid.cell) <= side + ALIGN


@given(sides, sides, st.integers(60_000, 2_000_000), st.sampled_from([20, 36, 48]))
def test_tiles_of_a_given_area_cover_the_photo_and_keep_the_area(
    width: int, height: int, area: int, context: int
) -> None:
    grid = grid_of_area(width, height, area=area, context=context)

    check_cover(grid)
    # Borders are rounded to multiples of ALIGN, so a tile may be that much larger on each side.
    for tile in grid:
        assert (tile.read.width - 2 * ALIGN) * (tile.read.height - 2 * ALIGN) <= area
        assert max(tile.core.width, tile.core.height) <= MOST + SEAM + ALIGN


@given(sides, sides)
def test_a_photo_that_fits_is_one_tile(width: int, height: int) -> None:
    grid = grid_of_area(width, height, area=width * height, context=48)

    assert len(grid) == 1 or max(width, height) > MOST


@given(st.integers(500, 6000), st.integers(500, 6000), st.integers(200_000, 2_000_000))
def test_no_square_grid_reads_less(width: int, height: int, area: int) -> None:
    grid = grid_of_area(width, height, area=area, context=48)
    side = int(np.sqrt(area)) - 2 * 48
    square = grid_of_side(width, height, side=max(side - ALIGN, LEAST), context=48)

    assert grid.price <= square.price * 1.02

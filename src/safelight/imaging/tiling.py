"""Cuts a photo into tiles that are read with a ring of context and overlap by a narrow seam.

A network's result for a pixel depends on pixels around it. Each tile is therefore read with ``context`` pixels more on
every side; the outer part of that ring is thrown away and only the innermost :data:`SEAM` pixels, where two neighbours
agree best, are blended. Blending over pixels nearer to a tile's edge costs quality instead of hiding a seam.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from math import isqrt

from safelight.imaging.photo import Region

SEAM = 8
"""Width of the strip in which two neighbouring tiles are blended, in input pixels."""

ALIGN = 4
"""Tiles start at multiples of this, so that networks that group pixels group the same ones in every tile."""

LEAST, MOST = 64, 2048
"""Bounds of a tile's side, in input pixels."""


@dataclass(frozen=True, slots=True)
class Tile:
    """One cell of a grid."""

    row: int
    """Its row, from the top."""
    column: int
    """Its column, from the left."""
    core: Region
    """What it contributes to the result, half a seam over each inner border, in input pixels."""
    read: Region
    """What must be read for that, in input pixels."""


@dataclass(frozen=True, slots=True)
class Grid:
    """A photo's tiles, row by row."""

    width: int
    """Pixels across."""
    height: int
    """Pixels down."""
    columns: tuple[int, ...]
    """Borders between columns, from 0 to the width."""
    rows: tuple[int, ...]
    """Borders between rows, from 0 to the height."""
    context: int
    """Pixels read along around each tile."""

    def __len__(self) -> int:
        """Count the tiles."""
        return (len(self.columns) - 1) * (len(self.rows) - 1)

    def __iter__(self) -> Iterator[Tile]:
        """Give the tiles from left to right, then from top to bottom."""
        for row in range(len(self.rows) - 1):
            for column in range(len(self.columns) - 1):
                yield self.tile(row, column)

    def tile(self, row: int, column: int) -> Tile:
        """Give one tile."""
        return Tile(row, column, self._region(row, column, SEAM // 2), self._region(row, column, self.context))

    @property
    def cell(self) -> tuple[int, int]:
        """Width and height of the largest tile, without context."""
        return _widest(self.columns), _widest(self.rows)

    @property
    def price(self) -> float:
        """Pixels read over pixels of the photo: what the overlap costs."""
        read = sum(tile.read.width * tile.read.height for tile in self)
        return read / (self.width * self.height)

    def _region(self, row: int, column: int, margin: int) -> Region:
        left, right = _span(self.columns, column, margin)
        top, bottom = _span(self.rows, row, margin)
        return Region(left, top, right - left, bottom - top)


def grid_of_side(width: int, height: int, *, side: int, context: int) -> Grid:
    """Cut into tiles of at most about ``side`` pixels, all about equally large."""
    columns, rows = -(-width // side), -(-height // side)
    return Grid(width, height, _borders(width, columns), _borders(height, rows), aligned(context))


def grid_of_area(width: int, height: int, *, area: int, context: int) -> Grid:
    """Cut so that what is read for a tile has at most about ``area`` pixels and as little as possible is read twice."""
    context = aligned(context)
    columns = max(1, -(-width // MOST))
    best: tuple[int, int, int] | None = None
    while True:
        across = -(-width // columns) + _ring(columns, context)
        down = min(area // across - 2 * context, MOST)
        rows = 1 if height <= min(area // across, MOST) else -(-height // max(down, LEAST))
        fits = across * (-(-height // rows) + _ring(rows, context)) <= area
        read = (width + 2 * context * (columns - 1)) * (height + 2 * context * (rows - 1))
        if fits and (best is None or read < best[0]):
            best = (read, columns, rows)
        if width // (columns + 1) < LEAST or (best and columns > 4 * best[1]):
            break
        columns += 1
    if best is None:
        side = max(LEAST, isqrt(area) - 2 * context)
        return grid_of_side(width, height, side=side, context=context)
    return Grid(width, height, _borders(width, best[1]), _borders(height, best[2]), context)


def _ring(cells: int, context: int) -> int:
    return min(cells - 1, 2) * context


def aligned(pixels: int) -> int:
    """Round up to a multiple of :data:`ALIGN`."""
    return -(-pixels // ALIGN) * ALIGN


def _borders(length: int, cells: int) -> tuple[int, ...]:
    inner = {round(index * length / cells / ALIGN) * ALIGN for index in range(1, cells)}
    return (0, *sorted(border for border in inner if 0 < border < length), length)


def _span(borders: tuple[int, ...], index: int, margin: int) -> tuple[int, int]:
    return max(0, borders[index] - margin), min(borders[-1], borders[index + 1] + margin)


def _widest(borders: tuple[int, ...]) -> int:
    return max(after - before for before, after in itertools.pairwise(borders))

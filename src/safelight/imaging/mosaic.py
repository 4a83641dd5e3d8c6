"""Puts enlarged tiles together, blended at their seams, on disk."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyvips

from safelight.imaging.arrays import Pixels, Values
from safelight.imaging.spool import Spool
from safelight.imaging.tiling import SEAM, Grid, Tile


class Mosaic:
    """A picture under construction from the tiles of a grid, which must come in the grid's order.

    Memory: one tile, and one seam across the picture. The picture itself lies in a file.
    """

    def __init__(self, grid: Grid, path: Path, *, scale: int, bands: int, depth: int) -> None:
        """Start a picture ``scale`` times as large as the grid's photo, with 1-4 bands of 8 or 16 bits, at ``path``.

        Raises:
            DiskFullError: there is no room for it.
            OutputError: it cannot be written for another reason.
        """
        self._grid = grid
        self._scale = scale
        self._seam = SEAM * scale
        self._bands = bands
        self._dtype = np.dtype(np.uint16 if depth == 16 else np.uint8)
        self._ramp = _ramp(self._seam)
        self._right: Values | None = None
        self._above: Values | None = None
        self._below: Values | None = None
        self._spool = Spool(path, width=grid.width * scale, height=grid.height * scale, bands=bands, depth=depth)

    def put(self, tile: Tile, values: Values) -> None:
        """Add the tile's core: (core height * scale, core width * scale, bands) float32, 0-1; ``values`` is changed.

        Raises:
            DiskFullError: there is no room for it.
        """
        if tile.column == 0:
            self._above, self._below = self._below, None
        left, top = tile.core.left * self._scale, tile.core.top * self._scale
        values = self._blend_left(values, tile)
        values = self._blend_top(values, tile, left)
        self._spool.write(left, top, self._quantised(values))

    def finish(self) -> pyvips.Image:
        """Give the whole picture; its file must stay as long as the picture is used."""
        return self._spool.finish()

    def close(self) -> None:
        """Give the picture up."""
        self._spool.close()

    def _blend_left(self, values: Values, tile: Tile) -> Values:
        if tile.column > 0 and self._right is not None:
            _fade(self._right, values[:, : self._seam], self._ramp.transpose(1, 0, 2))
        if tile.column == len(self._grid.columns) - 2:
            return values
        self._right = values[:, -self._seam :].copy()
        return values[:, : -self._seam]

    def _blend_top(self, values: Values, tile: Tile, left: int) -> Values:
        across = slice(left, left + values.shape[1])
        if tile.row > 0 and self._above is not None:
            _fade(self._above[:, across], values[: self._seam], self._ramp)
        if tile.row == len(self._grid.rows) - 2:
            return values
        if self._below is None:
            self._below = np.empty((self._seam, self._grid.width * self._scale, self._bands), np.float32)
        self._below[:, across] = values[-self._seam :]
        return values[: -self._seam]

    def _quantised(self, values: Values) -> Pixels:
        top = 65535.0 if self._dtype.itemsize == 2 else 255.0
        values *= top
        values += 0.5
        np.clip(values, 0, top, out=values)
        return values.astype(self._dtype)


def _ramp(length: int) -> Values:
    ramp: Values = (np.arange(length, dtype=np.float32) + np.float32(0.5)) / np.float32(length)
    return ramp[:, None, None]


def _fade(before: Values, after: Values, ramp: Values) -> None:
    """Fade from ``before`` to ``after``, in ``after``."""
    after *= ramp
    after += before * (1 - ramp)

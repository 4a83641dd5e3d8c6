"""Runs an upscaling network over a photo, tile by tile, and mends what goes wrong inside a tile."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np
import pyvips

from safelight.errors import ModelError, OutOfMemoryError
from safelight.imaging.arrays import Pixels, Values
from safelight.imaging.mosaic import Mosaic
from safelight.imaging.photo import Photo
from safelight.imaging.tiling import ALIGN, LEAST, Grid, Tile, aligned, grid_of_area, grid_of_side
from safelight.models.upscaler import Precision, Upscaler
from safelight.operations.context import Context

_FLAT_INPUT = 4 / 255
_FLAT_RESULT = 1e-3
_BATCH_SIDE = 768


def plan_grid(width: int, height: int, network: Upscaler, precision: Precision, tile: int | None) -> Grid:
    """Cut a photo for a network: into tiles of side ``tile``, or into the largest that the memory budget allows."""
    if tile is not None:
        return grid_of_side(width, height, side=tile, context=network.context)
    area = network.memory // network.tile_bytes(precision)
    if network.batch > 1:
        area = min(area, (_BATCH_SIDE + 2 * network.context) ** 2)
    return grid_of_area(width, height, area=area, context=network.context)


@dataclass(slots=True)
class Pass:
    """One pass of a network over a photo with 3 bands of colour, or 1 of grey."""

    photo: Photo
    """What is read: 1 or 3 bands, and alpha as the last of 2 or 4."""
    network: Upscaler
    """What enlarges."""
    precision: Precision
    """Arithmetic to begin with."""
    tie: bool
    """Whether low frequencies are tied to the input."""
    context: Context
    """Progress and cancel."""
    halved: int = 0
    """Tiles that were cut in parts because memory ran out."""
    redone: int = 0
    """Tiles that were computed again in float32."""

    def run(self, grid: Grid, path: Path) -> pyvips.Image:
        """Enlarge the whole photo into a file.

        Raises:
            CancelledError: the run was cancelled; looked at before each tile.
            ModelError: the network gives what is no number even in float32.
            OutOfMemoryError: even the smallest tile does not fit.
            DiskFullError: the workspace is full.
        """
        mosaic = Mosaic(grid, path, scale=self.network.scale, bands=self.photo.bands, depth=self.photo.depth)
        try:
            done = 0
            for tiles in _batches(grid, self._batch(grid)):
                self.context.check_cancelled()
                self._put(mosaic, tiles)
                done += len(tiles)
                self.context.progress(done / len(grid))
            return mosaic.finish()
        finally:
            mosaic.close()

    def _put(self, mosaic: Mosaic, tiles: tuple[Tile, ...]) -> None:
        """Add tiles of one size; their pixels are gone from memory before the next ones are computed."""
        for tile, values in zip(tiles, self._tiles(tiles), strict=True):
            mosaic.put(tile, values)

    def _batch(self, grid: Grid) -> int:
        width, height = grid.cell
        area = (width + 2 * grid.context) * (height + 2 * grid.context)
        room = self.network.memory // (self.network.tile_bytes(self.precision) * area)
        return max(1, min(self.network.batch, room))

    def _tiles(self, tiles: tuple[Tile, ...]) -> list[Values]:
        """Enlarge tiles of one size together; each result is that of the tile's core alone."""
        inputs: Pixels = np.stack([self.photo.read(tile.read) for tile in tiles])
        results = self._bands(inputs)
        scale = self.network.scale
        cores = []
        for tile, result in zip(tiles, results, strict=True):
            left, top = (tile.core.left - tile.read.left) * scale, (tile.core.top - tile.read.top) * scale
            cores.append(result[top : top + tile.core.height * scale, left : left + tile.core.width * scale])
        return cores

    def _bands(self, inputs: Pixels) -> Values:
        """Enlarge (N, H, W, 1-4): colour as it is, grey and alpha as pictures of their own."""
        if inputs.shape[3] == 3:
            return self._mended(inputs)
        if inputs.shape[3] == 1:
            return self._grey(inputs)
        parts = [self._bands(inputs[..., :-1]), self._alpha(inputs[..., -1:])]
        return np.concatenate(parts, axis=3)

    def _alpha(self, inputs: Pixels) -> Values:
        if inputs.min() != inputs.max():
            return self._grey(inputs)
        scale, top = self.network.scale, np.iinfo(inputs.dtype).max
        count, height, width, _ = inputs.shape
        return np.full((count, height * scale, width * scale, 1), inputs.flat[0] / top, np.float32)

    def _grey(self, inputs: Pixels) -> Values:
        grey: Values = self._mended(np.repeat(inputs, 3, axis=3)).mean(axis=3, keepdims=True, dtype=np.float32)
        return grey

    def _mended(self, inputs: Pixels) -> Values:
        """Enlarge (N, H, W, 3); what came out as no picture is computed once more in float32."""
        results = self._fitting(np.ascontiguousarray(inputs), self.precision)
        first = self.precision is Precision.FLOAT32
        for index in range(len(inputs)):
            if not first and _plausible(inputs[index], results[index]):
                continue
            if not first:
                self.redone += 1
                results[index] = self._fitting(inputs[index : index + 1], Precision.FLOAT32)[0]
            if not np.isfinite(results[index]).all():
                model = self.context.chosen[0].id if self.context.chosen else "the network"
                raise ModelError(f"{model} gives no picture, not even in float32: the weights are broken")
        return results

    def _fitting(self, inputs: Pixels, precision: Precision) -> Values:
        """Enlarge; where memory runs out, one tile after the other, then in halves."""
        try:
            return self.network.upscale(inputs, precision=precision, tie=self.tie)
        except OutOfMemoryError:
            count, height, width, _ = inputs.shape
            if count > 1:
                return np.concatenate([self._fitting(inputs[i : i + 1], precision) for i in range(count)])
            if max(width, height) <= LEAST + 2 * self.network.context:
                raise
            self.halved += 1
            self.network.lower_memory(width * height // 2 * self.network.tile_bytes(precision))
            return self._halved(inputs, precision)

    def _halved(self, inputs: Pixels, precision: Precision) -> Values:
        axis = 1 if inputs.shape[1] >= inputs.shape[2] else 2
        scale, length = self.network.scale, inputs.shape[axis]
        middle, context = length // 2 // ALIGN * ALIGN, aligned(self.network.context)
        self.context.check_cancelled()
        before = self._fitting(_along(inputs, axis, 0, min(length, middle + context)), precision)
        after = self._fitting(_along(inputs, axis, max(0, middle - context), length), precision)
        skip = min(middle, context) * scale
        kept = (_along(before, axis, 0, middle * scale), _along(after, axis, skip, after.shape[axis]))
        return np.concatenate(kept, axis=axis)


A = TypeVar("A", Pixels, Values)


def _along(values: A, axis: int, start: int, stop: int) -> A:
    return values[:, start:stop] if axis == 1 else values[:, :, start:stop]


def _plausible(source: Pixels, result: Values) -> bool:
    """Tell a picture from what broken arithmetic leaves: no numbers at all, or one value where there was a picture."""
    if not np.isfinite(result).all():
        return False
    spread = float(np.ptp(source)) / float(np.iinfo(source.dtype).max)
    return spread < _FLAT_INPUT or float(np.ptp(result)) > _FLAT_RESULT


def _batches(grid: Grid, size: int) -> Iterator[tuple[Tile, ...]]:
    """Group neighbouring tiles of one size, at most ``size`` together, in the grid's order."""
    for _, group in itertools.groupby(grid, key=lambda tile: (tile.row, tile.read.width, tile.read.height)):
        while tiles := tuple(itertools.islice(group, size)):
            yield tiles

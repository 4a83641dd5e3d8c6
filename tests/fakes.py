"""The one fake of the model pool: networks whose result is known without a network."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from safelight.errors import OutOfMemoryError
from safelight.imaging.arrays import Pixels, Values
from safelight.models.spec import ModelSpec, ModelTask
from safelight.models.upscaler import Precision
from safelight.operations.context import Context


def box_blur(pixels: Values, radius: int) -> Values:
    """Mean over (2 radius + 1)^2 pixels of (N, H, W, C), borders repeated."""
    padded = np.pad(pixels, ((0, 0), (radius, radius), (radius, radius), (0, 0)), mode="edge")
    size = 2 * radius + 1
    windows = np.lib.stride_tricks.sliding_window_view(padded, (size, size), axis=(1, 2))
    return windows.mean(axis=(-2, -1), dtype=np.float64).astype(np.float32)


@dataclass
class FakeUpscaler:
    """Blurs a little and enlarges by repeating pixels; may run out of memory or fail on purpose."""

    scale: int = 2
    context: int = 12
    radius: int = 2
    device: str = "cpu"
    precision: Precision = Precision.BFLOAT16
    memory: int = 1 << 30
    batch: int = 1
    most_pixels: int | None = None
    """More pixels than this in a batch are out of memory."""
    broken: Callable[[Pixels, Values, Precision], Values] | None = None
    """What is done to a result before it is given."""
    calls: list[tuple[tuple[int, ...], Precision]] = field(default_factory=list)
    """Shape and precision of every call that went through."""

    @property
    def weight_bytes(self) -> int:
        return 1

    def tile_bytes(self, precision: Precision) -> int:
        return 1000 if precision is Precision.FLOAT32 else 500

    def lower_memory(self, limit: int) -> None:
        self.memory = min(self.memory, limit)

    def upscale(self, tiles: Pixels, *, precision: Precision, tie: bool) -> Values:
        if self.most_pixels is not None and tiles.shape[0] * tiles.shape[1] * tiles.shape[2] > self.most_pixels:
            raise OutOfMemoryError("no memory left, on purpose")
        self.calls.append((tiles.shape, precision))
        values = box_blur(tiles.astype(np.float32) / np.float32(np.iinfo(tiles.dtype).max), self.radius)
        result = values.repeat(self.scale, axis=1).repeat(self.scale, axis=2)
        return self.broken(tiles, result, precision) if self.broken else result


@dataclass
class FakeModels:
    """Lends one fake for every model."""

    model: FakeUpscaler = field(default_factory=FakeUpscaler)

    @contextmanager
    def use(self, spec: ModelSpec[object]) -> Iterator[FakeUpscaler]:
        yield self.model


def fake_spec(name: str = "fake", scale: int = 2) -> ModelSpec[object]:
    return ModelSpec(
        id=name, title=name, task=ModelTask.UPSCALE, architecture="fake", scale=scale, licence="MIT", variants=()
    )


def fake_context(workspace: Path, model: FakeUpscaler | None = None, tile: int | None = None) -> Context:
    """A context in which every model is ``model``."""
    models = FakeModels(model or FakeUpscaler())
    return Context(models=models, chosen=(fake_spec(scale=models.model.scale),), workspace=workspace, tile=tile)

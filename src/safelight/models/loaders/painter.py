"""Repainting networks under PyTorch."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from safelight.errors import ModelError, OutOfMemoryError
from safelight.imaging.arrays import Pixels, Values
from safelight.models.loaders.cartoons import CARTOONS, cartoon_network
from safelight.models.loaders.dctnet import DctNet, load_dctnet
from safelight.models.loaders.device import Device
from safelight.models.loaders.running import Running, as_input, as_pixels
from safelight.models.loaders.styles import build_arbitrary, build_multistyle
from safelight.models.networks.arbitrary import ArbitraryStyle
from safelight.models.networks.painting import Moments, Norms, Painting
from safelight.models.painter import Condition
from safelight.models.spec import ResolvedModel
from safelight.models.upscaler import Precision

_LEAST_STUDIED = 96 * 96
"""Fewest pixels that still tell what a photo is like."""


def load_painter(model: ResolvedModel, device: Device) -> TorchPainter | DctNet:
    """Load a repainting network from its weights.

    Raises:
        CorruptWeightsError: the files are not weights, or not of the architecture that the catalog names.
        ModelError: no architecture known here reads them.
    """
    if model.spec.architecture in CARTOONS:
        return TorchPainter(cartoon_network(model), device)
    if model.spec.architecture == "multistyle":
        return TorchPainter(build_multistyle(model.paths[0]), device)
    if model.spec.architecture == "arbitrary-style":
        return AnyStylePainter(build_arbitrary(model.paths[0], model.paths[1]), device)
    if model.spec.architecture == "dctnet":
        return load_dctnet(model, device)
    raise ModelError(f"{model.spec.id}: there is no repainting network {model.spec.architecture!r} here")


class TorchPainter(Running[Painting]):
    """A :class:`~safelight.models.painter.Painter` over a network of ours."""

    @property
    def studied(self) -> int:
        """Most pixels of what statistics are taken of."""
        return self._master.studied

    def facing(
        self, width: int, height: int, thumbnail: Callable[[int], Pixels], condition: Condition | None = None
    ) -> PhotoPainter:
        """Give the network for the tiles of one photo; see :class:`~safelight.models.painter.Painter`."""
        small = width * height <= self.studied
        return PhotoPainter(self, (height, width) if small else None, thumbnail, condition)

    def paint(
        self, tiles: Pixels, precision: Precision, condition: Condition | None, given: Sequence[Moments] | None
    ) -> tuple[Values, list[Moments]]:
        """Repaint (N, H, W, 3) with given statistics, or one picture with its own; give the statistics it took."""
        norms = Norms(given)
        with self.guarded(tiles), torch.inference_mode():
            source = as_input(tiles, self.device)
            network = self.network(precision)
            told = None if condition is None else torch.tensor(condition, dtype=torch.float32, device=self.device)
            height, width = source.shape[2:]
            result = network(_padded(source, network.multiple, network.least), norms, told)
            return as_pixels(result[:, :, :height, :width]), norms.taken


class AnyStylePainter(TorchPainter):
    """A :class:`~safelight.models.painter.StyleReader` over the network for any style."""

    def __init__(self, network: ArbitraryStyle, device: Device) -> None:
        """Take over ``network``, which is in float32."""
        super().__init__(network, device)
        self._reader = network

    def style_of(self, picture: Pixels) -> Condition:
        """Read a style off a picture; see :class:`~safelight.models.painter.StyleReader`."""
        with torch.inference_mode():
            source = as_input(picture[None], "cpu")
            return tuple(float(one) for one in self._reader.told(source))


class PhotoPainter:
    """A repainting network as an :class:`~safelight.models.upscaler.Upscaler` for the tiles of one photo."""

    scale = 1

    def __init__(
        self, painter: TorchPainter, whole: tuple[int, int] | None, thumbnail: Callable[[int], Pixels],
        condition: Condition | None,
    ) -> None:  # fmt: skip
        """Take the network, height and width of a tile that is a whole small photo, and the rest as it was given."""
        self._painter = painter
        self._whole = whole
        self._thumbnail = thumbnail
        self._condition = condition
        self._lock = threading.Lock()
        self._taken: dict[Precision, list[Moments]] = {}
        self.context = painter.context
        self.lower_memory = painter.lower_memory
        self.tile_bytes = painter.tile_bytes

    @property
    def device(self) -> str:
        """Where it runs."""
        return self._painter.device

    @property
    def precision(self) -> Precision:
        """The arithmetic it uses by default."""
        return self._painter.precision

    @property
    def memory(self) -> int:
        """Working memory for one batch of tiles, in bytes."""
        return self._painter.memory

    @property
    def batch(self) -> int:
        """How many equal tiles are worth sending at once."""
        return self._painter.batch

    def upscale(self, tiles: Pixels, *, precision: Precision, tie: bool) -> Values:
        """Repaint a batch; what it looks like does not depend on how the photo was cut."""
        own = len(tiles) == 1 and tiles.shape[1:3] == self._whole
        return self._painter.paint(tiles, precision, self._condition, None if own else self._moments(precision))[0]

    def _moments(self, precision: Precision) -> list[Moments]:
        with self._lock:
            if precision not in self._taken:
                self._taken[precision] = self._studied(precision)
            return self._taken[precision]

    def _studied(self, precision: Precision) -> list[Moments]:
        """Take the statistics of the thumbnail, of a smaller one where memory runs out: half of it would not do."""
        most = self._painter.studied
        while True:
            thumbnail = np.ascontiguousarray(self._thumbnail(most)[None])
            try:
                return self._painter.paint(thumbnail, precision, self._condition, None)[1]
            except OutOfMemoryError:
                if most // 4 < _LEAST_STUDIED:
                    raise
                most //= 4


def _padded(x: Tensor, multiple: int, least: int) -> Tensor:
    """Repeat the last row and column until the sides are what the network takes."""
    height, width = (max(least, -(-side // multiple) * multiple) for side in x.shape[2:])
    if (height, width) == tuple(x.shape[2:]):
        return x
    return F.pad(x, (0, width - x.shape[3], 0, height - x.shape[2]), mode="replicate")

"""Any super-resolution network that spandrel reads, behind the same face as our own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor
from torch.nn import functional as F

from safelight.models.networks.network import Network

if TYPE_CHECKING:
    from spandrel import ImageModelDescriptor


class GenericNetwork(Network):
    """Wraps a spandrel descriptor: RGB in and out, any picture size, one scale.

    The picture is padded by reflection to what the network asks for.
    """

    context = 48
    tile_bytes = (4000, 8000)

    def __init__(self, descriptor: ImageModelDescriptor) -> None:
        super().__init__()
        self.network = descriptor.model
        self.scale = int(descriptor.scale)
        self._grey = descriptor.input_channels == 1
        self._dtypes = {
            torch.float32: True,
            torch.bfloat16: bool(descriptor.supports_bfloat16),
            torch.float16: bool(descriptor.supports_half),
        }
        size = descriptor.size_requirements
        self._least = max(int(size.minimum), 1)
        self._multiple = max(int(size.multiple_of), 1)
        self._square = bool(size.square)

    def cast_body(self, dtype: torch.dtype) -> None:
        """Run the network in ``dtype`` if its architecture is known to bear it, else in float32."""
        self.network.to(dtype if self._dtypes[dtype] else torch.float32)

    def forward(self, x: Tensor) -> Tensor:
        height, width = x.shape[2:]
        tall, wide = self._fit(height), self._fit(width)
        if self._square:
            tall = wide = max(tall, wide)
        dtype = next(self.network.parameters()).dtype
        if self._grey:
            x = x.mean(1, keepdim=True)
        y: Tensor = self.network(_pad(x, tall, wide).to(dtype))[
            :, :, : height * self.scale, : width * self.scale
        ].float()
        return y.expand(-1, 3, -1, -1) if self._grey else y

    def _fit(self, side: int) -> int:
        return -(-max(side, self._least) // self._multiple) * self._multiple


def _pad(x: Tensor, height: int, width: int) -> Tensor:
    """Extend to ``height`` x ``width`` to the bottom and right, by reflection where the picture is large enough."""
    down, right = height - x.shape[2], width - x.shape[3]
    if not down and not right:
        return x
    mode = "reflect" if down < x.shape[2] and right < x.shape[3] else "replicate"
    return F.pad(x, (0, right, 0, down), mode=mode)

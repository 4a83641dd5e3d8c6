"""What RealESRGANer does on a CPU, written anew: float32, contiguous tensors, tiles of 400 with 10 pixels of context.

As there: the photo is padded by 10 pixels to the right and below by reflection, each tile is read with up to 10 pixels
more on every side, its result is cut out and placed, without any blending, and the padding is cut off in the end.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from bench.pictures import flat, read
from bench.weights import X4PLUS, cpu_studio, ncnn_files
from safelight.imaging.arrays import Pixels
from safelight.models.loaders.ncnn import ncnn_state

_SCALE, _TILE, _CONTEXT, _PADDING = 4, 400, 10, 10


class _Dense(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        for index in range(5):
            self.add_module(f"conv{index + 1}", nn.Conv2d(64 + 32 * index, 32 if index < 4 else 64, 3, 1, 1))

    def forward(self, x: Tensor) -> Tensor:
        seen = x
        for index in range(4):
            new = F.leaky_relu(self.get_submodule(f"conv{index + 1}")(seen), 0.2, inplace=True)
            seen = torch.cat((seen, new), 1)
        last: Tensor = self.get_submodule("conv5")(seen)
        return last * 0.2 + x


class _Block(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.rdb1, self.rdb2, self.rdb3 = _Dense(), _Dense(), _Dense()

    def forward(self, x: Tensor) -> Tensor:
        last: Tensor = self.rdb3(self.rdb2(self.rdb1(x)))
        return last * 0.2 + x


class _Plain(nn.Module):
    """RRDBNet in its plainest form; its parameters have the published names."""

    def __init__(self) -> None:
        super().__init__()
        self.conv_first = nn.Conv2d(3, 64, 3, 1, 1)
        self.body = nn.Sequential(*(_Block() for _ in range(23)))
        self.conv_body, self.conv_up1, self.conv_up2, self.conv_hr = (nn.Conv2d(64, 64, 3, 1, 1) for _ in range(4))
        self.conv_last = nn.Conv2d(64, 3, 3, 1, 1)

    def forward(self, x: Tensor) -> Tensor:
        x = self.conv_first(x)
        x = x + self.conv_body(self.body(x))
        for conv in (self.conv_up1, self.conv_up2):
            x = F.leaky_relu(conv(F.interpolate(x, scale_factor=2, mode="nearest")), 0.2, inplace=True)
        last: Tensor = self.conv_last(F.leaky_relu(self.conv_hr(x), 0.2, inplace=True))
        return last


class RealESRGANer:
    """The network and the loop over tiles."""

    def __init__(self) -> None:
        self._network = _Plain().eval()
        self._network.load_state_dict(ncnn_state(*ncnn_files(cpu_studio(), X4PLUS)))
        self.facts: Mapping[str, Any] = {"precision": "float32", "tile": _TILE}
        self._pixels = flat(128, 64)
        self.run()

    def prepare(self, photo: Path) -> None:
        """Read the photo."""
        self._pixels = read(photo)

    @torch.no_grad()
    def run(self) -> None:
        """Enlarge, from array to array."""
        picture = self._pixels.astype(np.float32) / 255
        x = torch.from_numpy(np.transpose(picture, (2, 0, 1)).copy())[None]
        x = F.pad(x, (0, _PADDING, 0, _PADDING), "reflect")
        height, width = x.shape[2:]
        result = torch.zeros(1, 3, height * _SCALE, width * _SCALE)
        for top in range(0, height, _TILE):
            for left in range(0, width, _TILE):
                self._tile(x, result, top, left)
        result = result[:, :, : -_PADDING * _SCALE, : -_PADDING * _SCALE]
        enlarged = result[0].clamp(0, 1).numpy().transpose(1, 2, 0)
        self._result = (enlarged * 255.0).round().astype(np.uint8)

    def result(self) -> Pixels:
        """Give the picture."""
        return self._result

    def _tile(self, x: Tensor, result: Tensor, top: int, left: int) -> None:
        bottom, right = min(top + _TILE, x.shape[2]), min(left + _TILE, x.shape[3])
        above, before = max(top - _CONTEXT, 0), max(left - _CONTEXT, 0)
        read_to = min(bottom + _CONTEXT, x.shape[2]), min(right + _CONTEXT, x.shape[3])
        tile = self._network(x[:, :, above : read_to[0], before : read_to[1]])
        down, across = (top - above) * _SCALE, (left - before) * _SCALE
        result[:, :, top * _SCALE : bottom * _SCALE, left * _SCALE : right * _SCALE] = tile[
            :, :, down : down + (bottom - top) * _SCALE, across : across + (right - left) * _SCALE
        ]


def open_contender(_options: Mapping[str, Any]) -> RealESRGANer:
    """Load it."""
    return RealESRGANer()

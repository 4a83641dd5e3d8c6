"""Reads the weights of an ncnn model (``.param`` and ``.bin``) into a state dict, without the ncnn runtime.

Format: https://github.com/Tencent/ncnn/wiki/param-and-model-file-structure. For every Convolution, in the order of
the ``.param`` file, the ``.bin`` file holds a 4-byte tag, the weights (tag 0x01306B47: float16, padded to 4 bytes;
0: float32) and, if field 5 is set, a float32 bias; for every PReLU its float32 slopes.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from safelight.errors import CorruptWeightsError

_FLOAT16 = 0x01306B47
_HEADER = "7767517"
_DIGITS = 12


@dataclass(frozen=True, slots=True)
class NcnnLayer:
    """One layer that has weights: ``values`` are its weight and bias, or its slopes."""

    kind: str
    values: tuple[NDArray[np.float32], ...]


def read_layers(param: Path, binary: Path) -> list[NcnnLayer]:
    """Read all layers with weights, in the file's order.

    Weights of a convolution have the shape (outputs, inputs, height, width), float32.

    Raises:
        CorruptWeightsError: the two files do not fit each other, or hold layers that are not known here.
    """
    lines = param.read_text("ascii", errors="replace").split("\n")
    if lines[0].strip() != _HEADER:
        raise CorruptWeightsError(f"{param}: not an ncnn parameter file")
    data = _Blob(binary)
    layers = []
    for number, line in enumerate(lines[2:], 3):
        try:
            layer = _read_layer(line.split(), data) if line.strip() else None
        except (LookupError, ValueError) as error:
            raise CorruptWeightsError(f"{param}: line {number} is not what ncnn writes: {error}") from error
        if layer is not None:
            layers.append(layer)
    data.expect_end()
    return layers


def ncnn_state(param: Path, binary: Path) -> dict[str, Tensor]:
    """State dict of an :class:`SRVGGNetCompact` (which has PReLU) or of an :class:`RRDBNet` from its ncnn form.

    The order of the layers in the file is the order of the modules.

    Raises:
        CorruptWeightsError: the files do not fit each other, or are of another architecture.
    """
    layers = read_layers(param, binary)
    if any(layer.kind == "PReLU" for layer in layers):
        return _state([f"body.{index}" for index in range(len(layers))], layers, param)
    blocks = (len(layers) - 6) // 15
    names = ["conv_first"]
    names += [f"body.{b}.rdb{r}.conv{c}" for b in range(blocks) for r in (1, 2, 3) for c in (1, 2, 3, 4, 5)]
    names += ["conv_body", "conv_up1", "conv_up2", "conv_hr", "conv_last"]
    return _state(names, layers, param)


def _state(names: list[str], layers: list[NcnnLayer], param: Path) -> dict[str, Tensor]:
    if len(names) != len(layers):
        raise CorruptWeightsError(
            f"{param}: {len(layers)} layers, which is no architecture that is read from ncnn files"
        )
    return {
        f"{name}.{part}": torch.from_numpy(values)
        for name, layer in zip(names, layers, strict=True)
        for part, values in zip(("weight", "bias"), layer.values, strict=False)
    }


_WEIGHTLESS = frozenset({
    "Input", "Split", "Concat", "ReLU", "BinaryOp", "Interp", "PixelShuffle", "Eltwise", "Crop", "Noop",
    "MemoryData", "UnaryOp", "Sigmoid", "Reshape", "Permute", "Reorg", "Padding",
})  # fmt: skip


def _read_layer(words: list[str], data: _Blob) -> NcnnLayer | None:
    if len(words) < 4:
        raise ValueError("a layer has a kind, a name and two counts")
    kind, inputs, outputs = words[0], _count(words[2], least=0), _count(words[3], least=0)
    fields = dict(_field(word) for word in words[4 + inputs + outputs :])
    if kind == "Convolution":
        count, kernel, weights = (_count(fields.get(name)) for name in ("0", "1", "6"))
        tall = _count(fields.get("11", fields.get("1")))
        weight = data.tagged(weights).reshape(count, -1, tall, kernel)
        return NcnnLayer(kind, (weight, data.floats(count)) if fields.get("5") == "1" else (weight,))
    if kind == "PReLU":
        return NcnnLayer(kind, (data.floats(_count(fields.get("0"))),))
    if kind in _WEIGHTLESS:
        return None
    raise ValueError(f"the layer {kind} is not known here")


def _field(word: str) -> tuple[str, str]:
    name, equals, value = word.partition("=")
    if not equals:
        raise ValueError(f"{word!r} is no field")
    return name, value


def _count(word: str | None, *, least: int = 1) -> int:
    if word is None or not word.isdecimal() or len(word) > _DIGITS or int(word) < least:
        raise ValueError("a count is missing or impossible")
    return int(word)


class _Blob:
    """A ``.bin`` file, read from front to back."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._bytes = path.read_bytes()
        self._at = 0

    def floats(self, count: int) -> NDArray[np.float32]:
        return self._take(count, np.dtype("<f4")).astype(np.float32)

    def tagged(self, count: int) -> NDArray[np.float32]:
        tag = int(self._take(1, np.dtype("<u4"))[0])
        if tag not in (0, _FLOAT16):
            raise CorruptWeightsError(f"{self._path}: weights of an unknown kind 0x{tag:08x}")
        if tag == 0:
            return self.floats(count)
        values = self._take(count, np.dtype("<f2")).astype(np.float32)
        self._at += -self._at % 4
        return values

    def expect_end(self) -> None:
        if self._at != len(self._bytes):
            raise CorruptWeightsError(f"{self._path}: {len(self._bytes) - self._at} bytes more than its layers take")

    def _take(self, count: int, dtype: np.dtype[np.generic]) -> NDArray[np.generic]:
        end = self._at + count * dtype.itemsize
        if end > len(self._bytes):
            raise CorruptWeightsError(f"{self._path}: ends too early")
        values = np.frombuffer(self._bytes, dtype, count, self._at)
        self._at = end
        return values

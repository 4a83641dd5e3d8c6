"""Reads weights out of ONNX files, without a runtime for them: networks of ours take the numbers.

Format: https://github.com/onnx/onnx/blob/main/docs/IR.md. Integer weights are brought back to the real numbers that
they stand for: (value - zero point) * scale, as ``DequantizeLinear`` does.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from safelight.errors import CorruptWeightsError

if TYPE_CHECKING:
    import onnx

_LARGEST = 1 << 31


@dataclass(frozen=True, slots=True)
class Convolution:
    """One convolution of a graph."""

    name: str
    """Name of its node."""
    weight: Tensor
    """(outputs, inputs, height, width), float32."""
    bias: Tensor | None
    """(outputs,), float32."""


def onnx_state(path: Path) -> dict[str, Tensor]:
    """Give the weights that are stored under a name, as they are.

    Raises:
        CorruptWeightsError: the file is not an ONNX model, or not whole.
    """
    return {name: torch.from_numpy(value.copy()) for name, value in _stored(_graph(path), path).items()}


def onnx_convolutions(path: Path) -> list[Convolution]:
    """Give the convolutions in the order of the graph; quantised weights are brought back to float32.

    Raises:
        CorruptWeightsError: the file is not an ONNX model, or not whole.
    """
    graph = _graph(path)
    stored = _stored(graph, path)
    try:
        for node in graph.node:
            if node.op_type == "DequantizeLinear" and node.input[0] in stored:
                stored[node.output[0]] = _real(node, stored)
        return [
            Convolution(node.name, *(torch.from_numpy(stored[name].copy()) for name in node.input[1:]))
            if len(node.input) > 2
            else Convolution(node.name, torch.from_numpy(stored[node.input[1]].copy()), None)
            for node in graph.node
            if node.op_type == "Conv"
        ]
    except (LookupError, ValueError, TypeError) as error:
        raise CorruptWeightsError(f"{path}: a layer has no weights of its own: {error}") from error


def _graph(path: Path) -> onnx.GraphProto:
    import onnx

    try:
        if path.stat().st_size > _LARGEST:
            raise ValueError("it is too large")
        graph: onnx.GraphProto = onnx.load(str(path), load_external_data=False).graph
    except Exception as error:
        raise CorruptWeightsError(f"{path}: not a readable ONNX model: {error}") from error
    return graph


def _stored(graph: onnx.GraphProto, path: Path) -> dict[str, NDArray[np.generic]]:
    from onnx import TensorProto, numpy_helper

    if any(one.data_location == TensorProto.EXTERNAL for one in graph.initializer):
        raise CorruptWeightsError(f"{path}: its weights are in other files")
    try:
        return {one.name: numpy_helper.to_array(one) for one in graph.initializer}
    except (ValueError, TypeError) as error:
        raise CorruptWeightsError(f"{path}: the weights are not stored in full: {error}") from error


def _real(node: onnx.NodeProto, stored: dict[str, NDArray[np.generic]]) -> NDArray[np.float32]:
    """What a quantised weight stands for; a scale of its own for each place along one axis, or one for all."""
    axis = next((one.i for one in node.attribute if one.name == "axis"), 1)
    value, scale = stored[node.input[0]].astype(np.float64), stored[node.input[1]].astype(np.float64)
    zero = stored[node.input[2]].astype(np.float64) if len(node.input) > 2 else np.zeros_like(scale)
    if scale.ndim:
        shape = [-1 if place == axis % value.ndim else 1 for place in range(value.ndim)]
        scale, zero = scale.reshape(shape), zero.reshape(shape)
    real: NDArray[np.float32] = ((value - zero) * scale).astype(np.float32)
    return real

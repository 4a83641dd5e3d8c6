"""Frozen TensorFlow graphs, written by hand: the few messages of protocol buffers that such a file is made of.

Format: tensorflow/core/framework/graph.proto, node_def.proto, attr_value.proto, tensor.proto.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

FLOAT, INT = 1, 3
_TYPES = {np.dtype(np.float32): FLOAT, np.dtype(np.int32): INT}


def _number(value: int) -> bytes:
    value &= (1 << 64) - 1
    parts = bytearray()
    while value > 127:
        parts.append(value & 127 | 128)
        value >>= 7
    return bytes([*parts, value])


def _bytes(field: int, content: bytes) -> bytes:
    return _number(field << 3 | 2) + _number(len(content)) + content


def _int(field: int, value: int) -> bytes:
    return _number(field << 3) + _number(value)


def _shape(sides: tuple[int, ...]) -> bytes:
    return b"".join(_bytes(2, _int(1, side)) for side in sides)


def of_type(kind: int) -> bytes:
    return _int(6, kind)


def of_shape(*sides: int) -> bytes:
    return _bytes(7, _shape(sides))


def text(value: str) -> bytes:
    return _bytes(2, value.encode())


def numbers(*values: int) -> bytes:
    return _bytes(1, _bytes(3, b"".join(map(_number, values))))


def tensor(values: NDArray[np.generic]) -> bytes:
    kind = _TYPES[values.dtype]
    return _bytes(8, _int(1, kind) + _bytes(2, _shape(values.shape)) + _bytes(4, values.tobytes()))


def node(name: str, kind: str, inputs: tuple[str, ...] = (), **attributes: bytes) -> bytes:
    content = _bytes(1, name.encode()) + _bytes(2, kind.encode())
    content += b"".join(_bytes(3, one.encode()) for one in inputs)
    content += b"".join(_bytes(5, _bytes(1, key.encode()) + _bytes(2, value)) for key, value in attributes.items())
    return _bytes(1, content)


def constant(name: str, values: NDArray[np.generic]) -> bytes:
    return node(name, "Const", dtype=of_type(_TYPES[values.dtype]), value=tensor(values))


def painting_graph(weight: NDArray[np.float32], shift: float = 0.0) -> bytes:
    """A graph of the form of DCT-Net's: a picture of any size in, one convolution, a picture out."""
    kind = of_type(FLOAT)
    return b"".join([
        node("input_image", "Placeholder", dtype=kind, shape=of_shape(-1, -1, 3)),
        constant("zero", np.array(0, np.int32)),
        node("batch", "ExpandDims", ("input_image", "zero"), T=kind, Tdim=of_type(INT)),
        constant("weight", weight),
        node(
            "painted", "Conv2D", ("batch", "weight"), T=kind, strides=numbers(1, 1, 1, 1), padding=text("SAME"),
            data_format=text("NHWC"),
        ),
        constant("shift", np.full(3, shift, np.float32)),
        node("shifted", "BiasAdd", ("painted", "shift"), T=kind, data_format=text("NHWC")),
        node("output_image", "Squeeze", ("shifted",), T=kind, squeeze_dims=numbers(0)),
    ])  # fmt: skip

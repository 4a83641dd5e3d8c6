"""Builds the networks of styles from their ONNX files."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TypeVar

import torch
from torch import Tensor, nn

from safelight.errors import CorruptWeightsError
from safelight.models.loaders.onnx import Convolution, onnx_convolutions, onnx_state
from safelight.models.networks.arbitrary import ArbitraryStyle
from safelight.models.networks.multistyle import MultiStyle

N = TypeVar("N", bound=nn.Module)


def build_multistyle(path: Path) -> MultiStyle:
    """Read the network of many styles.

    Raises:
        CorruptWeightsError: the file is not an ONNX model, or not of this network.
    """
    state = onnx_state(path)
    first = state.get("contract.0.norm.gamma", torch.empty(0, 0))
    styles, channels = first.shape if first.ndim == 2 else (0, 0)
    blocks = len({name.split(".")[1] for name in state if name.startswith("res.")})
    if not (styles and channels >= 8):
        raise CorruptWeightsError(f"{path}: not the weights of a network of many styles")
    return _filled(lambda: MultiStyle(styles=styles, channels=channels, blocks=blocks), state, path)


def build_arbitrary(predict: Path, transform: Path) -> ArbitraryStyle:
    """Read the network for any style from its two files: what reads a style off a picture, and what paints.

    Raises:
        CorruptWeightsError: the files are not ONNX models, or not of these networks.
    """
    state: dict[str, Tensor] = {}
    for conv in onnx_convolutions(transform):
        state.update(_named(_painting_layer(conv.name), conv))
    layers, reading = _reading_layers(), onnx_convolutions(predict)
    if len(reading) != len(layers):
        raise CorruptWeightsError(f"{predict}: not the network that reads a style off a picture")
    for name, conv in zip(layers, reading, strict=True):
        state.update(_named(f"predict.{name}", conv))
    return _filled(ArbitraryStyle, state, predict)


def _painting_layer(node: str) -> str:
    """Where a convolution of the painting network belongs, from the name of its node."""
    place = re.search(r"transformer/(contract|residual|expand)/(?:residual(\d)/)?conv(\d)/", node)
    if place is None:
        return node
    stage, block, index = place[1], place[2], int(place[3]) - 1
    layer = f"{stage}.{int(block) - 1}.{index}" if block else f"{stage}.{index}"
    if stage == "contract":
        return layer
    if "StyleNorm" in node:
        return f"{layer}.{'gamma' if 'StyleNorm/Conv_1' in node else 'beta'}"
    return f"{layer}.conv"


def _reading_layers() -> tuple[str, ...]:
    """Names of the layers of MobileNetV2 in the order of the graph; the first block has no expansion."""
    parts = (f"blocks.{block}.{part}" for block in range(17) for part in ("expand", "depthwise", "project"))
    return ("first", *(part for part in parts if part != "blocks.0.expand"), "last", "head")


def _named(name: str, conv: Convolution) -> Iterable[tuple[str, Tensor]]:
    yield f"{name}.weight", conv.weight
    if conv.bias is not None:
        yield f"{name}.bias", conv.bias


def _filled(build: Callable[[], N], state: dict[str, Tensor], path: Path) -> N:
    """Give a network these weights; it takes memory only once their shapes are known to fit."""
    with torch.device("meta"):
        network = build()
    try:
        network.load_state_dict(state, assign=True)
    except RuntimeError as error:
        raise CorruptWeightsError(f"{path}: the weights do not fit the network: {str(error)[:300]}") from error
    return network.float()

"""Builds an upscaling network from a state dict, or from a checkpoint that only spandrel can tell."""

from __future__ import annotations

import re
from pathlib import Path
from typing import cast

import torch
from torch import Tensor

from safelight.errors import CorruptWeightsError, ModelError
from safelight.models.networks.compact import SRVGGNetCompact
from safelight.models.networks.network import Network
from safelight.models.networks.rrdbnet import RRDBNet

State = dict[str, Tensor]


def read_checkpoint(path: Path) -> State:
    """Read a ``.pth``, ``.pt`` or ``.safetensors`` file; no code in it is ever run.

    Raises:
        CorruptWeightsError: the file is not a checkpoint of tensors.
    """
    try:
        if path.suffix == ".safetensors":
            from safetensors.torch import load_file

            return load_file(path)
        content = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:
        raise CorruptWeightsError(f"{path}: not a readable checkpoint: {error}") from error
    for key in ("params_ema", "params", "state_dict"):
        if isinstance(content, dict) and isinstance(content.get(key), dict):
            content = content[key]
    if not isinstance(content, dict) or not all(isinstance(value, Tensor) for value in content.values()):
        raise CorruptWeightsError(f"{path}: holds something other than a state dict")
    return cast("State", content)


def build_network(state: State) -> Network | None:
    """One of our own networks with these weights, or None where the weights are of another architecture."""
    if "body.0.rdb1.conv1.weight" in state and "conv_hr.weight" in state:
        return _rrdbnet(state)
    if "body.0.weight" in state and "body.1.weight" in state and state["body.1.weight"].ndim == 1:
        return _compact(state)
    return None


def build_with_spandrel(path: Path) -> Network:
    """Any other single-picture network: spandrel finds the architecture.

    Raises:
        ModelError: spandrel does not know it, or it is no RGB-to-RGB picture network.
    """
    from spandrel import ImageModelDescriptor, ModelLoader

    from safelight.models.networks.generic import GenericNetwork

    try:
        descriptor = ModelLoader(device="cpu").load_from_file(path)
    except Exception as error:
        reason = str(error).split("\n", 1)[0] or type(error).__name__
        raise ModelError(f"{path.name}: no architecture that is known here ({reason})") from error
    if not isinstance(descriptor, ImageModelDescriptor) or descriptor.input_channels not in (1, 3):
        raise ModelError(f"{path.name}: not a network from one RGB picture to another")
    if descriptor.architecture.id == "ESRGAN" and (ours := build_network(_modern_names(descriptor.model.state_dict()))):
        return ours
    return GenericNetwork(descriptor)


def _rrdbnet(state: State) -> Network | None:
    features, inputs = state["conv_first.weight"].shape[:2]
    channels = state["conv_last.weight"].shape[0]
    unshuffle = round((inputs / channels) ** 0.5)
    if unshuffle not in (1, 2, 4) or channels != 3 or "body.0.rdb1.conv1x1.weight" in state:
        return None
    return _filled(
        RRDBNet(
            features=features,
            blocks=1 + max(int(key.split(".")[1]) for key in state if key.startswith("body.")),
            growth=state["body.0.rdb1.conv1.weight"].shape[0],
            unshuffle=unshuffle,
        ),
        state,
    )


def _compact(state: State) -> Network | None:
    convs = [int(key.split(".")[1]) for key, value in state.items() if key.endswith(".weight") and value.ndim == 4]
    features, channels = state["body.0.weight"].shape[:2]
    scale = round((state[f"body.{max(convs)}.weight"].shape[0] / channels) ** 0.5)
    if channels != 3:
        return None
    return _filled(SRVGGNetCompact(features=features, convs=len(convs) - 2, scale=scale), state)


def _filled(network: Network, state: State) -> Network:
    try:
        network.load_state_dict(state)
    except RuntimeError as error:
        raise CorruptWeightsError(f"the weights do not fit {type(network).__name__}: {error}") from error
    return network


def _modern_names(state: State) -> State:
    """Names of Real-ESRGAN for a 4x network whose layers are named as in the first ESRGAN."""
    blocks = [int(match[1]) for key in state if (match := re.match(r"model\.1\.sub\.(\d+)\.RDB1", key))]
    if not blocks or "model.10.weight" not in state:
        return {}
    plain = {"model.0": "conv_first", f"model.1.sub.{max(blocks) + 1}": "conv_body", "model.3": "conv_up1",
             "model.6": "conv_up2", "model.8": "conv_hr", "model.10": "conv_last"}  # fmt: skip
    renamed: State = {}
    for key, value in state.items():
        layer, part = key.rsplit(".", 1)
        inner = re.sub(r"model\.1\.sub\.(\d+)\.RDB(\d)\.conv(\d)\.0", r"body.\1.rdb\2.conv\3", layer)
        renamed[f"{plain.get(layer, inner)}.{part}"] = value
    return renamed

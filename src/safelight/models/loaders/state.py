"""Builds an upscaling network from a state dict, or from a checkpoint that only spandrel can tell."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import torch
from torch import Tensor

from safelight.errors import CorruptWeightsError, ModelError
from safelight.models.networks.aodnet import AodNet
from safelight.models.networks.compact import SRVGGNetCompact
from safelight.models.networks.network import Network
from safelight.models.networks.rrdbnet import RRDBNet
from safelight.models.networks.sci import Sci

State = dict[str, Tensor]

_WRAPPERS = ("model_state_dict", "state_dict", "params_ema", "params-ema", "params", "model", "net")
_PREFIXES = ("module.", "netG.")
_DEEPEST = 4
_LARGEST_SCALE = 16


def read_checkpoint(path: Path) -> State:
    """Read a ``.pth``, ``.pt`` or ``.safetensors`` file; no code in it is ever run.

    Tensors are looked for under the keys under which training programs put them; what is no tensor is left out.

    Raises:
        CorruptWeightsError: the file is not a checkpoint of tensors.
    """
    try:
        if path.suffix.lower() == ".safetensors":
            from safetensors.torch import load_file

            content: object = load_file(path)
        else:
            content = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:
        reason = (str(error).splitlines() or [type(error).__name__])[0][:200]
        raise CorruptWeightsError(f"{path.name}: not a readable checkpoint: {reason}") from error
    state = _without_prefixes(_tensors(_unwrapped(content)))
    if not state:
        raise CorruptWeightsError(f"{path.name}: holds something other than a state dict")
    if broken := next((name for name, value in state.items() if not _is_whole(value)), None):
        raise CorruptWeightsError(f"{path.name}: the tensor {broken[:80]!r} is not stored in full")
    return state


def build_network(state: State, name: str = "the checkpoint") -> Network | None:
    """One of our own networks with these weights, or None where the weights are of another architecture.

    Raises:
        CorruptWeightsError: they have the names of one of ours, but do not fit; ``name`` is what it calls the file.
    """
    try:
        if "body.0.rdb1.conv1.weight" in state and "conv_hr.weight" in state:
            return _rrdbnet(state)
        if "body.0.weight" in state and "body.1.weight" in state and state["body.1.weight"].ndim == 1:
            return _compact(state)
        if "e_conv5.weight" in state:
            return _filled(AodNet, state)
        if "enhance.in_conv.0.weight" in state:
            return _sci(state)
    except (LookupError, ArithmeticError, ValueError, RuntimeError) as error:
        reason = f"{type(error).__name__} {error}"[:300]
        raise CorruptWeightsError(
            f"{name}: the weights do not fit the network whose names they have: {reason}"
        ) from error
    return None


def build_with_spandrel(path: Path) -> Network:
    """Any other single-picture network: spandrel finds the architecture.

    Raises:
        CorruptWeightsError: the file is not a checkpoint of tensors.
        ModelError: spandrel does not know it, or it is no RGB-to-RGB picture network.
    """
    from spandrel import ImageModelDescriptor, ModelLoader

    from safelight.models.networks.generic import GenericNetwork

    state = read_checkpoint(path)
    try:
        descriptor = ModelLoader(device="cpu").load_from_state_dict(state)
    except Exception as error:
        reason = str(error).split("\n", 1)[0] or type(error).__name__
        raise ModelError(f"{path.name}: no architecture that is known here ({reason})") from error
    if not isinstance(descriptor, ImageModelDescriptor) or descriptor.input_channels not in (1, 3):
        raise ModelError(f"{path.name}: not a network from one RGB picture to another")
    if descriptor.architecture.id == "ESRGAN" and (
        ours := build_network(_modern_names(descriptor.model.state_dict()), str(path))
    ):
        return ours
    return GenericNetwork(descriptor)


def _unwrapped(content: object) -> object:
    """Go down to the state dict; not without end, as a checkpoint may hold itself."""
    for _ in range(_DEEPEST):
        if not isinstance(content, dict):
            return content
        inner = next((content[key] for key in _WRAPPERS if isinstance(content.get(key), dict)), None)
        if inner is None and len(content) == 1:
            inner = next((value for value in content.values() if isinstance(value, dict)), None)
        if inner is None:
            return content
        content = inner
    return content


def _tensors(content: object) -> State:
    items = content.items() if isinstance(content, dict) else ()
    return {key: value for key, value in items if isinstance(key, str) and isinstance(value, Tensor)}


def _without_prefixes(state: State) -> State:
    for prefix in _PREFIXES:
        if all(name.startswith(prefix) for name in state):
            state = {name.removeprefix(prefix): value for name, value in state.items()}
    return state


def _is_whole(value: Tensor) -> bool:
    """Tell whether every number is in the file: a few bytes can be repeated into a tensor of any size."""
    if value.layout is not torch.strided or value.device.type != "cpu":
        return False
    return value.numel() * value.element_size() <= value.untyped_storage().nbytes()


def _rrdbnet(state: State) -> Network | None:
    features, inputs = state["conv_first.weight"].shape[:2]
    growth, channels = state["body.0.rdb1.conv1.weight"].shape[0], state["conv_last.weight"].shape[0]
    if channels != 3 or "body.0.rdb1.conv1x1.weight" in state:
        return None
    unshuffle = round((inputs / channels) ** 0.5)
    if unshuffle not in (1, 2, 4):
        return None
    blocks = len({key.split(".")[1] for key in state if key.startswith("body.")})
    _require(features > 0 and growth > 0)
    return _filled(lambda: RRDBNet(features=features, blocks=blocks, growth=growth, unshuffle=unshuffle), state)


def _compact(state: State) -> Network | None:
    convs = [int(key.split(".")[1]) for key, value in state.items() if key.endswith(".weight") and value.ndim == 4]
    features, channels = state["body.0.weight"].shape[:2]
    if channels != 3:
        return None
    scale = round((state[f"body.{max(convs)}.weight"].shape[0] / channels) ** 0.5)
    _require(features > 0 and 0 < scale <= _LARGEST_SCALE and len(convs) > 1)
    return _filled(lambda: SRVGGNetCompact(features=features, convs=len(convs) - 2, scale=scale), state)


def _sci(state: State) -> Network:
    # The checkpoint has the first block twice, under `conv` as well, and the network for training under `calibrate`.
    kept = {name.removeprefix("enhance."): value for name, value in state.items() if name.startswith("enhance.")}
    kept = {name: value for name, value in kept.items() if not name.startswith("conv.")}
    blocks = len({name.split(".")[1] for name in kept if name.startswith("blocks.")})
    channels = kept["in_conv.0.weight"].shape[0]
    return _filled(lambda: Sci(channels=channels, blocks=blocks), kept)


def _require(sane: bool) -> None:
    if not sane:
        raise ValueError("the size of a layer is impossible")


def _filled(build: Callable[[], Network], state: State) -> Network:
    """Give the network these weights; it takes memory only once their shapes are known to fit."""
    with torch.device("meta"):
        network = build()
    network.load_state_dict(state, assign=True)
    return network.float()


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

"""Builds the networks of ``cartoonize`` from their weights."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

import torch

from safelight.errors import CorruptWeightsError
from safelight.models.loaders.npy import npy_state
from safelight.models.loaders.state import State, read_checkpoint
from safelight.models.networks.animegan2 import AnimeGan2
from safelight.models.networks.cartoongan import CartoonGan
from safelight.models.networks.painting import Painting
from safelight.models.spec import ResolvedModel

CARTOONS: Mapping[str, Callable[[], Painting]] = MappingProxyType({"cartoongan": CartoonGan, "animegan2": AnimeGan2})
"""Networks by the name of their architecture."""


def cartoon_network(model: ResolvedModel) -> Painting:
    """Build the network of a model whose architecture is one of :data:`CARTOONS`; float32.

    Raises:
        CorruptWeightsError: the files are not its weights.
    """
    state = npy_state(model.paths) if model.variant.format == "npy" else read_checkpoint(model.paths[0])
    with torch.device("meta"):
        network = CARTOONS[model.spec.architecture]()
    try:
        network.load_state_dict(_fitted(state, network.state_dict()), assign=True)
    except RuntimeError as error:
        raise CorruptWeightsError(
            f"{model.paths[0]}: these are not the weights of {model.spec.architecture}: {str(error)[:300]}"
        ) from error
    return network.float()


def _fitted(state: State, wanted: State) -> State:
    """Drop sides of length 1 that a published form has more: scales that are stored as (1, C, 1, 1)."""
    return {
        name: value.reshape(wanted[name].shape)
        if name in wanted and [side for side in value.shape if side > 1] == [s for s in wanted[name].shape if s > 1]
        else value
        for name, value in state.items()
    }

"""Upscaling networks under PyTorch."""

from __future__ import annotations

import torch
from torch import Tensor

from safelight.errors import CorruptWeightsError
from safelight.imaging.arrays import Pixels, Values
from safelight.models.loaders.device import Device
from safelight.models.loaders.ncnn import ncnn_state
from safelight.models.loaders.running import Running, as_input, as_pixels
from safelight.models.loaders.state import build_network, build_with_spandrel, read_checkpoint
from safelight.models.networks.network import Network
from safelight.models.networks.tie import keep_extremes, tie_low_frequencies
from safelight.models.spec import ResolvedModel
from safelight.models.upscaler import Precision


def load_upscaler(model: ResolvedModel, device: Device) -> TorchUpscaler:
    """Load an upscaling network from its weights.

    Raises:
        CorruptWeightsError: the files are not weights, or not of the architecture that the catalog names.
        ModelError: no architecture known here reads them.
    """
    if model.variant.format == "ncnn":
        network = build_network(ncnn_state(*model.paths), str(model.paths[0]))
        if network is None:
            raise CorruptWeightsError(f"{model.paths[0]}: no architecture that is read from ncnn files")
    else:
        path = model.paths[0]
        network = build_network(read_checkpoint(path), str(path)) or build_with_spandrel(path)
    return TorchUpscaler(network, device)


class TorchUpscaler(Running[Network]):
    """An :class:`~safelight.models.upscaler.Upscaler` over a network of ours or of spandrel's."""

    def __init__(self, network: Network, device: Device) -> None:
        """Take over ``network``, which is in float32."""
        super().__init__(network, device)
        self.scale = network.scale

    def upscale(self, tiles: Pixels, *, precision: Precision, tie: bool) -> Values:
        """Enlarge a batch; see :class:`~safelight.models.upscaler.Upscaler`."""
        with self.guarded(tiles), torch.inference_mode():
            return as_pixels(self._upscale(as_input(tiles, self.device), self.network(precision), tie=tie))

    def _upscale(self, source: Tensor, network: Network, *, tie: bool) -> Tensor:
        result: Tensor = network(source)
        if tie:
            result = tie_low_frequencies(result, source, self.scale)
            result = keep_extremes(result, source, self.scale)
        return result

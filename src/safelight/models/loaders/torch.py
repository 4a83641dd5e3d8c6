"""Upscaling networks under PyTorch, on CPU, CUDA and MPS."""

from __future__ import annotations

import copy
import threading

import torch
from torch import Tensor, nn

from safelight.errors import CorruptWeightsError, OutOfMemoryError
from safelight.imaging.arrays import Pixels, Values
from safelight.models.loaders.device import Device, release_freed_memory
from safelight.models.loaders.ncnn import ncnn_state
from safelight.models.loaders.state import build_network, build_with_spandrel, read_checkpoint
from safelight.models.networks.network import Network
from safelight.models.networks.tie import keep_extremes, tie_low_frequencies
from safelight.models.spec import ResolvedModel
from safelight.models.upscaler import Precision

_DTYPES = {
    Precision.FLOAT32: torch.float32,
    Precision.BFLOAT16: torch.bfloat16,
    Precision.FLOAT16: torch.float16,
}


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


class TorchUpscaler:
    """An :class:`~safelight.models.upscaler.Upscaler` over a network of ours or of spandrel's."""

    def __init__(self, network: Network, device: Device) -> None:
        """Take over ``network``, which is in float32."""
        self._device = device
        self._memory = device.memory
        self._lock = threading.Lock()
        self._master = network.eval().requires_grad_(requires_grad=False)
        _channels_last(self._master)
        self._networks: dict[Precision, Network] = {}
        self.scale = network.scale
        self.context = network.context

    @property
    def device(self) -> str:
        """Where it runs."""
        return self._device.name

    @property
    def precision(self) -> Precision:
        """The arithmetic it uses by default."""
        return self._device.precision

    @property
    def memory(self) -> int:
        """Working memory for one batch of tiles, in bytes."""
        return self._memory

    def lower_memory(self, limit: int) -> None:
        """Use at most ``limit`` bytes for a batch of tiles from now on."""
        self._memory = min(self._memory, limit)

    @property
    def batch(self) -> int:
        """How many equal tiles are worth sending at once."""
        return self._device.batch

    @property
    def weight_bytes(self) -> int:
        """Memory that the resident weights take, in bytes."""
        networks = [self._master, *self._networks.values()]
        return sum(p.numel() * p.element_size() for network in networks for p in network.parameters())

    def tile_bytes(self, precision: Precision) -> int:
        """Working memory per input pixel of a tile, in bytes."""
        fixed, body = self._master.tile_bytes
        return fixed + body * (2 if precision is Precision.FLOAT32 else 1)

    def upscale(self, tiles: Pixels, *, precision: Precision, tie: bool) -> Values:
        """Enlarge a batch; see :class:`~safelight.models.upscaler.Upscaler`."""
        try:
            with torch.inference_mode():
                result = self._upscale(torch.from_numpy(tiles), self._network(precision), tie=tie)
            release_freed_memory()
            return result
        except torch.OutOfMemoryError as error:
            torch.cuda.empty_cache()
            raise OutOfMemoryError(
                f"{self.device}: no memory for a tile of {tiles.shape[2]}x{tiles.shape[1]}"
            ) from error
        except RuntimeError as error:
            if "allocate memory" not in str(error) and "out of memory" not in str(error):
                raise
            raise OutOfMemoryError(f"no memory for a tile of {tiles.shape[2]}x{tiles.shape[1]}") from error

    def _upscale(self, tiles: Tensor, network: Network, *, tie: bool) -> Values:
        top = 255.0 if tiles.dtype == torch.uint8 else 65535.0
        source = tiles.to(self._device.name).permute(0, 3, 1, 2).to(torch.float32).div_(top)
        result = network(source)
        if tie:
            result = tie_low_frequencies(result, source, self.scale)
            result = keep_extremes(result, source, self.scale)
        pixels: Values = result.permute(0, 2, 3, 1).float().cpu().numpy()
        return pixels

    def _network(self, precision: Precision) -> Network:
        with self._lock:
            if precision not in self._networks:
                network = copy.deepcopy(self._master) if precision is not Precision.FLOAT32 else self._master
                if precision is not Precision.FLOAT32:
                    network.cast_body(_DTYPES[precision])
                elif self.device != "cpu":
                    network = copy.deepcopy(network)
                self._networks[precision] = network.to(self.device)
            return self._networks[precision]


def _channels_last(network: nn.Module) -> None:
    for parameter in network.parameters():
        if parameter.ndim == 4:
            parameter.data = parameter.data.contiguous(memory_format=torch.channels_last)

"""A network under PyTorch, on CPU, CUDA and MPS, in each arithmetic that it is asked for."""

from __future__ import annotations

import copy
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Generic, TypeVar

import torch
from torch import Tensor, nn

from safelight.errors import OutOfMemoryError
from safelight.imaging.arrays import Pixels, Values
from safelight.models.loaders.device import Device, release_freed_memory
from safelight.models.networks.network import Body
from safelight.models.upscaler import Precision

N = TypeVar("N", bound=Body)

_DTYPES = {
    Precision.FLOAT32: torch.float32,
    Precision.BFLOAT16: torch.bfloat16,
    Precision.FLOAT16: torch.float16,
}


class Running(Generic[N]):
    """Holds a network on its device; safe to share."""

    def __init__(self, network: N, device: Device) -> None:
        """Take over ``network``, which is in float32."""
        self._device = device
        self._memory = device.memory
        self._lock = threading.Lock()
        self._master = network.eval().requires_grad_(requires_grad=False)
        if network.channels_last:
            _channels_last(self._master)
        self._networks: dict[Precision, N] = {}
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
        networks = {id(network): network for network in (self._master, *self._networks.values())}
        return sum(p.numel() * p.element_size() for network in networks.values() for p in network.parameters())

    def tile_bytes(self, precision: Precision) -> int:
        """Working memory per input pixel of a tile, in bytes."""
        fixed, body = self._master.tile_bytes
        return fixed + body * (2 if precision is Precision.FLOAT32 else 1)

    def network(self, precision: Precision) -> N:
        """Give the network in one arithmetic, on the device."""
        with self._lock:
            if precision not in self._networks:
                network = copy.deepcopy(self._master) if precision is not Precision.FLOAT32 else self._master
                if precision is not Precision.FLOAT32:
                    network.cast_body(_DTYPES[precision])
                elif self.device != "cpu":
                    network = copy.deepcopy(network)
                self._networks[precision] = network.to(self.device)
            return self._networks[precision]

    @contextmanager
    def guarded(self, tiles: Pixels | Values) -> Iterator[None]:
        """Tell apart what failed for want of memory, and give freed memory back.

        Raises:
            OutOfMemoryError: the device has too little memory for ``tiles``.
        """
        try:
            yield
            release_freed_memory()
        except torch.OutOfMemoryError as error:
            torch.cuda.empty_cache()
            raise OutOfMemoryError(
                f"{self.device}: no memory for a tile of {tiles.shape[2]}x{tiles.shape[1]}"
            ) from error
        except RuntimeError as error:
            if "allocate memory" not in str(error) and "out of memory" not in str(error):
                raise
            raise OutOfMemoryError(f"no memory for a tile of {tiles.shape[2]}x{tiles.shape[1]}") from error


def as_input(tiles: Pixels, device: str) -> Tensor:
    """Bring (N, H, W, 3) pixels to float32 (N, 3, H, W), 0-1, on the device."""
    top = 255.0 if tiles.dtype == "uint8" else 65535.0
    return torch.from_numpy(tiles).to(device).permute(0, 3, 1, 2).to(torch.float32).div_(top)


def as_pixels(result: Tensor) -> Values:
    """Bring (N, 3, H, W) back to float32 (N, H, W, 3) in main memory."""
    pixels: Values = result.permute(0, 2, 3, 1).float().cpu().numpy()
    return pixels


def _channels_last(network: nn.Module) -> None:
    for parameter in network.parameters():
        if parameter.ndim == 4:
            parameter.data = parameter.data.contiguous(memory_format=torch.channels_last)

"""Safelight's own RRDBNet and nothing around it: what the rest of Safelight is measured against."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch

from bench.pictures import flat, read
from bench.weights import X4PLUS, cpu_studio, ncnn_files
from safelight.imaging.arrays import Pixels
from safelight.models.loaders.device import has_fast_bfloat16, open_device
from safelight.models.loaders.ncnn import ncnn_state
from safelight.models.loaders.state import build_network
from safelight.models.networks.network import Network


class Bare:
    """The network in channels_last, with a bfloat16 body where the processor has it."""

    def __init__(self, *, prepared: bool, bfloat16: bool | None = None) -> None:
        """Load it; ``prepared``: with the settings of the allocator that Safelight uses."""
        studio = cpu_studio()
        if prepared:
            open_device(studio.settings)
        self.network, self._dtype = load(bfloat16=bfloat16)
        self.facts: Mapping[str, Any] = {
            "precision": str(self._dtype).removeprefix("torch."),
            "flops_per_pixel": flops_per_pixel(self.network),
        }
        self._source = as_source(flat(128, 64))
        self.run()

    def prepare(self, photo: Path) -> None:
        """Read the photo into a tensor."""
        self._source = as_source(read(photo))

    def run(self) -> None:
        """Run the network."""
        with torch.inference_mode():
            self._result = self.network(self._source)

    def result(self) -> Pixels:
        """Round to 8 bits."""
        return as_pixels(self._result)


def load(*, bfloat16: bool | None = None) -> tuple[Network, torch.dtype]:
    """Load x4plus; ``bfloat16`` None: where the processor has it.

    Raises:
        Unavailable: its weights cannot be had.
    """
    network = build_network(ncnn_state(*ncnn_files(cpu_studio(), X4PLUS)))
    if network is None:
        raise ValueError(f"{X4PLUS} is no network of Safelight's")
    network = network.eval().requires_grad_(requires_grad=False)
    network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]  # its stub lacks this form
    fast = has_fast_bfloat16() if bfloat16 is None else bfloat16
    if fast:
        network.cast_body(torch.bfloat16)
    return network, torch.bfloat16 if fast else torch.float32


def as_source(pixels: Pixels) -> torch.Tensor:
    """Make the tensor that a network takes: (1, 3, H, W) float32, channels last, 0-1."""
    top = float(np.iinfo(pixels.dtype).max)
    tensor = torch.from_numpy(np.ascontiguousarray(pixels)).to(torch.float32).div_(top)
    return tensor.permute(2, 0, 1)[None]


def as_pixels(result: torch.Tensor) -> Pixels:
    """Make a picture of a network's result: (H, W, 3) uint8."""
    pixels: Pixels = result[0].permute(1, 2, 0).clamp(0, 1).mul(255).round().to(torch.uint8).numpy()
    return pixels


def flops_per_pixel(network: Network) -> float:
    """Multiplications and additions of x4plus per input pixel, from the shapes of its weights."""
    enlarged = {"conv_up1": 4, "conv_up2": 16, "conv_hr": 16, "conv_last": 16}
    return float(
        sum(
            2 * value.numel() * enlarged.get(name.split(".")[0], 1)
            for name, value in network.state_dict().items()
            if name.endswith(".weight")
        )
    )


def open_contender(options: Mapping[str, Any]) -> Bare:
    """Load it: ``prepared`` says whether the allocator is set as Safelight sets it."""
    return Bare(prepared=bool(options["prepared"]))

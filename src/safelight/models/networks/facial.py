"""Face restorers of spandrel behind one contract."""

from __future__ import annotations

import torch
from spandrel import ImageModelDescriptor
from torch import Tensor, nn

from safelight.models.networks.network import Body

_FIDELITY = 0.5
"""CodeFormer's own default between quality (0) and likeness (1)."""


class Facial(Body):
    """Restores aligned faces: float32, (N, 3, 512, 512), 0-1 RGB, to the same."""

    context = 0
    tile_bytes = (3600, 0)
    channels_last = False

    def __init__(self, descriptor: ImageModelDescriptor[nn.Module]) -> None:
        super().__init__()
        self.inner = descriptor.model
        self.architecture = descriptor.architecture.id
        # Not a submodule, so that the weights are there once.
        self.__dict__["descriptor"] = descriptor

    def cast_body(self, dtype: torch.dtype) -> None:
        """Stay in float32: these networks normalise by what they compute, and lose faces in less."""

    def forward(self, x: Tensor) -> Tensor:
        if self.architecture == "GFPGAN":
            # With the noise that is stored in the checkpoint: drawn anew, no face would come out the same twice.
            restored: Tensor = self.inner(x * 2 - 1, return_rgb=False, randomize_noise=False)[0]
        elif self.architecture == "CodeFormer":
            restored = self.inner(x * 2 - 1, weight=_FIDELITY)[0]
        else:
            # spandrel scales for the others itself.
            restored = self.__dict__["descriptor"](x) * 2 - 1
        return (restored + 1) / 2

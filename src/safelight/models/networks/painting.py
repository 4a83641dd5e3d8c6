"""What every repainting network here offers to the loader that runs it, and the normalisation that they share."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from typing import ClassVar

import torch
from torch import Tensor
from torch.nn import functional as F

from safelight.models.networks.network import Body

Moments = tuple[Tensor, Tensor]
"""Mean and variance of each channel, float32, (C,)."""


class Norms:
    """Normalises the layers of one pass: by what each sees itself, taken down on the way, or by what was taken down."""

    def __init__(self, given: Sequence[Moments] | None = None) -> None:
        """Take the statistics of an earlier pass, in the order of its layers; None = take them now."""
        self._given = given
        self._next = 0
        self.taken: list[Moments] = []

    def instance(self, x: Tensor, scale: Tensor, shift: Tensor, *, eps: float) -> Tensor:
        """Normalise each channel (instance normalisation, biased variance), then scale and shift, both (C,).

        ``x`` is (N, C, H, W); statistics are taken of a single picture only.
        """
        if self._given is not None:
            mean, variance = self._given[self._next]
            self._next += 1
            return F.batch_norm(x, mean, variance, scale, shift, training=False, eps=eps)
        # Over a batch of one picture, batch normalisation is instance normalisation, and gives its statistics as well.
        result, mean, inverse = torch.native_batch_norm(x, scale, shift, None, None, True, 0.0, eps)
        self.taken.append((mean, inverse**-2 - eps))
        return result

    def layer(self, x: Tensor, scale: Tensor, shift: Tensor, *, eps: float) -> Tensor:
        """Normalise all channels together (group normalisation with one group), then scale and shift, both (C,)."""
        if self._given is None:
            variance, mean = torch.var_mean(x.float(), correction=0)
            channels = x.shape[1]
            self.taken.append((mean.expand(channels).contiguous(), variance.expand(channels).contiguous()))
            return F.batch_norm(x, *self.taken[-1], scale, shift, training=False, eps=eps)
        return self.instance(x, scale, shift, eps=eps)


class Painting(Body):
    """Repaints pictures in their own size: float32, (N, 3, H, W), 0-1 RGB, to the same, nominally 0-1.

    Sides are multiples of ``multiple`` and at least ``least``; the loader sees to that.
    """

    multiple: ClassVar[int] = 4
    """What sides must be a multiple of."""

    studied: ClassVar[int] = 1024 * 704
    """Most pixels of what statistics are taken of: as many as one pass works through in a modest memory."""

    least: ClassVar[int] = 16
    """Smallest side that the network takes, a multiple of ``multiple``."""

    @abstractmethod
    def forward(self, x: Tensor, norms: Norms, condition: Tensor | None) -> Tensor:
        """Repaint; ``condition`` is float32, one number for each look, for networks that have many."""

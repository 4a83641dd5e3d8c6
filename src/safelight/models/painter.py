"""What a network that repaints pictures offers to operations, whatever framework runs it.

Such networks normalise by statistics of the whole picture that they see, so that a tile alone comes out unlike the same
place in the whole. Statistics are therefore taken once, of the photo made small, and every tile is painted with those
(Chen et al., "Towards Ultra-Resolution Neural Style Transfer via Thumbnail Instance Normalization", 2022). How a photo
comes out does not depend on its tiles then.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from safelight.imaging.arrays import Pixels, Values
from safelight.models.upscaler import Upscaler

Condition = tuple[float, ...]
"""What a network that knows many looks is told about the one that is wanted; its length is the network's."""


class Painter(Protocol):
    """A resident network that repaints pictures in their own size. Safe to share: it holds no picture."""

    @property
    def studied(self) -> int:
        """Most pixels of what statistics are taken of; a smaller photo is taken as it is."""

    def facing(
        self, width: int, height: int, thumbnail: Callable[[int], Pixels], condition: Condition | None = None
    ) -> Upscaler:
        """Give the network as an upscaler of scale 1 for the tiles of one photo.

        Args:
            width: pixels across of the photo.
            height: pixels down of the photo.
            thumbnail: gives the photo, (H, W, 3), uint8 or uint16, with at most so many pixels; called at most
                once, with :attr:`studied`, and not for a small photo that comes in one tile. Where memory runs out
                over it, it is called again for a quarter of the pixels, and so on.
            condition: which of its looks, for a network that has many.
        """


class StyleReader(Painter, Protocol):
    """A painter in the style of any picture: it reads off the picture what it has to be told."""

    def style_of(self, picture: Pixels) -> Condition:
        """Give the condition for a style picture, (256, 256, 3), uint8, RGB."""


HEAD_SIDE = 288
"""Pixels across and down of the heads that a :class:`HeadPainter` takes."""


class HeadPainter(Painter, Protocol):
    """A painter that paints heads apart from the rest, and better."""

    head_mask: Values
    """How much of a painted head is taken at each place: (288, 288, 1), 0-1."""

    def paint_heads(self, heads: Pixels) -> Values:
        """Paint (N, 288, 288, 3), uint8, RGB, laid out as it wants them; gives float32, nominally 0-1.

        Raises:
            OutOfMemoryError: too little memory for one head.
        """

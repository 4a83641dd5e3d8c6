"""A picture that is ready to go into a training set, with all that is known of it."""

from __future__ import annotations

from dataclasses import dataclass

from safelight.datasets.dataset import Captioned, Cropped, Item
from safelight.datasets.facts import Seen


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Ready:
    """One picture of the set."""

    item: Item
    """The photo that it shows a part of."""
    cropped: Cropped
    """The picture."""
    captioned: Captioned
    """Its caption."""
    seen: Seen
    """What was measured in the photo."""

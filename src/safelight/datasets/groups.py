"""Groups of duplicates: each around the best of its photos.

A photo joins a group only if it duplicates the photo that leads it. A chain of small steps, as a film is, is therefore
no single group, and whatever is dropped is dropped for a photo that looks like it.
"""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.intp]
Mask = NDArray[np.bool_]

ALONE = -1
"""Who leads a photo without duplicates."""

_ROWS = 256


class Relation(Protocol):
    """What makes two photos duplicates."""

    def may(self, rows: Numbers, columns: Numbers) -> Mask:
        """A quick look that misses no duplicate: (rows, columns)."""
        ...

    def holds(self, one: int, others: Numbers) -> Mask:
        """Whether ``one`` and each of ``others``, all of whom passed the quick look, are duplicates: (others,)."""
        ...


def grouped(order: Numbers, leading: Mask, relation: Relation) -> Numbers:
    """Give the leader of each photo: (N,), by number; itself for a leader, :data:`ALONE` for who has no duplicates.

    Args:
        order: numbers of the photos to group, the best first. The others are alone.
        leading: (N,) whether each may lead; who may not only joins.
        relation: what makes duplicates.
    """
    leaders = np.full(len(leading), ALONE, np.intp)
    waiting = order
    while (rows := waiting[leading[waiting]][:_ROWS]).size:
        may = relation.may(rows, waiting)
        free = np.ones(len(waiting), np.bool_)
        places = np.flatnonzero(leading[waiting])[:_ROWS]
        for one, place, possible in zip(rows, places, may, strict=True):
            if not free[place]:
                continue
            free[place] = False
            others = np.flatnonzero(possible & free)
            if others.size:
                others = others[relation.holds(int(one), waiting[others])]
            if others.size:
                free[others] = False
                leaders[waiting[others]] = leaders[one] = one
        waiting = waiting[free]
    return leaders

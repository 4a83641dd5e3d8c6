"""How alike the faces of two photos are, by the numbers that describe them."""

from __future__ import annotations

from math import inf, log, sqrt

import numpy as np
from numpy.typing import NDArray

from safelight.people.identity import SAME_PERSON, SAME_PERSON_DISTANCE

Floats = NDArray[np.float32]


def radius_of(similarity: float) -> float:
    """The distance of two embeddings with a similarity (0-1); see :func:`safelight.people.identity.similarity`."""
    return SAME_PERSON_DISTANCE * sqrt(log(similarity) / log(SAME_PERSON)) if similarity > 0 else inf


def similarities(squared: Floats) -> Floats:
    """Similarities, 0-1, for squared distances of embeddings."""
    found: Floats = (SAME_PERSON ** (squared / SAME_PERSON_DISTANCE**2)).astype(np.float32)
    return found

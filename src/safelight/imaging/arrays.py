"""The two kinds of arrays that pictures are passed around as."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.unsignedinteger[Any]]
"""uint8 or uint16, full range."""

Values = NDArray[np.float32]
"""float32, nominally 0-1."""

"""Weights that are published as one NumPy file for each parameter."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch

from safelight.errors import CorruptWeightsError
from safelight.models.loaders.state import State


def npy_state(paths: Sequence[Path]) -> State:
    """Read ``NAME.npy`` files as a state dict; no code in them is ever run.

    Raises:
        CorruptWeightsError: a file is no array of numbers.
    """
    state: State = {}
    for path in paths:
        try:
            values = np.load(path, allow_pickle=False)
            state[path.name.removesuffix(".npy")] = torch.from_numpy(np.asarray(values, np.float32))
        except (OSError, ValueError, TypeError, EOFError) as error:
            raise CorruptWeightsError(f"{path}: not an array of numbers: {error}") from error
    return state

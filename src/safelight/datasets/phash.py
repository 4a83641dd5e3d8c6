"""The perceptual hash: 64 bits that hardly change when a picture is resized, recompressed or slightly changed.

Source: Zauner, "Implementation and Benchmarking of Perceptual Image Hash Functions", 2010 (pHash); the bits in the
order of the package ``imagehash``: 32 x 32 pixels of light, their cosine transform, its 8 x 8 lowest frequencies row by
row, each 1 where it is above their median.
"""

from __future__ import annotations

import numpy as np
import pyvips
from numpy.typing import NDArray

SIDE, LOW = 32, 8


def phash(light: NDArray[np.uint8]) -> str:
    """Give the hash of luma (H, W) as 16 hexadecimal digits."""
    height, width = light.shape
    image = pyvips.Image.new_from_memory(light.tobytes(), width, height, 1, "uchar")
    small = image.resize(SIDE / width, vscale=SIDE / height, kernel="lanczos3")
    pixels = np.frombuffer(small.write_to_memory(), np.uint8).reshape(SIDE, SIDE).astype(np.float64)
    lowest = _WAVES @ pixels @ _WAVES.T
    # Cut where arithmetic ends, so that an even picture is not hashed by its rounding errors.
    bits = lowest.round(6).ravel() > np.median(lowest.round(6))
    return f"{int.from_bytes(np.packbits(bits).tobytes(), 'big'):016x}"


def hash_distance(one: str, other: str) -> int:
    """Count the bits in which two hashes differ, 0-64."""
    return (int(one, 16) ^ int(other, 16)).bit_count()


def _waves() -> NDArray[np.float64]:
    """(8, 32): the lowest rows of the cosine transform (DCT-II, not normalised)."""
    numbers = np.arange(LOW)[:, None] * (2 * np.arange(SIDE) + 1)
    waves: NDArray[np.float64] = 2 * np.cos(np.pi * numbers / (2 * SIDE))
    return waves


_WAVES = _waves()

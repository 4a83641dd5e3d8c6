"""Pictures that benches work on: scikit-image's, which are free, and made ones."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pyvips
from numpy.typing import NDArray

from safelight.imaging.arrays import Pixels

TEXTURED = ("chelsea", "astronaut", "coffee", "grass")
"""Fur; skin, hair and cloth; wood; grass."""


def picture(name: str) -> Pixels:
    """Give a whole picture of scikit-image as RGB: (H, W, 3) uint8."""
    from skimage import data

    pixels: Pixels = getattr(data, name)()
    return np.repeat(pixels[:, :, None], 3, axis=2) if pixels.ndim == 2 else pixels[:, :, :3]


def crop(name: str, side: int) -> Pixels:
    """Give the middle of a picture: (side, side, 3) uint8."""
    pixels = picture(name)
    top, left = (pixels.shape[0] - side) // 2, (pixels.shape[1] - side) // 2
    return np.ascontiguousarray(pixels[top : top + side, left : left + side])


def large(side: int) -> Pixels:
    """Give a picture of any size, of a small one and its reflections: (side, side, 3) uint8."""
    pixels = picture("astronaut")
    index = np.arange(side) % (2 * pixels.shape[0])
    index = np.minimum(index, 2 * pixels.shape[0] - 1 - index)
    whole: Pixels = pixels[index][:, index]
    return whole


def ramp(width: int, height: int) -> Pixels:
    """Give a smooth 16-bit ramp from black to white, from left to right: (height, width, 3) uint16."""
    line = np.linspace(0, 65535, width).round().astype(np.uint16)
    return np.ascontiguousarray(np.broadcast_to(line[None, :, None], (height, width, 3)))


def flat(level: int, side: int) -> Pixels:
    """Give one grey everywhere: (side, side, 3) uint8."""
    return np.full((side, side, 3), level, np.uint8)


def noise(side: int, seed: int) -> bytes:
    """Give a PNG of noise, about three bytes a pixel; each seed gives another one."""
    pixels = np.random.default_rng(seed).integers(0, 256, (side, side, 3), dtype=np.uint8)
    image = pyvips.Image.new_from_memory(pixels.tobytes(), side, side, 3, "uchar").copy(interpretation="srgb")
    return bytes(image.pngsave_buffer(compression=0))


def write(pixels: Pixels, path: Path) -> Path:
    """Write an RGB picture to a file; its suffix says the format."""
    kind = "ushort" if pixels.dtype == np.uint16 else "uchar"
    image = pyvips.Image.new_from_memory(pixels.tobytes(), pixels.shape[1], pixels.shape[0], 3, kind)
    image.copy(interpretation="rgb16" if kind == "ushort" else "srgb").write_to_file(str(path))
    return path


def read(path: Path) -> Pixels:
    """Read an 8-bit RGB file, with a decoder that owes nothing to Safelight's settings: (H, W, 3) uint8."""
    pixels: NDArray[Any] = pyvips.Image.new_from_file(str(path)).numpy()
    return np.ascontiguousarray(pixels[:, :, :3])


def psnr(one: Pixels, other: Pixels) -> float:
    """Peak signal-to-noise ratio in dB, of two pictures of one size and type; infinite if they are equal."""
    top = float(np.iinfo(one.dtype).max)
    error = float(np.mean((one.astype(np.float64) - other.astype(np.float64)) ** 2))
    return float("inf") if error == 0 else 10 * float(np.log10(top * top / error))

"""What the fake networks make of pictures: simple sums, so that a test can say what must come out."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TypeAlias

import numpy as np
import pyvips

Pictures: TypeAlias = np.ndarray
"""Float32 of (pictures, height, width, 3), from 0 to 1."""

_KERNELS = {
    "nearest-exact": "nearest", "bilinear": "linear", "area": "linear", "bicubic": "cubic", "lanczos": "lanczos3",
}  # fmt: skip


def tint(prompt: str, seed: int) -> tuple[float, float, float]:
    """The colour, each part from 0 to 1, that a positive prompt and a seed stand for."""
    digest = hashlib.sha256(f"{seed}\0{prompt}".encode()).digest()
    return (digest[0] / 255, digest[1] / 255, digest[2] / 255)


def sampled(pictures: Pictures, prompt: str, seed: int, denoise: float) -> Pictures:
    """What KSampler makes: at full ``denoise`` half the picture and half the colour, at 0 the picture."""
    colour = np.array(tint(prompt, seed), np.float32)
    share = np.float32(denoise / 2)
    return (pictures * (1 - share) + colour * share).astype(np.float32)


def in_eights(pictures: Pictures) -> Pictures:
    """What VAEEncode keeps: the middle, as whole blocks of 8 pixels."""
    height, width = (size // 8 * 8 for size in pictures.shape[1:3])
    top, left = (pictures.shape[1] % 8) // 2, (pictures.shape[2] % 8) // 2
    return pictures[:, top : top + height, left : left + width, :]


def scaled(pictures: Pictures, width: int, height: int, method: str = "bilinear", crop: str = "disabled") -> Pictures:
    """Pictures of another size; with ``center``, cut to its shape before."""
    old_height, old_width = pictures.shape[1:3]
    if crop == "center":
        if old_width / old_height > width / height:
            cut = round((old_width - old_height * width / height) / 2)
            pictures = pictures[:, :, cut : old_width - cut, :]
        else:
            cut = round((old_height - old_width * height / width) / 2)
            pictures = pictures[:, cut : old_height - cut, :, :]
    return np.stack([_scaled(one, width, height, method) for one in pictures])


def _scaled(picture: np.ndarray, width: int, height: int, method: str) -> np.ndarray:
    if picture.shape[:2] == (height, width):
        return picture
    image = pyvips.Image.new_from_array(np.ascontiguousarray(picture), interpretation="rgb")
    across, down = width / image.width, height / image.height
    image = image.resize(across, vscale=down, kernel=_KERNELS[method])
    image = image.embed(0, 0, width, height, extend="copy")
    pixels: np.ndarray = np.clip(image.numpy(), 0, 1).astype(np.float32)
    return pixels


def read(path: Path) -> Pictures:
    """A file as one picture: upright, without alpha."""
    image = pyvips.Image.new_from_buffer(path.read_bytes(), "").autorot().colourspace("srgb")
    pixels: np.ndarray = image.numpy()[:, :, :3].astype(np.float32) / np.float32(255)
    return pixels[None]


def as_bytes(picture: np.ndarray) -> np.ndarray:
    """One picture in whole numbers from 0 to 255, as SaveImage rounds."""
    pixels: np.ndarray = np.clip(picture * np.float32(255), 0, 255).astype(np.uint8)
    return pixels


def write(picture: np.ndarray, path: Path, prompt: str) -> None:
    """One picture as PNG, with the prompt that made it in a text chunk, as SaveImage writes it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    image = pyvips.Image.new_from_array(as_bytes(picture), interpretation="srgb")
    image = image.copy()
    image.set_type(pyvips.GValue.gstr_type, "png-comment-0-prompt", prompt)
    path.write_bytes(image.pngsave_buffer(compression=1))


def thumbnail(picture: np.ndarray, side: int = 128) -> bytes:
    """One picture as a small JPEG."""
    step = max(1, max(picture.shape[:2]) // side)
    small = np.ascontiguousarray(as_bytes(picture[::step, ::step]))
    return bytes(pyvips.Image.new_from_array(small, interpretation="srgb").jpegsave_buffer(Q=80))

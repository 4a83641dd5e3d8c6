"""What colours are called, and which are seen most."""

from __future__ import annotations

import tomllib
from functools import lru_cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]
Lab = NDArray[np.float32]
Mask = NDArray[np.bool_]

_MOST = 6_000
_LIGHTNESS = 0.8
"""How much a step of lightness counts beside one of colour: shades keep their name."""


def lab_of(pixels: Pixels) -> Lab:
    """CIE Lab, L 0-100, of sRGB pixels (H, W, 3)."""
    # Only here: whoever looks captions over needs names of colours, and no pictures.
    import cv2

    return np.asarray(cv2.cvtColor(pixels.astype(np.float32) / 255, cv2.COLOR_RGB2LAB), np.float32)


def chroma(lab: Lab) -> NDArray[np.float32]:
    """How colourful each pixel is: 0 grey, 100 and more as colourful as a screen can."""
    return np.asarray(np.hypot(lab[..., 1], lab[..., 2]), np.float32)


def named_shares(lab: Lab) -> dict[str, float]:
    """Which share of the pixels (N, 3) has which name; the largest first, and empty without pixels."""
    if len(lab) == 0:
        return {}
    names, places = _table()
    seen = lab[:: max(1, len(lab) // _MOST)] * np.array((_LIGHTNESS, 1, 1), np.float32)
    # Without the pixels' own squares, which are the same for every name.
    distance = (places**2).sum(axis=1) - 2 * (seen @ places.T)
    found, counts = np.unique(np.array(names)[distance.argmin(axis=1)], return_counts=True)
    shares = {str(name): float(count) / len(seen) for name, count in zip(found, counts, strict=True)}
    return dict(sorted(shares.items(), key=lambda pair: -pair[1]))


@lru_cache(maxsize=1)
def _table() -> tuple[tuple[str, ...], NDArray[np.float32]]:
    text = (files("safelight.datasets.captions") / "colours.toml").read_text(encoding="utf-8")
    rows = [(name, tint) for name, tints in tomllib.loads(text).items() for tint in tints]
    tints = np.array([[int(tint[i : i + 2], 16) for i in (1, 3, 5)] for _, tint in rows], np.uint8)
    return tuple(name for name, _ in rows), lab_of(tints[None])[0] * np.array((_LIGHTNESS, 1, 1), np.float32)


def names_of() -> tuple[str, ...]:
    """All names there are."""
    return tuple(dict.fromkeys(_table()[0]))

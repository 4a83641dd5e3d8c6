"""Lightness and colour: flat steps, curves, glow."""

from __future__ import annotations

import numpy as np

from safelight.imaging.arrays import Values
from safelight.operations.styles.filters.blur import blurred


def lab_of(values: Values) -> Values:
    """CIE Lab of sRGB, float32: L 0-100."""
    import cv2

    return cv2.cvtColor(values, cv2.COLOR_RGB2LAB).astype(np.float32, copy=False)


def rgb_of(lab: Values) -> Values:
    """Give sRGB of CIE Lab, cut to 0-1."""
    import cv2

    return cv2.cvtColor(lab, cv2.COLOR_LAB2RGB).astype(np.float32, copy=False).clip(0, 1)


def flattened(values: Values, levels: int, softness: float) -> Values:
    """Bring lightness to ``levels`` steps; ``softness`` 0 is a cliff between them, 1 is no step at all."""
    lab = lab_of(values)
    place = lab[..., 0] / 100 * levels
    low = np.floor(place)
    within = place - low - 0.5
    sharp = 0.5 * np.tanh(within / max(0.02, softness) * 1.5) / np.tanh(0.75 / max(0.02, softness))
    lab[..., 0] = (low + 0.5 + sharp) / levels * 100
    return rgb_of(lab)


def coloured(
    values: Values, *, saturation: float, contrast: float, lift: float, fade: float, warmth: float, split: float
) -> Values:
    """Change colour and tone.

    Args:
        values: the picture.
        saturation: gain of colour, 1 = as it is; colours that are strong already gain less.
        contrast: -1 to 1, an S-curve about the middle.
        lift: -1 to 1, lighter or darker middle tones, black and white as they are.
        fade: 0 to 1, black becomes a lighter grey.
        warmth: -1 to 1, from blue to yellow.
        split: 0 to 1, shadows towards violet and lights towards cream.
    """
    lab = lab_of(values)
    tone = lab[..., 0] / 100
    tone = tone + np.float32(2 * contrast) * tone * (1 - tone) * (2 * tone - 1)
    tone = tone + np.float32(lift) * tone * (1 - tone)
    tone = np.float32(0.4 * fade) + np.float32(1 - 0.4 * fade) * tone
    lab[..., 0] = tone * 100
    chroma = np.hypot(lab[..., 1], lab[..., 2])
    gain = 1 + np.float32(saturation - 1) * np.exp(-chroma / 70)
    lab[..., 1:] *= gain[..., None]
    middle, dark = 1 - np.abs(2 * tone - 1), (1 - tone) ** 2
    lab[..., 1] += np.float32(3 * warmth) * middle + np.float32(14 * split) * dark
    lab[..., 2] += np.float32(12 * warmth) * middle - np.float32(22 * split) * dark + np.float32(6 * split) * tone**2
    return rgb_of(lab)


def glowing(values: Values, *, strength: float, radius: float) -> Values:
    """Let light bleed out of what is bright, over ``radius`` pixels; ``strength`` 0-1."""
    light = blurred(values * values, radius)
    lit: Values = 1 - (1 - values) * (1 - np.float32(0.45 * strength) * light)
    return lit

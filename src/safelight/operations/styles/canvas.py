"""The canvas: a photo at the size at which it is painted, and the way back to its own size.

What is painted is enlarged as any picture is, and gets the photo's own fine detail where the painting follows the
photo: detail times the local slope of paint over lightness (as in He, Sun, "Fast Guided Filter", 2015). Edges are as
sharp as the photo's then, and flat paint stays flat.
"""

from __future__ import annotations

from typing import cast

import numpy as np
import pyvips

from safelight.imaging.arrays import Values
from safelight.imaging.photo import Photo

MOST = 2048
"""Longest side, in pixels, of a canvas that filters work on: they hold all of it in memory."""

_LUMA = (0.2126, 0.7152, 0.0722)
_WINDOW = 1.6
_NOISE = 4e-4
_STEEPEST = 1.5
_RGB = {8: "srgb", 16: "rgb16"}


def shrunk(photo: Photo, side: int) -> Photo:
    """The colours of a photo without alpha, 3 bands, at most ``side`` pixels long."""
    image = photo.image
    if image.bands == 1:
        image = image.bandjoin([image, image]).copy(interpretation=_RGB[photo.depth])
    scale = side / max(image.width, image.height)
    if scale < 1:
        image = image.resize(scale, vscale=max(scale, 1 / image.height)).cast(photo.image.format)
    return photo.with_image(image)


def values_of(photo: Photo) -> Values:
    """The pixels of a canvas: (H, W, 3) float32, 0-1."""
    values: Values = photo.pixels().astype(np.float32)
    values /= np.float32(65535 if photo.depth == 16 else 255)
    return values


def photo_of(values: Values, like: Photo) -> Photo:
    """A canvas of (H, W, 3) float32, in 16 bits, with what belongs to ``like``."""
    pixels = (values.clip(0, 1) * np.float32(65535) + np.float32(0.5)).astype(np.uint16)
    return like.with_image(Photo.from_pixels(pixels).image)


def grown(painted: Photo, canvas: Photo, photo: Photo) -> pyvips.Image:
    """Bring what was painted on a canvas to the size of the photo: 3 bands in floating point, 0-1.

    Args:
        painted: the painted canvas.
        canvas: the canvas before it was painted.
        photo: the photo without alpha.
    """
    paint = _scaled(painted.image)
    if (canvas.width, canvas.height) == (photo.width, photo.height):
        return paint
    light = luma_of(_scaled(canvas.image))
    slope = _slope(light, paint)
    fine = luma_of(_scaled(photo.image)) - _enlarged(light, photo, "cubic")
    return _enlarged(paint, photo, "cubic") + _enlarged(slope, photo, "linear") * fine


def luma_of(image: pyvips.Image) -> pyvips.Image:
    """Lightness of 1 or 3 bands, Rec. 709."""
    return image.recomb([list(_LUMA)]) if image.bands == 3 else image


def _scaled(image: pyvips.Image) -> pyvips.Image:
    return cast("pyvips.Image", image.cast("float") / (65535.0 if image.format == "ushort" else 255.0))


def _slope(light: pyvips.Image, paint: pyvips.Image) -> pyvips.Image:
    """How much paint changes with lightness around each place, one number for each band."""
    mean, mean_paint = _mean(light), _mean(paint)
    variance = _mean(light * light) - mean * mean
    slope = (_mean(paint * light) - mean_paint * mean) / (variance + _NOISE)
    slope = (slope > _STEEPEST).ifthenelse(_STEEPEST, slope)
    return (slope < -_STEEPEST).ifthenelse(-_STEEPEST, slope)


def _mean(image: pyvips.Image) -> pyvips.Image:
    return image.gaussblur(_WINDOW, precision="float")


def _enlarged(image: pyvips.Image, photo: Photo, kernel: str) -> pyvips.Image:
    large = image.resize(photo.width / image.width, vscale=photo.height / image.height, kernel=kernel)
    if (large.width, large.height) == (photo.width, photo.height):
        return large
    return large.gravity("north-west", photo.width, photo.height, extend="copy")

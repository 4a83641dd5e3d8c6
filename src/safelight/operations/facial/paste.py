"""Puts what was changed in an aligned face back into the photo, without an edge, at any size."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pyvips

from safelight.imaging.arrays import Values
from safelight.models.restorer import SIDE
from safelight.people.warp import Matrix, enlargement, inverted, moved

_FULL = 0.72
_FORM = 4
_TONES, _SMALL = 32.0, 64


def paste(image: pyvips.Image, change: Values, matrix: Matrix) -> pyvips.Image:
    """Add a change of an aligned face to a picture; what it does not reach stays pixel for pixel.

    It is the difference that is put back, so whatever the picture has beyond the resolution of the aligned face stays.

    Args:
        image: 1 or 3 bands, uchar or ushort; it is read region by region, when the result is.
        change: (512, 512, 3) float32, what is to be added to each colour, on a scale of 0-1.
        matrix: from the picture to the aligned face.
    """
    top = 65535.0 if image.format == "ushort" else 255.0
    values = change if image.bands == 3 else change.mean(axis=2, keepdims=True)
    back = inverted(matrix)
    source = _image(_shrunk(values * np.float32(top), enlargement(back)))
    corners = moved(back, np.array([[0, 0], [SIDE, 0], [0, SIDE], [SIDE, SIDE]], np.float64))
    left, top_row = (max(0, int(np.floor(low))) for low in corners.min(axis=0))
    right = min(image.width, int(np.ceil(corners[:, 0].max())))
    bottom = min(image.height, int(np.ceil(corners[:, 1].max())))
    if left >= right or top_row >= bottom:
        return image
    area = [left, top_row, right - left, bottom - top_row]
    part = image.crop(*area) + _placed(source, back, area)
    return image.insert(part.rint().cast(image.format), left, top_row)


def _shrunk(values: Values, share: float) -> Values:
    """Bring a change down to about the size that it has in the picture: it is kept until the picture is written."""
    import cv2

    side = max(1, round(SIDE * share))
    if side >= SIDE:
        return values
    small = cv2.resize(values, (side, side), interpolation=cv2.INTER_AREA)
    return np.asarray(small, np.float32).reshape(side, side, values.shape[2])


def _placed(source: pyvips.Image, back: Matrix, area: list[int]) -> pyvips.Image:
    """Bring the change to its place; libvips has the middles of pixels at whole numbers."""
    turn = back[:, :2] * (SIDE / source.width)
    shift = back[:, 2] + turn @ np.array([0.5, 0.5]) - 0.5
    return source.affine(
        [*map(float, turn.ravel())], odx=float(shift[0]), ody=float(shift[1]), oarea=area,
        interpolate=pyvips.Interpolate.new("bicubic"), extend="copy",
    )  # fmt: skip


def same_tones(restored: Values, before: Values) -> Values:
    """Give a restored face the colours and the light that the face had: low frequencies are those of ``before``.

    Both are (512, 512, 3) float32.
    """
    import cv2

    # Low frequencies need few pixels.
    small = cv2.resize(before - restored, (_SMALL, _SMALL), interpolation=cv2.INTER_AREA)
    small = cv2.GaussianBlur(small, (0, 0), _TONES * _SMALL / SIDE, borderType=cv2.BORDER_REPLICATE)
    toned: Values = restored + cv2.resize(small, (SIDE, SIDE), interpolation=cv2.INTER_CUBIC)
    return toned


@lru_cache(maxsize=1)
def feather() -> Values:
    """How much of a change is put back at each place of an aligned face: (512, 512, 1), 1 inside, 0 at the border."""
    place = np.abs((np.arange(SIDE, dtype=np.float32) + 0.5) / SIDE * 2 - 1) ** _FORM
    radius = (place[:, None] + place[None, :]) ** (1 / _FORM)
    ramp = np.clip((1 - radius) / (1 - _FULL), 0, 1)
    mask: Values = (ramp * ramp * (3 - 2 * ramp))[..., None]
    mask.setflags(write=False)
    return mask


def _image(values: Values) -> pyvips.Image:
    height, width, bands = values.shape
    data = np.ascontiguousarray(values, np.float32).tobytes()
    return pyvips.Image.new_from_memory(data, width, height, bands, "float")

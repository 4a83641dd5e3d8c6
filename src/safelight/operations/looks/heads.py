"""Paints heads apart from the rest and puts them over it, as networks want that know portraits better than scenes.

The layout is that of DCT-Net: five points of a face in a square (ModelScope, ``models/cv/cartoon``): those of MTCNN in
112 pixels, drawn together to three quarters so that hair and neck are in the square too.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

import numpy as np
import pyvips

from safelight.imaging.arrays import Values
from safelight.imaging.photo import Photo
from safelight.imaging.vips import reading
from safelight.models.painter import HEAD_SIDE, HeadPainter
from safelight.models.spec import ModelSpec
from safelight.operations.context import Context
from safelight.people.align import fitted
from safelight.people.face import Face
from safelight.people.faces import find_faces
from safelight.people.warp import Matrix, colours, eight_bits, enlargement, inverted, moved, warp

_POINTS = np.array([[39.2946, 52.6963], [74.5318, 52.5014], [57.0252, 72.7366], [42.5493, 93.3655], [71.7299, 93.2041]])
_SQUARE, _SHARE = 112, 0.75
HEAD_POINTS = ((_POINTS - _SQUARE / 2) * _SHARE + _SQUARE / 2) * (HEAD_SIDE / _SQUARE)
"""(5, 2): eye, eye, nose tip, mouth corner, mouth corner in the square that the network takes."""


def with_heads(
    photo: Photo, drawn: pyvips.Image, network: ModelSpec[object], finder: ModelSpec[object], context: Context
) -> pyvips.Image:
    """Put painted heads over what was drawn of a photo.

    Args:
        photo: 3 bands, what was drawn.
        drawn: of its size, in its format.
        network: loads as a :class:`~safelight.models.painter.HeadPainter`.
        finder: the face landmarker.
        context: models; takes a warning where there is no face.
    """
    with reading(photo.name):
        faces = find_faces(photo, context.models, finder)
        if not faces:
            context.warnings.append("cartoonize: no face was found; only the network for scenes painted")
            return drawn
        places = [fitted(face.points, HEAD_POINTS) for face in faces]
        crops = np.stack([warp(eight_bits(colours(photo)), place, HEAD_SIDE) for place in places])
    context.check_cancelled()
    with context.models.use(cast("ModelSpec[HeadPainter]", network)) as painter:
        heads, mask = painter.paint_heads(crops), painter.head_mask
    return _placed(drawn, heads, mask, places, faces)


def _placed(
    drawn: pyvips.Image, heads: Values, mask: Values, places: Sequence[Matrix], faces: Sequence[Face]
) -> pyvips.Image:
    """Lay the heads over the drawing, small ones first, so that who stands in front is in front."""
    top = 65535.0 if drawn.format == "ushort" else 255.0
    for at in sorted(range(len(faces)), key=lambda one: faces[one].box[2] * faces[one].box[3]):
        layer = np.concatenate([np.clip(heads[at], 0, 1) * top, mask], axis=2, dtype=np.float32)
        drawn = _over(drawn, layer, places[at])
    return drawn


def _over(drawn: pyvips.Image, layer: Values, place: Matrix) -> pyvips.Image:
    """Lay one head, (288, 288, 4) with its mask last, over the drawing; what it does not reach stays as it is."""
    back = inverted(place)
    corners = moved(back, np.array([[0, 0], [HEAD_SIDE, 0], [0, HEAD_SIDE], [HEAD_SIDE] * 2], np.float64))
    low, high = np.floor(corners.min(axis=0)), np.ceil(corners.max(axis=0))
    left, above = (max(0, int(side)) for side in low)
    right, below = min(drawn.width, int(high[0])), min(drawn.height, int(high[1]))
    if left >= right or above >= below:
        return drawn
    # Only here: every process reads recipes, and few paint heads.
    import cv2

    area = [left, above, right - left, below - above]
    side = max(1, min(HEAD_SIDE, round(HEAD_SIDE * enlargement(back))))
    small = np.ascontiguousarray(cv2.resize(layer, (side, side), interpolation=cv2.INTER_AREA))
    source = pyvips.Image.new_from_memory(small.tobytes(), side, side, 4, "float")
    turn = back[:, :2] * (HEAD_SIDE / side)
    # libvips has the middles of pixels at whole numbers.
    shift = back[:, 2] + turn @ np.array([0.5, 0.5]) - 0.5
    there = source.affine(
        [*map(float, turn.ravel())], odx=float(shift[0]), ody=float(shift[1]), oarea=area,
        interpolate=pyvips.Interpolate.new("bilinear"), extend="background", background=[0, 0, 0, 0],
    )  # fmt: skip
    part, share = drawn.crop(*area), there[3]
    mixed = part * (1 - share) + there.extract_band(0, n=3) * share
    return drawn.insert(mixed.rint().cast(drawn.format), left, above)

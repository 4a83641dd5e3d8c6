"""Lays faces over a template, so that networks see every face in the same place.

Sources: Umeyama, "Least-squares estimation of transformation parameters between two point patterns", 1991; the template
is that of the FFHQ crops which face restorers are trained on (Karras and others, 2019), as five points at 512 pixels.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from safelight.imaging.arrays import Pixels
from safelight.imaging.photo import Photo
from safelight.imaging.vips import reading
from safelight.people.warp import Matrix, warp

_TEMPLATE_SIDE = 512
FFHQ_512: NDArray[np.float64] = np.array(
    [[192.98, 239.95], [318.90, 240.19], [256.63, 314.02], [201.26, 371.41], [313.09, 371.15]], np.float64
)
"""(5, 2): eye, eye, nose tip, mouth corner, mouth corner in a square of 512 pixels."""
FFHQ_512.flags.writeable = False


def fitted(points: NDArray[np.floating[Any]], template: NDArray[np.floating[Any]]) -> Matrix:
    """The similarity (turn, one scale, shift; no mirror) that brings ``points`` nearest to ``template``.

    Args:
        points: (N, 2), at least two that are not all in one place.
        template: (N, 2).

    Returns:
        (2, 3), from the points' picture to the template's; :func:`safelight.people.warp.inverted` is the way back.

    Raises:
        ValueError: all points are in one place.
    """
    seen, wanted = points.astype(np.float64), template.astype(np.float64)
    middle, aim = seen.mean(axis=0), wanted.mean(axis=0)
    seen, wanted = seen - middle, wanted - aim
    spread = (seen**2).sum()
    if not spread > 0:
        raise ValueError("all points are in one place")
    left, sizes, right = np.linalg.svd(wanted.T @ seen)
    signs = np.array([1.0, np.sign(np.linalg.det(left @ right)) or 1.0])
    turn = left @ np.diag(signs) @ right * ((sizes * signs).sum() / spread)
    return np.hstack([turn, (aim - turn @ middle)[:, None]])


def aligning_matrix(face_points: NDArray[np.floating[Any]], size: int = _TEMPLATE_SIDE) -> Matrix:
    """From the photo to an aligned crop of ``size`` pixels a side, for the five points of a face."""
    return fitted(face_points, FFHQ_512 * (size / _TEMPLATE_SIDE))


def crop_aligned(photo: Photo, face_points: NDArray[np.floating[Any]], size: int = _TEMPLATE_SIDE) -> Pixels:
    """Cut out a face as the template has it: (size, size, 3), uint8 or uint16 as the photo.

    Only what the crop covers is decoded. It is antialiased where it shrinks; beyond the photo's border its last pixels
    are repeated. Grey becomes three equal bands; transparency is left out, colours are as they are in the file.

    Raises:
        BrokenPhotoError: the photo's data is cut short or damaged.
    """
    image = photo.image.extract_band(0, n=photo.bands - 1) if photo.alpha else photo.image
    with reading(photo.name):
        crop = warp(image, aligning_matrix(face_points, size), size)
    return np.repeat(crop.reshape(size, size, 1), 3, axis=2) if photo.grey else crop

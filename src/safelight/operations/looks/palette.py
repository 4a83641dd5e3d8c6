"""Few flat colours, chosen for each photo, and the regions that they fill.

Colours are found by weighted k-means in Lab, from a start that involves no chance: the colour that is far from those
chosen and not rare is chosen next. Regions have smooth outlines as each is a blurred mask, and the strongest wins.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from safelight.imaging.arrays import Values

Colours = NDArray[np.float64]
"""(K, 3), Lab."""

_COLOURFUL = 1.5
_CELL = 3.0
_ROUNDS = 40
_COMMON = 0.6
_LEAST = 0.05
_METRIC = np.array([1.0, _COLOURFUL, _COLOURFUL])


def palette_of(lab: Values, count: int) -> Colours:
    """Choose at most ``count`` colours for a picture, (H, W, 3); fewer where it has fewer."""
    points, weights = _cells(lab.reshape(-1, 3) * _METRIC)
    chosen = [int(weights.argmax())]
    distance = np.full(len(points), np.inf)
    while len(chosen) < min(count, len(points)):
        distance = np.minimum(distance, ((points - points[chosen[-1]]) ** 2).sum(1))
        chosen.append(int((distance * weights).argmax()))
    colours = points[chosen]
    for _ in range(_ROUNDS):
        groups = _nearest(points, colours)
        size = np.bincount(groups, weights, minlength=len(colours))
        sums = [np.bincount(groups, weights * points[:, axis], minlength=len(colours)) for axis in range(3)]
        colours = np.where(size[:, None] > 0, np.stack(sums, 1) / np.maximum(size, 1e-9)[:, None], colours)
    palette: Colours = colours / _METRIC
    return palette


def regions_of(lab: Values, colours: Colours, sigma: float) -> Values:
    """Give how much each place belongs to each colour, (H, W, K), 0-1, smooth over ``sigma`` pixels."""
    import cv2

    nearest = _nearest(lab.reshape(-1, 3) * _METRIC, colours * _METRIC).reshape(lab.shape[:2])
    masks = [(nearest == index).astype(np.float32) for index in range(len(colours))]
    return np.stack([cv2.GaussianBlur(one, (0, 0), sigma, borderType=cv2.BORDER_REPLICATE) for one in masks], axis=2)


def filled(regions: Values, colours: Colours, squarings: int) -> Values:
    """Fill regions, (H, W, K), with their colours; the strongest wins, more clearly with more squarings."""
    shares: Values = regions / regions.max(axis=2, keepdims=True)
    np.maximum(shares, np.float32(_LEAST), out=shares)
    for _ in range(squarings):
        shares *= shares
    shares /= shares.sum(axis=2, keepdims=True)
    result: Values = shares @ colours.astype(np.float32)
    return result


def _cells(points: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Give the mean of each cell of the colour space that is in use, and a weight that rare colours profit from."""
    cells = np.floor(points / _CELL).astype(np.int64) + 512
    _, group, size = np.unique(
        (cells[:, 0] << 20) + (cells[:, 1] << 10) + cells[:, 2], return_inverse=True, return_counts=True
    )
    means = np.stack([np.bincount(group, points[:, axis]) / size for axis in range(3)], axis=1)
    return means, size.astype(np.float64) ** _COMMON


def _nearest(points: NDArray[np.float64], colours: NDArray[np.float64]) -> NDArray[np.intp]:
    distance = (colours**2).sum(1) - 2 * points @ colours.T
    nearest: NDArray[np.intp] = distance.argmin(axis=1)
    return nearest

"""DBSCAN, in blocks: the same clusters as the plain algorithm finds, without a matrix of all pairs.

Source: Ester and others, "A Density-Based Algorithm for Discovering Clusters", 1996. A point with enough neighbours is
a core; cores that are neighbours are one cluster; any other point belongs to the first cluster with a core near it.
Memory grows with the number of points; so does time where they lie close together, else with its square.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float32]
Numbers = NDArray[np.intp]
Mask = NDArray[np.bool_]

NOBODY = -1
"""The number of points that are in no cluster."""

_ROWS = 512


def dbscan(points: Points, radius: float, least: int) -> Numbers:
    """Number the clusters of points by their first core, from 0: (N,); :data:`NOBODY` for the rest.

    Args:
        points: (N, D).
        radius: largest Euclidean distance between neighbours.
        least: how many neighbours make a core; each point is one of its own.
    """
    near = Near(points, radius)
    cores = _cores(near, len(points), least)
    labels = np.full(len(points), NOBODY, np.intp)
    labels[cores] = _joined(near, cores)
    others = np.flatnonzero(labels == NOBODY)
    if cores.size:
        for start in range(0, len(others), _ROWS):
            some = others[start : start + _ROWS]
            first = np.where(near.block(some, cores), labels[cores], len(points)).min(axis=1)
            labels[some] = np.where(first < len(points), first, NOBODY)
    return labels


class Near:
    """Tells which points lie within a radius of each other."""

    def __init__(self, points: Points, radius: float) -> None:
        """Take (N, D) and the radius."""
        # Differences of large squares lose digits, so that the middle goes to the origin first.
        self._points = points - points.mean(axis=0) if len(points) else points
        self._squares = np.einsum("nd,nd->n", self._points, self._points)
        self._most = np.float32(radius**2)

    def block(self, rows: Numbers, columns: Numbers) -> Mask:
        """Whether each of ``rows`` is near each of ``columns``: (rows, columns)."""
        near: Mask = self.squared(rows, columns) <= self._most
        return near

    def squared(self, rows: Numbers, columns: Numbers) -> NDArray[np.float32]:
        """Squared distances: (rows, columns)."""
        found: NDArray[np.float32] = self._points[rows] @ self._points[columns].T
        found *= -2
        found += self._squares[rows, None]
        found += self._squares[columns]
        return found.clip(min=0, out=found)


def _cores(near: Near, count: int, least: int) -> Numbers:
    """Points with at least ``least`` neighbours, in their order. Who has been seen often enough is not asked again."""
    everybody = np.arange(count)
    seen = np.zeros(count, np.intp)
    asked = np.zeros(count, np.bool_)
    while (open_ := np.flatnonzero(~asked & (seen < least))[:_ROWS]).size:
        block = near.block(open_, everybody)
        asked[open_] = True
        seen += np.where(asked, 0, block.sum(axis=0))
        seen[open_] = np.maximum(block.sum(axis=1), 1)
    return np.flatnonzero(seen >= least)


def _joined(near: Near, cores: Numbers) -> Numbers:
    """Number the connected components of cores by their first: (len(cores),)."""
    labels = np.arange(len(cores))
    for start in range(0, len(cores), _ROWS):
        if not labels.any():
            break
        block = near.block(cores[start : start + _ROWS], cores[start:])
        for row, hits in enumerate(block):
            found = labels[start:][hits]
            if (found != labels[start + row]).any():
                labels = _merged(labels, found)
    return np.unique(labels, return_inverse=True)[1]


def _merged(labels: Numbers, found: Numbers) -> Numbers:
    """Give all that carry one of the labels ``found`` the least of them."""
    renamed = np.arange(len(labels))
    renamed[found] = found.min()
    merged: Numbers = renamed[labels]
    return merged

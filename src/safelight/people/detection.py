"""Decodes the outputs of single-shot detectors, and keeps one detection of each thing.

Source: Bazarevsky and others, "BlazeFace: Sub-millisecond Neural Face Detection on Mobile GPUs", 2019; the anchors and
the weighted suppression as in MediaPipe (SsdAnchorsCalculator, NonMaxSuppressionCalculator).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from safelight.people.networks import Tensor

_STEEPEST = 100.0


@dataclass(frozen=True, slots=True, eq=False)
class Detection:
    """Something that was found."""

    box: NDArray[np.float64]
    """(4,): left, top, width, height."""
    points: NDArray[np.float64]
    """(K, 2): x, y."""
    score: float
    """0-1."""


@cache
def anchors(size: int, strides: tuple[int, ...]) -> NDArray[np.float64]:
    """Middles (N, 2) of the anchors, 0-1: two in each cell for each of ``strides``, equal strides beside each other."""
    found = []
    for stride in dict.fromkeys(strides):
        count = size // stride
        middles = (np.arange(count) + 0.5) / count
        grid = np.stack(np.meshgrid(middles, middles), axis=-1).reshape(-1, 2)
        found.append(grid.repeat(2 * strides.count(stride), axis=0))
    return np.concatenate(found)


def decode(regressors: Tensor, logits: Tensor, size: int, strides: tuple[int, ...], least: float) -> list[Detection]:
    """Give what scores at least ``least``, in shares of the square input, 0-1.

    Args:
        regressors: (1, N, 4 + 2 K): middle, width, height and points, in pixels of the input, from the anchor's middle.
        logits: (1, N, 1).
        size: side of the input in pixels.
        strides: of the layers of anchors.
        least: least score.
    """
    scores = 1 / (1 + np.exp(-logits[0, :, 0].clip(-_STEEPEST, _STEEPEST).astype(np.float64)))
    kept = np.flatnonzero(scores >= least)
    values = regressors[0, kept].astype(np.float64) / size
    middles = anchors(size, strides)[kept]
    values[:, :2] += middles
    values[:, 4:] += np.tile(middles, values.shape[1] // 2 - 2)
    values[:, :2] -= values[:, 2:4] / 2
    return [
        Detection(row[:4], row[4:].reshape(-1, 2), float(score))
        for row, score in zip(values, scores[kept], strict=True)
        if row[2] > 0 and row[3] > 0
    ]


def averaged(found: Sequence[Detection], overlap: float) -> list[Detection]:
    """Make one of those that overlap by more than ``overlap`` (over union): their mean, weighted by score."""
    left = sorted(found, key=lambda one: -one.score)
    kept = []
    while left:
        best = left[0]
        shares = over_union(best.box, np.stack([one.box for one in left]))
        near = [one for one, share in zip(left, shares, strict=True) if share > overlap] or [best]
        left = [one for one, share in zip(left, shares, strict=True) if share <= overlap and one is not best]
        weights = np.array([one.score for one in near])
        box = np.average([one.box for one in near], axis=0, weights=weights)
        points = np.average([one.points for one in near], axis=0, weights=weights)
        kept.append(Detection(box, points, best.score))
    return kept


def best_of(found: Sequence[Detection], overlap: float) -> list[Detection]:
    """Keep the best of those that overlap by more than ``overlap`` (over the smaller one)."""
    kept: list[Detection] = []
    for one in sorted(found, key=lambda one: -one.score):
        if not kept or over_smaller(one.box, np.stack([other.box for other in kept])).max() <= overlap:
            kept.append(one)
    return kept


def over_union(box: NDArray[np.float64], others: NDArray[np.float64]) -> NDArray[np.float64]:
    """Shared area of ``box`` (4,) and each of ``others`` (N, 4), over the area that they cover together."""
    shared = _shared(box, others)
    areas = box[2] * box[3] + others[:, 2] * others[:, 3]
    shares: NDArray[np.float64] = shared / np.maximum(areas - shared, 1e-12)
    return shares


def over_smaller(box: NDArray[np.float64], others: NDArray[np.float64]) -> NDArray[np.float64]:
    """Shared area of ``box`` (4,) and each of ``others`` (N, 4), over the area of the smaller one."""
    smaller = np.minimum(box[2] * box[3], others[:, 2] * others[:, 3])
    shares: NDArray[np.float64] = _shared(box, others) / np.maximum(smaller, 1e-12)
    return shares


def _shared(box: NDArray[np.float64], others: NDArray[np.float64]) -> NDArray[np.float64]:
    low = np.maximum(box[:2], others[:, :2])
    high = np.minimum(box[:2] + box[2:], others[:, :2] + others[:, 2:4])
    sides: NDArray[np.float64] = np.maximum(high - low, 0)
    areas: NDArray[np.float64] = sides[:, 0] * sides[:, 1]
    return areas

"""Faces in clusters: the same as the plain algorithm finds, in blocks."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from safelight.datasets import clusters
from safelight.datasets.clusters import NOBODY, dbscan


def plain_dbscan(points: NDArray[np.float32], radius: float, least: int) -> list[int]:
    """The textbook: a matrix of all distances, and a walk from core to core."""
    far = points.astype(np.float64)
    near = np.linalg.norm(far[:, None] - far[None], axis=2) <= radius
    cores = near.sum(axis=1) >= least
    labels = [NOBODY] * len(points)
    label = 0
    for start in range(len(points)):
        if labels[start] != NOBODY or not cores[start]:
            continue
        todo = [start]
        while todo:
            point = todo.pop()
            if labels[point] != NOBODY:
                continue
            labels[point] = label
            if cores[point]:
                todo += [int(other) for other in np.flatnonzero(near[point]) if labels[other] == NOBODY]
        label += 1
    return labels


@pytest.mark.parametrize("seed", range(25))
def test_clusters_are_those_of_the_plain_algorithm(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clusters, "_ROWS", 7)  # so that small sets have many blocks
    random = np.random.default_rng(seed)
    centres = random.uniform(-3, 3, (6, 3))
    points = np.concatenate([centres[random.integers(0, 6, 90)] + random.normal(0, 0.35, (90, 3)),
                             random.uniform(-4, 4, (30, 3))])  # fmt: skip
    points = random.permutation(points).astype(np.float32)
    for radius in (0.2, 0.4, 0.7):
        for least in (1, 2, 4, 8):
            assert dbscan(points, radius, least).tolist() == plain_dbscan(points, radius, least)


def test_a_border_point_goes_to_the_first_cluster_that_reaches_it() -> None:
    left, right = [[x] for x in (0.0, 0.1, 0.2)], [[x] for x in (1.8, 1.9, 2.0)]
    points = np.array([*right, *left, [1.0]], np.float32)
    labels = dbscan(points, 0.81, 4)
    assert labels.tolist() == plain_dbscan(points, 0.81, 4)
    assert labels[-1] == 0
    assert set(labels[:-1].tolist()) == {0, 1}


def test_no_points_and_one_point() -> None:
    assert dbscan(np.zeros((0, 4), np.float32), 1, 2).tolist() == []
    assert dbscan(np.zeros((1, 4), np.float32), 1, 2).tolist() == [NOBODY]
    assert dbscan(np.zeros((1, 4), np.float32), 1, 1).tolist() == [0]


def test_the_same_point_many_times_is_one_cluster_however_small_the_radius() -> None:
    points = np.full((2000, 128), 0.123, np.float32)
    assert set(dbscan(points, 1e-6, 2).tolist()) == {0}

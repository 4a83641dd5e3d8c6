"""Anchors, decoding and suppression, on numbers that are known."""

from __future__ import annotations

import numpy as np
import pytest

from safelight.people.detection import Detection, anchors, averaged, best_of, decode


def box(left: float, top: float, side: float, score: float) -> Detection:
    return Detection(np.array([left, top, side, side]), np.array([[left, top]]), score)


@pytest.mark.parametrize(("size", "strides", "count"), [(128, (8, 16, 16, 16), 896), (224, (8, 16, 32, 32, 32), 2254)])
def test_there_are_as_many_anchors_as_the_networks_have_outputs(
    size: int, strides: tuple[int, ...], count: int
) -> None:
    middles = anchors(size, strides)
    assert middles.shape == (count, 2)
    np.testing.assert_allclose(middles[0], strides[0] / 2 / size)
    np.testing.assert_allclose(middles[-1], 1 - strides[-1] / 2 / size)
    np.testing.assert_allclose(middles[2] - middles[0], (strides[0] / size, 0), err_msg="x runs first")


def test_a_box_is_decoded_from_its_anchor() -> None:
    regressors, logits = np.zeros((1, 896, 16), np.float32), np.full((1, 896, 1), -9, np.float32)
    regressors[0, 5, :6] = (12.8, -6.4, 25.6, 51.2, 1.28, 0)
    logits[0, 5] = np.log(0.8 / 0.2)
    (one,) = decode(regressors, logits, 128, (8, 16, 16, 16), 0.5)
    middle = anchors(128, (8, 16, 16, 16))[5]
    np.testing.assert_allclose(one.box, (middle[0] + 0.1 - 0.1, middle[1] - 0.05 - 0.2, 0.2, 0.4), atol=1e-6)
    np.testing.assert_allclose(one.points[0], (middle[0] + 0.01, middle[1]), atol=1e-6)
    assert one.points.shape == (6, 2)
    assert one.score == pytest.approx(0.8, abs=1e-4)


def test_boxes_that_overlap_become_their_weighted_mean() -> None:
    first, second = averaged([box(0, 0, 10, 0.6), box(1, 0, 10, 0.9), box(50, 50, 10, 0.7)], 0.3)
    np.testing.assert_allclose(first.box, (0.6, 0, 10, 10))
    assert (first.score, second.score) == (0.9, 0.7)


def test_of_a_whole_and_its_part_the_better_stays() -> None:
    kept = best_of([box(0, 0, 10, 0.6), box(2, 2, 4, 0.9), box(20, 0, 5, 0.5)], 0.5)
    assert [one.score for one in kept] == [0.9, 0.5]


def test_nothing_gives_nothing() -> None:
    assert averaged([], 0.3) == best_of([], 0.5) == []

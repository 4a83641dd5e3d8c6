"""How many workers there should be."""

from __future__ import annotations

from safelight.engine.scale import Scale


def test_it_begins_with_the_least() -> None:
    assert Scale(least=2, most=4).want(0, 0, 0.0) == 2
    assert Scale(least=0, most=4).want(0, 0, 0.0) == 0
    assert Scale(least=0, most=4).want(0, 1, 0.0) == 1


def test_it_grows_one_by_one_with_the_backlog_up_to_the_most() -> None:
    scale, count = Scale(least=1, most=3), 1
    counts = []
    for second in range(5):
        count = scale.want(count, 100, float(second))
        counts.append(count)
    assert counts == [2, 3, 3, 3, 3]


def test_a_short_queue_does_not_make_it_grow() -> None:
    assert Scale(least=1, most=3).want(1, 2, 0.0) == 1


def test_it_shrinks_only_after_a_minute_without_a_backlog() -> None:
    scale = Scale(least=1, most=3)
    assert scale.want(2, 5, 0.0) == 3
    assert scale.want(3, 0, 59.0) == 3
    assert scale.want(3, 0, 61.0) == 2
    assert scale.want(2, 0, 62.0) == 2
    assert scale.want(2, 0, 122.0) == 1
    assert scale.want(1, 0, 500.0) == 1


def test_work_in_between_puts_the_shrinking_off() -> None:
    scale = Scale(least=1, most=2)
    assert scale.want(1, 5, 0.0) == 2
    assert scale.want(2, 1, 50.0) == 2
    assert scale.want(2, 0, 100.0) == 2
    assert scale.want(2, 0, 111.0) == 1

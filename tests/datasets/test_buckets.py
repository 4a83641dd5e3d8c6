"""The shapes that kohya's trainer sorts pictures into."""

from __future__ import annotations

import pytest

from safelight.datasets.buckets import buckets, nearest_bucket


def kohyas(size: int) -> set[tuple[int, int]]:
    """As its own ``make_bucket_resolutions`` goes about it, from its description."""
    found = {(size // 64 * 64,) * 2}
    width = 256
    while width <= min(2048, size * size // 256):
        height = min(2048, size * size // width // 64 * 64)
        if height >= 256:
            found |= {(width, height), (height, width)}
        width += 64
    return found


@pytest.mark.parametrize("size", [256, 512, 768, 1024, 1536, 2048])
def test_the_buckets_are_kohyas(size: int) -> None:
    made = buckets(size)
    assert set(made) == kohyas(size)
    for width, height in made:
        assert width % 64 == height % 64 == 0
        assert min(width, height) >= 256
        assert max(width, height) <= 2048
        assert width * height <= size * size


def test_the_usual_ones_are_there() -> None:
    assert {(1024, 1024), (896, 1152), (832, 1216), (1216, 832), (512, 2048)} <= set(buckets(1024))


@pytest.mark.parametrize(
    ("aspect", "shape"),
    [(1.0, (1024, 1024)), (2 / 3, (832, 1216)), (1.5, (1216, 832)), (0.01, (256, 2048)), (99.0, (2048, 256))],
)
def test_the_nearest_bucket_needs_the_least_cut_off(aspect: float, shape: tuple[int, int]) -> None:
    width, height = nearest_bucket(1024, aspect)
    assert (width, height) == shape

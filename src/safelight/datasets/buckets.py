"""The shapes that trainers sort pictures into: kohya's buckets.

As ``make_bucket_resolutions`` of kohya's sd-scripts counts them: every width in steps of 64, with the largest height in
steps of 64 that does not exceed the area, both ways round, and the square.
"""

from __future__ import annotations

from functools import cache
from math import log

STEP, LEAST, MOST = 64, 256, 2048
"""Steps of a side, its least and its most, in pixels."""


@cache
def buckets(size: int) -> tuple[tuple[int, int], ...]:
    """Width and height of all buckets with the area of a square of ``size`` pixels a side, narrowest first."""
    area = size * size
    shapes = {(size // STEP * STEP, size // STEP * STEP)}
    for width in range(LEAST, min(MOST, area // LEAST) + 1, STEP):
        height = min(MOST, area // width // STEP * STEP)
        shapes |= {(width, height), (height, width)}
    return tuple(sorted(shapes, key=lambda shape: (shape[0] / shape[1], shape)))


def nearest_bucket(size: int, aspect: float) -> tuple[int, int]:
    """The bucket whose shape is nearest to ``aspect`` (width over height): the least has to be cut off to fit it."""
    return min(buckets(size), key=lambda shape: (abs(log(shape[0] / shape[1] / aspect)), shape))

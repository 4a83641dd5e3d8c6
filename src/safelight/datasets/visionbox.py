"""A box around what matters, from a model that looks at pictures and answers in words."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib import resources

from safelight.datasets.tools import Vision
from safelight.datasets.value import Box
from safelight.imaging.photo import Photo

SIDE = 1024
"""Longest side in pixels of the copy of a photo that is shown to the model."""

_QUALITY = 90
_LEAST = 0.05
_THOUSAND = 1000.0
_MOST = 20_000
"""Characters of an answer that are read."""
_NUMBER = r"[-+]?\d+(?:\.\d+)?\s*%?"
_FOUR = re.compile(rf"({_NUMBER})\s*[,;\s]\s*({_NUMBER})\s*[,;\s]\s*({_NUMBER})\s*[,;\s]\s*({_NUMBER})")
_CORNERS = (("left", "top", "right", "bottom"), ("x1", "y1", "x2", "y2"), ("xmin", "ymin", "xmax", "ymax"),
            ("x_min", "y_min", "x_max", "y_max"))  # fmt: skip
_SIZES = (("left", "top", "width", "height"), ("x", "y", "width", "height"), ("x", "y", "w", "h"))

Quad = tuple[float, float, float, float]


@cache
def focus_prompt() -> str:
    """What the model is asked."""
    return resources.files("safelight.datasets").joinpath("prompts/focus.txt").read_text("utf-8")


def ask_for_box(small: Photo, vision: Vision, item: str) -> Box | None:
    """Ask for the box of a picture; gives it in shares of the picture, 0-1, or None if the answer has none.

    Args:
        small: the picture, sRGB of 8 bits, at most 1,024 pixels a side.
        vision: the model.
        item: which photo it is, for the ledger.

    Raises: as :meth:`safelight.datasets.tools.Vision.ask` does.
    """
    answer, _ = vision.ask(_jpeg(small), focus_prompt(), item=item)
    return parse_box(answer, small.width, small.height)


def parse_box(answer: str, width: int, height: int) -> Box | None:
    """Read a box out of an answer: JSON or four numbers in a text; corners, or a corner and a size by name.

    Numbers up to 1 are shares, percent signs say what they say, numbers up to 1,000 are thousandths, and larger ones
    pixels of the picture that was shown.

    Returns:
        Left, top, width and height, 0-1; None if there is no box in it, or one that is too small to be meant.
    """
    answer = answer[:_MOST]
    for quad in (*_from_json(answer), *_from_text(answer)):
        box = _as_shares(quad, width, height)
        if box is not None:
            return box
    return None


def _jpeg(small: Photo) -> bytes:
    return bytes(small.image.jpegsave_buffer(Q=_QUALITY, keep="none"))


def _as_shares(quad: Quad, width: int, height: int) -> Box | None:
    top = max(abs(value) for value in quad)
    across, down = (1.0, 1.0) if top <= 1 else (_THOUSAND, _THOUSAND) if top <= _THOUSAND else (width, height)
    shares = [min(1.0, max(0.0, value / by)) for value, by in zip(quad, (across, down) * 2, strict=True)]
    left, upper, right, lower = shares
    left, right, upper, lower = min(left, right), max(left, right), min(upper, lower), max(upper, lower)
    if right - left < _LEAST or lower - upper < _LEAST:
        return None
    return left, upper, right - left, lower - upper


def _from_text(answer: str) -> Iterator[Quad]:
    for match in _FOUR.finditer(answer):
        yield _quad([_number(text) for text in match.groups()])


def _number(text: str) -> float:
    return float(text.rstrip("% ")) / 100 if "%" in text else float(text)


def _from_json(answer: str) -> Iterator[Quad]:
    decoder = json.JSONDecoder()
    for start in (match.start() for match in re.finditer(r"[{\[]", answer)):
        try:
            value, _ = decoder.raw_decode(answer, start)
        except (ValueError, RecursionError):
            continue
        yield from _quads(value, 0)


def _quads(value: object, depth: int) -> Iterator[Quad]:
    """All boxes in a JSON value, the outer ones first."""
    if depth > 4:
        return
    if isinstance(value, Mapping):
        named = _named({str(key).lower(): one for key, one in value.items()})
        if named is not None:
            yield named
        for one in value.values():
            yield from _quads(one, depth + 1)
    elif isinstance(value, Sequence) and not isinstance(value, str):
        numbers = [float(one) for one in value if isinstance(one, int | float) and not isinstance(one, bool)]
        if len(value) == 4 and len(numbers) == 4:
            yield _quad(numbers)
            return
        pairs = [one for one in value if isinstance(one, list) and len(one) == 2]
        if len(value) == len(pairs) == 2:
            yield from _quads([*pairs[0], *pairs[1]], depth + 1)
            return
        for one in value:
            yield from _quads(one, depth + 1)


def _named(value: Mapping[str, object]) -> Quad | None:
    for names, sized in (*((names, False) for names in _CORNERS), *((names, True) for names in _SIZES)):
        found = [value.get(name) for name in names]
        numbers = [float(one) for one in found if isinstance(one, int | float) and not isinstance(one, bool)]
        if len(numbers) == 4:
            x, y, third, fourth = numbers
            return (x, y, x + third, y + fourth) if sized else (x, y, third, fourth)
    return None


def _quad(numbers: Sequence[float]) -> Quad:
    first, second, third, fourth = numbers
    return first, second, third, fourth

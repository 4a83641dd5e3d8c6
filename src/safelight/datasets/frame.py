"""Puts the frame of a crop where it cuts no face and is as near as can be to where it should be.

Many places and sizes are tried, and each is judged by the same measures: how little it covers of what it should, which
faces it leaves out, and, before all else, whether it cuts one.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from safelight.datasets.value import Box

Values = NDArray[np.float64]

WHOLE, GONE = 0.995, 0.005
"""A face is in the frame from the first share of it on, and out of it up to the second."""

_SIZES, _PLACES, _BESIDE = 12, 25, 40
_LEAST = 0.55
_NARROW, _CUT, _HEADLESS, _LEFT_OUT = 50.0, 10.0, 2.0, 0.7
_MARGIN, _GAP = 0.12, 0.04


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """What a frame is placed in. All boxes are in pixels of the photo."""

    area: Box
    """Where the frame has to stay."""
    faces: tuple[Box, ...] = ()
    """Faces that may not be cut, the main one first."""
    weights: tuple[float, ...] = ()
    """How much it matters that each is shown, 0-1."""
    head: Box | None = None
    """The main face with its hair."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """A frame in its place."""

    box: Box
    """Whole pixels, inside the area."""
    shown: int
    """How many faces are in it as a whole."""
    cut: int
    """How many faces it cuts, since no frame cuts none, or since it was set by hand."""
    left_out: int
    """How many faces that matter are not shown."""


def place(ideal: Box, aspect: float, scene: Scene) -> Placed:
    """Find the best frame.

    Args:
        ideal: what should be shown; of any shape, it may reach beyond the area.
        aspect: width over height of the frame.
        scene: what is around.
    """
    faces = _inside(np.array(scene.faces, np.float64).reshape(-1, 4), scene.area)
    best, least = fitted(ideal, aspect, scene.area), np.inf
    for width, height in _sizes(ideal, aspect, scene.area):
        frames = _frames(ideal, (width, height), faces, scene.area)
        cost = _cost(frames, ideal, faces, scene)
        if cost.min() < least:
            best, least = _as_box(frames[int(cost.argmin())]), float(cost.min())
    return judged(best, scene)


def _cost(frames: Values, ideal: Box, faces: Values, scene: Scene) -> Values:
    """What speaks against each frame."""
    cost = 1 - _over_union(frames, np.array(ideal))
    if len(faces):
        shares = _shares(frames, faces)
        torn = (shares > GONE) & (shares < WHOLE)
        cost += (_CUT * torn * (0.5 + shares * (1 - shares) * 2)).sum(axis=1)
        cost += _LEFT_OUT * ((1 - shares) * np.array(scene.weights)).sum(axis=1)
        margin = np.minimum(_MARGIN * faces[0, 3], 0.1 * frames[:, 3])
        cost += _NARROW * _missed(frames, faces[0], margin, scene.area)
    if scene.head is not None:
        cost += _HEADLESS * (1 - _shares(frames, _inside(np.array([scene.head]), scene.area))[:, 0])
    return cost


def judged(box: Box, scene: Scene) -> Placed:
    """Tell what a frame does to the faces."""
    faces = _inside(np.array(scene.faces, np.float64).reshape(-1, 4), scene.area)
    shares = _shares(np.array([box]), faces)[0]
    return Placed(
        box=box, shown=int((shares >= WHOLE).sum()), cut=int(((shares > GONE) & (shares < WHOLE)).sum()),
        left_out=sum(share <= GONE and weight > 0.5 for share, weight in zip(shares, scene.weights, strict=True)),
    )  # fmt: skip


def fitted(box: Box, aspect: float, area: Box) -> Box:
    """Give ``box`` the shape ``aspect`` and bring it inside ``area``; all of it stays in, if there is room."""
    left, top, width, height = box
    wide = max(width, height * aspect)
    wide = max(1.0, min(wide, area[2], area[3] * aspect))
    across, down = _whole(wide, aspect, area)
    x = left + width / 2 - across / 2
    y = top + height / 2 - down / 2
    x = float(np.clip(round(x), area[0], area[0] + area[2] - across))
    y = float(np.clip(round(y), area[1], area[1] + area[3] - down))
    return x, y, across, down


def _as_box(values: Values) -> Box:
    left, top, width, height = (float(value) for value in values)
    return left, top, width, height


def _sizes(ideal: Box, aspect: float, area: Box) -> list[tuple[float, float]]:
    """The sizes that are tried, in whole pixels."""
    most = min(area[2], area[3] * aspect)
    wanted = min(most, max(ideal[2], ideal[3] * aspect))
    tried = np.clip([*np.geomspace(_LEAST * wanted, most, _SIZES), wanted], 1, most)
    return sorted({_whole(size, aspect, area) for size in tried})


def _frames(ideal: Box, size: tuple[float, float], faces: Values, area: Box) -> Values:
    """The frames of one size that are tried (N, 4), in whole pixels: all over the area, and just beside faces."""
    starts = []
    for axis, length in enumerate(size):
        low = area[axis]
        high = low + area[axis + 2] - length
        near, far = faces[:, axis] - _GAP * faces[:, 3], faces[:, axis] + faces[:, axis + 2] + _GAP * faces[:, 3]
        middle = ideal[axis] + ideal[axis + 2] / 2 - length / 2
        beside = np.concatenate([near, far, near - length, far - length])
        # Of a crowd only those where the frame would be anyway, as every one counts twice.
        beside = beside[np.argsort(np.abs(beside - middle), kind="stable")[:_BESIDE]]
        tried = np.round([*np.linspace(low, high, _PLACES), middle, ideal[axis], *beside])
        starts.append(np.unique(np.clip(tried, low, high)))
    x, y = np.meshgrid(*starts)
    return np.column_stack([x.ravel(), y.ravel(), np.full(x.size, size[0]), np.full(x.size, size[1])])


def _whole(width: float, aspect: float, area: Box) -> tuple[float, float]:
    """Whole pixels across and down, of this shape as nearly as that allows."""
    across = float(np.clip(round(width), 1, max(1.0, area[2])))
    return across, float(np.clip(round(width / aspect), 1, max(1.0, area[3])))


def _inside(boxes: Values, area: Box) -> Values:
    """The parts of boxes (N, 4) that are inside the area; at least a pixel."""
    low = np.clip(boxes[:, :2], area[:2], (area[0] + area[2] - 1, area[1] + area[3] - 1))
    high = np.minimum(boxes[:, :2] + boxes[:, 2:], (area[0] + area[2], area[1] + area[3]))
    return np.hstack([low, np.maximum(high - low, 1)])


def _shares(frames: Values, boxes: Values) -> Values:
    """How much of each box is in each frame, (frames, boxes)."""
    low = np.maximum(frames[:, None, :2], boxes[None, :, :2])
    high = np.minimum(frames[:, None, :2] + frames[:, None, 2:], boxes[None, :, :2] + boxes[None, :, 2:])
    shared: Values = np.maximum(high - low, 0).prod(axis=2) / boxes[None, :, 2:].prod(axis=2)
    return shared


def _missed(frames: Values, face: Values, margin: Values, area: Box) -> Values:
    """By how much of its margin the main face is too near to an edge that is not the area's own, (frames,)."""
    near = frames[:, :2] - face[:2] + margin[:, None]
    far = face[:2] + face[2:] + margin[:, None] - frames[:, :2] - frames[:, 2:]
    near[frames[:, :2] <= np.array(area[:2]) + 0.5] -= margin.max()
    far[frames[:, :2] + frames[:, 2:] >= np.array(area[:2]) + np.array(area[2:]) - 0.5] -= margin.max()
    missed: Values = np.maximum(np.hstack([near, far]), 0).sum(axis=1) / face[3]
    return missed


def _over_union(frames: Values, box: Values) -> Values:
    low = np.maximum(frames[:, :2], box[:2])
    high = np.minimum(frames[:, :2] + frames[:, 2:], box[:2] + box[2:])
    shared = np.maximum(high - low, 0).prod(axis=1)
    share: Values = shared / (frames[:, 2:].prod(axis=1) + box[2] * box[3] - shared)
    return share

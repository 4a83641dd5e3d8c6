"""What is behind a person and what the person wears, by colour."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import cv2
import numpy as np

from safelight.datasets.captions.colours import Mask, named_shares
from safelight.datasets.captions.scene import Scene

_LEAST = 0.06
"""Least share of the picture that background or clothes must have."""
_ONE, _TWO, _EACH = 0.5, 0.75, 0.25
"""Least share of the first colour; or of the first two together, and of the second."""
_BUSY, _SHARP = 0.055, 14.0
_PLAIN, _PLAIN_EDGES = 7.0, 0.012
_LIKE_BODY = 12.0
_LEAST_PIXELS = 150


class Ground(StrEnum):
    """What a background is like."""

    PLAIN = "plain"
    BLURRED = "blurred"
    BUSY = "busy"


@dataclass(frozen=True, slots=True)
class Background:
    """What is behind a person."""

    ground: Ground | None
    """What it is like; None = nothing in particular."""
    colours: tuple[str, ...]
    """One or two names; none where it is of many colours."""


def background_of(scene: Scene) -> Background | None:
    """Tell what is behind a person; None = too little of it is seen."""
    if scene.background.mean() < _LEAST:
        return None
    # Away from the person, whose own edges are none of the background.
    away = cv2.erode(scene.background.astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
    if away.sum() < _LEAST_PIXELS:
        return None
    return Background(_ground(scene, _beside_the_head(scene, away)), _main(named_shares(scene.lab[away])))


def clothes_of(scene: Scene) -> tuple[str, ...]:
    """Tell the colour of what is worn, one or two names; empty = not seen, or of many colours.

    Skin, and hair that hangs over it, are told apart by their colours and left out.
    """
    part = scene.clothes.copy()
    for mask in (scene.skin, scene.hair):
        if mask.any():
            usual = np.median(scene.lab[mask], axis=0)
            part &= np.linalg.norm((scene.lab - usual) * (0.5, 1, 1), axis=2) > _LIKE_BODY
    if part.sum() < _LEAST_PIXELS or part.sum() < 0.4 * max(1, int(scene.clothes.sum())):
        return ()
    if scene.clothes.mean() < _LEAST:
        return ()
    return _main(named_shares(scene.lab[part]))


def _ground(scene: Scene, away: Mask) -> Ground | None:
    lightness = np.asarray(scene.lab[..., 0], np.float32)
    across, down = (cv2.Sobel(lightness, cv2.CV_32F, x, y, scale=0.25) for x, y in ((1, 0), (0, 1)))
    edges = np.hypot(across, down)[away]
    sharp = float((edges > _SHARP).mean())
    spread = float(np.linalg.norm(scene.lab[away].std(axis=0)))
    if sharp >= _BUSY:
        return Ground.BUSY
    if sharp <= _PLAIN_EDGES:
        return Ground.PLAIN if spread <= _PLAIN else Ground.BLURRED
    return None


def _beside_the_head(scene: Scene, away: Mask) -> Mask:
    """The part above the shoulders, where there is enough of it: arms and wide clothes are not taken for background."""
    if scene.face is None:
        return away
    upper = away.copy()
    upper[max(0, round(scene.face[1] + 1.1 * scene.face[3])) :] = False
    return upper if upper.mean() >= _LEAST else away


def _main(shares: dict[str, float]) -> tuple[str, ...]:
    """The one colour that most is of, or the two that nearly all is of."""
    names = list(shares.items())
    if not names:
        return ()
    if names[0][1] >= _ONE:
        return (names[0][0],)
    if len(names) > 1 and names[0][1] + names[1][1] >= _TWO and names[1][1] >= _EACH:
        return (names[0][0], names[1][0])
    return ()

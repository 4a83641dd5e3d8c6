"""How much of a person is seen, from where the joints lie; and how far down a shot of each kind reaches.

A face is measured from the forehead to the chin. Without a body the proportions of an adult who stands stand in for
it, in heights of the face below the chin.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from safelight.datasets.dataset import Shot
from safelight.datasets.facts import FaceFacts, PoseFacts
from safelight.datasets.value import Box

SEEN = 0.5
"""From which visibility on a landmark is seen."""
HAIR = 0.38
"""How far the head reaches above its face, in heights of the face."""

_SHOULDERS, _HIPS, _KNEES, _ANKLES, _FEET = (11, 12), (23, 24), (25, 26), (27, 28), (27, 28, 29, 30, 31, 32)
_HEAD, _HANDS = tuple(range(11)), tuple(range(15, 23))
_FLESH = 0.2
"""How far a body reaches beyond its joints, in heights of the face."""
_SHOULDER, _HIP, _KNEE, _ANKLE = 0.55, 3.2, 5.4, 7.6
_FACE_OF_SHOULDERS = 0.6
_FACE_OF_HEAD = 1.6
_CLOSE = 0.55
_SOLE = 0.35


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody in a photo, in pixels of it. Heights of joints are estimates where the joints are not seen."""

    head: Box
    """The face, and the hair above it."""
    face: float
    """Height of the face."""
    yaw: float
    """Which way the head is turned, as of a face; 0 where that is not known."""
    left: float
    """How far what is seen of the person reaches."""
    top: float
    """Of the hair, or of a raised hand."""
    right: float
    shoulders: float
    hips: float
    knees: float
    ankles: float
    soles: float
    lowest: float
    """How far down the person is seen in the photo."""
    has_face: bool
    has_body: bool

    @property
    def chin(self) -> float:
        """Lower end of the face."""
        return self.head[1] + self.head[3]


def person_of(face: FaceFacts | None, pose: PoseFacts | None, height: int) -> Person:
    """Put together what is known of somebody: a face, a body, or both.

    Args:
        face: the face.
        pose: the body that it belongs to.
        height: pixels down of the photo.

    Raises:
        ValueError: neither is there.
    """
    if face is None and pose is None:
        raise ValueError("nobody is nobody")
    head, size = _head(face, pose)
    chin, middle = head[1] + head[3], head[0] + head[2] / 2
    if pose is None:
        joints = [chin + size * part for part in (_SHOULDER, _HIP, _KNEE, _ANKLE)]
        reach = 1.3 * size if joints[0] < height else 0.6 * size
        # Nobody knows how much of the body is in the photo, so that it is shown to the hips at most.
        span = middle - reach, head[1], middle + reach
        return _person(face, None, head, size, span, joints, min(joints[1], height))
    places, seen = np.array(pose.landmarks), np.array(pose.visibility) >= SEEN
    inside = seen & (places[:, 1] < height)
    joints = [_mean(places, part) for part in (_SHOULDERS, _HIPS, _KNEES, _ANKLES)]
    low, high = (places[inside].min(axis=0), places[inside].max(axis=0)) if inside.any() else (places[0], places[0])
    left, right = min(head[0], float(low[0]) - _FLESH * size), max(head[0] + head[2], float(high[0]) + _FLESH * size)
    hand = min(places[number, 1] for number in _HANDS if inside[number]) if inside[list(_HANDS)].any() else head[1]
    span = left, min(head[1], float(hand) - _FLESH * size), right
    return _person(face, pose, head, size, span, joints, _lowest(places, inside, joints, size, height))


def shot_of(person: Person, bottom: float, crop_height: float) -> Shot:
    """Name what a crop shows of a person.

    Args:
        person: who.
        bottom: lower edge of the crop, in pixels of the photo.
        crop_height: its height.
    """
    shown = min(bottom, person.lowest)
    if shown >= person.ankles:
        return Shot.FULL_BODY
    if shown >= person.hips + 0.3 * (person.knees - person.hips):
        return Shot.COWBOY
    if shown >= person.shoulders + 0.25 * (person.hips - person.shoulders):
        return Shot.UPPER_BODY
    close = person.face > _CLOSE * crop_height or shown < person.shoulders - 0.1 * person.face
    return Shot.CLOSE_UP if close else Shot.PORTRAIT


def bottom_of(person: Person, shot: Shot) -> float:
    """How far down a shot of this kind reaches, in pixels of the photo; it may be more than there is."""
    if shot is Shot.CLOSE_UP:
        return person.chin + 0.25 * person.face
    if shot is Shot.PORTRAIT:
        return person.shoulders + 0.2 * max(person.hips - person.shoulders, 1.5 * person.face)
    if shot is Shot.UPPER_BODY:
        return person.hips + 0.1 * max(person.knees - person.hips, person.face)
    if shot is Shot.COWBOY:
        return person.hips + 0.65 * max(person.knees - person.hips, 1.5 * person.face)
    return person.soles + _SOLE * person.face


def _person(
    face: FaceFacts | None, pose: PoseFacts | None, head: Box, size: float,
    span: tuple[float, float, float], joints: list[float], lowest: float,
) -> Person:  # fmt: skip
    shoulders, hips, knees, ankles = joints
    soles = ankles + 0.3 * size
    if pose is not None:
        soles = max(ankles, *(pose.landmarks[number][1] for number in _FEET))
    return Person(
        head=head, face=size, yaw=face.yaw if face else 0.0, left=span[0], top=span[1], right=span[2],
        shoulders=shoulders, hips=hips, knees=knees, ankles=ankles, soles=soles, lowest=lowest,
        has_face=face is not None, has_body=pose is not None,
    )  # fmt: skip


def _head(face: FaceFacts | None, pose: PoseFacts | None) -> tuple[Box, float]:
    """The head with its hair, and the height of the face."""
    if face is not None:
        left, top, width, height = face.box
        return (left, top - HAIR * height, width, height * (1 + HAIR)), height
    assert pose is not None  # noqa: S101 - one of them is there
    places = np.array(pose.landmarks)
    shoulders = float(np.linalg.norm(places[11] - places[12]))
    points = places[list(_HEAD)]
    size = max(_FACE_OF_SHOULDERS * shoulders, _FACE_OF_HEAD * float(np.ptp(points[:, 0])), 1.0)
    x, y = points.mean(axis=0)
    return (float(x) - 0.45 * size, float(y) - 0.9 * size, 0.9 * size, 1.4 * size), size


def _lowest(
    places: NDArray[np.float64], inside: NDArray[np.bool_], joints: list[float], size: float, height: int
) -> float:
    """How far down a body is seen: to the photo's edge, or to where something hides it."""
    shoulders, hips, knees, ankles = joints
    soles = max(places[number, 1] for number in _FEET)
    for part, following in ((_ANKLES, soles), (_KNEES, ankles), (_HIPS, knees), (_SHOULDERS, hips)):
        if inside[list(part)].any():
            return float(min(height, max(following, places[list(part), 1].max()) + 0.1 * size))
    return float(min(height, max(shoulders, joints[0])))


def _mean(places: NDArray[np.float64], part: tuple[int, ...]) -> float:
    return float(places[list(part), 1].mean())

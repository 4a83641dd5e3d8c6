"""How much of a person a picture shows, from where its lower edge cuts the body."""

from __future__ import annotations

from safelight.datasets.captions.subject import Subject
from safelight.datasets.dataset import Shot
from safelight.datasets.facts import PoseFacts
from safelight.datasets.value import Box

_HEAD, _CHEST = 0.57, 1.5
"""Up to so many heights of the face below the chin: head alone; head and shoulders."""
_WAIST, _KNEES = 3.4, 6.0
"""The same for the hips and for what is above the feet, where the body could not be found."""
_SHOULDERS, _HIPS, _KNEE, _ANKLES = (11, 12), (23, 24), (25, 26), (27, 28)
_THIGH, _SHIN = 0.35, 0.75
"""Shares of the thigh that still count as hips, and of the shin that make a whole body."""


def shot_of(subject: Subject, box: Box) -> Shot:
    """Tell how much of ``subject`` the part ``box`` of the photo shows.

    A face says where the chest is, a body where hips and feet are: landmarks of a body are guessed below the picture's
    edge, and near the head a face is surer.
    """
    bottom = box[1] + box[3]
    if subject.face is None or subject.head is None:
        return Shot.NO_PERSON if subject.pose is None else _by_body(subject.pose, bottom)
    below = (bottom - subject.face.box[1] - subject.face.box[3]) / subject.head
    if below < _HEAD:
        return Shot.CLOSE_UP
    if below < _CHEST:
        return Shot.PORTRAIT
    if subject.pose is not None:
        return _below_the_chest(subject.pose, bottom)
    return Shot.UPPER_BODY if below < _WAIST else Shot.COWBOY if below < _KNEES else Shot.FULL_BODY


def _by_body(pose: PoseFacts, bottom: float) -> Shot:
    shoulders, hips = _height(pose, _SHOULDERS), _height(pose, _HIPS)
    return Shot.PORTRAIT if bottom < (shoulders + hips) / 2 else _below_the_chest(pose, bottom)


def _below_the_chest(pose: PoseFacts, bottom: float) -> Shot:
    hips, knees, ankles = (_height(pose, pair) for pair in (_HIPS, _KNEE, _ANKLES))
    if bottom < hips + (knees - hips) * _THIGH:
        return Shot.UPPER_BODY
    return Shot.COWBOY if bottom < knees + (ankles - knees) * _SHIN else Shot.FULL_BODY


def _height(pose: PoseFacts, pair: tuple[int, int]) -> float:
    return (pose.landmarks[pair[0]][1] + pose.landmarks[pair[1]][1]) / 2

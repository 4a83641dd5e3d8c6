"""What a picture of people should show: from above their heads down to where the shot ends, and room to look into."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from safelight.datasets.dataset import Shot
from safelight.datasets.facts import FaceFacts, Facts, PoseFacts
from safelight.datasets.frame import Scene
from safelight.datasets.settings import FocusParams
from safelight.datasets.shots import Person, bottom_of, person_of
from safelight.datasets.value import Box

_SHARES, _HEAD_ROOM = (0.1, 0.2, 0.42, 0.55, 0.8), (1.3, 1.0, 1.0, 0.35, 0.2)
"""Space above the head, in that of a portrait, by the share of the picture's height that the face takes: whole people
have more, close-ups have little."""

_WIDTHS = {Shot.CLOSE_UP: 0.85, Shot.PORTRAIT: 1.4}
"""How far the narrow shots reach to each side of the face's middle, in heights of the face."""

_COMPANY, _BYSTANDER = 0.5, 0.15
_FIGURE = 0.4
_SIDE = 0.2
_NARROWEST = 0.6
_AHEAD, _PROFILE, _LEAD = 20.0, 60.0, 0.12
_NEAR = 0.35


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What should be shown, wherever the photo ends."""

    person: Person
    """The main one."""
    region: Box
    """Of any shape."""
    middle: float
    """Where the middle of the picture should be, across."""
    lead: float
    """How far it should be moved to where the main person looks, in shares of the picture's width."""
    scene: Scene
    """Where it has to be placed."""


def people_of(facts: Facts) -> tuple[Person, ...]:
    """Everybody with a face, largest first; where nobody has one, everybody with a body."""
    if not facts.faces:
        return tuple(person_of(None, pose, facts.height) for pose in facts.poses)
    left = list(facts.poses)
    people = []
    for face in facts.faces:
        pose = _body_of(face, left)
        if pose is not None:
            left.remove(pose)
        people.append(person_of(face, pose, facts.height))
    return tuple(people)


def want(facts: Facts, params: FocusParams, area: Box, aspect: float | None) -> Wanted | None:
    """Tell what should be shown of the people of a photo; None = there is nobody.

    Args:
        facts: what was seen.
        params: which shot, and how much room above the head.
        area: where the picture has to stay, in pixels of the photo.
        aspect: width over height of the picture; None = any.
    """
    people = people_of(facts)
    if not people:
        return None
    main = people[0]
    group = _group(people, area, aspect)
    asked = None if params.shot == "auto" else Shot(params.shot)
    ends = np.array([_ends(person, asked) for person in group])
    (left, top), (right, bottom) = ends[:, :2].min(axis=0), ends[:, 2:].max(axis=0)
    head = min(person.head[1] for person in group)
    bottom = max(bottom, main.chin + 0.2 * main.face)
    top = min(top, head - params.head_room * main.face * _room(main.face, bottom - head, _most(area, aspect)[1]))
    region = (float(left), float(top), float(right - left), float(bottom - top))
    if not main.has_face:
        region = _scenery(region, area)
    return Wanted(
        person=main, region=_not_a_strip(region), middle=_middle(group, float(left), float(right)),
        lead=_lead(main.yaw) if len(group) == 1 else 0.0, scene=scene_of(facts, area),
    )  # fmt: skip


def scene_of(facts: Facts, area: Box) -> Scene:
    """What a frame has to look out for in a photo."""
    faces = tuple(face.box for face in facts.faces)
    people = people_of(facts)
    heights = [person.face for person in people]
    weights = tuple(1.0 if size >= _COMPANY * heights[0] else _BYSTANDER * size / heights[0] for size in heights)
    return Scene(
        area=area, faces=faces, weights=weights if faces else (), head=people[0].head if people else None,
    )  # fmt: skip


def ideal_of(wanted: Wanted, aspect: float) -> Box:
    """Give what should be shown the shape of the picture, as far as the photo is large enough for it.

    What does not fit below is left out before what is above; space that is left over is below as well.
    """
    left, top, width, height = wanted.region
    area = wanted.scene.area
    across = min(_most(area, aspect)[0], max(width, height * aspect))
    down = across / aspect
    x = wanted.middle + wanted.lead * across - across / 2
    if width <= across:
        x = min(max(x, left + width - across), left)
    x = min(max(x, area[0]), area[0] + area[2] - across)
    y = min(max(top, area[1]), area[1] + area[3] - down)
    return x, y, across, down


def _group(people: tuple[Person, ...], area: Box, aspect: float | None) -> list[Person]:
    """The main person and who is not much smaller; without the farthest ones where not all heads fit in."""
    main = people[0]
    group = [person for person in people if person.face >= _COMPANY * main.face]
    wide, high = _most(area, aspect)
    group.sort(key=lambda person: abs(_across(person) - _across(main)) + abs(person.chin - main.chin))
    while len(group) > 1 and (_span(group, 0) > wide or _span(group, 1) > high):
        group.pop()
    return group


def _span(group: list[Person], axis: int) -> float:
    """How far the heads reach, across or down."""
    return max(one.head[axis] + one.head[axis + 2] for one in group) - min(one.head[axis] for one in group)


def _across(person: Person) -> float:
    return person.head[0] + person.head[2] / 2


def _scenery(region: Box, area: Box) -> Box:
    """Somebody small who is seen from behind is part of the scene: the picture is as large as it can be."""
    short = min(area[2], area[3])
    if max(region[2], region[3]) >= _FIGURE * short:
        return region
    left, top = region[0] + region[2] / 2 - short / 2, region[1] + region[3] / 2 - short / 2
    return left, top, short, short


def _not_a_strip(region: Box) -> Box:
    """Somebody who stands has some space at the sides."""
    width = max(region[2], _NARROWEST * region[3])
    return region[0] + region[2] / 2 - width / 2, region[1], width, region[3]


def _room(face: float, height: float, most: float) -> float:
    """Space above the head, in that of a portrait, in a picture from the hair down of this height, or what there is."""
    return float(np.interp(face / max(1.0, min(height, most)), _SHARES, _HEAD_ROOM))


def _most(area: Box, aspect: float | None) -> tuple[float, float]:
    """How wide and how high a picture may be."""
    if aspect is None:
        return area[2], area[3]
    return min(area[2], area[3] * aspect), min(area[3], area[2] / aspect)


def _ends(person: Person, asked: Shot | None) -> Box:
    """How far left, up, right and down somebody is shown, without space above the hair."""
    side = _SIDE * person.face
    if asked is None:
        return person.left - side, person.top, person.right + side, person.lowest
    bottom = min(person.lowest, bottom_of(person, asked))
    if asked not in _WIDTHS:
        return person.left - side, person.top, person.right + side, bottom
    reach = _WIDTHS[asked] * person.face
    return _across(person) - reach, person.head[1], _across(person) + reach, bottom


def _middle(group: list[Person], left: float, right: float) -> float:
    """Between head and body of one; between all of several."""
    if len(group) > 1:
        return (left + right) / 2
    return 0.6 * _across(group[0]) + 0.4 * (left + right) / 2


def _lead(yaw: float) -> float:
    """Room to look into, for a head that is turned."""
    share = min(1.0, max(0.0, (abs(yaw) - _AHEAD) / (_PROFILE - _AHEAD)))
    return _LEAD * share * (1 if yaw > 0 else -1)


def _body_of(face: FaceFacts, poses: list[PoseFacts]) -> PoseFacts | None:
    """The body whose nose is in the face."""
    left, top, width, height = face.box
    x, y = left + width / 2, top + height / 2

    def off(pose: PoseFacts) -> float:
        nose = pose.landmarks[0]
        return max(abs(nose[0] - x) / max(width, 1), abs(nose[1] - y) / max(height, 1))

    nearest = min(poses, key=off, default=None)
    return nearest if nearest is not None and off(nearest) < 0.5 + _NEAR else None

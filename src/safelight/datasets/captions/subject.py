"""Who a picture is of: the face and the body that are meant, among all that are in the photo."""

from __future__ import annotations

from dataclasses import dataclass
from math import hypot

from safelight.datasets.facts import FaceFacts, Facts, PoseFacts
from safelight.datasets.value import Box

_INSIDE = 0.5
_BESIDE = 0.4
_NOSE = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """The one person that a picture is of. Coordinates are pixels of the photo."""

    face: FaceFacts | None
    """The largest face inside the picture; None = there is none."""
    pose: PoseFacts | None
    """The body that belongs to it, or the largest one inside where no face is; None = there is none."""
    others: int
    """How many more faces are inside, of at least two fifths of its height."""

    @property
    def head(self) -> float | None:
        """Height of the face in pixels as if it looked straight ahead; None = there is no face."""
        if self.face is None:
            return None
        _, _, width, height = self.face.box
        return max(height, 1.15 * width)


def subject_of(facts: Facts, box: Box) -> Subject:
    """Find whom a part of a photo is of."""
    inside = [face for face in facts.faces if _share(face.box, box) >= _INSIDE]
    face = max(inside, key=lambda one: one.box[2] * one.box[3], default=None)
    if face is None:
        poses = [pose for pose in facts.poses if _holds(box, pose.landmarks[_NOSE])]
        return Subject(face=None, pose=poses[0] if poses else None, others=0)
    least = face.box[3] * _BESIDE
    others = sum(other is not face and other.box[3] >= least for other in inside)
    return Subject(face=face, pose=_body_of(face, facts.poses), others=others)


def _body_of(face: FaceFacts, poses: tuple[PoseFacts, ...]) -> PoseFacts | None:
    """The body whose nose is nearest to that of the face, if it is inside the face."""
    own = [pose for pose in poses if _holds(face.box, pose.landmarks[_NOSE])]
    nose = face.points[2]
    return min(own, key=lambda pose: hypot(*(a - b for a, b in zip(pose.landmarks[_NOSE], nose, strict=True))),
               default=None)  # fmt: skip


def _share(inner: Box, outer: Box) -> float:
    """Which share of one box lies inside another."""
    sides = [min(inner[i] + inner[i + 2], outer[i] + outer[i + 2]) - max(inner[i], outer[i]) for i in (0, 1)]
    area = inner[2] * inner[3]
    return max(0.0, sides[0]) * max(0.0, sides[1]) / area if area > 0 else 0.0


def _holds(box: Box, point: tuple[float, float]) -> bool:
    return all(box[i] <= point[i] <= box[i] + box[i + 2] for i in (0, 1))

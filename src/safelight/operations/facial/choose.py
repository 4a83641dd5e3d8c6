"""Which of the faces that were found are restored, and why the others are left as they are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from safelight.people.face import Face

NOT_CHOSEN = "not chosen"
"""Why a face is left as it is that was not asked for."""

MOST = 200
"""How many faces of one photo are restored."""

_MOST_YAW = 55
_PRESENT = 0.6


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What was asked for."""

    indices: tuple[int, ...] = ()
    """Numbers of faces; empty = all."""
    largest: bool = False
    """Only the largest."""
    center: bool = False
    """Only the one nearest to the middle."""
    min_size: int = 0
    """Smallest side of a face's box, in pixels of the photo."""


def reasons(faces: Sequence[Face], wanted: Wanted, width: int, height: int) -> tuple[str, ...]:
    """Say for each face why it is left as it is; an empty text: it is restored.

    Args:
        faces: largest first.
        wanted: what was asked for.
        width: pixels across of the photo.
        height: pixels down of the photo.
    """
    chosen = set(range(len(faces)))
    beyond = f"not among the {MOST} largest"
    if wanted.indices:
        chosen &= set(wanted.indices)
    if wanted.largest:
        chosen &= {0}
    if wanted.center and faces:
        chosen &= {min(range(len(faces)), key=lambda at: _off_centre(faces[at], width, height))}
    return tuple(
        NOT_CHOSEN if at not in chosen else beyond if at >= MOST else _reason(face, wanted.min_size)
        for at, face in enumerate(faces)
    )


def _reason(face: Face, min_size: int) -> str:
    if min(face.box[2:]) < min_size:
        return f"smaller than {min_size} pixels"
    if face.presence < _PRESENT:
        return "not surely a face"
    if abs(face.yaw) > _MOST_YAW:
        return "turned too far away"
    return ""


def _off_centre(face: Face, width: int, height: int) -> float:
    left, top, across, down = face.box
    return (left + across / 2 - width / 2) ** 2 + (top + down / 2 - height / 2) ** 2

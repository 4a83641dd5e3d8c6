"""All that can be said of a picture from what was measured."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from safelight.datasets.captions.expression import Expression, Eyes, expression_of, eyes_of
from safelight.datasets.captions.head import Direction, Gaze, Tilt, direction_of, gaze_of, tilt_of
from safelight.datasets.captions.light import Light, Palette, light_of, palette_of
from safelight.datasets.captions.scene import scene_of
from safelight.datasets.captions.shot import shot_of
from safelight.datasets.captions.subject import subject_of
from safelight.datasets.captions.surroundings import Background, background_of, clothes_of
from safelight.datasets.dataset import Cropped, Shot
from safelight.datasets.facts import Seen


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What a picture shows; None and empty = nothing that could be said with reason."""

    shot: Shot
    """How much of the person."""
    others: int = 0
    """How many more people."""
    direction: Direction | None = None
    """Where the head is turned."""
    gaze: Gaze | None = None
    """Where the eyes look."""
    tilt: Tilt | None = None
    """Where the head leans."""
    expression: Expression | None = None
    """What mouth and brows do."""
    eyes: Eyes | None = None
    """Whether eyes are closed."""
    clothes: tuple[str, ...] = ()
    """Their colours."""
    light: tuple[Light, ...] = ()
    """How it is lit."""
    background: Background | None = None
    """What is behind the person."""
    palette: Palette | None = None
    """What is remarkable of all colours together."""


def measure(seen: Seen, cropped: Cropped, picture: Path, *, max_pixels: int) -> Measured:
    """Measure a finished picture; faces and bodies are those that were found in its photo.

    Raises:
        PhotoError: it cannot be read.
    """
    subject = subject_of(seen.facts, cropped.box)
    scene = scene_of(picture, cropped, subject, seen.facts.faces, max_pixels=max_pixels)
    face = subject.face
    shown = Measured(
        shot=shot_of(subject, cropped.box), others=subject.others, clothes=clothes_of(scene),
        light=light_of(scene, None if face is None else face.yaw), background=background_of(scene),
        palette=palette_of(scene),
    )  # fmt: skip
    if face is None:
        return shown
    eyes = eyes_of(face)
    return Measured(
        shot=shown.shot, others=shown.others, clothes=shown.clothes, light=shown.light, background=shown.background,
        palette=shown.palette, direction=direction_of(face), gaze=None if eyes is Eyes.CLOSED else gaze_of(face),
        tilt=tilt_of(face), expression=expression_of(face), eyes=eyes,
    )  # fmt: skip

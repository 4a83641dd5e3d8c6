"""Photos that are of no use, whatever else there is: too small, too dark, blurred, of nobody or of somebody else."""

from __future__ import annotations

from dataclasses import dataclass

from safelight.datasets.dataset import Reason
from safelight.datasets.facts import FaceFacts, Facts, Sense
from safelight.datasets.persons import Persons, counting
from safelight.datasets.settings import DatasetSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """Why a photo is of no use."""

    reason: Reason
    """Why."""
    words: str
    """The same for people, with the figures."""
    score: float | None = None
    """What was measured."""
    threshold: float | None = None
    """What it was held against."""


def fault_of(facts: Facts, number: int, persons: Persons, settings: DatasetSettings) -> Fault | None:
    """Give the first fault of a photo; None = it is of use.

    Args:
        facts: what was seen in it.
        number: its place among all photos.
        persons: who is in them.
        settings: the thresholds.
    """
    if not settings.quality.enabled:
        return None
    face = facts.faces[persons.subject[number]] if facts.faces else None
    return (
        _too_small(facts, settings)
        or _badly_lit(facts, face, settings)
        or _faceless(facts, settings)
        or _small_face(face, settings)
        or _several(facts, settings)
        or _stranger(number, persons, settings)
        or _blurred(facts, face, settings)
    )


def _too_small(facts: Facts, settings: DatasetSettings) -> Fault | None:
    side, least = min(facts.width, facts.height), settings.quality.min_side
    if side >= least:
        return None
    words = f"Too small: {facts.width} x {facts.height} pixels; the shorter side has to have {least}."
    return Fault(reason=Reason.TOO_SMALL, words=words, score=side, threshold=least)


def _badly_lit(facts: Facts, face: FaceFacts | None, settings: DatasetSettings) -> Fault | None:
    light, what = (face.brightness, "The face") if face else (facts.brightness, "The photo")
    least, most = settings.quality.min_brightness, settings.quality.max_brightness
    if light < least:
        words = f"Too dark. {what} has a mean light of {light:.2f}; at least {least:.2f} is wanted."
        return Fault(reason=Reason.TOO_DARK, words=words, score=light, threshold=least)
    if light > most:
        words = f"Too bright. {what} has a mean light of {light:.2f}; at most {most:.2f} is wanted."
        return Fault(reason=Reason.TOO_BRIGHT, words=words, score=light, threshold=most)
    return None


def _faceless(facts: Facts, settings: DatasetSettings) -> Fault | None:
    if facts.faces or not settings.quality.need_face or Sense.FACES in facts.lacking:
        return None
    return Fault(reason=Reason.NO_FACE, words="No face was found.", score=0, threshold=1)


def _small_face(face: FaceFacts | None, settings: DatasetSettings) -> Fault | None:
    least = settings.quality.min_face
    if face is None or (height := face.box[3]) >= least:
        return None
    words = f"The face is too small: {height:.0f} pixels high; {least} are wanted."
    return Fault(reason=Reason.FACE_TOO_SMALL, words=words, score=height, threshold=least)


def _several(facts: Facts, settings: DatasetSettings) -> Fault | None:
    count, most = len(counting(facts.faces)), settings.quality.max_faces
    if count <= most:
        return None
    words = f"A group photo: {count} faces of like size; {most} at most."
    return Fault(reason=Reason.SEVERAL_FACES, words=words, score=count, threshold=most)


def _stranger(number: int, persons: Persons, settings: DatasetSettings) -> Fault | None:
    if not settings.quality.strangers or not persons.stranger(number):
        return None
    alike, least = persons.nearest[number], 1 - settings.dedup.person_eps
    words = "Somebody else than the person who is seen most"
    if alike is not None:
        words += f": the similarity to the most similar face of that person is {alike:.2f}; one person has {least:.2f}"
    return Fault(reason=Reason.STRANGER, words=f"{words}.", score=alike, threshold=least)


def _blurred(facts: Facts, face: FaceFacts | None, settings: DatasetSettings) -> Fault | None:
    sharp, what = (face.sharpness, "The face") if face else (facts.sharpness, "The photo")
    least = settings.quality.min_sharpness
    if sharp >= least:
        return None
    words = f"Blurred. {what} has a sharpness of {sharp:.2f}; at least {least:.2f} is wanted."
    return Fault(reason=Reason.BLURRED, words=words, score=sharp, threshold=least)

"""What was not there to decide by, in plain words."""

from __future__ import annotations

from collections.abc import Sequence

from safelight.datasets.facts import Seen, Sense
from safelight.datasets.persons import Persons
from safelight.datasets.settings import DatasetSettings


def lacks(photos: Sequence[Seen], persons: Persons, settings: DatasetSettings) -> tuple[str, ...]:
    """Say what could not be told, and what that leaves."""
    found = [
        _faces(_count(photos, Sense.FACES)),
        _identity(_count(photos, Sense.IDENTITY), settings),
        _pose(_count(photos, Sense.POSE), settings),
        _strangers(persons, settings),
        _mirrors(photos, settings),
    ]
    return tuple(words for words in found if words)


def _count(photos: Sequence[Seen], sense: Sense) -> int:
    return sum(sense in one.facts.lacking for one in photos)


def _faces(count: int) -> str | None:
    if not count:
        return None
    return (
        f"{_photos(count)} not searched for faces, as the model for that is missing. They are not dropped for having "
        "none; their duplicates are found by files and hashes alone, and sharpness and light are the whole photo's."
    )


def _identity(count: int, settings: DatasetSettings) -> str | None:
    if not count:
        return None
    return (
        f"{_photos(count)} not searched for who is in them, as the model for that is missing. No strangers are found "
        f"among them; they have the same face in the same pose as another where the faces' SSIM is at least "
        f"{settings.dedup.face_ssim_th2:.2f} in the same framing."
    )


def _pose(count: int, settings: DatasetSettings) -> str | None:
    if not count or not (settings.dedup.enabled and settings.dedup.pose):
        return None
    return (
        f"{_photos(count)} not searched for bodies, as the model for that is missing. They have the same face in the "
        f"same pose as another where the faces' SSIM is at least {settings.dedup.face_ssim_th2:.2f}."
    )


def _strangers(persons: Persons, settings: DatasetSettings) -> str | None:
    if not (settings.quality.enabled and settings.quality.strangers and sum(persons.known) > 1) or persons.main == 0:
        return None
    if not persons.photos:
        return "No stranger is dropped, as no two photos show the same person."
    seen = ", ".join(str(count) for count in persons.photos[:3])
    more = ", ..." if len(persons.photos) > 3 else ""
    return (
        f"No stranger is dropped, as nobody is clearly seen most: of {sum(persons.known)} photos, the people who are "
        f"in most are in {seen}{more}."
    )


def _mirrors(photos: Sequence[Seen], settings: DatasetSettings) -> str | None:
    if not (settings.dedup.enabled and settings.dedup.perceptual):
        return None
    count = sum(one.facts.mirrored_phash is None for one in photos)
    return f"Mirrored copies of {count} photos were not looked for." if count else None


def _photos(count: int) -> str:
    return "1 photo was" if count == 1 else f"{count} photos were"

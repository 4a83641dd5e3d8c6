"""Who is in which photo: faces that are one person's, and the person that the set is of."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from safelight.datasets.clusters import NOBODY, Near, dbscan
from safelight.datasets.facts import FaceFacts, Seen
from safelight.datasets.likeness import radius_of, similarities
from safelight.datasets.settings import DedupParams

Numbers = NDArray[np.intp]

BESIDE = 0.5
"""A face that is lower than this share of the largest face of its photo does not count."""
_LEAST_PHOTOS, _LEAST_SHARE, _LEAD = 3, 1 / 3, 1.5
"""What makes somebody the main person: photos, their share of all that show somebody, times as many as the next."""
_ROWS = 512


def counting(faces: Sequence[FaceFacts]) -> tuple[FaceFacts, ...]:
    """The faces of a photo, largest first, without those that are small beside the largest."""
    return tuple(face for face in faces if face.box[3] >= BESIDE * faces[0].box[3])


@dataclass(frozen=True, slots=True, kw_only=True)
class Persons:
    """Who is in which photo."""

    photos: tuple[int, ...]
    """How many photos each person is in, by number; the first is in most."""
    there: tuple[frozenset[int], ...]
    """Who is in each photo."""
    known: tuple[bool, ...]
    """Whether each photo shows faces that can be told apart."""
    person: tuple[int | None, ...]
    """Who each photo is of: of those in it, who is in most photos."""
    subject: tuple[int, ...]
    """The place of that person's face among the faces of each photo; the largest where nobody is known."""
    main: int | None
    """The person that the set is of; None = nobody clearly is."""
    nearest: tuple[float | None, ...]
    """For photos without the main person: how much the most similar face is like one of that person's, 0-1."""

    def stranger(self, number: int) -> bool:
        """Whether a photo shows people, and the main person is not among them."""
        return self.main is not None and self.known[number] and self.main not in self.there[number]


def find_persons(seen: Sequence[Seen], params: DedupParams) -> Persons:
    """Cluster all faces that count, and see who the set is of."""
    photo, embeddings = _faces(seen)
    labels = _numbered(dbscan(embeddings, radius_of(1 - params.person_eps), params.person_min), photo)
    there: list[dict[int, int]] = [{} for _ in seen]
    for one, place, label in zip(photo.tolist(), _places(photo).tolist(), labels.tolist(), strict=True):
        if label != NOBODY:
            there[one].setdefault(label, place)
    counts = Counter(label for who in there for label in who)
    photos = tuple(counts[label] for label in range(len(counts)))
    known = np.isin(np.arange(len(seen)), photo).tolist()
    main = 0 if _clear(photos, sum(known)) else None
    return Persons(
        photos=photos, there=tuple(map(frozenset, there)), known=tuple(known), main=main,
        person=tuple(min(who, default=None) for who in there),
        subject=tuple(who[min(who)] if who else 0 for who in there),
        nearest=(None,) * len(seen) if main is None else _nearest(len(seen), photo, labels, embeddings),
    )  # fmt: skip


def _faces(seen: Sequence[Seen]) -> tuple[Numbers, NDArray[np.float32]]:
    """All faces that count and can be told apart: the number of the photo of each, and (faces, D)."""
    photo: list[int] = []
    found: list[NDArray[np.float32]] = []
    for number, one in enumerate(seen):
        count = min(len(counting(one.facts.faces)), len(one.embeddings))
        photo += [number] * count
        found += list(one.embeddings[:count])
    return np.array(photo, np.intp), np.array(found, np.float32).reshape(len(photo), -1 if photo else 1)


def _places(photo: Numbers) -> Numbers:
    """The place of each face in its photo, from 0."""
    return np.arange(len(photo)) - np.searchsorted(photo, photo)


def _numbered(labels: Numbers, photo: Numbers) -> Numbers:
    """Number clusters by how many photos they are in, the most first; among equals, as they were."""
    pairs = np.unique(np.column_stack([labels, photo])[labels != NOBODY], axis=0)
    counts = np.bincount(pairs[:, 0])
    renamed = np.empty(len(counts), np.intp)
    renamed[np.argsort(-counts, kind="stable")] = np.arange(len(counts))
    return np.where(labels == NOBODY, NOBODY, renamed[labels] if len(counts) else NOBODY)


def _clear(photos: tuple[int, ...], known: int) -> bool:
    if not photos or photos[0] < max(_LEAST_PHOTOS, _LEAST_SHARE * known):
        return False
    return len(photos) == 1 or photos[0] >= _LEAD * photos[1]


def _nearest(count: int, photo: Numbers, labels: Numbers, embeddings: NDArray[np.float32]) -> tuple[float | None, ...]:
    """For each photo without the first person: the similarity of its faces to that person's, the greatest."""
    main = np.flatnonzero(labels == 0)
    others = np.flatnonzero(~np.isin(photo, photo[main]))
    near = Near(embeddings, 0)
    least = np.full(count, np.inf, np.float32)
    for start in range(0, len(others), _ROWS):
        some = others[start : start + _ROWS]
        np.minimum.at(least, photo[some], near.squared(some, main).min(axis=1))
    return tuple(
        float(one) if np.isfinite(away) else None for one, away in zip(similarities(least), least, strict=True)
    )

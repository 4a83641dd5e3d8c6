"""The same face in the same pose: the rule, and the figures that it goes by.

Two photos are of the same face in the same pose if the faces of their subjects are alike (``face_sim_th1``) and look
alike when laid over each other (``face_ssim_th1``), and

- they are framed alike (``bbox_tol_c``, ``bbox_tol_wh``), or the faces are even more alike (``face_sim_th2``);
- the bodies are posed alike (``pose_sim_th``), or the faces look even more alike (``face_ssim_th2``).

So it is with one photo and the mirror image of the other, but there the faces have to reach ``face_ssim_th2``:
whoever looks to the left in one photo and to the right in another has two poses.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from safelight.datasets.bodies import Bodies
from safelight.datasets.clusters import Near
from safelight.datasets.facts import PATCH, Facts, PoseFacts, Seen, Sense
from safelight.datasets.glances import Glances
from safelight.datasets.likeness import radius_of, similarities
from safelight.datasets.settings import DedupParams
from safelight.datasets.ssim import FacePatches

Numbers = NDArray[np.intp]
Mask = NDArray[np.bool_]
Floats = NDArray[np.float32]

_MANY = 0.02
"""From this share of alike pairs on, a glance at all is quicker than a closer look at each."""
_IN_FACE = 0.5
"""How far a nose may be from the middle of its face, in sizes of the face."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Likeness:
    """What two photos were compared by."""

    similarity: float | None
    """Of the faces, 0-1; None = nobody knows who they are."""
    ssim: float
    """Of the aligned faces, at most 1."""
    moved: float
    """How far the middles of the faces are apart, in shares of the photo: across or down, the larger."""
    resized: float
    """How much the faces differ in width or height, the larger, in shares of the photo."""
    pose: float | None
    """Of the bodies, 0-1; None = there is nothing to compare."""
    mirrored: bool
    """Whether it is the mirror image of one that is like the other; then the rest is of that."""


class Sameness:
    """Compares the subjects of photos: their faces, and the bodies that these belong to."""

    def __init__(self, seen: Sequence[Seen], subjects: Sequence[int], params: DedupParams) -> None:
        """Take photos, the place of the face that counts in each, and when two are the same."""
        self._params = params
        self.faced: Mask = np.array(
            [place < min(len(one.facts.faces), len(one.patches)) for one, place in zip(seen, subjects, strict=True)],
            np.bool_,
        )
        """(N,): which show a face."""
        self._known: Mask = self.faced & np.array(
            [place < len(one.embeddings) for one, place in zip(seen, subjects, strict=True)], np.bool_
        )
        embeddings = np.zeros((len(seen), max((one.embeddings.shape[1] for one in seen), default=0)), np.float32)
        patches = np.zeros((len(seen), PATCH, PATCH), np.uint8)
        frames = np.zeros((len(seen), 4), np.float32)
        bodies: list[PoseFacts | None] = [None] * len(seen)
        for number, (one, place) in enumerate(zip(seen, subjects, strict=True)):
            if self._known[number]:
                embeddings[number] = one.embeddings[place]
            if self.faced[number]:
                patches[number], frames[number] = one.patches[place], _frame(one.facts, place)
                bodies[number] = body_of(one.facts, place)
        self._frames = frames
        self._near = Near(embeddings, 0)
        self._patches = FacePatches(patches)
        self._glances = Glances(self._patches)
        self._looked = np.array([Sense.POSE not in one.facts.lacking for one in seen], np.bool_)
        self._bodies = Bodies(bodies)

    def may(self, rows: Numbers, columns: Numbers) -> Mask:
        """Whether similarity and framing allow it, and a glance at the faces: (rows, columns)."""
        looks: Mask | bool
        alike, excused = self._alike(rows, columns)
        alike &= self.faced[rows, None] & self.faced[columns]
        if np.count_nonzero(alike) > _MANY * alike.size:
            alike &= self._looks(self._glances.most(rows, columns), self._glances.most(rows, columns, mirrored=True))
            ones, others = np.nonzero(alike)
            looks = True
        else:
            ones, others = np.nonzero(alike)
            pairs = rows[ones], columns[others]
            looks = self._looks(self._glances.of_pairs(*pairs), self._glances.of_pairs(*pairs, mirrored=True))
        straight, turned = self._framed(rows[ones], columns[others])
        alike[ones, others] = (excused[ones, others] | straight | turned) & looks
        return alike

    def holds(self, one: int, others: Numbers) -> Mask:
        """Whether how they look, and their bodies, allow it as well: (others,)."""
        found = self._straight(one, others)
        rest = np.flatnonzero(~found)
        found[rest] = self._turned(one, others[rest])
        return found

    def look_alike(self, one: int, others: Numbers, *, mirrored: Mask, least: float) -> Mask:
        """Whether the faces have an SSIM of at least ``least``, or one of them shows none: (others,).

        ``mirrored`` (others,) tells with whom the mirror image is compared.
        """
        found = np.ones(len(others), np.bool_)
        faced = self.faced[others] & self.faced[one]
        for turned in (False, True):
            some = np.flatnonzero(faced & (mirrored == turned))
            found[some] = self._ssim(one, others[some], least, mirrored=turned) >= least
        return found

    def likeness(self, one: int, other: int) -> Likeness:
        """The figures of two photos that both show a face."""
        rows, columns = np.array([one]), np.array([other])
        mirrored = not self._straight(one, columns)[0] and bool(self._turned(one, columns)[0])
        known = bool(self._known[one] and self._known[other])
        pose = self._bodies.similarity(one, columns)[0]
        return Likeness(
            similarity=float(similarities(self._near.squared(rows, columns))[0, 0]) if known else None,
            ssim=float(self._patches.ssim(one, columns, mirrored=mirrored)[0]),
            moved=float(self._moved(rows, columns, mirrored=mirrored)[0]),
            resized=float(self._resized(rows, columns)[0]),
            pose=float(pose) if np.isfinite(pose) else None, mirrored=mirrored,
        )  # fmt: skip

    def _straight(self, one: int, others: Numbers) -> Mask:
        """Whether each of ``others`` is as ``one`` is."""
        params, fitting = self._params, self._fitting(one, others, mirrored=False)
        unknown = ~(self._known[one] & self._known[others])
        ssim = np.full(len(others), -np.inf, np.float32)
        ssim[fitting] = self._ssim(one, others[fitting], params.face_ssim_th1, mirrored=False)
        found: Mask = ssim >= np.where(unknown, params.face_ssim_th2, params.face_ssim_th1)
        asked = np.flatnonzero(found & (ssim < params.face_ssim_th2))
        found[asked] = self._posed_alike(one, others[asked])
        return found

    def _turned(self, one: int, others: Numbers) -> Mask:
        """Whether each of ``others`` is as the mirror image of ``one`` is."""
        fitting, least = self._fitting(one, others, mirrored=True), self._params.face_ssim_th2
        found = np.zeros(len(others), np.bool_)
        found[fitting] = self._ssim(one, others[fitting], least, mirrored=True) >= least
        return found

    def _ssim(self, one: int, others: Numbers, least: float, *, mirrored: bool) -> Floats:
        """The SSIM of faces, or less than ``least`` where a glance tells that it is less: (others,)."""
        most = self._glances.most(np.array([one]), others, mirrored=mirrored)[0]
        found = np.full(len(others), -np.inf, np.float32)
        close = np.flatnonzero(most >= least)
        found[close] = self._patches.ssim(one, others[close], mirrored=mirrored)
        return found

    def _fitting(self, one: int, others: Numbers, *, mirrored: bool) -> Numbers:
        """Which of ``others``, by place, are framed alike, or have faces so alike that it does not matter."""
        rows = np.array([one])
        excused = self._alike(rows, others)[1][0]
        return np.flatnonzero(excused | self._framed(rows, others)[int(mirrored)])

    def _posed_alike(self, one: int, others: Numbers) -> Mask:
        """Whether the bodies are posed alike; where neither photo shows one, there is nothing that could differ."""
        alike = self._bodies.similarity(one, others)
        bare = ~self._bodies.there[others] & ~self._bodies.there[one] & self._looked[others] & self._looked[one]
        found: Mask = bare | (np.nan_to_num(alike, nan=-1) >= self._params.pose_sim_th)
        return found

    def _looks(self, most: Floats, mirrored: Floats) -> Mask:
        """Whether faces that look alike by at most so much may be the same, or each other's mirror images."""
        found: Mask = (most >= self._params.face_ssim_th1) | (mirrored >= self._params.face_ssim_th2)
        return found

    def _alike(self, rows: Numbers, columns: Numbers) -> tuple[Mask, Mask]:
        """Whether faces are alike, and so alike that the framing does not matter: (rows, columns) each.

        Where nobody knows who it is, nothing contradicts it, and nothing excuses another framing.
        """
        away = self._near.squared(rows, columns)
        known = self._known[rows, None] & self._known[columns]
        least, most = (radius_of(one) ** 2 for one in (self._params.face_sim_th1, self._params.face_sim_th2))
        return (away <= least) | ~known, (away <= most) & known

    def _framed(self, ones: Numbers, others: Numbers) -> tuple[Mask, Mask]:
        """Whether each of ``ones``, and its mirror image, is framed as its place in ``others``: (others,) each."""
        resized = self._resized(ones, others) <= self._params.bbox_tol_wh
        straight, turned = (
            self._moved(ones, others, mirrored=mirrored) <= self._params.bbox_tol_c for mirrored in (False, True)
        )
        return straight & resized, turned & resized

    def _moved(self, ones: Numbers, others: Numbers, *, mirrored: bool) -> Floats:
        middles = self._frames[ones, :2]
        if mirrored:
            middles[:, 0] = 1 - middles[:, 0]
        found: Floats = np.abs(middles - self._frames[others, :2]).max(axis=1)
        return found

    def _resized(self, ones: Numbers, others: Numbers) -> Floats:
        found: Floats = np.abs(self._frames[ones, 2:] - self._frames[others, 2:]).max(axis=1)
        return found


def _frame(facts: Facts, place: int) -> tuple[float, float, float, float]:
    """Middle, width and height of a face, in shares of the photo's width and height."""
    left, top, width, height = facts.faces[place].box
    across, down = facts.width, facts.height
    return (left + width / 2) / across, (top + height / 2) / down, width / across, height / down


def body_of(facts: Facts, place: int) -> PoseFacts | None:
    """The body that a face belongs to: whose nose is in its box, nearest to the middle."""
    left, top, width, height = facts.faces[place].box
    best: tuple[float, PoseFacts] | None = None
    for pose in facts.poses:
        x, y = pose.landmarks[0]
        away = max(abs(x - left - width / 2) / width, abs(y - top - height / 2) / height)
        if away <= _IN_FACE and (best is None or away < best[0]):
            best = away, pose
    return best[1] if best else None

"""What becomes of a photo, and why, in words with the figures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from safelight.datasets.dataset import Reason
from safelight.datasets.duplicates import Finder, Ranking
from safelight.datasets.facts import Seen
from safelight.datasets.faults import Fault
from safelight.datasets.groups import ALONE
from safelight.datasets.hashes import BITS
from safelight.datasets.sameness import Likeness
from safelight.datasets.settings import DedupParams

Numbers = NDArray[np.intp]


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What becomes of a photo; other photos by their numbers."""

    keep: bool
    """Whether it goes in."""
    reason: Reason
    """Why."""
    words: str
    """The same for people, with the figures."""
    score: float | None = None
    """The measure that decided."""
    threshold: float | None = None
    """What it was held against."""
    counterpart: int | None = None
    """What it duplicates."""
    group: int | None = None
    """Number of its group of duplicates."""


class Judge:
    """Says what becomes of each photo by the rules; where a person decided, others still follow that."""

    def __init__(
        self,
        photos: Sequence[Seen],
        faults: Sequence[Fault | None],
        quality: Sequence[float],
        finder: Finder,
        ranking: Ranking,
        params: DedupParams,
    ) -> None:
        """Take the photos and all that is known of them, and group them."""
        self._photos, self._faults, self._quality = photos, faults, quality
        self._finder, self._ranking, self._params = finder, ranking, params
        self._duplicates = finder.find(ranking)
        self._roots = [self._duplicates.root(number) for number in range(len(photos))]
        self._sizes = Counter(self._roots)
        groups = dict.fromkeys(root for root in self._roots if self._sizes[root] > 1)
        self._groups = {root: number for number, root in enumerate(groups)}

    def verdict(self, number: int) -> Verdict:
        """Judge one photo by the rules."""
        fault = self._faults[number]
        if fault:
            verdict = Verdict(
                keep=False, reason=fault.reason, words=fault.words, score=fault.score, threshold=fault.threshold
            )
        else:
            verdict = self._file(number) or self._picture(number) or self._pose(number) or self._good(number)
        counterpart = None if verdict.keep else self._counterpart(number)
        if counterpart is not None and not fault and counterpart != (leader := self._leader(number)):
            aside = f" {self._name(leader)} is dropped as well, for {self._name(counterpart)}."
            verdict = replace(verdict, words=verdict.words + aside)
        return replace(verdict, counterpart=counterpart, group=self._groups.get(self._roots[number]))

    def _file(self, number: int) -> Verdict | None:
        leader = self._other(self._duplicates.file, number)
        if leader is None:
            return None
        refused = ", which was dropped by hand" if self._ranking.refused[leader] else ""
        words = f"The same file as {self._name(leader)}{refused}."
        return Verdict(keep=False, reason=Reason.EXACT_COPY, words=words)

    def _picture(self, number: int) -> Verdict | None:
        leader = self._other(self._duplicates.picture, number)
        if leader is None:
            return None
        bits, mirrored = self._finder.copies.distance(leader, number)
        most = self._params.hash_distance
        words = (
            f"{'The mirror image of' if mirrored else 'The same picture as'} {self._name(leader)}: the hashes differ "
            f"in {bits} of {BITS} bits; up to {most} make a copy."
        )
        return Verdict(keep=False, reason=Reason.NEAR_COPY, words=words, score=bits, threshold=most)

    def _pose(self, number: int) -> Verdict | None:
        leader = self._other(self._duplicates.pose, number)
        if leader is None or self._stays(number):
            return None
        likeness = self._finder.sameness.likeness(leader, number)
        free = likeness.ssim >= self._params.face_ssim_th2
        what = "The mirror image of the" if likeness.mirrored else "The"
        words = (
            f"{what} same face in the same pose as {self._name(leader)}; {self._params.keep_per_cluster} of one pose "
            f"are kept. {_figures(likeness, self._params)}"
        )
        return Verdict(
            keep=False, reason=Reason.SAME_POSE, words=words, score=likeness.ssim,
            threshold=self._params.face_ssim_th2 if free else self._params.face_ssim_th1,
        )  # fmt: skip

    def _good(self, number: int) -> Verdict:
        quality = f"quality {self._quality[number]:.2f}"
        leader = self._other(self._duplicates.pose, number)
        if leader is not None:
            words = f"Kept beside {self._name(leader)}: {self._params.keep_per_cluster} of one pose are; {quality}."
        elif self._sizes[number] > 1:
            words = f"The best of {self._sizes[number]} that are alike: {quality}."
        else:
            words = f"Of use, and like no other: {quality}."
        return Verdict(keep=True, reason=Reason.GOOD, words=words)

    def _other(self, leaders: Numbers, number: int) -> int | None:
        """Who leads a photo, if it is not itself."""
        leader = int(leaders[number])
        return None if leader in (ALONE, number) else leader

    def _leader(self, number: int) -> int:
        """Whom a photo duplicates first of all; itself if nobody."""
        duplicates = self._duplicates
        found = (self._other(leaders, number) for leaders in (duplicates.file, duplicates.picture, duplicates.pose))
        return next((leader for leader in found if leader is not None), number)

    def _stays(self, number: int) -> bool:
        """Whether a photo is kept by its place among those of one pose."""
        chosen = bool(self._ranking.chosen[number])
        return chosen or int(self._duplicates.place[number]) < self._params.keep_per_cluster

    def _counterpart(self, number: int) -> int | None:
        """The kept photo that a photo duplicates; None = there is none."""
        first = leader = self._leader(number)
        while leader != number:
            copied = self._other(self._duplicates.file, leader), self._other(self._duplicates.picture, leader)
            if self._ranking.chosen[leader] or (
                self._ranking.usable[leader] and copied == (None, None) and self._stays(leader)
            ):
                return leader
            number, leader = leader, self._leader(leader)
        return first if self._ranking.refused[first] else None

    def _name(self, number: int) -> str:
        return self._photos[number].item.name


def _figures(likeness: Likeness, params: DedupParams) -> str:
    """What two photos were compared by, and what was asked of it."""
    parts = [f"SSIM of the faces {likeness.ssim:.2f} (from {params.face_ssim_th1:.2f})"]
    if likeness.similarity is not None:
        parts.append(f"similarity {likeness.similarity:.2f} (from {params.face_sim_th1:.2f})")
    if likeness.similarity is None or likeness.similarity < params.face_sim_th2:
        parts.append(
            f"framing {likeness.moved:.2f} and {likeness.resized:.2f} apart "
            f"(up to {params.bbox_tol_c:.2f} and {params.bbox_tol_wh:.2f})"
        )
    if likeness.pose is not None and likeness.ssim < params.face_ssim_th2:
        parts.append(f"bodies {likeness.pose:.2f} (from {params.pose_sim_th:.2f})")
    return f"{'; '.join(parts)}."

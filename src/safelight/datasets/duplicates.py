"""Which photos are duplicates of which: copies of the file, copies of the picture, the same face in the same pose."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from safelight.datasets.copies import Copies
from safelight.datasets.facts import Seen
from safelight.datasets.groups import ALONE, grouped
from safelight.datasets.hashes import Hashes
from safelight.datasets.sameness import Sameness
from safelight.datasets.settings import DedupParams

Numbers = NDArray[np.intp]
Mask = NDArray[np.bool_]
Floats = NDArray[np.float64]

_AS_GOOD = 0.04
"""Copies whose quality differs by less are as good: the same face is never found in quite the same place."""
_TRIES = 8


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Ranking:
    """Which photos go before which."""

    order: Numbers
    """(N,): all photos by number, the best keeper first."""
    usable: Mask
    """(N,): which may be kept. Only these have others dropped for them."""
    chosen: Mask
    """(N,): which a person wants to keep; first in the order."""
    refused: Mask
    """(N,): which a person does not want."""
    quality: Floats
    """(N,): how good a keeper each is, 0-1."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Duplicates:
    """The photos, each with what it is a duplicate of, by number: of itself if it leads, ``ALONE`` if of nothing."""

    file: Numbers
    """(N,): the same file."""
    picture: Numbers
    """(N,): the same picture, among photos that are no copies of a file."""
    pose: Numbers
    """(N,): the same face in the same pose, among photos that are no copies at all."""
    place: Numbers
    """(N,): the place in the group of one pose, the leader's is 0."""

    def root(self, number: int) -> int:
        """Give the photo that the group of a photo is around; a photo without duplicates is its own."""
        for leaders in (self.file, self.picture, self.pose):
            number = number if leaders[number] == ALONE else int(leaders[number])
        return number


class Finder:
    """Finds duplicates among photos, again for each ranking."""

    def __init__(self, seen: Sequence[Seen], subjects: Sequence[int], params: DedupParams) -> None:
        """Take photos, the place of the face that counts in each, and when two are duplicates."""
        self._params = params
        self._files = [one.item.sha256 for one in seen]
        self._pixels = np.array([one.item.width * one.item.height for one in seen], np.int64)
        self._bytes = np.array([one.item.bytes for one in seen], np.int64)
        self.sameness = Sameness(seen, subjects, params)
        self.copies = Copies(Hashes(seen), self.sameness, params)

    def find(self, ranking: Ranking) -> Duplicates:
        """Group all photos."""
        params, order = self._params, ranking.order
        alone = np.full(len(order), ALONE, np.intp)
        if not params.enabled:
            return Duplicates(file=alone, picture=alone, pose=alone, place=np.zeros_like(alone))
        file = self._same_files(ranking) if params.exact else alone
        order = _own(order, file)
        picture = self._same_pictures(order, ranking) if params.perceptual else alone
        order = _own(order, picture)
        pose = grouped(order[self.sameness.faced[order]], ranking.usable, self.sameness) if params.pose else alone
        return Duplicates(file=file, picture=picture, pose=pose, place=_places(order, pose))

    def _same_files(self, ranking: Ranking) -> Numbers:
        """Whoever refuses one of several copies of a file refuses them all, but for those that were chosen."""
        leaders = np.full(len(ranking.order), ALONE, np.intp)
        groups: dict[str, list[int]] = defaultdict(list)
        for number in ranking.order.tolist():
            groups[self._files[number]].append(number)
        for group in groups.values():
            if len(group) > 1:
                refused = [] if ranking.chosen[group].any() else [one for one in group if ranking.refused[one]]
                leaders[group] = (refused or group)[0]
        return leaders

    def _same_pictures(self, order: Numbers, ranking: Ranking) -> Numbers:
        """Of copies that are as good, the one with the most pixels leads, then the one with the most bytes."""
        leaders = grouped(order, ranking.usable, self.copies)
        members: dict[int, list[int]] = defaultdict(list)
        for number in order[leaders[order] != ALONE].tolist():
            members[int(leaders[number])].append(number)
        for leader, group in members.items():
            leaders[group] = leader if ranking.chosen[leader] else self._original(leader, np.array(group), ranking)
        return leaders

    def _original(self, leader: int, group: Numbers, ranking: Ranking) -> int:
        """Who of a group of copies is most likely the original; all others have to be its copies as well."""
        good = group[ranking.usable[group] & (ranking.quality[group] > ranking.quality[leader] - _AS_GOOD)]
        for one in good[np.lexsort((-self._bytes[good], -self._pixels[good]))][:_TRIES].tolist():
            others = group[group != one]
            if self.copies.may(np.array([one]), others).all() and self.copies.holds(one, others).all():
                return int(one)
        return leader


def _own(order: Numbers, leaders: Numbers) -> Numbers:
    """Those of ``order`` that are not copies of another."""
    own: Numbers = order[(leaders[order] == ALONE) | (leaders[order] == order)]
    return own


def _places(order: Numbers, leaders: Numbers) -> Numbers:
    places = np.zeros(len(leaders), np.intp)
    counts: dict[int, int] = defaultdict(int)
    for number, leader in zip(order.tolist(), leaders[order].tolist(), strict=True):
        if leader != ALONE:
            places[number] = counts[leader]
            counts[leader] += 1
    return places

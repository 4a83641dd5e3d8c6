"""Which photos go into the set: the best of all duplicates, without what is of no use, and as a person decided."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from safelight.datasets.dataset import Choice, Decided, Decision, Item, Reason
from safelight.datasets.duplicates import Finder, Ranking
from safelight.datasets.facts import Seen
from safelight.datasets.faults import fault_of
from safelight.datasets.keepers import quality_of
from safelight.datasets.lacks import lacks
from safelight.datasets.persons import Persons, find_persons
from safelight.datasets.settings import DatasetSettings
from safelight.datasets.verdict import Judge, Verdict

DEDUP_REVISION = 1
"""Grows when other photos would be kept for the same facts, settings and choices."""


def decide(
    seen: Sequence[Seen],
    unreadable: Mapping[str, str],
    settings: DatasetSettings,
    choices: Mapping[str, Choice],
    items: Sequence[Item],
) -> Decided:
    """Decide of every photo whether it goes into the set.

    Args:
        seen: what was seen in the photos that could be looked at, in any order.
        unreadable: why the others could not, by id, in plain words.
        settings: what makes duplicates, and what is of no use.
        choices: what a person decided, by id. It is obeyed, and what would have been is told.
        items: all photos; the decisions are in their order.
    """
    facts = {one.item.id: one for one in seen}
    photos = [facts[item.id] for item in items if item.id in facts]
    persons = find_persons(photos, settings.dedup)
    deciding = _Deciding(photos, persons, settings)
    decisions = {one.item: one for one in deciding.decisions([choices.get(one.item.id) for one in photos])}
    return Decided(
        decisions=tuple(decisions.get(item.id) or _unreadable(item, unreadable) for item in items),
        people=persons.photos,
        without=lacks(photos, persons, settings),
    )


def _unreadable(item: Item, unreadable: Mapping[str, str]) -> Decision:
    words = unreadable.get(item.id, "It was not looked at.")
    return Decision(item=item.id, keep=False, reason=Reason.UNREADABLE, words=words)


class _Deciding:
    """All photos with what is known of each before they are compared."""

    def __init__(self, photos: Sequence[Seen], persons: Persons, settings: DatasetSettings) -> None:
        self._photos, self._persons, self._settings = photos, persons, settings
        subjects, camera = persons.subject, settings.dedup.prefer_camera
        self._quality = [
            quality_of(one.facts, place, prefer_camera=camera) for one, place in zip(photos, subjects, strict=True)
        ]
        self._faults = [fault_of(one.facts, number, persons, settings) for number, one in enumerate(photos)]
        self._finder = Finder(photos, subjects, settings.dedup)

    def decisions(self, choices: Sequence[Choice | None]) -> list[Decision]:
        """Decide of all photos."""
        wishes = [choice.keep if choice else None for choice in choices]
        alone = self._verdicts([None] * len(wishes))
        verdicts = self._verdicts(wishes) if any(wish is not None for wish in wishes) else alone
        return [
            self._decision(
                number,
                verdict if wish is None else _by_hand(wish, verdict, automatic),
                None if wish is None else automatic.reason,
            )
            for number, (wish, verdict, automatic) in enumerate(zip(wishes, verdicts, alone, strict=True))
        ]

    def _verdicts(self, wishes: Sequence[bool | None]) -> list[Verdict]:
        """Judge all photos by the rules, where those that a person chose or refused are first or out."""
        ranking, params = self._ranking(wishes), self._settings.dedup
        judge = Judge(self._photos, self._faults, self._quality, self._finder, ranking, params)
        return [judge.verdict(number) for number in range(len(self._photos))]

    def _ranking(self, wishes: Sequence[bool | None]) -> Ranking:
        chosen = np.array([wish is True for wish in wishes], np.bool_)
        refused = np.array([wish is False for wish in wishes], np.bool_)
        faulty = np.array([fault is not None for fault in self._faults], np.bool_)
        usable = chosen | ~(refused | faulty)
        quality = np.array(self._quality, np.float64)
        # A copy that was compressed more has fewer bytes.
        sizes = np.array([one.item.bytes for one in self._photos], np.int64)
        order = np.lexsort((-sizes, -quality, ~usable, ~chosen))
        return Ranking(order=order, usable=usable, chosen=chosen, refused=refused, quality=quality)

    def _decision(self, number: int, verdict: Verdict, automatic: Reason | None) -> Decision:
        return Decision(
            item=self._photos[number].item.id, keep=verdict.keep, reason=verdict.reason, words=verdict.words,
            score=verdict.score, threshold=verdict.threshold,
            counterpart=None if verdict.counterpart is None else self._photos[verdict.counterpart].item.id,
            group=verdict.group, person=self._persons.person[number], quality=self._quality[number],
            automatic=automatic,
        )  # fmt: skip


def _by_hand(wish: bool, verdict: Verdict, automatic: Verdict) -> Verdict:
    would = "kept" if automatic.keep else "dropped"
    words = f"{'Kept' if wish else 'Dropped'} by hand. By itself it would be {would}: {automatic.words}"
    counterpart = None if wish else verdict.counterpart
    return Verdict(keep=wish, reason=Reason.BY_HAND, words=words, counterpart=counterpart, group=verdict.group)

"""The report on a dataset written out: every line of it, the same for the page and for the PDF."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from safelight.datasets.coverage import Coverage, Share
from safelight.datasets.dataset import Dataset, Decision, Export, Item, Packaged, Reason, Shot, Unpacked
from safelight.datasets.folder import DatasetFolder
from safelight.datasets.privacy import sent
from safelight.datasets.ready import Ready
from safelight.datasets.record import Record
from safelight.datasets.reportwords import KINDS, REASONS, WORDS
from safelight.datasets.settings import DatasetSettings
from safelight.datasets.value import Value
from safelight.reports.shown import shown_message, shown_name
from safelight.reports.view import Fact
from safelight.reports.words import file_size, moment, size, whole

_MOST_BARS = 8
_MOST_PROBLEMS = 20
_YAW, _PITCH = 90.0, 45.0
_EMPTY = Decision(item="", keep=False, reason=Reason.UNREADABLE, words="Nothing was decided of it.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One line of a chart."""

    label: str
    """What is counted."""
    count: int
    """How many."""
    share: float
    """Of the longest bar, 0-1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """How many pictures are of which kind."""

    title: str
    """What they are told apart by."""
    bars: tuple[Bar, ...]
    """The kinds; empty = not measured."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One head on the map of angles: 0-1 from left to right, and from the top down."""

    x: float
    """Across."""
    y: float
    """Down."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One photo."""

    title: str
    """Name of its picture in the set, or of its file."""
    name: str
    """Name of its file, where the title is another; empty otherwise."""
    words: str
    """Its caption, or why it was left out."""
    detail: str
    """Sizes, in one line."""
    warnings: tuple[str, ...]
    """What was noted of it."""
    picture: Path
    """Where a picture of it lies."""
    keeper: str = ""
    """Name of the photo that was kept in its place; empty = none."""
    keeper_picture: Path | None = None
    """Where a picture of that lies."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dropped:
    """What was left out for one reason."""

    title: str
    """The reason."""
    count: int
    """How many."""
    photos: tuple[Shown, ...]
    """All of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SetView:
    """One training set."""

    name: str
    """Its folder."""
    words: str
    """What reading it has found."""
    problems: tuple[str, ...]
    """One line each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting(Fact):
    """One setting."""

    changed: bool
    """Whether it is not the usual one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingGroup:
    """The settings of one step."""

    title: str
    """Which step."""
    facts: tuple[Setting, ...]
    """Its settings."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DatasetView:
    """The whole report."""

    title: str
    """Name of the dataset."""
    made: str
    """When the report was made."""
    made_at: int
    """The same in ms since 1970."""
    account: str
    """Photos in = what became of them."""
    figures: tuple[Fact, ...]
    """What it comes to."""
    advice: tuple[str, ...]
    """What would make the set better."""
    charts: tuple[Chart, ...]
    """What the pictures show."""
    points: tuple[Point, ...]
    """The map of angles."""
    sets: tuple[SetView, ...]
    """What was made for trainers."""
    warnings: tuple[str, ...]
    """What the user should know."""
    kept: tuple[Shown, ...]
    """Pictures of the set."""
    dropped: tuple[Dropped, ...]
    """Photos that are not in it, by reason, the most frequent first."""
    skipped: tuple[Fact, ...]
    """Files that are no photos, and why."""
    privacy: tuple[Fact, ...]
    """What went to which machine; empty = nothing."""
    local_only: bool
    """Whether other machines were not allowed."""
    settings: tuple[SettingGroup, ...]
    """How it was built, by step."""


def write_out(
    folder: DatasetFolder, dataset: Dataset, ready: Sequence[Ready], packaged: Packaged, coverage: Coverage,
    record: Record, *, made_at: int,
) -> DatasetView:  # fmt: skip
    """Write out the report on a dataset, from its folder and what was just packaged.

    Raises:
        DatasetError: a file of the dataset cannot be read.
    """
    unpacked, decided = folder.unpacked(), folder.decided()
    return DatasetView(
        title=shown_name(dataset.name),
        made=f"Made {moment(made_at)}",
        made_at=made_at,
        account=_account(unpacked, ready),
        figures=_figures(dataset, unpacked, ready),
        advice=tuple(shown_message(one.words) for one in coverage.advice),
        charts=_charts(coverage),
        points=tuple(_point(one.yaw, one.pitch) for one in coverage.places),
        sets=tuple(_set(one) for one in packaged.exports),
        warnings=tuple(shown_message(one) for one in (*packaged.warnings, *decided.without)),
        kept=tuple(_kept(folder, one, record) for one in ready),
        dropped=tuple(_dropped(folder, unpacked, decided.decisions, ready)),
        skipped=tuple(Fact(label=shown_name(one.name), value=shown_message(one.reason)) for one in unpacked.skipped),
        privacy=_privacy(folder),
        local_only=dataset.settings.local_only,
        settings=tuple(_settings(dataset.settings)),
    )


def _account(unpacked: Unpacked, ready: Sequence[Ready]) -> str:
    total = len({one.id for one in unpacked.items} | {one.item.id for one in ready})
    photos = "photo" if total == 1 else "photos"
    return f"{whole(total)} {photos} in = {whole(len(ready))} in the set + {whole(total - len(ready))} left out"


def _figures(dataset: Dataset, unpacked: Unpacked, ready: Sequence[Ready]) -> tuple[Fact, ...]:
    sizes = {(one.cropped.width, one.cropped.height) for one in ready}
    caption = dataset.settings.caption
    facts = (
        ("Source", shown_name(dataset.source) or "uploads"),
        ("Photos in all", file_size(sum(one.bytes for one in unpacked.items))),
        ("Pictures", size(*next(iter(sizes))) if len(sizes) == 1 else f"{len(sizes)} shapes" if sizes else ""),
        ("Trigger word", shown_message(caption.trigger)),
        ("Class", shown_message(caption.class_word)),
        ("Begun", _begun(dataset.created_at)),
    )
    return tuple(Fact(label=label, value=value) for label, value in facts if value)


def _begun(text: str) -> str:
    try:
        return moment(round(datetime.fromisoformat(text).timestamp() * 1000))
    except (ValueError, OverflowError):
        return ""


def _charts(found: Coverage) -> tuple[Chart, ...]:
    counted = (
        ("shots", _shots(found.shots)), ("directions", found.directions), ("tilts", found.tilts),
        ("expressions", _topped(found.expressions)), ("light", _topped(found.light)),
        ("backgrounds", _topped(found.backgrounds)), ("clothes", _topped(found.clothes)),
    )  # fmt: skip
    return tuple(Chart(title=WORDS[name], bars=_bars(shares)) for name, shares in counted)


def _shots(shares: Sequence[Share]) -> tuple[Share, ...]:
    return tuple(one for one in shares if one.count or one.name != Shot.NO_PERSON)


def _topped(shares: Sequence[Share]) -> tuple[Share, ...]:
    if len(shares) <= _MOST_BARS:
        return tuple(shares)
    rest = shares[_MOST_BARS - 1 :]
    named = WORDS["rest"].format(count=len(rest))
    return (*shares[: _MOST_BARS - 1], Share(name=named, count=sum(one.count for one in rest)))


def _bars(shares: Sequence[Share]) -> tuple[Bar, ...]:
    most = max((one.count for one in shares), default=0)
    return tuple(
        Bar(label=shown_message(KINDS.get(one.name, one.name)), count=one.count, share=one.count / most)
        for one in shares if most
    )  # fmt: skip


def _point(yaw: float, pitch: float) -> Point:
    def part(value: float, most: float) -> float:
        return round((min(most, max(-most, value)) + most) / (2 * most), 4)

    return Point(x=part(yaw, _YAW), y=1 - part(pitch, _PITCH))


def _set(export: Export) -> SetView:
    count = len(export.problems)
    key = "set.problems" if count else "set.clean"
    problems = "1 problem" if count == 1 else f"{count} problems"
    shown = [shown_message(f"{one.file}: {one.words}".removeprefix(": ")) for one in export.problems[:_MOST_PROBLEMS]]
    if count > len(shown):
        shown.append(WORDS["rest"].format(count=count - len(shown)))
    return SetView(
        name=f"{export.folder}/", words=WORDS[key].format(pictures=whole(export.pictures), problems=problems),
        problems=tuple(shown),
    )  # fmt: skip


def _kept(folder: DatasetFolder, one: Ready, record: Record) -> Shown:
    crop = one.cropped
    detail = (size(crop.width, crop.height), f"at {crop.scale:.0%}")
    return Shown(
        title=record.stem(one.item.id),
        name=shown_name(one.item.name),
        words=shown_message(one.captioned.text),
        detail=" · ".join(part for part in detail if part),
        warnings=tuple(shown_message(text) for text in (*crop.warnings, *one.captioned.issues)),
        picture=folder.path / crop.file,
    )


def _dropped(
    folder: DatasetFolder, unpacked: Unpacked, decisions: Iterable[Decision], ready: Sequence[Ready]
) -> Iterator[Dropped]:
    known = {one.item: one for one in decisions}
    items = {one.id: one for one in unpacked.items}
    inside = {one.item.id for one in ready}
    groups: dict[Reason, list[Shown]] = {}
    for item in unpacked.items:
        if item.id not in inside:
            decision = known.get(item.id, _EMPTY)
            groups.setdefault(decision.reason, []).append(_left_out(folder, item, decision, items))
    for reason, photos in sorted(groups.items(), key=lambda pair: (-len(pair[1]), pair[0])):
        yield Dropped(title=REASONS[reason], count=len(photos), photos=tuple(photos))


def _left_out(folder: DatasetFolder, item: Item, decision: Decision, items: Mapping[str, Item]) -> Shown:
    keeper = items.get(decision.counterpart or "")
    return Shown(
        title=shown_name(item.name),
        name="",
        words=shown_message(decision.words),
        detail=" · ".join(part for part in (size(item.width, item.height), file_size(item.bytes)) if part),
        warnings=(),
        picture=folder.preview_of(item.id),
        keeper=shown_name(keeper.name) if keeper else "",
        keeper_picture=folder.preview_of(keeper.id) if keeper else None,
    )


def _privacy(folder: DatasetFolder) -> tuple[Fact, ...]:
    return tuple(
        Fact(
            label=shown_name(one.host),
            value=WORDS["privacy.sent"].format(
                pictures=whole(one.pictures), calls=whole(one.calls), bytes=file_size(one.bytes)
            ),
        )
        for one in sent(folder)
    )


def _settings(settings: DatasetSettings) -> Iterator[SettingGroup]:
    usual = DatasetSettings()
    for name in type(settings).model_fields:
        step, plain = getattr(settings, name), getattr(usual, name)
        if isinstance(step, Value):
            facts = tuple(
                Setting(
                    label=key.replace("_", " ").capitalize(), value=_value(getattr(step, key)),
                    changed=getattr(step, key) != getattr(plain, key),
                )
                for key in type(step).model_fields
            )  # fmt: skip
            yield SettingGroup(title=name.capitalize(), facts=facts)


def _value(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, tuple):
        return shown_message(", ".join(str(one) for one in value))
    return shown_message(str(value)) or "-"

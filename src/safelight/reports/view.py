"""A report as it is shown: every line written out, the same for the page and for the PDF."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from safelight.operations import OPERATIONS
from safelight.reports.report import Entry, Report, Side, Subject, Values
from safelight.reports.shown import shown_message, shown_name
from safelight.reports.words import Words, duration, file_size, moment, size, whole
from safelight.tasks.shortened import cut, picture_bytes
from safelight.tasks.status import Status


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """A line of a table."""

    label: str
    """What it is."""
    value: str
    """What it is here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """A small table with a heading."""

    title: str
    """What the lines are about."""
    facts: tuple[Fact, ...]
    """The lines."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shot:
    """One of the two pictures."""

    label: str
    """Before or after."""
    name: str
    """Name of the file."""
    detail: str
    """Size, format and bytes, in one line."""
    path: Path | None
    """Where the picture lies."""
    absent: str
    """What is said in place of a picture that is not there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PhotoView:
    """Everything about one photo."""

    anchor: str
    """Its id on the page."""
    number: str
    """Its place; empty where it is the only one."""
    name: str
    """Its name."""
    status: str
    """State of its task, for programs."""
    state: str
    """State of its task, in words."""
    took: str
    """How long the work took; empty if it is not known."""
    error: str
    """Why it failed; empty otherwise."""
    shots: tuple[Shot, ...]
    """Before, then after."""
    groups: tuple[Group, ...]
    """What is told about it."""
    warnings: tuple[str, ...]
    """What was decided on the user's behalf."""
    marks: tuple[Fact, ...]
    """Ids and signatures, which are long."""


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """A whole report, written out."""

    lang: str
    """Tag of its language."""
    title: str
    """What it is about, in a line."""
    heading: str
    """Its heading: the name of the photo, or how many there are."""
    status: str
    """State of the task or the batch, for programs."""
    state: str
    """The same in words."""
    made: str
    """When it was made."""
    summary: tuple[Fact, ...]
    """Figures of a batch; empty for one task."""
    account: str
    """N in = what became of them; empty for one task."""
    shared: tuple[Group, ...]
    """Settings that are the same for all photos; empty where they are told for each."""
    marks: tuple[Fact, ...]
    """Id of the batch; empty for one task."""
    photos: tuple[PhotoView, ...]
    """The photos."""


def write_out(report: Report, words: Words) -> View:
    """Write out a report in a language."""
    single = report.subject is Subject.TASK
    settings = [_settings(entry, words) for entry in report.entries]
    alike = not single and len(settings) > 1 and all(one == settings[0] for one in settings)
    count = words["photo"] if report.total == 1 else words["photos"].format(count=whole(report.total))
    heading = shown_name(report.entries[0].before.name) if single and report.entries else count
    title = words[f"title.{report.subject}"].format(name=heading, count=count)
    return View(
        lang=words.lang,
        title=title,
        heading=heading if single else title,
        status=report.status.value,
        state=words[f"status.{report.status}"],
        made=words["made"].format(time=moment(report.made_at)),
        summary=() if single else _summary(report, words),
        account="" if single else _account(report, words),
        shared=settings[0] if alike else (),
        marks=() if single else (Fact(label=words["batch"], value=report.id),),
        photos=tuple(
            _photo(entry, words, () if alike else own, single=single)
            for entry, own in zip(report.entries, settings, strict=True)
        ),
    )


def _account(report: Report, words: Words) -> str:
    counts = {words[f"status.{status}"]: count for status, count in report.counts.items()}
    always = {words[f"status.{status}"] for status in (Status.COMPLETED, Status.FAILED, Status.CANCELLED)}
    parts = [f"{whole(count)} {state}" for state, count in counts.items() if count or state in always]
    if gone := report.total - len(report.entries):
        parts.append(words["deleted"].format(count=whole(gone)))
    return words["account"].format(total=whole(report.total), parts=" + ".join(parts))


def _summary(report: Report, words: Words) -> tuple[Fact, ...]:
    seconds, entries = report.seconds, report.entries
    starts = [entry.started_at for entry in entries if entry.started_at is not None]
    ends = [entry.finished_at for entry in entries if entry.finished_at is not None]
    span = (max(ends) - min(starts)) / 1000 if starts and ends and max(ends) >= min(starts) else None
    before = [entry.before.bytes for entry in entries if entry.before.bytes is not None]
    after = [entry.after.bytes for entry in entries if entry.after.bytes is not None]
    return _facts(
        (words["total_time"], duration(sum(seconds)) if seconds else ""),
        (words["mean_time"], duration(sum(seconds) / len(seconds)) if seconds else ""),
        (words["span"], duration(span)),
        (words["bytes_in"], file_size(sum(before)) if before else ""),
        (words["bytes_out"], file_size(sum(after)) if after else ""),
        (words["accepted"], moment(report.created_at)),
    )


def _photo(entry: Entry, words: Words, settings: tuple[Group, ...], *, single: bool) -> PhotoView:
    done = entry.status is Status.COMPLETED
    shots = (
        _shot(entry.before, words["before"], words["no_picture"]),
        _shot(entry.after, words["after"], words["no_picture" if done else "no_result"]),
    )
    return PhotoView(
        anchor=f"photo-{entry.number}",
        number="" if single else str(entry.number),
        name=shown_name(entry.before.name),
        status=entry.status.value,
        state=words[f"status.{entry.status}"],
        took=words["cached"] if entry.cached else duration(entry.seconds),
        error=shown_message(entry.error),
        shots=shots,
        groups=(*settings, *_computed(entry, words), *_times(entry, words)),
        warnings=tuple(shown_message(one) for one in entry.warnings),
        marks=_facts((words["task"], entry.task), (words["signature"], entry.signature)),
    )


def _shot(side: Side, label: str, absent: str) -> Shot:
    detail = (size(side.width, side.height), shown_name(side.format.upper()), file_size(side.bytes))
    return Shot(
        label=label, name=shown_name(side.name), detail=" · ".join(one for one in detail if one), path=side.path,
        absent=absent,
    )  # fmt: skip


def _settings(entry: Entry, words: Words) -> tuple[Group, ...]:
    groups = [Group(title=shown_name(step.title), facts=_values(step, words)) for step in (*entry.steps, entry.output)]
    if entry.output.values:
        groups[-1] = Group(title=words["output"], facts=groups[-1].facts)
    preset = _facts((words["preset"], shown_name(entry.preset)))
    named = [Group(title=words["settings"], facts=preset)] if preset else []
    return tuple(group for group in (*named, *groups) if group.facts)


def _values(step: Values, words: Words) -> tuple[Fact, ...]:
    return tuple(
        Fact(label=shown_name(words.or_key("param", cut(name))), value=cut(_value(value, words)))
        for name, value in step.values
    )


def _value(value: object, words: Words) -> str:
    if value is None:
        return words["automatic"]
    if isinstance(value, bool):
        return words["yes" if value else "no"]
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {_value(one, words)}" for key, one in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(_value(one, words) for one in value)
    text = str(value)
    picture = picture_bytes(text)
    return cut(shown_message(text)) if picture is None else words["picture"].format(size=file_size(picture))


def _computed(entry: Entry, words: Words) -> tuple[Group, ...]:
    models = [
        words["licence"].format(title=one.title, licence=one.licence) if one.licence else one.title
        for one in entry.models
    ]
    facts = [Fact(label=words["models"], value=shown_name(", ".join(models)))] if models else []
    for one in entry.executions:
        name = str(one.get("operation", ""))
        label = OPERATIONS[name].title if name in OPERATIONS else name
        facts.append(Fact(label=shown_name(label), value=shown_message(", ".join(_execution(one, words)))))
    return (Group(title=words["computed"], facts=tuple(facts)),) if facts else ()


def _execution(one: Mapping[str, object], words: Words) -> Iterable[str]:
    yield from (str(one[key]) for key in ("model", "device", "server", "precision") if one.get(key))
    if one.get("tile"):
        key = "tiles_one" if one.get("tiles") == 1 else "tiles"
        yield words[key].format(count=one.get("tiles", "?"), size=str(one["tile"]).replace("x", " × "))
    if one.get("halved"):
        yield words["halved"].format(count=one["halved"])
    if one.get("redone"):
        yield words["redone_one" if one["redone"] == 1 else "redone"].format(count=one["redone"])


def _times(entry: Entry, words: Words) -> tuple[Group, ...]:
    facts = _facts(
        (words["work"], words["cached"] if entry.cached else duration(entry.seconds)),
        (words["accepted"], moment(entry.created_at)),
        (words["started"], moment(entry.started_at)),
        (words["finished"], moment(entry.finished_at)),
        (words["attempts"], str(entry.attempts) if entry.attempts > 1 else ""),
    )
    return (Group(title=words["time"], facts=facts),)


def _facts(*pairs: tuple[str, str]) -> tuple[Fact, ...]:
    return tuple(Fact(label=label, value=value) for label, value in pairs if value)

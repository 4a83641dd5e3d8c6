"""What a report tells, as frozen values: of one task, or of all tasks of a batch."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from safelight.imaging.formats import sniff
from safelight.models.spec import ModelSpec
from safelight.operations import OPERATIONS
from safelight.reports.plain import Plain
from safelight.tasks.status import BatchStatus, Status, batch_status
from safelight.tasks.task import Batch, Task

_HEAD = 512


class Subject(StrEnum):
    """What a report is about."""

    TASK = "task"
    BATCH = "batch"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pictures:
    """Where the two pictures of a task lie on this machine."""

    before: Path | None = None
    """The photo; None = it is not here."""
    after: Path | None = None
    """The result; None = there is none, or it is not here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """The photo before, or the result after."""

    path: Path | None = None
    """Where it lies; None = it is not here."""
    name: str = ""
    """Its name, as the user has it."""
    format: str = ""
    """Its file format by content, in small letters; empty = not known."""
    width: int | None = None
    """Pixels across."""
    height: int | None = None
    """Pixels down."""
    bytes: int | None = None
    """Size of the file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Values:
    """Something with parameters: a step of the recipe, or how the result was written."""

    name: str
    """Its id in recipes."""
    title: str
    """What people call it."""
    values: tuple[tuple[str, object], ...]
    """Parameters by name, defaults filled in, as plain values."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UsedModel:
    """A model that made the result."""

    id: str
    """Its name in the catalog."""
    title: str
    """What people call it."""
    licence: str
    """Short name of its licence; empty = not known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One photo of a report."""

    number: int
    """Its place in the report, from 1."""
    task: str
    """Id of the task."""
    status: Status
    """Where the task is."""
    error: str = ""
    """Why it failed."""
    before: Side
    """The photo."""
    after: Side
    """The result; without a size where there is none."""
    preset: str = ""
    """Name of the recipe, where it has one."""
    steps: tuple[Values, ...] = ()
    """What was asked for, in order."""
    output: Values
    """How the result was to be written."""
    models: tuple[UsedModel, ...] = ()
    """What made it."""
    executions: tuple[Mapping[str, object], ...] = ()
    """How each step was computed, as :class:`safelight.operations.context.Execution` gives it."""
    seconds: float | None = None
    """How long the work took."""
    cached: bool = False
    """Whether the result had been made before, for another task."""
    attempts: int = 0
    """How often a worker began it."""
    warnings: tuple[str, ...] = ()
    """What was decided on the user's behalf."""
    signature: str = ""
    """Signature of the plan."""
    created_at: int
    """When the task was accepted, in ms since 1970."""
    started_at: int | None = None
    """When a worker last began it, in ms since 1970."""
    finished_at: int | None = None
    """When it ended, in ms since 1970."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A report on one task or one batch."""

    subject: Subject
    """What it is about."""
    id: str
    """Id of the task or the batch."""
    made_at: int
    """When the report was made, in ms since 1970."""
    created_at: int
    """When the task or the batch was accepted, in ms since 1970."""
    entries: tuple[Entry, ...]
    """Its photos, in the order in which they were sent."""
    total: int
    """How many photos were sent; more than there are entries where tasks have been deleted since."""

    @property
    def counts(self) -> dict[Status, int]:
        """How many photos are in each state."""
        return {status: sum(entry.status is status for entry in self.entries) for status in Status}

    @property
    def status(self) -> BatchStatus:
        """Where all photos taken together are."""
        return batch_status(self.counts)

    @property
    def seconds(self) -> tuple[float, ...]:
        """How long the work took, of each photo that was worked on to its end."""
        done = (entry for entry in self.entries if entry.status is Status.COMPLETED and not entry.cached)
        return tuple(entry.seconds for entry in done if entry.seconds is not None)


def task_report(
    task: Task, pictures: Pictures | None = None, *, models: Iterable[ModelSpec[object]] = (), made_at: int
) -> Report:
    """Make the report on one task.

    Args:
        task: the task; it need not have ended.
        pictures: where its pictures lie; of a file that is there, the first bytes are read to tell its format.
        models: the catalog, for titles and licences.
        made_at: the time now, in ms since 1970.
    """
    known = {spec.id: spec for spec in models}
    entry = _entry(task, 1, pictures or Pictures(), known)
    return Report(
        subject=Subject.TASK, id=task.id, made_at=made_at, created_at=task.created_at, entries=(entry,), total=1
    )


def batch_report(
    batch: Batch,
    tasks: Sequence[Task],
    pictures: Mapping[str, Pictures],
    *,
    models: Iterable[ModelSpec[object]] = (),
    made_at: int,
) -> Report:
    """Make the report on a batch.

    Args:
        batch: the batch.
        tasks: its tasks, in the order in which they were sent.
        pictures: where their pictures lie, by task id; a task that is left out has none.
        models: the catalog, for titles and licences.
        made_at: the time now, in ms since 1970.
    """
    known = {spec.id: spec for spec in models}
    entries = tuple(
        _entry(task, number, pictures.get(task.id, Pictures()), known) for number, task in enumerate(tasks, 1)
    )
    return Report(
        subject=Subject.BATCH, id=batch.id, made_at=made_at, created_at=batch.created_at, entries=entries,
        total=max(batch.total, len(entries)),
    )  # fmt: skip


def _entry(task: Task, number: int, pictures: Pictures, known: Mapping[str, ModelSpec[object]]) -> Entry:
    result, payload = Plain(task.result or {}), Plain(task.payload)
    recipe = Plain(payload.part("recipe"))
    before = Side(
        path=pictures.before, name=task.input_name, format=_format_of(pictures.before),
        width=task.width, height=task.height, bytes=task.size,
    )  # fmt: skip
    after = Side(
        path=pictures.after, name=result.text("name"), format=result.text("format") or _format_of(pictures.after),
        width=result.whole("width"), height=result.whole("height"), bytes=result.whole("bytes"),
    )  # fmt: skip
    return Entry(
        number=number,
        task=task.id,
        status=task.status,
        error=task.error or "",
        before=before,
        after=after,
        preset=recipe.text("title") or recipe.text("name"),
        steps=tuple(_step(step) for step in recipe.parts("steps")),
        output=_output(payload),
        models=tuple(_model(one, known) for one in dict.fromkeys(result.texts("models"))),
        executions=result.parts("executions"),
        seconds=result.number("seconds") if task.seconds is None else task.seconds,
        cached=result.values.get("cached") is True,
        attempts=task.attempts,
        warnings=result.texts("warnings"),
        signature=task.signature or "",
        created_at=task.created_at,
        started_at=task.started_at,
        finished_at=task.finished_at,
    )


def _step(step: Mapping[str, Any]) -> Values:
    """Fill in the defaults of the operation; one that is not known any more shows what was given."""
    name = str(step.get("operation", ""))
    given = {str(key): value for key, value in step.items() if key != "operation"}
    operation = OPERATIONS.get(name)
    if operation is None:
        return Values(name=name, title=name, values=tuple(given.items()))
    defaults = {key: one.get_default(call_default_factory=True, validated_data={}) for key, one in
                operation.params.model_fields.items()}  # fmt: skip
    return Values(name=name, title=operation.title, values=tuple({**defaults, **given}.items()))


def _output(payload: Plain) -> Values:
    values = dict(payload.part("output"))
    if payload.values.get("tile") is not None:
        values["tile"] = payload.values["tile"]
    return Values(name="output", title="", values=tuple(values.items()))


def _model(name: str, known: Mapping[str, ModelSpec[object]]) -> UsedModel:
    spec = known.get(name)
    return UsedModel(id=name, title=spec.title if spec else name, licence=spec.licence if spec else "")


def _format_of(path: Path | None) -> str:
    if path is None:
        return ""
    try:
        with path.open("rb") as file:
            kind = sniff(file.read(_HEAD))
    except OSError:
        return ""
    return kind.value if kind else ""

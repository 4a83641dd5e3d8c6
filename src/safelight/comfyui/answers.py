"""What a ComfyUI server answers, as values.

Each reader takes what was in an answer and raises a ValueError where no ComfyUI would have said it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from safelight.comfyui.frames import Failed, Image, failure_of, images_of
from safelight.comfyui.words import cleaned

MARK = "safelight"
"""Name under which a prompt carries its mark; servers keep what they do not know."""
_MOST_PROBLEMS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Uploaded:
    """A picture that was sent to a server."""

    name: str
    """Its name there, which may be another than was asked for."""
    subfolder: str
    """Its folder, under that of its type."""
    type: str
    """``input`` or ``temp``."""

    @property
    def reference(self) -> str:
        """How a LoadImage node names it."""
        path = f"{self.subfolder}/{self.name}" if self.subfolder else self.name
        return path if self.type == "input" else f"{path} [{self.type}]"


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """A prompt that a server has taken."""

    prompt_id: str
    """Its id there; old servers give their own."""
    number: float
    """Its place in the order; lower ones go first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Queued:
    """A prompt that waits or runs."""

    prompt_id: str
    """Its id."""
    number: float
    """Its place in the order."""
    client_id: str
    """Who sent it, as far as they say."""
    mark: str
    """The id that Safelight sent it with, also where the server gives its own; empty if somebody else sent it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """The queue of a server, of everybody."""

    running: tuple[Queued, ...]
    """What runs."""
    pending: tuple[Queued, ...]
    """What waits."""

    @property
    def remaining(self) -> int:
        """How many wait or run."""
        return len(self.running) + len(self.pending)

    def find(self, prompt_id: str) -> Queued | None:
        """Give the prompt of that id or mark, if it waits or runs."""
        return next((one for one in (*self.running, *self.pending) if prompt_id in (one.prompt_id, one.mark)), None)

    def runs(self, prompt_id: str) -> bool:
        """Tell whether the prompt of that id runs now."""
        return any(one.prompt_id == prompt_id for one in self.running)


class JobStatus(StrEnum):
    """How it stands with a prompt."""

    PENDING = "pending"
    IN_PROGRESS = "in_progress"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """A prompt that has ended, as the history of its server has it."""

    prompt_id: str
    """Its id."""
    status: JobStatus
    """COMPLETED, FAILED or CANCELLED."""
    outputs: Mapping[str, tuple[Image, ...]]
    """Pictures by node."""
    error: Failed | None = None
    """What failed, if something did and the server says what."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Features:
    """What a server can do."""

    version: str
    """Version of ComfyUI; empty if it does not say."""
    jobs: bool
    """Whether it tells of one prompt by its id."""
    cancel: bool
    """Whether it cancels one prompt by its id, whatever else begins meanwhile."""
    own_ids: bool | None
    """Whether prompts keep the id that they are sent with; None until the first was sent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """What a server computes with."""

    name: str
    """As it calls it."""
    type: str
    """``cuda``, ``cpu``, ``mps`` ..."""
    memory_total: int
    """Bytes."""
    memory_free: int
    """Bytes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SystemStats:
    """What a server says of itself."""

    version: str
    """Version of ComfyUI; empty if it does not say."""
    devices: tuple[Device, ...]
    """What it computes with."""


def uploaded_of(value: object) -> Uploaded:
    """Read the answer to an upload."""
    found = _dict(value)
    folder, kind = found.get("subfolder", ""), found.get("type", "input")
    if not isinstance(folder, str) or not isinstance(kind, str):
        raise ValueError("its answer to an upload names no file")
    return Uploaded(name=_text(found, "name"), subfolder=folder, type=kind)


def accepted_of(value: object) -> Accepted:
    """Read the answer to a prompt that was taken; what is wrong with it is told by :func:`problems_of`."""
    found = _dict(value)
    return Accepted(prompt_id=_text(found, "prompt_id"), number=_number(found.get("number")))


def problems_of(value: object) -> tuple[str, ...]:
    """Say what a server has against a prompt, in its own words: a line for each error of each node."""
    found = value if isinstance(value, dict) else {}
    listed = found.get("node_errors")
    lines = list(_node_problems(listed)) if isinstance(listed, dict) else []
    if not lines and found.get("error"):
        error = found["error"]
        if isinstance(error, dict):
            said = (cleaned(error.get(key)) for key in ("type", "message", "details"))
            lines = [": ".join(part for part in dict.fromkeys(said) if part)]
        else:
            lines = [cleaned(error)]
    lines = [line for line in lines if line]
    if len(lines) > _MOST_PROBLEMS:
        lines = [*lines[:_MOST_PROBLEMS], f"and {len(lines) - _MOST_PROBLEMS} more"]
    return tuple(lines)


def queue_of(value: object) -> Queue:
    """Read a queue."""
    found = _dict(value)
    return Queue(running=tuple(_queued(found.get("queue_running"))), pending=tuple(_queued(found.get("queue_pending"))))


def remaining_of(value: object) -> int:
    """Read how many prompts wait or run."""
    remaining = _dict(_dict(value).get("exec_info")).get("queue_remaining")
    if isinstance(remaining, bool) or not isinstance(remaining, int) or remaining < 0:
        raise ValueError("it does not say how long its queue is")
    return remaining


def past_of(value: object, prompt_id: str) -> Past | None:
    """Read the history of one prompt; None if it is not there."""
    found = _dict(value)
    if prompt_id not in found:
        return None
    entry = _dict(found[prompt_id])
    outputs = entry.get("outputs")
    given = {str(node): images_of(output) for node, output in outputs.items()} if isinstance(outputs, dict) else {}
    status, error = _ended(entry.get("status"), prompt_id)
    return Past(prompt_id=prompt_id, status=status, outputs=given, error=error)


def job_of(value: object) -> JobStatus:
    """Read how it stands with one prompt."""
    return JobStatus(_text(_dict(value), "status"))


def cancelled_of(value: object) -> bool:
    """Read whether a prompt was cancelled."""
    answer = _dict(value).get("cancelled")
    if not isinstance(answer, bool):
        raise ValueError("it does not say whether it cancelled")
    return answer


def stats_of(value: object) -> SystemStats:
    """Read what a server says of itself."""
    found = _dict(value)
    system, devices = _dict(found.get("system")), found.get("devices")
    return SystemStats(
        version=cleaned(system.get("comfyui_version"), 50),
        devices=tuple(
            Device(
                name=cleaned(one.get("name"), 200),
                type=cleaned(one.get("type"), 20),
                memory_total=int(_number(one.get("vram_total"))),
                memory_free=int(_number(one.get("vram_free"))),
            )
            for one in (devices if isinstance(devices, list) else ())
            if isinstance(one, dict)
        ),
    )


def _queued(listed: object) -> Iterator[Queued]:
    if not isinstance(listed, list):
        raise ValueError("it does not say what is in its queue")
    for one in listed:
        if not isinstance(one, list) or len(one) < 2 or not isinstance(one[1], str):
            raise ValueError("what it says of its queue is not readable")
        extra = one[3] if len(one) > 3 and isinstance(one[3], dict) else {}
        sender, mark = extra.get("client_id"), extra.get(MARK)
        yield Queued(
            prompt_id=one[1],
            number=_number(one[0]),
            client_id=sender if isinstance(sender, str) else "",
            mark=mark if isinstance(mark, str) else "",
        )


def _ended(status: object, prompt_id: str) -> tuple[JobStatus, Failed | None]:
    # The first servers wrote only prompts that had succeeded, and no status.
    if not isinstance(status, dict) or status.get("status_str") != "error":
        return JobStatus.COMPLETED, None
    error = None
    messages = status.get("messages")
    for one in messages if isinstance(messages, list) else ():
        event, data = one if isinstance(one, list) and len(one) == 2 else (None, None)
        if event == "execution_interrupted":
            return JobStatus.CANCELLED, None
        if event == "execution_error" and isinstance(data, dict):
            failed = failure_of(data, prompt_id)
            error = error if failed.blocked and error is not None else failed
    return JobStatus.FAILED, error


def _node_problems(listed: Mapping[object, object]) -> Iterator[str]:
    for node, told in listed.items():
        where = cleaned(told.get("class_type"), 100) if isinstance(told, dict) else ""
        errors = told.get("errors") if isinstance(told, dict) else None
        for error in errors if isinstance(errors, list) else ():
            if isinstance(error, dict):
                said = cleaned(error.get("details")) or cleaned(error.get("message"))
                kind = cleaned(error.get("type"), 100)
                told_of = ": ".join(part for part in (kind, said) if part)
                yield f"{where or 'node'} ({cleaned(str(node), 100)}): {told_of or 'it is not valid'}"


def _dict(value: object) -> dict[str, object]:
    if not isinstance(value, dict):
        raise ValueError("its answer is not ComfyUI's")
    return value


def _text(found: Mapping[str, object], name: str) -> str:
    value = found.get(name)
    if not isinstance(value, str) or not value:
        raise ValueError("its answer is not ComfyUI's")
    return value


def _number(value: object) -> float:
    return value if isinstance(value, int | float) and not isinstance(value, bool) else 0

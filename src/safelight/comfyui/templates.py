"""The workflow templates that there are: those that come with Safelight, and the operator's own.

There is one template for all styles, and not one for each: what makes clay of a photo is the style's prompt and how
much of the photo is left, and both are values. A sampler, its steps or its guidance are settings of the checkpoint,
which the operator chooses, so a template for each style would only write one guess down five times. Who wants a LoRA or
a ControlNet for a style adds a template for it.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from importlib.resources import files
from pathlib import Path

from safelight.comfyui.graph import MOST_BYTES
from safelight.comfyui.workflow import Workflow, read_workflow
from safelight.errors import OutputError, UnknownWorkflowError, WorkflowError
from safelight.imaging.replacing import replacing

_NAME = re.compile(r"[a-z][a-z0-9_-]{0,63}")
_FLAGS = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
_ENDS = (".json", ".roles.json")
_MOST = 1_000


class Source(StrEnum):
    """Where a template is from."""

    SHIPPED = "shipped"
    OWN = "own"


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A template in the list."""

    name: str
    """Its name."""
    source: Source
    """Where it is from."""
    replaces_shipped: bool
    """Whether it is used in place of one that comes with Safelight."""
    description: str
    """What it does; empty if nobody says."""
    roles: tuple[str, ...]
    """What there are places for in it, sorted."""
    error: str | None
    """Why it cannot be used; None if it can."""


class Templates:
    """The templates that come with Safelight, and those in folders, which go before them."""

    def __init__(self, folders: Sequence[Path]) -> None:
        """Take the folders; of two templates of one name the one in the first of them is used. It takes what is saved.

        A folder need not be there.
        """
        self._folders = tuple(folders)
        self._shipped = Path(str(files("safelight.comfyui").joinpath("workflows")))

    def list(self) -> tuple[Listed, ...]:
        """List the templates by name, also those that cannot be used."""
        shipped = _names(self._shipped)
        names = dict.fromkeys(shipped, Source.SHIPPED)
        for folder in self._folders:
            names.update(dict.fromkeys(_names(folder), Source.OWN))
        return tuple(self._listed(name, names[name], name in shipped) for name in sorted(names)[:_MOST])

    def good(self) -> tuple[Workflow, ...]:
        """Give those that can be used, by name."""
        found = []
        for one in self.list():
            with suppress(WorkflowError):
                found.append(self.get(one.name))
        return tuple(found)

    def get(self, name: str) -> Workflow:
        """Give a template.

        Raises:
            UnknownWorkflowError: there is none of that name.
            WorkflowError: it cannot be used.
        """
        _check(name)
        for folder in (*self._folders, self._shipped):
            if (content := _read(folder, f"{name}.json")) is not None:
                return read_workflow(name, content, _read(folder, f"{name}.roles.json"))
        known = ", ".join(sorted(set.union(*map(_names, (*self._folders, self._shipped)))))
        raise UnknownWorkflowError(f"there is no workflow template {name!r}", hint=f"there are: {known}")

    def save(self, name: str, content: bytes, roles: bytes | None = None) -> Workflow:
        """Keep a template, in place of the own one of that name, and give it.

        Args:
            name: a letter, then letters, digits, ``_`` and ``-``, all small, 64 at most.
            content: the workflow in the API format.
            roles: what stands in the file beside it, if there shall be one.

        Raises:
            WorkflowError: it cannot be used, or the name cannot, or there is no folder for it.
            OutputError: it cannot be written.
        """
        _check(name)
        workflow = read_workflow(name, content, roles)
        folder = self._own()
        place, beside = (folder / f"{name}{end}" for end in _ENDS)
        try:
            folder.mkdir(parents=True, exist_ok=True)
            if place.is_symlink() or beside.is_symlink():
                raise WorkflowError(f"{name}.json: it is a link, which is not written through")
            # The roles of the old one must never be taken for those of the new one.
            beside.unlink(missing_ok=True)
            for path, written in ((place, content), (beside, roles)):
                if written is not None:
                    with replacing(path) as (descriptor, _), os.fdopen(os.dup(descriptor), "wb") as file:
                        file.write(written)
        except OSError as error:
            raise OutputError(f"{name}.json: it cannot be written: {(error.strerror or 'no room').lower()}") from error
        return workflow

    def delete(self, name: str) -> None:
        """Delete an own template; one that comes with Safelight under the same name is used again.

        Raises:
            UnknownWorkflowError: there is no own one of that name.
            WorkflowError: it comes with Safelight.
            OutputError: it cannot be deleted.
        """
        _check(name)
        there = [folder for folder in self._folders if os.path.lexists(folder / f"{name}.json")]
        if not there and name in _names(self._shipped):
            raise WorkflowError(f"{name} comes with Safelight and stays", hint="save one of that name to replace it")
        if not there:
            raise UnknownWorkflowError(f"there is no workflow template {name!r} of your own")
        try:
            for end in _ENDS:
                (there[0] / f"{name}{end}").unlink(missing_ok=True)
        except OSError as error:
            raise OutputError(f"{name}.json: it cannot be deleted: {(error.strerror or '').lower()}") from error

    def _listed(self, name: str, source: Source, shipped: bool) -> Listed:
        workflow, error = None, None
        try:
            workflow = self.get(name)
        except WorkflowError as failure:
            error = str(failure)
        return Listed(
            name=name,
            source=source,
            replaces_shipped=shipped and source is Source.OWN,
            description=workflow.description if workflow else "",
            roles=tuple(sorted(workflow.roles)) if workflow else (),
            error=error,
        )

    def _own(self) -> Path:
        if not self._folders:
            raise WorkflowError("there is no folder for workflow templates of your own")
        return self._folders[0]


def _check(name: str) -> None:
    if not _NAME.fullmatch(name):
        raise UnknownWorkflowError(
            f"{name[:80]!r} is no name of a workflow template",
            hint="a small letter, then small letters, digits, _ and -, 64 at most",
        )


def _names(folder: Path) -> set[str]:
    """The names of the templates in a folder, also those that no template may have."""
    found: set[str] = set()
    with suppress(OSError):
        for path in folder.iterdir():
            name = os.fsencode(path.name).decode("utf-8", "replace")
            if name.endswith(".json") and not name.endswith(".roles.json") and not name.startswith("."):
                found.add(name.removesuffix(".json"))
    return found


def _read(folder: Path, name: str) -> bytes | None:
    """The content of a file in a folder, one byte longer than is allowed if need be; None if it is not there."""
    path = folder / name
    if not os.path.lexists(path):
        return None
    try:
        # Links are followed within the folder only, where container platforms put them.
        target = path.resolve(strict=True)
        if not target.is_relative_to(folder.resolve()):
            raise WorkflowError(f"{name}: it is a link that leads out of its folder")
        if not stat.S_ISREG(target.stat().st_mode):
            raise WorkflowError(f"{name}: it is not an ordinary file")
        with os.fdopen(os.open(target, _FLAGS), "rb") as file:
            return file.read(MOST_BYTES + 1)
    except (OSError, RuntimeError) as error:
        raise WorkflowError(f"{name}: it cannot be read") from error

"""What lies in a folder and below it, in the order of names."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from safelight.datasets.dataset import Skipped
from safelight.datasets.names import shown, why_left_out


@dataclass(frozen=True, slots=True)
class Walked:
    """What was found."""

    files: tuple[Path, ...]
    """Ordinary files, links and what else has a name; absolute."""
    skipped: tuple[Skipped, ...]
    """What is never looked at, and why."""


def walk(folder: Path, *, leave_out: Path) -> Walked:
    """List a folder. Links are not followed; hidden and left-over files, and the folder ``leave_out``, are skipped."""
    files: list[Path] = []
    skipped: list[Skipped] = []
    root = Path(os.path.abspath(folder))  # noqa: PTH100 - the folder itself may be a link, and keeps its name
    hidden = leave_out.resolve()

    def skip(path: Path, reason: str) -> None:
        skipped.append(Skipped(name=shown(str(path.relative_to(root))), reason=reason))

    def lost(error: OSError) -> None:
        skip(Path(error.filename), f"the folder cannot be read: {(error.strerror or str(error)).lower()}")

    for place, folders, names in os.walk(root, onerror=lost):
        here = Path(place)
        kept = []
        for name in sorted(folders):
            reason = why_left_out(name) or _why_not_entered(here / name, hidden)
            if reason is None:
                kept.append(name)
            else:
                skip(here / name, reason)
        folders[:] = kept
        for name in sorted(names):
            reason = why_left_out(name) or _why_not_taken(here / name, root)
            if reason is None:
                files.append(here / name)
            else:
                skip(here / name, reason)
    return Walked(tuple(files), tuple(skipped))


def _why_not_entered(folder: Path, hidden: Path) -> str | None:
    if folder.is_symlink():
        return "it is a link to a folder"
    return "it is the dataset itself" if folder.resolve() == hidden else None


def _why_not_taken(path: Path, root: Path) -> str | None:
    if not path.is_symlink():
        return None if path.is_file() else "it is no ordinary file"
    try:
        inside = path.resolve(strict=True).is_relative_to(root.resolve())
    except (OSError, RuntimeError):
        return "it is a link that leads nowhere"
    return "it is a link to another file of the folder" if inside else "it is a link out of the folder"

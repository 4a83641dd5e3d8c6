"""What servers may still have of ours: noted before it is sent, and struck off when nothing of it is left there.

The notes are files, one for each prompt, so that a process that was killed leaves them to the next one. Only what is
noted is ever taken from a server: ids that nobody can guess and that we have made, so it is never a stranger's.
"""

from __future__ import annotations

import json
import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import psutil

_MOST_BYTES = 4096


@dataclass(slots=True)
class Debt:
    """A prompt that was sent, or was about to be."""

    id: str
    """What we call it, and the name under which it carries our mark."""
    server: str
    """The address of its server."""
    prompt_id: str = ""
    """What the server calls it; empty until it said so."""
    given_up: bool = False
    """Whether nobody waits for it any more."""
    asked: bool = False
    """Whether the server was asked to stop it."""


class Owed:
    """The notes of one data folder; for one thread."""

    def __init__(self, folder: Path) -> None:
        """Take the folder for the files, and what processes have left there that are gone."""
        self._folder = folder
        self._who = {"pid": os.getpid(), "began": psutil.Process().create_time()}
        self._debts: dict[str, Debt] = {}
        for path in sorted(folder.glob("*.json")) if folder.is_dir() else ():
            if (debt := _left(path)) is not None:
                self._debts[debt.id] = debt

    def note(self, id_: str, server: str) -> Debt:
        """Note a prompt that is about to be sent."""
        debt = self._debts[id_] = Debt(id_, server)
        self._write(debt)
        return debt

    def accepted(self, debt: Debt, prompt_id: str) -> None:
        """Note what the server calls it."""
        debt.prompt_id = prompt_id
        if prompt_id != debt.id:
            self._write(debt)

    def settle(self, debt: Debt) -> None:
        """Strike it off."""
        self._debts.pop(debt.id, None)
        with suppress(OSError):
            self._path(debt).unlink(missing_ok=True)

    def given_up(self, server: str) -> list[Debt]:
        """Give those of a server that nobody waits for."""
        return [one for one in self._debts.values() if one.given_up and one.server == server]

    def _write(self, debt: Debt) -> None:
        # Without a place for it the note is in this process alone; nobody's picture fails for that.
        with suppress(OSError):
            self._folder.mkdir(parents=True, exist_ok=True)
            told = {"server": debt.server, "prompt_id": debt.prompt_id, **self._who}
            self._path(debt).write_text(json.dumps(told), encoding="ascii")

    def _path(self, debt: Debt) -> Path:
        return self._folder / f"{debt.id}.json"


def _left(path: Path) -> Debt | None:
    """Read a note of a process that is gone; None if that lives, and has to see to it itself."""
    try:
        with path.open("rb") as file:
            told = json.loads(file.read(_MOST_BYTES))
        debt = Debt(str(UUID(path.stem)), str(told["server"]), str(told["prompt_id"]), given_up=True)
        return None if _lives(int(told["pid"]), float(told["began"])) else debt
    except (OSError, ValueError, KeyError, TypeError):
        # It was cut short: what it told is not known any more.
        with suppress(OSError):
            path.unlink(missing_ok=True)
        return None


def _lives(pid: int, began: float) -> bool:
    try:
        return abs(psutil.Process(pid).create_time() - began) < 1
    except psutil.Error:
        return False

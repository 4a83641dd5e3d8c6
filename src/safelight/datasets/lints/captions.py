"""Caption files as trainers read them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from safelight.datasets.dataset import Problem

_MOST_BYTES = 1 << 20


def caption_of(path: Path) -> str | None:
    """Give the first line of a caption file, as trainers take it; None if there is none, or it is not UTF-8."""
    try:
        if path.stat().st_size > _MOST_BYTES:
            return None
        lines = path.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return None
    return lines[0].strip() if lines else ""


def caption_problems(path: Path, name: str, *, several: bool = False, placeholder: bool = False) -> Iterator[Problem]:
    """Tell what is wrong with a caption file that is there.

    ``several``: each line is a caption of its own; ``placeholder``: `[trigger]` is put right by the trainer.
    """
    try:
        if path.stat().st_size > _MOST_BYTES:
            yield Problem(file=name, words="it is too large to be a caption")
            return
        data = path.read_bytes()
        text = data.decode()
    except UnicodeDecodeError:
        yield Problem(file=name, words="the caption is not UTF-8")
        return
    except OSError as error:
        yield Problem(file=name, words=f"cannot be read: {(error.strerror or 'error').lower()}")
        return
    yield from text_problems(text, name, several=several, placeholder=placeholder)


def text_problems(text: str, name: str, *, several: bool = False, placeholder: bool = False) -> Iterator[Problem]:
    """Tell what is wrong with the text of a caption."""
    if text.startswith("\ufeff"):
        yield Problem(file=name, words="the caption starts with a byte order mark, which becomes part of it")
    lines = text.lstrip("\ufeff").splitlines()
    full = [line for line in lines if line.strip()]
    if not full:
        yield Problem(file=name, words="the caption is empty")
        return
    if not lines[0].strip() and not several:
        yield Problem(file=name, words="the first line of the caption is empty, and only that one is read")
    elif len(full) > 1 and several:
        yield Problem(file=name, words=f"each of its {len(full)} lines is a caption of its own", fatal=False)
    elif len(full) > 1:
        yield Problem(file=name, words=f"the caption has {len(full)} lines, of which only the first is read")
    if "[trigger]" in text.lower():
        words = "`[trigger]` is put right only where the trainer's trigger word is set" if placeholder else (
            "`[trigger]` stays as it is written: this trainer does not fill it in"
        )  # fmt: skip
        yield Problem(file=name, words=words, fatal=not placeholder)
    if any(ord(sign) < 0x20 and sign not in "\r\n\t" for sign in text):
        yield Problem(file=name, words="the caption has control characters", fatal=False)

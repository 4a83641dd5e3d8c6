"""How a question to a caption server failed, and what is to be done about it."""

from __future__ import annotations

from enum import StrEnum


class Then(StrEnum):
    """What is to be done."""

    AGAIN = "again"
    """Ask the same model once more, after a while."""
    NEXT = "next"
    """Ask the next model."""
    STOP = "stop"
    """Ask no more: no model of this server will answer."""


class CallError(Exception):
    """A call gave no answer."""

    def __init__(self, words: str, then: Then, *, after_s: float | None = None) -> None:
        super().__init__(words)
        self.words = words
        self.then = then
        self.after_s = after_s
        """How many seconds the server asks to wait."""

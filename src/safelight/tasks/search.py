"""What of a task can be searched by text, and by which grams it is found: runs of one, two and three characters.

Grams find a word anywhere in a name, in any script. Words of a language would not do: there are no spaces in Chinese,
and file names are no sentences. A gram that the index has says only that it is somewhere in the text; whether the
whole word is there has to be looked up in the text itself.
"""

from __future__ import annotations

from unicodedata import normalize

LONGEST = 1000
"""So many characters of a task's name and text can be searched."""

GRAM = 3
"""Most characters in a gram."""


def folded(text: str) -> str:
    """Make texts alike that people take for the same: capital or small, composed or not, wide or narrow."""
    return normalize("NFKC", normalize("NFKC", text).casefold()).replace("\0", "")


def searchable(name: str, text: str) -> str:
    """Give what is searched of a task with this name of its photo and this other text."""
    return folded(f"{name}\n{text}" if text else name)[:LONGEST]


def words(text: str) -> tuple[str, ...]:
    """Take what a user searches for apart into words, all of which must be there."""
    return tuple(dict.fromkeys(folded(text).split()))


def grams(word: str) -> tuple[str, ...]:
    """Give the longest grams of a word; what has the word has all of them."""
    size = min(GRAM, len(word))
    return tuple(dict.fromkeys(word[at : at + size] for at in range(len(word) - size + 1)))


def token(text: str) -> str:
    """Write a gram, or the value of a facet, as the full-text index of SQLite keeps it."""
    return text.encode().hex()

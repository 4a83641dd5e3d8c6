"""Builds the pages of the web studio, unless they are there and made of just these sources."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterator
from pathlib import Path

import node

BUNDLE = node.WEB.parent / "src" / "safelight" / "pages"
STAMP = BUNDLE / ".made-of"
"""The hash of the sources that the pages are made of."""

_FOLDERS = ("src", "public")
_KINDS = (".html", ".json", ".ts")
_MADE = ("schema.d.ts",)
"""What the build itself writes among the sources."""


def sources() -> Iterator[Path]:
    """Give the files that the pages are made of, in order."""
    yield from sorted(one for one in node.WEB.iterdir() if one.suffix in _KINDS)
    for folder in _FOLDERS:
        yield from sorted(one for one in (node.WEB / folder).rglob("*") if one.is_file() and one.name not in _MADE)


def made_of() -> str:
    """Give the hash over names and contents of the sources: times of files tell nothing after a checkout."""
    found = hashlib.sha256()
    for path in sources():
        found.update(f"{path.relative_to(node.WEB).as_posix()}\n".encode())
        found.update(hashlib.sha256(path.read_bytes()).digest())
    return found.hexdigest()


def needed() -> bool:
    """Tell whether the pages have to be built."""
    return not (STAMP.is_file() and (BUNDLE / "index.html").is_file() and STAMP.read_text() == made_of())


def build() -> None:
    """Build the pages.

    Raises:
        NodeError: there is no Node, or the build fails.
    """
    before = made_of()
    node.npm(("run", "build"))
    STAMP.write_text(before)


if __name__ == "__main__":
    try:
        if needed():
            build()
    except node.NodeError as error:
        sys.exit(str(error))

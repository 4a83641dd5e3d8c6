"""Items of files that stay where they are.

Helpers beside tests are imported by their own name: ``datasets`` is also a package that the tests install.
"""

from __future__ import annotations

from pathlib import Path

from safelight.datasets.dataset import Item, item_id
from safelight.hashing import sha256_of
from safelight.imaging.measure import measure


def item_of(path: Path, name: str | None = None) -> Item:
    """The item of a file."""
    found, digest = measure(path, max_pixels=10**9), sha256_of(path)
    name = name or path.name
    return Item(
        id=item_id(digest, name), name=name, file=str(path), sha256=digest,
        bytes=path.stat().st_size, width=found.width, height=found.height,
    )  # fmt: skip

"""Pictures with their captions beside them, all in one folder: what two trainers read alike."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from safelight.datasets.layouts.layout import File, Picture


def pairs(pictures: Iterable[Picture], folder: str = "") -> Iterator[File]:
    """Give each picture and its caption. ``folder`` is empty or ends in ``/``."""
    for one in pictures:
        yield File(name=folder + one.name, picture=one.path)
        yield File(name=folder + one.text_name, text=one.caption)

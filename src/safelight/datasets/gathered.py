"""The photos of a dataset while they are being found."""

from __future__ import annotations

from pathlib import Path

from safelight.datasets.dataset import Item, Skipped, Unpacked, item_id
from safelight.datasets.names import shown, unique
from safelight.errors import PhotoError, SafelightError
from safelight.imaging.measure import measure


class Gathered:
    """Items, and what is none; everything that is found comes into one of the two lists."""

    def __init__(self, max_pixels: int) -> None:
        """Begin with nothing.

        Args:
            max_pixels: largest photo that is taken.
        """
        self.items: list[Item] = []
        self.skipped: list[Skipped] = []
        self._max_pixels = max_pixels
        self._names: set[str] = set()

    def name(self, path: str) -> str:
        """Give a harmless name that no other photo has, for what is called so."""
        name = unique(shown(path), self._names)
        self._names.add(name)
        return name

    def add(self, path: Path, file: str, name: str, sha256: str) -> bool:
        """Take a photo if its headers are those of one; tells whether it was taken.

        Args:
            path: where it is.
            file: the same for ``Item.file``.
            name: given by :meth:`name`.
            sha256: of the file.
        """
        try:
            found = measure(path, max_pixels=self._max_pixels, name=name)
            size = path.stat().st_size
        except PhotoError as error:
            self.skip(name, error)
            return False
        except OSError as error:
            self.skip(name, (error.strerror or str(error)).lower())
            return False
        self.items.append(Item(
            id=item_id(sha256, name), name=name, file=file, sha256=sha256, bytes=size,
            width=found.width, height=found.height,
        ))  # fmt: skip
        return True

    def skip(self, name: str, reason: SafelightError | str) -> None:
        """Leave something out."""
        words = reason if isinstance(reason, str) else reason.message.removeprefix(f"{name}: ")
        self.skipped.append(Skipped(name=shown(name), reason=words))

    def result(self) -> Unpacked:
        """Give all, in the order of names."""
        return Unpacked(
            items=tuple(sorted(self.items, key=lambda item: item.name)),
            skipped=tuple(sorted(self.skipped, key=lambda one: (one.name, one.reason))),
        )

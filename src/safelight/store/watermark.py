"""The watermark: new work is refused while there is still room to finish what was accepted."""

from __future__ import annotations

from collections.abc import Callable

from safelight.errors import StoreFullError


class Watermark:
    """Watches the room that is left."""

    def __init__(self, free_bytes: Callable[[], int | None]) -> None:
        """Take what tells the free room, as :meth:`safelight.store.blobs.Store.free_bytes` does."""
        self._free_bytes = free_bytes

    def check_room(self, min_free_mb: int) -> None:
        """Refuse new work when there is too little room; where that cannot be told, nothing is refused.

        Raises:
            StoreFullError: less than ``min_free_mb`` is free.
        """
        free = self._free_bytes()
        if free is not None and free < min_free_mb * 2**20:
            raise StoreFullError(
                f"{free // 2**20} MB are free where files are kept, and {min_free_mb} MB have to be",
                hint="delete tasks, or make room on the disk",
            )

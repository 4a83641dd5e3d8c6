"""The operator's own styles: TOML files in a folder, read anew when one of them changes."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock

import structlog

from safelight.errors import RecipeError
from safelight.operations.styles.rows import Style, read_style

_MOST = 500

log = structlog.get_logger()

_Stamp = tuple[tuple[str, int, int], ...]


@dataclass(slots=True)
class OwnStyles:
    """The styles of one folder; one that cannot be read is left out, and the log says why."""

    folder: Path | None = None
    """Where they are; None = there are none."""
    _stamp: _Stamp = ()
    _rows: dict[str, Style] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def all(self) -> dict[str, Style]:
        """Give them by name."""
        stamp = self._looked()
        with self._lock:
            if stamp != self._stamp:
                self._rows = self._read(stamp)
                self._stamp = stamp
            return self._rows

    def _looked(self) -> _Stamp:
        if self.folder is None:
            return ()
        found: list[tuple[str, int, int]] = []
        with suppress(OSError):
            for path in self.folder.glob("*.toml"):
                # One that is deleted meanwhile, or leads nowhere, takes no other along.
                with suppress(OSError):
                    stat = path.stat()
                    found.append((str(path), stat.st_mtime_ns, stat.st_size))
        return tuple(sorted(found))[:_MOST]

    def _read(self, stamp: _Stamp) -> dict[str, Style]:
        rows = {}
        for path, _, _ in stamp:
            try:
                row = read_style(Path(path))
                rows[row.id] = row
            except RecipeError as error:
                log.warning("a style is left out", file=path, error=str(error))
        return rows


OWN = OwnStyles()
"""Those of this process. Names of styles are checked wherever a recipe is read, so they are known everywhere."""

"""Which models could not be fetched lately, for all processes that share a models folder.

So whoever plans a task names the models that will run, and not those that were wanted.
"""

from __future__ import annotations

import time
from contextlib import suppress
from pathlib import Path

from safelight.errors import MissingWeightsError

_TRY_AGAIN_S = 600.0
_FOLDER = ".failed"


class Failures:
    """What failed in the last ten minutes; kept in this process, and for others as the time of an empty file."""

    def __init__(self, folder: Path) -> None:
        """Take the models folder; it need not be there."""
        self._models = folder
        self._own: dict[str, tuple[float, MissingWeightsError]] = {}

    def remember(self, model: str, error: MissingWeightsError) -> None:
        """Keep what went wrong with a model. A folder that is not there is not made for it."""
        self._own[model] = (time.time(), error)
        with suppress(OSError):
            if self._models.is_dir():
                (self._models / _FOLDER).mkdir(exist_ok=True)
                (self._models / _FOLDER / model).touch()

    def own(self, model: str) -> MissingWeightsError | None:
        """Give what went wrong with a model lately in this process; None if nothing did."""
        at, error = self._own.get(model, (0.0, None))
        return MissingWeightsError(error.message, hint=error.hint) if error is not None and _is_recent(at) else None

    def anywhere(self, model: str) -> bool:
        """Tell whether a model could not be fetched lately, by any process."""
        if self.own(model) is not None:
            return True
        with suppress(OSError):
            return _is_recent((self._models / _FOLDER / model).stat().st_mtime)
        return False


def _is_recent(at: float) -> bool:
    return 0 <= time.time() - at < _TRY_AGAIN_S

"""The font for Chinese, Japanese and Korean: an asset of the catalog, fetched when a PDF first needs it."""

from __future__ import annotations

from pathlib import Path

from safelight.errors import SafelightError
from safelight.models.catalog import Catalog
from safelight.models.spec import ModelTask
from safelight.models.weights import Weights

CJK_FONT = "noto-sans-cjk"
"""Its name in the catalog."""


class CjkFont:
    """Finds the font, or fetches it where the settings allow that."""

    def __init__(self, weights: Weights, catalog: Catalog) -> None:
        """Take where models are found and fetched; nothing is looked for yet."""
        self._weights = weights
        self._catalog = catalog

    def __call__(self) -> Path | None:
        """Give the checked font file; None where it is not here and cannot be had: a report is made without it."""
        try:
            return self._weights.ensure(self._catalog.get(CJK_FONT, ModelTask.FONT)).paths[0]
        except SafelightError:
            return None

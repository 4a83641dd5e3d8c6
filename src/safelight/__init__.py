"""Safelight: a self-hosted AI photo studio.

>>> import safelight
>>> photo = safelight.enhance("portrait.jpg", scale=4)  # doctest: +SKIP
>>> photo.save("portrait-large.png")  # doctest: +SKIP
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from safelight.errors import SafelightError
    from safelight.imaging.photo import Photo
    from safelight.library import enhance, run

__version__ = "0.1.0"

__all__ = ["Photo", "SafelightError", "__version__", "enhance", "run"]

_HOMES = {
    "SafelightError": "safelight.errors",
    "Photo": "safelight.imaging.photo",
    "enhance": "safelight.library",
    "run": "safelight.library",
}


def __getattr__(name: str) -> object:
    """Import public names when they are first used, so that importing the package costs nothing."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOMES[name]), name)

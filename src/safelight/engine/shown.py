"""What browsers can show."""

from __future__ import annotations

from safelight.imaging.formats import Format

SHOWN = frozenset({Format.PNG, Format.JPEG, Format.WEBP, Format.AVIF})
"""Formats that all of today's browsers show."""

LONGEST = 4096
"""Longest side of a picture, in pixels, that every phone shows without running out of memory."""


def needs_copy(form: Format | None, width: int, height: int) -> bool:
    """Tell whether a picture has to be copied for browsers: smaller, or in another format."""
    return form not in SHOWN or max(width, height) > LONGEST

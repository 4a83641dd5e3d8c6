"""All words of a report in one place, one set for each language, and how numbers and times are written with them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """The words of one language."""

    lang: str
    """Tag of the language, as HTML and PDF want it."""
    text: Mapping[str, str]
    """What is said, by what is meant; names in braces are filled in."""

    def __getitem__(self, key: str) -> str:
        """Give what is said."""
        return self.text[key]

    def or_key(self, group: str, key: str) -> str:
        """Give what is said for a name of an open set; the name itself in plain letters where nothing is known."""
        return self.text.get(f"{group}.{key}") or key.replace("_", " ").capitalize()


ENGLISH = Words(
    lang="en",
    text={
        "product": "Safelight",
        "title.task": "Report on {name}",
        "title.batch": "Report on a batch of {count}",
        "photo": "1 photo",
        "photos": "{count} photos",
        "made": "Made {time}",
        "page": "Page {page} of {pages}",
        "before": "Before",
        "after": "After",
        "no_result": "No result",
        "no_picture": "No picture here",
        "bad_picture": "Cannot be shown",
        "summary": "Summary",
        "account": "{total} in = {parts}",
        "deleted": "{count} deleted since",
        "settings": "Settings",
        "settings.shared": "Settings, the same for all photos",
        "computed": "How it was computed",
        "result": "Result",
        "time": "Time",
        "models": "Models",
        "warnings": "Good to know",
        "failed": "Why it failed",
        "preset": "Preset",
        "output": "File",
        "licence": "{title} · {licence}",
        "size": "Size",
        "file": "File",
        "file_size": "File size",
        "work": "Work",
        "cached": "taken from an earlier result",
        "accepted": "Accepted",
        "started": "Started",
        "finished": "Finished",
        "attempts": "Attempts",
        "task": "Task",
        "batch": "Batch",
        "signature": "Signature",
        "count": "Photos",
        "total_time": "Work in all",
        "mean_time": "Mean per photo",
        "span": "From first start to last end",
        "bytes_in": "Photos in all",
        "bytes_out": "Results in all",
        "state": "State",
        "yes": "yes",
        "no": "no",
        "automatic": "automatic",
        "picture": "a picture, {size}",
        "times": "{size} ({ratio}× as wide)",
        "tiles": "{count} tiles of {size}",
        "tiles_one": "1 tile of {size}",
        "halved": "{count}× cut smaller for lack of memory",
        "redone": "{count} tiles done again in float32",
        "redone_one": "1 tile done again in float32",
        "missing_glyphs": "The fonts at hand have no signs for {signs}; empty boxes stand in their place.",
        "missing_glyphs.hint": "The font for Chinese, Japanese and Korean can be fetched with `{command}`.",
        "more": "{count} more",
        "status.pending": "waiting",
        "status.processing": "being worked on",
        "status.completed": "completed",
        "status.partial_completed": "partly completed",
        "status.failed": "failed",
        "status.cancelled": "cancelled",
        "param.quality_level": "Quality level",
        "param.raw": "Raw network output",
        "param.format": "Format",
        "param.strip": "Metadata left out",
        "param.tile": "Tile",
    },
)
"""The words of English."""

_KILO = 1000


def whole(number: int) -> str:
    """Write a whole number, with commas between thousands."""
    return f"{number:,}"


def size(width: int | None, height: int | None) -> str:
    """Write a size in pixels; empty if it is not known."""
    return f"{whole(width)} × {whole(height)}" if width and height else ""


def file_size(count: int | None) -> str:
    """Write a number of bytes, in units of 1,000; empty if it is not known."""
    if count is None:
        return ""
    if count < _KILO:
        return f"{count} B"
    value, units = float(count), iter(("kB", "MB", "GB", "TB"))
    unit = next(units)
    value /= _KILO
    while value >= _KILO - 0.5 and unit != "TB":
        value, unit = value / _KILO, next(units)
    return f"{value:.0f} {unit}" if value >= 100 else f"{value:.1f} {unit}"


def duration(seconds: float | None) -> str:
    """Write a duration; empty if it is not known."""
    if seconds is None:
        return ""
    if seconds < 1:
        return f"{seconds * 1000:.0f} ms"
    if seconds < 59.95:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes:02} min" if hours else f"{minutes} min {rest:02} s"


def moment(at: int | None) -> str:
    """Write a time in ms since 1970; empty if there is none."""
    return datetime.fromtimestamp(at / 1000, UTC).strftime("%Y-%m-%d %H:%M:%S UTC") if at is not None else ""

"""Long texts in parameters, as they are shown in lists and records: a picture as its size, other texts cut short."""

from __future__ import annotations

from collections.abc import Mapping

LONGEST = 200
"""Most characters of a text that is shown whole."""

_KILO = 1000
_PICTURE = "data:image/"


def picture_bytes(text: str) -> int | None:
    """Size of the picture that a long data URI holds, in bytes, roughly; None if the text is something else."""
    head, comma, content = text.partition(";base64,")
    if len(text) <= LONGEST or not head.startswith(_PICTURE) or not comma:
        return None
    return len(content) * 3 // 4


def cut(text: str) -> str:
    """Give a text with at most 200 characters: a longer one ends in an ellipsis."""
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def shortened(value: object) -> object:
    """Give plain values with every long text in them shortened; mappings and lists keep their form."""
    if isinstance(value, str):
        size = picture_bytes(value)
        return cut(value) if size is None else f"a picture, {max(1, round(size / _KILO))} kB"
    if isinstance(value, Mapping):
        return {key: shortened(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [shortened(one) for one in value]
    return value


def shortened_parts(values: Mapping[str, object]) -> dict[str, object]:
    """Give a mapping with every long text in it shortened."""
    return {key: shortened(value) for key, value in values.items()}

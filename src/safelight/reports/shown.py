"""Foreign text made fit to be shown: nothing in it is lost, nothing in it acts."""

from __future__ import annotations

from unicodedata import category

_ACTING = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
_JOINERS = frozenset("\u200c\u200d")
_SHORT = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}


def shown_name(text: str) -> str:
    """Give a file name with its control characters, line breaks and changes of direction spelled out."""
    return "".join(_spelled(sign) if _acts(sign) else sign for sign in text)


def shown_message(text: str) -> str:
    """Give a message on one line, with its control characters spelled out."""
    return shown_name(" ".join(text.split()))


def _acts(sign: str) -> bool:
    return category(sign) in _ACTING and sign not in _JOINERS


def _spelled(sign: str) -> str:
    code = ord(sign)
    return _SHORT.get(sign) or (
        f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
    )

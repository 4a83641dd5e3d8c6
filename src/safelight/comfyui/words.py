"""Text that came from a server, made fit for logs, errors and pages."""

from __future__ import annotations

import unicodedata

LONGEST = 500


def cleaned(text: object, most: int = LONGEST) -> str:
    """Give a text on one line, without control characters, and no longer than ``most``; of anything else, nothing."""
    if not isinstance(text, str):
        return ""
    # What is dropped shortens it, but no text is looked through to its end for that.
    seen = "".join(" " if unicodedata.category(sign)[0] in "CZ" else sign for sign in text[: most * 4])
    found = " ".join(seen.split())
    return found if len(found) <= most else f"{found[: most - 1]}…"

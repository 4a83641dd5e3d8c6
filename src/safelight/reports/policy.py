"""Style sheets of pages, and the policy under which a page with nothing but its style sheet and pictures is shown."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from importlib.resources import files


@cache
def style_sheet(name: str) -> str:
    """Give a style sheet of the templates folder."""
    return files("safelight.reports").joinpath("templates", name).read_text(encoding="utf-8")


def content_policy(*names: str) -> str:
    """Give the Content-Security-Policy for a page with these style sheets: no script, no request to anywhere."""
    styles = " ".join(f"'sha256-{_digest(style_sheet(name))}'" for name in names)
    return f"default-src 'none'; img-src data:; style-src {styles}; base-uri 'none'; form-action 'none'"


def _digest(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode("ascii")

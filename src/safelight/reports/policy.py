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


def content_policy(name: str) -> str:
    """Give the Content-Security-Policy for a page with this style sheet: no script, no request to anywhere."""
    digest = base64.b64encode(hashlib.sha256(style_sheet(name).encode()).digest()).decode("ascii")
    return f"default-src 'none'; img-src data:; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"

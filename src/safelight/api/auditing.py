"""Notes for the audit log about requests."""

from __future__ import annotations

from fastapi import Request

from safelight.api.parts import Parts
from safelight.api.security import IDENTITY


def note(request: Request, having: Parts, what: str, about: str = "", *, who: str | None = None) -> None:
    """Write down what a request did; ``who`` is whom it was about if nobody is signed in. Not in the event loop."""
    identity = request.scope.get(IDENTITY)
    name = who if who is not None else (identity.user or "" if identity else "")
    having.service.audit.note(
        what, who=name, via=identity.via.value if identity else "none", about=about,
        address=request.client.host if request.client else "",
    )  # fmt: skip

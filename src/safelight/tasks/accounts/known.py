"""What a session or a key stands for."""

from __future__ import annotations

from dataclasses import dataclass

from safelight.accounts.role import Role
from safelight.accounts.scope import Scope, scopes_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """Somebody who is let in by what they showed."""

    user: str
    """Their name."""
    role: Role
    """What they may do."""
    scopes: frozenset[Scope]
    """What they may do with what they showed."""
    digest: str
    """Hash of the secret that has to be shown."""
    acts: bool
    """Whether they may act for others."""
    house: bool
    """Whether they see everybody's things as long as they name nobody."""
    expires: float | None
    """When it ends, in seconds since 1970; None = not by itself."""


def known_of(user: str, role: str, *, digest: str) -> Known:
    """Somebody who signed in: all that their role may do."""
    found = Role(role)
    return Known(
        user=user, role=found, scopes=scopes_of(found), digest=digest, acts=found.operates, house=False, expires=None
    )

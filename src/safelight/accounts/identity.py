"""Who calls, once it is known."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from safelight.accounts.role import Role
from safelight.accounts.scope import Scope, scopes_of


class Via(StrEnum):
    """By what somebody was let in."""

    LOOPBACK = "loopback"
    """They are on this machine, and there are no accounts."""
    NETWORK = "network"
    """They are in a trusted network."""
    TOKEN = "token"  # noqa: S105 - the name of a way in
    """They showed the token of the service."""
    SESSION = "session"
    """They signed in with name and password, in a browser."""
    KEY = "key"
    """They showed a key."""
    JWT = "jwt"
    """They showed a short-lived token that was made with a session or a key."""
    LINK = "link"
    """They have a signed link to one thing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Somebody who was let in."""

    via: Via
    """By what."""
    user: str | None = None
    """Their name; None where nobody has to say who they are."""
    role: Role = Role.USER
    """What they may do."""
    acts: bool = False
    """Whether they may name another user for whom they act."""
    scopes: frozenset[Scope] = frozenset()
    """What they may be let do by what they showed."""
    house: bool = False
    """Whether they see everybody's things as long as they name nobody."""
    handle: str = ""
    """What of theirs can be revoked: a session or a key, by kind and id; empty = nothing."""
    expires: float | None = None
    """When what they showed ends, in seconds since 1970; None = not by itself."""

    @property
    def account(self) -> bool:
        """Whether this is somebody with an account."""
        return self.user is not None

    def may(self, scope: Scope) -> bool:
        """Tell whether they may do what a scope is for."""
        return scope in self.scopes and scope in scopes_of(self.role)


def of_house(via: Via, role: Role) -> Identity:
    """Somebody who need not say who they are: they see all, and may act for anybody."""
    return Identity(via=via, role=role, acts=True, house=True, scopes=scopes_of(role))


OF_LINK = Identity(via=Via.LINK, house=True, scopes=frozenset({Scope.READ}))
"""Somebody with a signed link; the link says what they see."""

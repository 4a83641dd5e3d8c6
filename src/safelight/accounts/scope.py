"""What a key may be used for."""

from __future__ import annotations

from enum import StrEnum
from types import MappingProxyType

from safelight.accounts.role import Role

_READING = frozenset({"GET", "HEAD", "OPTIONS"})


class Scope(StrEnum):
    """A part of the interface."""

    READ = "tasks:read"
    """Looking at everything that no other scope is for."""
    WRITE = "tasks:write"
    """Making and changing tasks, batches, photos, presets; plans and previews too."""
    DATASETS = "datasets"
    """Training sets, and what captions them."""
    OPERATE = "operate"
    """What is everybody's: the queue, fetching models, changing workflows, metrics."""
    ADMIN = "admin"
    """Users, keys, audit log."""


USUAL = (Scope.READ, Scope.WRITE)
"""What a key may be used for if nothing is said."""

_LEAST = MappingProxyType({Scope.OPERATE: Role.OPERATOR, Scope.ADMIN: Role.ADMIN})


def scopes_of(role: Role) -> frozenset[Scope]:
    """What somebody of a role may do at all."""
    ranks = list(Role)
    return frozenset(one for one in Scope if ranks.index(role) >= ranks.index(_LEAST.get(one, Role.USER)))


def needed(method: str, path: str) -> Scope | None:
    """The scope that a request needs, by its method and its path below the version; None = none.

    ``/account`` is about the caller alone: what may be done there, it judges itself.
    """
    first, _, rest = path.strip("/").partition("/")
    reads = method in _READING
    if first in ("account", "session", "health"):
        return None
    if first in ("users", "keys", "audit"):
        return Scope.ADMIN
    if first in ("datasets", "captioning", "caption"):
        return Scope.DATASETS
    if first in ("metrics", "queue"):
        return Scope.OPERATE
    if not reads and first in ("models", "workflows") and rest != "check":
        return Scope.OPERATE
    return Scope.READ if reads else Scope.WRITE

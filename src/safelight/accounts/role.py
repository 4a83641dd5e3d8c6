"""What somebody may do in a house."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """Each may do what the one before it may."""

    USER = "user"
    """Sees and makes what is their own."""
    OPERATOR = "operator"
    """Changes what is everybody's, as the queue, models and workflows, and may act for any user."""
    ADMIN = "admin"
    """Makes users and keys, and reads the audit log."""

    @property
    def operates(self) -> bool:
        """Whether this role may change what is everybody's."""
        return self is not Role.USER

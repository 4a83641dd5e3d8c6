"""For whom a request is made."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Header, Query

from safelight.errors import BadRequestError
from safelight.tasks.task import LOCAL

_USER = re.compile(r"[^\x00-\x1f\x7f]{1,128}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Somebody who may call, and for whom."""

    owner: str
    """Whose the new things are."""
    sees: str | None
    """Whose things can be seen; None = everybody's."""


def caller_for(user: str | None) -> Caller:
    """The caller who acts for a user, or, without one, for the house itself and sees all.

    Raises:
        BadRequestError: that is no name of a user.
    """
    if user is None or user == "":
        return Caller(owner=LOCAL, sees=None)
    if not _USER.fullmatch(user):
        raise BadRequestError("user_id has 1 to 128 characters, and none for control")
    return Caller(owner=user, sees=user)


def _caller(
    user_id: Annotated[str | None, Query(description="Act for this user: see and make only what is theirs.")] = None,
    x_user_id: Annotated[str | None, Header(description="The same as `user_id`.")] = None,
) -> Caller:
    return caller_for(user_id or x_user_id)


Calling = Annotated[Caller, Depends(_caller)]
"""The caller of a route."""

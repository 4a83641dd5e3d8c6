"""For whom a request is made."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Annotated

from fastapi import Depends, Header, Query
from starlette.requests import HTTPConnection
from starlette.types import Scope

from safelight.accounts.identity import Identity, Via
from safelight.accounts.role import Role
from safelight.accounts.scope import Scope as Part
from safelight.api.security import IDENTITY
from safelight.errors import BadRequestError, ForbiddenError, NotSignedInError
from safelight.tasks.task import LOCAL

_USER = re.compile(r"[^\x00-\x1f\x7f]{1,128}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Somebody who may call, and for whom."""

    owner: str
    """Whose the new things are."""
    sees: str | None
    """Whose things can be seen; None = everybody's."""
    acts: bool = False
    """Whether they may still name a user for whom they act."""
    operates: bool = False
    """Whether they may change what is everybody's."""
    administers: bool = False
    """Whether they may see to users, keys and the audit log."""
    named: bool = False
    """Whether the request itself named the user."""

    def acting_for(self, user: str | None) -> Caller:
        """The caller once the content of the request has named a user too; whom the request itself named stays.

        Raises:
            ForbiddenError: they may not act for others.
            BadRequestError: that is no name of a user.
        """
        if not user or self.named:
            return self
        if self.acts:
            return _for_user(user)
        if user == self.owner:
            return self
        raise _not_them(user)


def caller_of(scope: Scope, user: str | None) -> Caller:
    """The caller of a request that names a user, or none.

    Who has no account and names nobody acts for the house itself, and sees all; so does a key that may act for others.

    Raises:
        NotSignedInError: nobody was let in.
        ForbiddenError: they may not act for others.
        BadRequestError: that is no name of a user.
    """
    identity: Identity | None = scope.get(IDENTITY)
    if identity is None:
        raise NotSignedInError("nobody is signed in here")
    if not user:
        return Caller(
            owner=identity.user or LOCAL, sees=None if identity.house else identity.user, acts=identity.acts,
            operates=identity.role.operates and identity.may(Part.OPERATE),
            administers=identity.role is Role.ADMIN and identity.may(Part.ADMIN),
        )  # fmt: skip
    if user == identity.user:
        return replace(caller_of(scope, None), sees=user, acts=False, named=True)
    # A signed link is for whoever has it; to name a user beside it only narrows what is seen.
    if not identity.acts and identity.via is not Via.LINK:
        raise _not_them(user)
    return _for_user(user)


def identity_of(scope: Scope) -> Identity:
    """Who calls.

    Raises:
        NotSignedInError: nobody was let in.
    """
    identity: Identity | None = scope.get(IDENTITY)
    if identity is None:
        raise NotSignedInError("nobody is signed in here")
    return identity


def _for_user(user: str) -> Caller:
    _check(user)
    return Caller(owner=user, sees=user, named=True)


def _check(user: str) -> None:
    if not _USER.fullmatch(user):
        raise BadRequestError("user_id has 1 to 128 characters, and none for control")


def _not_them(user: str) -> ForbiddenError:
    _check(user)
    return ForbiddenError("user_id is somebody else", hint="only operators and keys that may act for others name users")


def _caller(
    connection: HTTPConnection,
    user_id: Annotated[str | None, Query(description="Act for this user: see and make only what is theirs.")] = None,
    x_user_id: Annotated[str | None, Header(description="The same as `user_id`.")] = None,
) -> Caller:
    return caller_of(connection.scope, user_id or x_user_id)


Calling = Annotated[Caller, Depends(_caller)]
"""The caller of a route."""


def operating(caller: Caller, what: str) -> None:
    """Refuse those who may not change what is everybody's.

    Raises:
        ForbiddenError: they may not.
    """
    if not caller.operates:
        raise ForbiddenError(what)


def administering(caller: Caller) -> None:
    """Refuse those who are no admins.

    Raises:
        ForbiddenError: they are none.
    """
    if not caller.administers:
        raise ForbiddenError("this is for admins")

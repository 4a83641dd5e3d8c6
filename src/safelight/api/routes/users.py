"""Users, for admins."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Request, Response

from safelight.accounts.names import checked_name, known_name
from safelight.accounts.password import Passwords
from safelight.api.account_views import (
    NewInvite,
    NewInviteView,
    NewUser,
    UserChange,
    UserView,
    user_view,
)
from safelight.api.auditing import note
from safelight.api.bodies import example
from safelight.api.caller import Calling, administering
from safelight.api.parts import Having
from safelight.tasks.record import rfc3339

router = APIRouter(prefix="/users", tags=["users, keys, audit log"])

_PASSWORDS = Passwords()
PAGE = "welcome"
"""The page of the studio where a link is used; the code is behind `#`, which browsers send nowhere."""

UserName = Annotated[str, Path(min_length=1, max_length=128, description="Name of the user.")]


@router.get("", summary="All users")
def users(having: Having, caller: Calling) -> list[UserView]:
    """Give all users, by name."""
    administering(caller)
    return [user_view(one) for one in having.service.users.all()]


@router.post("", status_code=201, summary="Make a user", openapi_extra=example({"name": "anna", "role": "user"}))
def add(body: NewUser, request: Request, having: Having, caller: Calling) -> UserView:
    """Make a user. The first one has to be an admin, and from then on everybody signs in."""
    administering(caller)
    name = checked_name(body.name)
    password = _PASSWORDS.hashed(body.password) if body.password is not None else None
    found = having.service.users.add(name, body.role, password)
    having.door.accounts.begun()
    note(request, having, "user_added", f"{name} ({body.role})")
    return user_view(found)


@router.post("/invites", status_code=201, summary="Make a link for a user", openapi_extra=example({"role": "user"}))
def invite(body: NewInvite, request: Request, response: Response, having: Having, caller: Calling) -> NewInviteView:
    """Make a link that works once, within a week: somebody new makes an account, or `user` chooses a new password."""
    administering(caller)
    code, made = having.service.invites.make(body.role, user=known_name(body.user) if body.user else None)
    note(request, having, "invite_made", made.user or f"somebody new ({made.role})")
    response.headers["Cache-Control"] = "no-store"
    return NewInviteView(
        code=code, url=having.shaper.absolute(f"/{PAGE}#{code}", request), user=made.user, role=made.role,
        expires_at=rfc3339(made.expires_at) or "",
    )  # fmt: skip


@router.get("/{account}", summary="A user")
def show(account: UserName, having: Having, caller: Calling) -> UserView:
    """Give one user."""
    administering(caller)
    return user_view(having.service.users.get(known_name(account)))


@router.patch("/{account}", summary="Change a user", openapi_extra=example({"role": "operator"}))
def change(account: UserName, body: UserChange, request: Request, having: Having, caller: Calling) -> UserView:
    """Change the role, the password, or whether they may come in; what is theirs stays. An admin has to be left."""
    administering(caller)
    password = _PASSWORDS.hashed(body.password) if body.password is not None else None
    found = having.service.users.change(
        known_name(account), role=body.role, disabled=body.disabled, password=password
    )  # fmt: skip
    having.door.accounts.forget()
    changed = [
        *([f"role {body.role}"] if body.role else []), *(["a new password"] if password else []),
        *([] if body.disabled is None else ["disabled" if body.disabled else "enabled"]),
    ]  # fmt: skip
    note(request, having, "user_changed", f"{found.name}: {', '.join(changed) or 'nothing'}")
    return user_view(found)

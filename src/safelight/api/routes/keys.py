"""Keys of programs: one's own; admins see those of all."""

from __future__ import annotations

import time
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response

from safelight.accounts.identity import Identity, Via
from safelight.accounts.keys import new_key
from safelight.accounts.names import known_name
from safelight.accounts.scope import Scope, scopes_of
from safelight.api.account_views import KeyView, NewKey, NewKeyView, key_view
from safelight.api.auditing import note
from safelight.api.bodies import example
from safelight.api.caller import Caller, Calling, identity_of
from safelight.api.parts import Having
from safelight.errors import BadRequestError, ForbiddenError

router = APIRouter(prefix="/keys", tags=["users, keys, audit log"])

KeyId = Annotated[str, Path(max_length=64, description="What the key is called.")]
_MOST = 100


@router.get("", summary="All keys")
def keys(
    request: Request,
    having: Having,
    caller: Calling,
    all_: Annotated[bool, Query(alias="all", description="Those of all users, for admins.")] = False,
) -> list[KeyView]:
    """Give the keys, the newest first, without what only their owners know."""
    user, admin = _whose(request, caller)
    if all_ and not admin:
        raise ForbiddenError("only admins see the keys of others")
    return [key_view(one) for one in having.service.keys.all(None if all_ else user or "")]


@router.post("", status_code=201, summary="Make a key", openapi_extra=example({
    "name": "the app", "scopes": ["tasks:read", "tasks:write"],
}))  # fmt: skip
def add(body: NewKey, request: Request, response: Response, having: Having, caller: Calling) -> NewKeyView:
    """Make a key; it is told once. It may do no more than whose it is."""
    user, admin = _whose(request, caller)
    owner = known_name(body.user) if body.user else user
    if owner is None:
        raise BadRequestError("say whose key it is to be: `user`")
    if (owner != user or body.acts_for_others) and not admin:
        raise ForbiddenError("only admins make keys of others, and keys that may act for others")
    found = having.service.users.get(owner)
    if lacking := [one for one in body.scopes if one not in scopes_of(found.role)]:
        raise ForbiddenError(f"{found.name} may not do what {', '.join(lacking)} is for")
    if len(having.service.keys.all(owner)) >= _MOST:
        raise ForbiddenError(f"a user has {_MOST} keys at most", hint="revoke one that is not used")
    expires = None if body.expires_at is None else round(body.expires_at.timestamp() * 1000)
    if expires is not None and expires <= time.time() * 1000:
        raise BadRequestError("expires_at is over already")
    made = new_key()
    kept = having.service.keys.add(
        made.id, made.digest, user=owner, name=body.name, scopes=dict.fromkeys(body.scopes),
        acts=body.acts_for_others, expires_at=expires,
    )  # fmt: skip
    note(request, having, "key_made", f"{made.id} of {owner}: {', '.join(kept.scopes)}{', acts' if kept.acts else ''}")
    response.headers["Cache-Control"] = "no-store"
    return NewKeyView(key=made.text, about=key_view(kept))


@router.delete("/{key_id}", status_code=204, summary="Revoke a key")
def revoke(key_id: KeyId, request: Request, having: Having, caller: Calling) -> None:
    """Take a key away: it opens nothing any more, here at once and in other processes within five seconds."""
    user, admin = _whose(request, caller)
    found = having.service.keys.revoke(None if admin else user or "", key_id)
    having.door.accounts.forget(f"key:{key_id}")
    note(request, having, "key_revoked", f"{key_id} of {found.user}")


def _whose(request: Request, caller: Caller) -> tuple[str | None, bool]:
    """Whose keys a request is about, and whether it may be about anybody's.

    Raises:
        ForbiddenError: keys are not made with keys, but for those that are for it.
    """
    identity: Identity = identity_of(request.scope)
    if caller.named and not caller.administers:
        raise ForbiddenError("this is about one's own keys")
    if identity.via in (Via.KEY, Via.JWT) and not identity.may(Scope.ADMIN):
        raise ForbiddenError("keys are made by those who signed in, or with a key of the scope admin")
    return identity.user, caller.administers

"""One's own account: who one is, signing in and out, one's password, tokens for apps."""

from __future__ import annotations

import asyncio
import math
import time

from fastapi import APIRouter, Request, Response

from safelight.accounts.identity import Identity, Via
from safelight.accounts.names import checked_name, known_name
from safelight.accounts.password import Passwords
from safelight.accounts.scope import Scope
from safelight.api.account_views import (
    AccountView,
    InviteCode,
    InviteView,
    PasswordBody,
    SessionEntry,
    SignInBody,
    TokenView,
    session_entry,
)
from safelight.api.accounts import COOKIE_S
from safelight.api.auditing import note
from safelight.api.bodies import example
from safelight.api.caller import identity_of
from safelight.api.parts import Having, Parts
from safelight.api.security import IDENTITY
from safelight.errors import BadRequestError, ForbiddenError, NotSignedInError, TooManyTriesError
from safelight.tasks.accounts.users import User
from safelight.tasks.record import rfc3339

router = APIRouter(prefix="/account", tags=["account"])

_PAUSE_S = 0.5
"""What a wrong try costs."""
_PASSWORDS = Passwords()
_INVITED = {"code": "CODE", "name": "anna", "password": "a long sentence"}


@router.get("", summary="Who one is")
async def show(request: Request, response: Response, having: Having) -> AccountView:
    """Tell who the caller is, and whether they have to sign in. This can always be asked."""
    return await _view(having, request, response, request.scope.get(IDENTITY))


@router.post(
    "/sign-in", summary="Sign in with name and password", openapi_extra=example({"name": "anna", "password": "..."})
)
async def sign_in(body: SignInBody, request: Request, response: Response, having: Having) -> AccountView:
    """Give the browser a cookie, for 30 days after it last came.

    Pages cannot read it, and browsers keep it from pages of other sites. Whatever is wrong is the same 401; after many
    wrong passwords from one address everything is a 429 there for a minute.
    """
    name, address = known_name(body.name), _address(request)
    _check_tries(having, address)
    user = await asyncio.to_thread(_proven, having, name, body.password)
    if user is None:
        # Counted before the pause: those who try many at once would all be in it.
        having.door.guesses.wrong(address)
        await asyncio.to_thread(note, request, having, "sign_in_failed", who=name)
        await asyncio.sleep(_PAUSE_S)
        raise NotSignedInError("the name or the password is wrong")
    return await _begin(request, response, having, user.name)


@router.post("/sign-out", summary="Sign out")
async def sign_out(request: Request, response: Response, having: Having) -> AccountView:
    """End the session, and with it the tokens that were made with it, and take the cookie away."""
    identity = _signed_in(request)
    await asyncio.to_thread(having.service.sessions.end, identity.handle.partition(":")[2])
    having.door.accounts.forget(identity.handle)
    await asyncio.to_thread(note, request, having, "sign_out")
    response.delete_cookie(
        having.door.accounts.cookie, path="/", httponly=True, samesite="strict",
        secure=having.door.secure(request.scope, request.headers),
    )  # fmt: skip
    return await _view(having, request, response, None)


@router.post("/password", summary="Choose a new password")
async def change_password(body: PasswordBody, request: Request, response: Response, having: Having) -> AccountView:
    """Take a new password; all other sessions of the user end. Keys stay."""
    identity, address = _signed_in(request), _address(request)
    _check_tries(having, address)
    user = await asyncio.to_thread(_proven, having, identity.user or "", body.old)
    if user is None:
        having.door.guesses.wrong(address)
        await asyncio.sleep(_PAUSE_S)
        raise ForbiddenError("the password so far is another one")

    def change() -> None:
        having.service.users.change(user.name, password=_PASSWORDS.hashed(body.new))
        note(request, having, "password_changed", user.name)

    await asyncio.to_thread(change)
    having.door.accounts.forget()
    # All sessions ended, this one too: it begins anew.
    return await _begin(request, response, having, user.name)


@router.get("/sessions", summary="Where one is signed in")
async def sessions(request: Request, response: Response, having: Having) -> list[SessionEntry]:
    """Give the browsers in which the caller is signed in, the one that came last first."""
    response.headers["Cache-Control"] = "no-store"
    return await _sessions(having, _signed_in(request))


@router.post("/sessions/end-others", summary="Sign out everywhere else")
async def end_others(request: Request, response: Response, having: Having) -> list[SessionEntry]:
    """End all sessions of the caller but the one that asks; in other processes within five seconds. Keys stay."""
    identity = _signed_in(request)

    def end() -> None:
        having.service.sessions.end_others(identity.user or "", identity.handle.partition(":")[2])
        note(request, having, "sessions_ended")

    await asyncio.to_thread(end)
    having.door.accounts.forget()
    response.headers["Cache-Control"] = "no-store"
    return await _sessions(having, identity)


@router.post("/token", summary="Make a token for an app")
async def token(request: Request, response: Response, having: Having) -> TokenView:
    """Give a JSON Web Token for 15 minutes, that may do what the session or the key may that asks for it.

    It ends with that session or key, and cannot be used to make another one.
    """
    identity = identity_of(request.scope)
    if identity.via not in (Via.SESSION, Via.KEY) or identity.user is None:
        raise ForbiddenError("tokens are made with a session or a key")
    text, expires = having.door.accounts.tokens.make(identity.user, identity.handle, identity.expires)
    response.headers["Cache-Control"] = "no-store"
    return TokenView(access_token=text, token_type="Bearer", expires_in=max(0, math.floor(expires - time.time())))  # noqa: S106 - its kind


@router.post("/invite", summary="Use a link that an admin made", openapi_extra=example(_INVITED))
async def invite(body: InviteCode, request: Request, response: Response, having: Having) -> InviteView:
    """Make the account that a link is for, or choose a new password with it, and sign in; once.

    Without a password it only tells what the link is for. The link for the first admin is one of these.
    """
    address = _address(request)
    _check_tries(having, address)
    response.headers["Cache-Control"] = "no-store"
    try:
        found = await asyncio.to_thread(having.service.invites.find, body.code)
    except NotSignedInError:
        having.door.guesses.wrong(address)
        await asyncio.sleep(_PAUSE_S)
        raise
    account = None
    if body.password is not None:
        name = found.user
        if name is None:
            if body.name is None:
                raise BadRequestError("choose a name too")
            name = checked_name(body.name)
        password = body.password

        def use() -> str:
            made = having.service.invites.use(body.code, name, _PASSWORDS.hashed(password))
            note(request, having, "invite_used", made, who=made)
            return made

        made = await asyncio.to_thread(use)
        having.door.accounts.begun()
        having.door.accounts.forget()
        account = await _begin(request, response, having, made)
    return InviteView(user=found.user, role=found.role, expires_at=rfc3339(found.expires_at) or "", account=account)


async def _sessions(having: Parts, identity: Identity) -> list[SessionEntry]:
    found = await asyncio.to_thread(having.service.sessions.all, identity.user or "")
    return [session_entry(one, current=identity.handle == f"session:{one.digest}") for one in found]


def _proven(having: Parts, name: str, password: str) -> User | None:
    """Give the user whose password this is; takes as long if there is none."""
    users = having.service.users
    user = users.find(name)
    if not _PASSWORDS.fits(password, user.password if user else None) or user is None or user.disabled:
        return None
    if user.password is not None and _PASSWORDS.outdated(user.password):
        users.rehash(user.name, user.password, _PASSWORDS.hashed(password))
    return user


async def _begin(request: Request, response: Response, having: Parts, name: str) -> AccountView:
    """Sign somebody in who has proven who they are."""
    accounts = having.door.accounts

    def begin() -> str:
        value = accounts.begin(name)
        having.service.users.signed_in(name)
        note(request, having, "sign_in", who=name)
        return value

    value = await asyncio.to_thread(begin)
    response.set_cookie(
        accounts.cookie, value, max_age=COOKIE_S, path="/", httponly=True, samesite="strict",
        secure=having.door.secure(request.scope, request.headers),
    )  # fmt: skip
    cookies = f"{accounts.cookie}={value}"
    identity = await accounts.of_cookies(cookies)
    return await _view(having, request, response, identity, cookies)


async def _view(
    having: Parts, request: Request, response: Response, identity: Identity | None, cookies: str | None = None
) -> AccountView:
    response.headers["Cache-Control"] = "no-store"
    accounts = having.door.accounts
    session = identity is not None and identity.via is Via.SESSION
    return AccountView(
        accounts=await accounts.on(), signed_in=identity is not None, user=identity.user if identity else None,
        role=identity.role if identity else None, via=identity.via if identity else None,
        acts=identity.acts if identity else False,
        scopes=[one for one in Scope if identity is not None and identity.may(one)],
        csrf=accounts.csrf(request.headers.get("cookie", "") if cookies is None else cookies) if session else "",
    )  # fmt: skip


def _signed_in(request: Request) -> Identity:
    identity = identity_of(request.scope)
    if identity.via is not Via.SESSION:
        raise ForbiddenError("this is for those who signed in with name and password")
    return identity


def _check_tries(having: Parts, address: str) -> None:
    if wait := having.door.guesses.wait(address):
        raise TooManyTriesError(f"too many wrong tries came from this address; try again in {math.ceil(wait)} seconds")


def _address(request: Request) -> str:
    return request.client.host if request.client else ""

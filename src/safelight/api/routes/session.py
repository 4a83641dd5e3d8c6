"""Signing in with the token of the service, in a browser."""

from __future__ import annotations

import asyncio
import math

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from safelight.api.bodies import example
from safelight.api.parts import Having
from safelight.api.security import Door
from safelight.api.session import VALID_S
from safelight.api.views import View
from safelight.errors import NotSignedInError, TooManyTriesError

router = APIRouter(tags=["session"])

_PAUSE_S = 0.5
"""What a wrong try costs."""


class SessionView(View):
    """Whether this browser is let in."""

    needed: bool = Field(description="Whether this caller has to show the token of the service.")
    signed_in: bool = Field(description="Whether this caller's requests are answered.")


class SignIn(BaseModel):
    """What is shown to be let in."""

    model_config = ConfigDict(extra="forbid")

    token: str = Field(max_length=1000, description="The token of the service, SAFELIGHT_TOKEN.")


@router.get("/session", summary="Whether one is signed in")
async def show(request: Request, response: Response, having: Having) -> SessionView:
    """Tell whether this service wants its token from this caller, and whether it has it. This can always be asked."""
    return await _view(having.door, request, response)


@router.post("/session", summary="Sign in with a browser", openapi_extra=example({"token": "TOKEN"}))
async def sign_in(body: SignIn, request: Request, response: Response, having: Having) -> SessionView:
    """Give the browser a cookie in place of the token, for 30 days or until the token of the service is another one.

    Pages cannot read it, and browsers keep it from pages of other sites. Programs have no need of it: they send the
    token with each request. A wrong token is a 401, and so is none; after many wrong ones from
    one address everything is a 429 there for a minute.
    """
    door = having.door
    found = await _view(door, request, response)
    if not found.needed:
        return found
    address = request.client.host if request.client else ""
    if wait := door.guesses.wait(address):
        raise TooManyTriesError(f"too many wrong tokens came from this address; try again in {math.ceil(wait)} seconds")
    if not door.sessions.opens(body.token):
        # Counted before the pause: those who try many at once would all be in it.
        door.guesses.wrong(address)
        await asyncio.sleep(_PAUSE_S)
        raise NotSignedInError("this is not the token of this service", hint="it is what SAFELIGHT_TOKEN was set to")
    response.set_cookie(
        door.sessions.name, door.sessions.begin(), max_age=VALID_S, path="/", httponly=True, samesite="strict",
        secure=door.secure(request.scope, request.headers),
    )  # fmt: skip
    return SessionView(needed=True, signed_in=True)


@router.delete("/session", summary="Sign out with a browser")
async def sign_out(request: Request, response: Response, having: Having) -> SessionView:
    """Take the cookie away. Whoever is let in without one stays so."""
    door = having.door
    response.delete_cookie(
        door.sessions.name, path="/", httponly=True, samesite="strict",
        secure=door.secure(request.scope, request.headers),
    )  # fmt: skip
    bare = [one for one in request.scope["headers"] if one[0] != b"cookie"]
    return await _view(door, Request({**request.scope, "headers": bare}), response)


async def _view(door: Door, request: Request, response: Response) -> SessionView:
    response.headers["Cache-Control"] = "no-store"
    identity = await door.known(request.scope, request.headers)
    return SessionView(needed=door.asks(request.scope), signed_in=identity is not None)

"""The caption server: which one describes pictures, and whether it answers."""

from __future__ import annotations

import asyncio
from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from safelight.api.bodies import example
from safelight.api.caller import Caller, Calling
from safelight.api.dataset_views import CheckedView, EndpointView
from safelight.api.parts import Having, Parts
from safelight.datasets.endpoints import Endpoints, KeptEndpoint
from safelight.datasets.vision.checking import test_connection as check_connection
from safelight.datasets.vision.endpoint import Endpoint
from safelight.errors import BadRequestError, ForbiddenError
from safelight.workshop import Workshop

router = APIRouter(prefix="/captioning", tags=["datasets"])

_EXAMPLE = {"base_url": "http://127.0.0.1:11434/v1", "models": ["qwen2.5vl:7b"], "key": "KEY"}


class EndpointBody(BaseModel):
    """A caption server."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    base_url: str = Field(max_length=2_000, description="Its address, as `http://127.0.0.1:11434/v1`.")
    models: list[Annotated[str, Field(max_length=200)]] = Field(
        min_length=1, max_length=20, description="Its models, the preferred one first."
    )
    key: str | None = Field(
        default=None, max_length=4_000,
        description="Its key; empty = it needs none. Left out, the key that is kept stays, unless the address changes.",
    )  # fmt: skip
    timeout_s: float = Field(default=60, gt=0, le=600, description="Longest wait for one answer, in seconds.")
    concurrency: int = Field(default=2, ge=1, le=64, description="Most questions at a time.")
    max_calls: int = Field(default=0, ge=0, le=10**9, description="Most calls in one build; 0 = no limit.")

    def read(self) -> Endpoint:
        """Read where it is.

        Raises:
            BadRequestError: it is no address.
        """
        try:
            return Endpoint(
                base_url=self.base_url, models=tuple(self.models), timeout_s=self.timeout_s,
                concurrency=self.concurrency, max_calls=self.max_calls,
            )  # fmt: skip
        except ValidationError as error:
            raise BadRequestError(error.errors()[0]["msg"].removeprefix("Value error, ")) from None


@router.get("/endpoint", summary="The caption server")
def show(having: Having, caller: Calling) -> EndpointView:
    """Give which server describes pictures for the caller. Its key is never shown."""
    workshop = Workshop(studio=having.service.studio)
    return _view(workshop.endpoint(caller.owner), fixed=_fixed(having))


@router.put("/endpoint", summary="Set the caption server", openapi_extra=example(_EXAMPLE))
def save(body: EndpointBody, having: Having, caller: Calling) -> EndpointView:
    """Keep a caption server for the caller's datasets. With another address the key has to be given again."""
    _refuse_if_fixed(having)
    return _view(_endpoints(having, caller).save(body.read(), body.key), fixed=False)


@router.delete("/endpoint", status_code=204, summary="Forget the caption server")
def forget(having: Having, caller: Calling) -> None:
    """Forget the server and its key; captions are then written on this machine."""
    _refuse_if_fixed(having)
    _endpoints(having, caller).forget()


@router.post("/endpoint/test", summary="Try the caption server")
async def try_out(having: Having, caller: Calling, body: EndpointBody | None = None) -> CheckedView:
    """Ask a server for its models, the one that is sent or else the one that is kept; no picture is sent."""
    workshop = Workshop(studio=having.service.studio)
    kept = workshop.endpoint(caller.owner)
    if body is not None:
        _refuse_if_fixed(having)
        endpoint = body.read()
        same = kept is not None and kept.endpoint.base_url == endpoint.base_url
        key = body.key if body.key is not None else kept.key if kept is not None and same else ""
        kept = KeptEndpoint(endpoint=endpoint, key=key)
    if kept is None:
        return CheckedView(ok=False, models=[], words="there is no caption server yet")
    found = await asyncio.to_thread(check_connection, kept.endpoint, kept.key, workshop.judge(caller.owner))
    return CheckedView(ok=found.ok, models=list(found.models), words=found.words)


def _endpoints(having: Parts, caller: Caller) -> Endpoints:
    return Endpoints(having.service.shelf.of(caller.owner))


def _fixed(having: Parts) -> bool:
    return bool(having.service.settings.caption_url)


def _refuse_if_fixed(having: Parts) -> None:
    if _fixed(having):
        raise ForbiddenError("the operator has set the caption server for everybody")


def _view(kept: KeptEndpoint | None, *, fixed: bool) -> EndpointView:
    if kept is None:
        return EndpointView(
            base_url="", models=[], timeout_s=60, concurrency=2, max_calls=0, has_key=False, fixed=fixed
        )  # fmt: skip
    one = kept.endpoint
    return EndpointView(
        base_url=one.base_url, models=list(one.models), timeout_s=one.timeout_s, concurrency=one.concurrency,
        max_calls=one.max_calls, has_key=bool(kept.key), fixed=fixed,
    )  # fmt: skip

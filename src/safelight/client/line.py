"""A line to the service: asks, reads the answer, and asks again where that helps."""

from __future__ import annotations

import json
from collections.abc import Container, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import TypeVar

from pydantic import TypeAdapter, ValidationError

from safelight.client.calls import Call
from safelight.client.errors import SafelightApiError, UnreachableError
from safelight.client.patience import Patience, asked_pause
from safelight.client.wire import Answer, LostError, Wire

T = TypeVar("T")
TIMEOUT_S = 30.0
RETRIES = 5
_LONGEST_TOLD = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """Asks for one user."""

    wire: Wire
    """What the requests go over."""
    user: str | None
    """For whom; None = for the house itself."""
    timeout_s: float
    """Longest silence within a request, in seconds."""
    retries: int
    """How often a request is tried again."""

    def addressed(self, call: Call) -> Call:
        """Name the user in a request: in the query, as a head has no letters but Latin ones."""
        return replace(call, query={**call.query, "user_id": self.user}) if self.user else call

    async def ask(self, call: Call, kind: type[T], *, also: Container[int] = ()) -> T:
        """Ask until there is an answer, and read it; statuses in ``also`` are answers as good as any.

        Raises:
            SafelightApiError: the service refuses.
            UnreachableError: it does not answer.
            OSError: the photo cannot be read.
        """
        patience = Patience(self.retries)
        while True:
            try:
                return await self.once(call, kind, self.timeout_s, also=also)
            except (LostError, SafelightApiError) as error:
                pause = patience.pause_after(error)
                if pause is None:
                    raise told(error) from error.__cause__
            await self.wire.pause(pause)

    async def once(self, call: Call, kind: type[T], timeout_s: float, *, also: Container[int] = ()) -> T:
        """Ask once.

        Raises:
            LostError: no answer came.
            SafelightApiError: the service refuses.
        """
        answer = await self.wire.send(self.addressed(call), timeout_s)
        if not (200 <= answer.status < 300 or answer.status in also):
            raise refusal(answer)
        reader: TypeAdapter[T] = TypeAdapter(kind)
        try:
            return reader.validate_json(answer.content)
        except ValidationError as error:
            hint = "is this the address of a Safelight service?"
            raise SafelightApiError("bad_answer", f"{call.path}: the answer is not to be understood", answer.status,
                                    hint) from error  # fmt: skip


def told(error: LostError | SafelightApiError) -> SafelightApiError | UnreachableError:
    """Turn an error into one for those who call."""
    return UnreachableError(f"the service does not answer: {error}") if isinstance(error, LostError) else error


def refusal(answer: Answer) -> SafelightApiError:
    """Read an answer that is an error: of the service, or of what stands before it."""
    pause = asked_pause(answer.headers.get("retry-after"))
    with suppress(ValueError, KeyError, TypeError):
        found = json.loads(answer.content)["error"]
        details = found["details"] if isinstance(found.get("details"), Mapping) else {}
        hint = details.get("hint")
        return SafelightApiError(
            str(found["code"]), str(found["message"]), answer.status, str(hint) if hint else None, retry_after=pause
        )
    with suppress(ValueError):
        name = HTTPStatus(answer.status).phrase
        return SafelightApiError(f"http_{answer.status}", name, answer.status, _hint(answer), retry_after=pause)
    return SafelightApiError(f"http_{answer.status}", "no answer of Safelight", answer.status, retry_after=pause)


def _hint(answer: Answer) -> str | None:
    """Where the service is, if the answer leads elsewhere."""
    place = answer.headers.get("location", "")[:_LONGEST_TOLD]
    return f"the address leads to {place}" if place and 300 <= answer.status < 400 else None

"""Live events of the service, as they come."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from dataclasses import replace
from http import HTTPStatus

from safelight.client.calls import Call
from safelight.client.line import Line, refusal
from safelight.client.values import Event
from safelight.client.wire import LostError

_SILENCE_S = 20.0
"""The service says something every 15 seconds; after a longer silence the connection is taken for dead."""
_HELLO_S = 5.0
"""It says something at once; what comes no sooner than this is kept back by somebody."""
_LONGEST_LINE = 1 << 20


class Reader:
    """Takes server-sent events apart, wherever the pieces were cut."""

    def __init__(self) -> None:
        self._rest = b""
        self._fields: dict[str, str] = {}

    def read(self, piece: bytes) -> list[Event]:
        """Give the events that are whole now.

        Raises:
            LostError: it is no stream of events.
        """
        *lines, self._rest = (self._rest + piece).replace(b"\r\n", b"\n").split(b"\n")
        if len(self._rest) > _LONGEST_LINE:
            raise LostError("a line of the events has no end")
        found = [self._line(line.decode("utf-8", "replace")) for line in lines]
        return [one for one in found if one is not None]

    def _line(self, line: str) -> Event | None:
        if line:
            name, _, value = line.partition(":")
            self._fields[name] = value.removeprefix(" ")
            return None
        fields, self._fields = self._fields, {}
        return _event(fields) if "data" in fields else None


class Ear:
    """Listens to events, each of the log once, over as many connections as it takes."""

    def __init__(self, line: Line, call: Call) -> None:
        """Take where the events are."""
        self._line = line
        self._call = line.addressed(call)
        self._last = 0
        self._silence_s = _HELLO_S
        self.deaf = False
        """Whether no events come this way: something between the app and the service keeps them back."""

    async def listen(self, most_s: float = _SILENCE_S) -> AsyncGenerator[list[Event], None]:
        """Give what comes over one connection: a list for each sign of life, empty if there was no event in it.

        Ends when the service closes the connection; at once, if it is deaf. A silence is no longer than ``most_s``.

        Raises:
            LostError: the connection broke, or nothing came for so long.
            SafelightApiError: the service refuses.
        """
        if self.deaf:
            return
        headers = {"Accept": "text/event-stream", "Last-Event-ID": str(self._last)}
        reader, silent, silence_s = Reader(), False, min(self._silence_s, most_s)
        try:
            async with self._line.wire.open(replace(self._call, headers=headers), silence_s) as incoming:
                if incoming.head.status != HTTPStatus.OK:
                    raise refusal(await incoming.whole())
                silent = silence_s >= self._silence_s
                if not incoming.head.headers.get("content-type", "").startswith("text/event-stream"):
                    raise LostError("what comes are no events")
                async with aclosing(incoming.pieces()) as pieces:
                    async for piece in pieces:
                        silent, self._silence_s = False, _SILENCE_S
                        yield self._fresh(reader.read(piece))
        except LostError:
            self.deaf = silent
            raise

    def _fresh(self, events: list[Event]) -> list[Event]:
        found = [one for one in events if one.id is None or one.id > self._last]
        self._last = max([self._last, *(one.id for one in found if one.id is not None)])
        return found


def _event(fields: Mapping[str, str]) -> Event | None:
    """Read an event; None if it is none of a task."""
    try:
        data = json.loads(fields["data"])
        return Event.model_validate({**data, "id": fields.get("id") or None, "type": fields.get("event", "message")})
    except (ValueError, TypeError):
        return None

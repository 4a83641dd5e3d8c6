"""What routes work with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, cast

from fastapi import Depends
from starlette.requests import HTTPConnection

from safelight.api.accepting import Acceptor
from safelight.api.live import Hub
from safelight.api.measuring import Measuring
from safelight.api.security import Door
from safelight.api.shaping import Shaper
from safelight.service import Service
from safelight.tasks.performance import Performance


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """The parts of the service in this process."""

    service: Service
    """Tables, files, models."""
    acceptor: Acceptor
    """Makes tasks."""
    shaper: Shaper
    """Makes answers."""
    hub: Hub
    """Live events."""
    performance: Performance
    """Processing times."""
    measuring: Measuring
    """What the service tells about itself."""
    door: Door
    """Knows who may come in."""


def _parts(connection: HTTPConnection) -> Parts:
    return cast("Parts", connection.app.state.parts)


Having = Annotated[Parts, Depends(_parts)]
"""The parts, for a route."""

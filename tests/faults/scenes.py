"""Where faults happen: a service, and what tests look at it with."""

from __future__ import annotations

import os
from dataclasses import dataclass

import pytest
from clients import Client
from hook_receiver import HookReceiver

from safelight.tasks.database import Database
from service_process import ServiceProcess

LONG = os.environ.get("SAFELIGHT_FAULTS", "") == "long"
"""Whether the long form runs (``make faults``)."""

both = pytest.mark.parametrize("kind", ["sqlite", "postgresql"], scope="session")
"""A test that runs on both kinds of databases, also in the short form."""
either = pytest.mark.parametrize("kind", ["sqlite", "postgresql"] if LONG else ["sqlite"], scope="session")
"""A test that runs on both kinds of databases in the long form only."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """A service on a database of its own."""

    service: ServiceProcess
    """Its processes."""
    client: Client
    """Somebody who sends photos."""
    database: Database
    """Its tables, seen from outside."""
    hook: HookReceiver
    """Where it posts tasks that have ended."""

"""One service for all tests of a file that need no settings of their own; each test acts for a user of its own."""

from __future__ import annotations

from collections.abc import Iterator
from secrets import token_hex

import httpx2
import pytest
import structlog

from api.running import Running, running


@pytest.fixture(scope="module", autouse=True)
def _plain_logs() -> Iterator[None]:
    # Tracebacks in colour, as they are by default, take seconds.
    structlog.configure(processors=[structlog.processors.format_exc_info, structlog.processors.LogfmtRenderer()])
    yield
    structlog.reset_defaults()


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A service that runs, with a worker."""
    with running(tmp_path_factory.mktemp("house")) as found:
        yield found


@pytest.fixture
def user() -> str:
    """A user that no other test has."""
    return f"user-{token_hex(4)}"


@pytest.fixture
def client(house: Running, user: str) -> Iterator[httpx2.Client]:
    """Calls for the user of this test."""
    with house.client(user) as found:
        yield found

"""One service for all hostile cases: each has to leave it as it was."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator

import pytest

from hostile.site import Site, shown
from hostile.table import TABLE, Row, Told
from service_process import ServiceProcess

SETTINGS = {
    "workers": "1", "workers_min": "1", "max_upload_mb": "4", "max_input_pixels": "4000000",
    "max_output_pixels": "8000000", "max_batch": "80", "fetch_allow": "127.0.0.9", "lease_s": "20",
}  # fmt: skip
"""127.0.0.9 stands for the internet: strangers' servers are there, and elsewhere is what nobody may reach."""

_START_S = 180.0


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A service that runs, with real workers."""
    service = ServiceProcess(tmp_path_factory.mktemp("hostile"), factory="hostile.toolbox:toolbox", **SETTINGS)
    service.start()
    try:
        service.wait_healthy(seconds=_START_S)
        found = Site(service)
        # What is made once, as the folders of a worker, is there before anything is compared.
        assert found.ended(found.upload("first.png", _PIXEL)).end == "completed"
        found.remember()
        yield found
        found.http.close()
    finally:
        service.stop()


@pytest.fixture
def unharmed(site: Site) -> Iterator[Site]:
    """The service; after the case it has to be as it was."""
    yield site
    site.check()


@pytest.fixture
def told(request: pytest.FixtureRequest) -> Iterator[Told]:
    """Notes what was tried and what came back; a case that tells nothing fails."""
    noted: list[Row] = []
    path, _, name = request.node.nodeid.partition("::")
    family = re.sub(r".*test_|\.py", "", path).replace("_", " ")
    function, _, case = name.partition("[")
    label = case.removesuffix("]") or function.removeprefix("test_").replace("_", " ")

    def note(tried: object, came: object) -> None:
        noted.append(Row(family=family, case=shown(label), tried=shown(tried), came=shown(came, 90)))

    yield note
    assert noted, "this case does not say what came of it"
    TABLE.rows += noted


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the table, for ``make hostile``."""
    if os.environ.get("HOSTILE_TABLE"):
        for line in [*TABLE.lines(), "", f"{len(TABLE.rows)} cases"]:
            terminalreporter.write_line(line)


_PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154789c63606060000000040001"
    "f61738550000000049454e44ae426082"
)

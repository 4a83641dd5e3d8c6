"""Two services for all tests of the client: one with quick handlers, one that really paints; and photos of the web."""

from __future__ import annotations

import functools
import http.server
import threading
from collections.abc import Iterator
from pathlib import Path
from secrets import token_hex

import numpy as np
import pytest
import pyvips

from client.letters import Letters, taking_letters
from service_process import ServiceProcess


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name that the library gives it
        """Say nothing."""


@pytest.fixture(scope="session")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServiceProcess]:
    """A service whose photos do what their names say."""
    with ServiceProcess(tmp_path_factory.mktemp("quick")) as found:
        yield found


@pytest.fixture(scope="session")
def letters() -> Iterator[Letters]:
    """What the hook of the service that paints has posted."""
    with taking_letters() as found:
        yield found


@pytest.fixture(scope="session")
def painting(tmp_path_factory: pytest.TempPathFactory, letters: Letters) -> Iterator[ServiceProcess]:
    """A service as `make studio` starts it, that may fetch photos from this machine."""
    made = ServiceProcess(
        tmp_path_factory.mktemp("painting"), factory="safelight.toolbox:toolbox", fetch_allow="127.0.0.1",
        hook_url=letters.url, hook_secret=letters.secret,
    )  # fmt: skip
    with made:
        yield made


@pytest.fixture(scope="session")
def photos(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a web server with the photos 0.jpg to 3.jpg, and not.jpg, which is none."""
    folder = tmp_path_factory.mktemp("photos")
    for seed in range(4):
        coarse = np.random.default_rng(seed).integers(0, 255, (6, 8, 3), dtype=np.uint8)
        pyvips.Image.new_from_array(coarse).resize(8).jpegsave(str(folder / f"{seed}.jpg"), Q=95)
    (folder / "not.jpg").write_text("no picture")
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def user() -> str:
    """A user that no other test has."""
    return f"ада-{token_hex(4)}"


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    """A small photo that no other test has."""
    path = tmp_path / "photo.png"
    pixels = np.frombuffer(bytes.fromhex(token_hex(12 * 10 * 3)), np.uint8).reshape(10, 12, 3)
    pyvips.Image.new_from_array(pixels).pngsave(str(path))
    return path

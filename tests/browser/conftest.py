"""A real browser that looks at the real studio: Debian's Chromium, a service with its workers, real weights."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

import safelight
from service_process import ServiceProcess

PAGES = Path(safelight.__file__).with_name("pages")
NAMES = ("chromium", "chromium-browser", "google-chrome")
WAIT_MS = 30_000
expect.set_options(timeout=WAIT_MS)


def missing(what: str) -> None:
    """Say what is not there; where all has to be there, that is a failure."""
    if os.environ.get("SAFELIGHT_REQUIRE_SERVICES", "") not in ("", "0"):
        pytest.fail(what)
    pytest.skip(what)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """The browser; ended with the module, as no other event loop can run in its thread while it does."""
    found = next((path for path in map(shutil.which, NAMES) if path), None)
    if found is None:
        missing("no Chromium is installed: apt-get install chromium")
    if not (PAGES / "index.html").is_file():
        missing("the pages are not built: make pages")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory, weights_dir: Path) -> Iterator[ServiceProcess]:
    """A service with real workers and real weights."""
    data = tmp_path_factory.mktemp("studio")
    with ServiceProcess(data, factory="safelight.toolbox:toolbox", models_dir=str(weights_dir)) as running:
        yield running


Opens = Callable[..., Page]


@pytest.fixture
def open_page(chromium: Browser, service: ServiceProcess) -> Iterator[Opens]:
    """Opens a page of the studio as a new person would: nothing is kept from before.

    At the end there must have been no error on any of them, and no request to anybody else.
    """
    contexts: list[BrowserContext] = []
    faults: list[str] = []

    def opened(path: str = "/", *, url: str = service.url, **how: object) -> Page:
        settings = {"viewport": {"width": 1440, "height": 900}, "locale": "en-US", **how}
        context = chromium.new_context(**settings)
        context.set_default_timeout(WAIT_MS)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: faults.append(f"error on the page: {error}"))
        page.on("console", lambda message: told(message.type, message.text))
        page.on("request", lambda request: asked(request.url, url))
        page.goto(url + path)
        return page

    def told(kind: str, text: str) -> None:
        # Answers that are no success are told here as well; the tests look at what the page makes of them.
        if kind == "error" and "Failed to load resource" not in text and "ERR_" not in text:
            faults.append(f"told on the console: {text}")

    def asked(url: str, own: str) -> None:
        if not url.startswith((own, "blob:", "data:")):
            faults.append(f"asked somebody else: {url}")

    yield opened
    for context in contexts:
        context.close()
    assert faults == []

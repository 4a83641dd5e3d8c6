"""A service that is killed and started again while a browser looks at it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from shown import choose, expect_done, photo, pick

from service_process import ServiceProcess

pytestmark = pytest.mark.weights


def test_the_page_catches_up_by_itself(open_page: Callable[..., Page], service: ServiceProcess, tmp_path: Path) -> None:
    page = open_page()
    choose(page, "Cartoon")
    pick(page, [photo(tmp_path / f"r-{index}.png", index, 640, 480) for index in range(6)])
    expect_done(page, "r-0.png")

    service.kill_all()
    expect(page.get_by_text("The service does not answer.", exact=False)).to_be_visible()
    # What is picked while nobody answers is sent when somebody does.
    pick(page, [photo(tmp_path / "meanwhile.png", 9)])
    service.start()
    service.wait_healthy()
    for name in (*(f"r-{index}.png" for index in range(6)), "meanwhile.png"):
        expect_done(page, name)
    expect(page.get_by_text("The service does not answer.", exact=False)).to_be_hidden()
    expect(page.get_by_role("article")).to_have_count(7)

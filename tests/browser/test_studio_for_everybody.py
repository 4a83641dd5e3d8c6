"""The studio for those who see, read, hold and press differently: axe, languages, themes, a phone, a thin line."""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from playwright.sync_api import Page, Response, expect
from shown import choose, expect_done, photo, pick

from service_process import ServiceProcess

pytestmark = pytest.mark.weights
Opens = Callable[..., Page]

AXE = Path(__file__).resolve().parents[2] / "web" / "node_modules" / "axe-core" / "axe.min.js"
PHONE = {"width": 390, "height": 844}
MOST_SCRIPT = 250_000


@pytest.fixture(scope="module")
def made(service: ServiceProcess, tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, str]:
    """The pages that there are, once two photos are done."""
    import httpx2

    folder = tmp_path_factory.mktemp("made")
    with httpx2.Client(base_url=f"{service.url}/api/v1", timeout=60) as client:
        batch = client.post("/batches").json()["batch_task_id"]
        tasks = []
        for name in ("one.png", "two.png"):
            data = {"preset": "cartoon", "batch": batch}
            sent = client.post("/tasks", files={"file": (name, photo(folder / name).read_bytes())}, data=data)
            tasks.append(sent.json()["task_id"])
        # A signed-in eye waits in the browser; here the log of events tells when both have ended.
        for task in tasks:
            with client.stream("GET", f"/tasks/{task}/events") as events:
                next(line for line in events.iter_lines() if line == "event: completed")
    first, second = tasks
    return {
        "studio": "/", "viewer": f"/photos/{first}", "compare": f"/compare?a={first}&b={second}",
        "batches": "/batches", "batch": f"/batches/{batch}", "history": "/history",
        "table": "/history?view=table", "report": f"/reports/photos/{first}",
        "batch report": f"/reports/batches/{batch}", "models": "/models",
        "workflows": "/workflows", "monitor": "/monitor", "settings": "/settings", "nowhere": "/nowhere",
    }  # fmt: skip


PAGES = (
    "studio", "viewer", "compare", "batches", "batch", "history", "table", "report", "batch report", "models",
    "workflows", "monitor", "settings", "nowhere",
)  # fmt: skip


@pytest.mark.parametrize("theme", ["dark", "light"])
@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing_serious(open_page: Opens, made: Mapping[str, str], name: str, theme: str) -> None:
    page = open_page(made[name], color_scheme=theme, reduced_motion="reduce")
    settled(page)
    page.evaluate(AXE.read_text("utf-8"))
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    serious = [
        (one["id"], one["nodes"][0]["html"][:200], one["nodes"][0]["failureSummary"][:200])
        for one in found["violations"]
        if one["impact"] in ("serious", "critical")
    ]
    assert serious == []


@pytest.mark.parametrize("name", PAGES)
def test_nothing_is_wider_than_a_phone(open_page: Opens, made: Mapping[str, str], name: str) -> None:
    page = open_page(made[name], viewport=PHONE, has_touch=True)
    settled(page)
    wide = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    assert wide[0] <= wide[1]


def test_a_first_visit_loads_little_script(open_page: Opens, service: ServiceProcess) -> None:
    page = open_page("/nowhere")
    sizes: dict[str, int] = {}

    def count(response: Response) -> None:
        # One that was there before is asked about only, and has no body.
        if response.request.resource_type == "script" and response.status == 200:
            sizes[response.url] = len(gzip.compress(response.body(), 6))

    page.context.clear_cookies()
    page.on("response", count)
    page.context.new_cdp_session(page).send("Network.setCacheDisabled", {"cacheDisabled": True})
    page.goto(service.url + "/")
    settled(page)
    assert len(sizes) > 2
    assert sum(sizes.values()) < MOST_SCRIPT, sizes


def test_a_browser_that_speaks_chinese_is_answered_in_chinese(open_page: Opens, tmp_path: Path) -> None:
    page = open_page(locale="zh-CN")
    expect(page.get_by_role("heading", name="工作室")).to_be_visible()
    assert page.locator("html").get_attribute("lang") == "zh-CN"
    choose(page, "卡通")
    pick(page, [photo(tmp_path / "照片.png")])
    expect_done(page, "照片.png")


def test_language_and_look_are_changed_at_once_and_stay(open_page: Opens) -> None:
    page = open_page("/settings", color_scheme="dark")
    page.get_by_role("radio", name="简体中文").click()
    expect(page.get_by_role("heading", name="设置")).to_be_visible()
    page.get_by_role("radio", name="浅色").click()
    assert page.locator("html").get_attribute("data-theme") == "light"
    page.reload()
    expect(page.get_by_role("heading", name="设置")).to_be_visible()
    assert page.locator("html").get_attribute("data-theme") == "light"


def test_on_a_phone_the_column_is_pulled_up_and_the_photo_fills_the_page(open_page: Opens, tmp_path: Path) -> None:
    page = open_page(viewport=PHONE, has_touch=True)
    sheet = page.get_by_role("button", name="What should happen")
    sheet.tap()
    choose(page, "Cartoon")
    sheet.tap()
    pick(page, [photo(tmp_path / "pocket.png")])
    expect_done(page, "pocket.png")
    page.get_by_role("link", name="Open pocket.png").tap()
    expect(page.get_by_role("heading", name="pocket.png")).to_be_visible()
    expect(page.get_by_role("button", name=re.compile("Slider"))).to_be_visible()


def settled(page: Page) -> None:
    """Wait until the page has what it asks for; its stream of events never ends."""
    expect(page.locator("h1, [role=alert], p").first).to_be_visible()
    expect(page.locator("main .animate-pulse")).to_have_count(0)
    page.wait_for_timeout(300)

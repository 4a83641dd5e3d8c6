"""The studio as a photographer uses it, in a real browser."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import pypdf
import pytest
from playwright.sync_api import Page, expect
from shown import LONG_MS, choose, damaged, expect_done, kept, photo, pick, tile

from service_process import wait_until

pytestmark = pytest.mark.weights
Opens = Callable[..., Page]


def test_five_photos_one_of_them_broken_from_drop_to_report(open_page: Opens, tmp_path: Path) -> None:
    page = open_page()
    choose(page, "Cartoon")
    good = [photo(tmp_path / f"photo-{index}.png", index) for index in range(4)]
    pick(page, [*good, damaged(tmp_path / "broken.jpg")])

    # Each result is there as soon as it is ready, and the broken one stops nobody.
    for one in good:
        expect_done(page, one.name)
    broken = tile(page, "broken.jpg")
    expect(broken.get_by_role("alert")).to_contain_text("damaged", timeout=LONG_MS)
    expect(broken.get_by_role("button", name="Try again", exact=True)).to_be_visible()

    # All that is ready in one file.
    with page.expect_download() as loading:
        page.get_by_role("button", name="Download ready (4)").click()
    with zipfile.ZipFile(loading.value.path()) as found:
        assert len(found.namelist()) == 4

    # Compare: the viewer, and on to the next photo. Their order is that in which they were there.
    first, second = (str(page.get_by_role("article").nth(index).get_attribute("aria-label")) for index in (0, 1))
    page.get_by_role("link", name=f"Open {first}").click()
    expect(page.get_by_role("heading", name=first)).to_be_visible()
    expect(page.get_by_role("link", name=second)).to_be_visible()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("heading", name=second)).to_be_visible()

    # The report, as PDF.
    page.get_by_role("link", name="Report").click()
    with page.expect_download() as loading:
        page.get_by_role("link", name=re.compile("PDF")).or_(page.get_by_role("button", name=re.compile("PDF"))).click()
    text = "".join(one.extract_text() for one in pypdf.PdfReader(loading.value.path()).pages)
    assert Path(second).stem in text

    # History, and the same settings again.
    page.get_by_role("navigation").get_by_role("link", name="History").click()
    expect(page.get_by_text("photo-3.png").first).to_be_visible()
    page.get_by_text("photo-3.png").first.click()
    page.get_by_role("button", name="Use these settings").first.click()
    expect(page).to_have_url(re.compile(r"/$"))
    card = page.locator("fieldset").get_by_role("button", name="Cartoon", exact=True)
    expect(card).to_have_attribute("aria-pressed", "true")
    expect_done(page, "photo-3.png")


def test_a_page_that_is_loaded_again_in_the_middle_loses_nothing(open_page: Opens, tmp_path: Path) -> None:
    page = open_page()
    choose(page, "Cartoon")
    photos = [photo(tmp_path / f"kept-{index}.png", index, 640, 480) for index in range(8)]
    network = page.context.new_cdp_session(page)
    slow = {"offline": False, "latency": 20, "downloadThroughput": -1, "uploadThroughput": 300_000}
    network.send("Network.emulateNetworkConditions", slow)
    pick(page, photos)
    expect(page.get_by_role("article")).to_have_count(8)
    # Some are on their way, and some are not even that; the browser keeps them.
    wait_until(lambda: kept(page) >= 6, 30, "the browser does not keep what waits")
    expect(page.get_by_text("Waiting to upload").first).to_be_visible()
    network.send("Network.emulateNetworkConditions", {**slow, "uploadThroughput": -1})
    page.reload()
    for one in photos:
        expect_done(page, one.name)
    expect(page.get_by_role("article")).to_have_count(8)


def test_what_is_no_photo_is_left_out_with_a_word_and_the_same_photo_is_not_taken_twice(
    open_page: Opens, tmp_path: Path
) -> None:
    page = open_page()
    choose(page, "Cartoon")
    (tmp_path / "notes.txt").write_text("not a photo")
    one = photo(tmp_path / "one.png")
    pick(page, [one, tmp_path / "notes.txt"])
    expect(page.get_by_text("Left out, as it is no photo: notes.txt", exact=True)).to_be_visible()
    expect(page.get_by_role("article")).to_have_count(1)


def test_a_photo_that_waits_can_be_cancelled_and_tried_again(open_page: Opens, tmp_path: Path) -> None:
    page = open_page()
    choose(page, "General")
    pick(page, [photo(tmp_path / f"c-{index}.png", index, 320, 320) for index in range(3)])
    last = tile(page, "c-2.png")
    last.hover()
    last.get_by_role("button", name="Cancel c-2.png").click()
    expect(last.get_by_text("Cancelled")).to_be_visible()
    choose(page, "Cartoon")
    last.get_by_role("button", name="Try again", exact=True).click()
    expect(last.get_by_text("Cancelled")).to_be_hidden()
    for index in range(2):
        one = tile(page, f"c-{index}.png")
        one.hover()
        one.get_by_role("button", name=f"Cancel c-{index}.png").click()
        expect(one.get_by_text("Cancelled")).to_be_visible(timeout=LONG_MS)


def test_a_preview_of_a_part_follows_what_is_set(open_page: Opens, tmp_path: Path) -> None:
    page = open_page()
    choose(page, "Cartoon")
    pick(page, [photo(tmp_path / "seen.png", 3, 640, 480)])
    expect_done(page, "seen.png")
    page.get_by_role("button", name="Preview a part").click()
    after = page.get_by_role("region", name="Preview").get_by_role("img", name="After")
    expect(after).to_be_visible(timeout=LONG_MS)
    first = after.get_attribute("src")
    signature = page.get_by_text(re.compile("^Signature ")).inner_text()

    # The last picture stays until the new one is there, which has another signature.
    page.get_by_role("slider", name="Strength").press("ArrowLeft")
    expect(after).to_be_visible()
    expect(page.get_by_text(re.compile("^Signature "))).not_to_have_text(signature, timeout=LONG_MS)
    assert after.get_attribute("src") != first


def test_a_preview_that_fails_says_so_and_can_be_retried(open_page: Opens, tmp_path: Path) -> None:
    page = open_page()
    choose(page, "Cartoon")
    pick(page, [photo(tmp_path / "again.png", 4, 640, 480)])
    expect_done(page, "again.png")
    answer = {"error": {"code": "preview_failed", "message": "it broke", "details": {}}, "detail": "it broke"}
    page.route("**/api/v1/preview", lambda route: route.fulfill(status=422, json=answer))
    page.get_by_role("button", name="Preview a part").click()
    expect(page.get_by_role("alert")).to_contain_text("it broke")
    page.unroute("**/api/v1/preview")
    page.get_by_role("button", name="Retry preview").click()
    expect(page.get_by_role("img", name="After")).to_be_visible(timeout=LONG_MS)


def test_photos_wait_for_the_start_where_that_is_set(open_page: Opens, tmp_path: Path) -> None:
    page = open_page()
    page.evaluate("localStorage.setItem('safelight.preferences', JSON.stringify({startAtOnce: false}))")
    page.reload()
    choose(page, "Cartoon")
    pick(page, [photo(tmp_path / "later.png")])
    expect(tile(page, "later.png").get_by_text("Ready to start")).to_be_visible()
    page.get_by_role("button", name="Start all (1)").click()
    expect_done(page, "later.png")


def test_a_recipe_of_ones_own_is_saved_and_used(open_page: Opens, tmp_path: Path) -> None:
    page = open_page()
    choose(page, "Cartoon")
    page.get_by_role("button", name="More settings").click()
    page.get_by_role("combobox", name="Format").select_option("jpeg")
    page.get_by_role("button", name="Save as your own preset").click()
    page.get_by_role("textbox", name="Name").fill("Mine")
    page.get_by_role("dialog").get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved as Mine", exact=True)).to_be_visible()
    page.reload()
    card = page.locator("fieldset").get_by_role("button", name="Mine", exact=True)
    expect(card).to_have_attribute("aria-pressed", "true")
    pick(page, [photo(tmp_path / "own.png")])
    expect_done(page, "own.png")


def test_all_is_done_by_keyboard_alone(open_page: Opens, tmp_path: Path) -> None:
    page = open_page()
    # From the start: what is asked for only with the key that opens the dialog may come after it.
    page.on("filechooser", lambda _chooser: None)
    expect(page.get_by_role("heading", name="Studio")).to_be_visible()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the photos")).to_be_focused()
    focus(page, "button", "Cartoon")
    page.keyboard.press("Enter")
    focus(page, "button", "Choose photos")
    with page.expect_file_chooser() as choosing:
        page.keyboard.press("Enter")
    choosing.value.set_files(str(photo(tmp_path / "keys.png")))
    expect_done(page, "keys.png")
    focus(page, "link", "Open keys.png")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="keys.png")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page).to_have_url(re.compile(r"/$"))


def focus(page: Page, role: str, name: str) -> None:
    """Go on with the Tab key until a control has the focus."""
    wanted = page.get_by_role(role, name=name, exact=True).first
    for _ in range(120):
        if wanted.evaluate("one => one === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"the Tab key does not come to {name}")

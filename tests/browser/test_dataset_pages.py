"""Datasets as somebody makes one: from a pile of photos to a training set, in a real browser."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

import httpx2
import pytest
import pyvips
from playwright.sync_api import Locator, Page, expect

from service_process import ServiceProcess, wait_until

pytestmark = pytest.mark.weights
Opens = Callable[..., Page]

AXE = Path(__file__).resolve().parents[2] / "web" / "node_modules" / "axe-core" / "axe.min.js"
TEXT = """() => {
  const copy = document.body.cloneNode(true)
  copy.querySelectorAll('textarea, script, style, noscript').forEach(one => one.remove())
  return copy.textContent
}"""
PHONE = {"width": 390, "height": 844}
BUILD_MS = 240_000
SECTIONS = ("photos", "review", "large", "crop", "captions", "coverage", "settings", "result")


@pytest.fixture(scope="module", autouse=True)
def people(people_dir: Path) -> Path:
    """What finds people is there before the service starts."""
    return people_dir


@pytest.fixture(scope="module")
def photos(shared_photos: Path, tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Path]:
    """One person three times, a copy of one of them in fewer pixels, somebody else, and a file that is cut short."""
    folder, source = tmp_path_factory.mktemp("photos"), shared_photos / "people"
    found = {}
    for name, path in (("one", "obama.jpg"), ("two", "obama2.jpg"), ("other", "biden.jpg")):
        found[name] = folder / f"{name}.jpg"
        found[name].write_bytes((source / path).read_bytes())
    found["copy"] = folder / "copy.jpg"
    pyvips.Image.new_from_file(str(found["one"])).resize(0.6).jpegsave(str(found["copy"]), Q=70)
    found["three"] = folder / "three.jpg"
    found["three"].write_bytes(next(source.rglob("obama1.jpg"), source / "obama-1080p.jpg").read_bytes())
    found["broken"] = folder / "broken.jpg"
    found["broken"].write_bytes(found["one"].read_bytes()[:20_000])
    return found


@pytest.fixture(scope="module")
def built(service: ServiceProcess, photos: Mapping[str, Path]) -> Mapping[str, str]:
    """Where the pages of a finished dataset are."""
    with httpx2.Client(base_url=f"{service.url}/api/v1", timeout=60) as client:
        settings = {"caption": {"trigger": "sks"}, "crop": {"size": 256, "enlarge": "resample"}}
        made = client.post("/datasets", json={"name": "Finished", "settings": settings}).json()["dataset_id"]
        for name in ("one", "two", "copy"):
            client.post(f"/datasets/{made}/photos", files={"files": (f"{name}.jpg", photos[name].read_bytes())})
        task = client.post(f"/datasets/{made}/build", json={}).json()["task_id"]
        wait_until(lambda: client.get(f"/tasks/{task}").json()["status"] == "completed", 240, "it is not built")
        kept = client.get(f"/datasets/{made}/items", params={"show": "kept"}).json()["items"]
        dropped = client.get(f"/datasets/{made}/items", params={"show": "dropped"}).json()["items"]
    here = f"/datasets/{made}"
    pages = {name: f"{here}?section={name}" for name in SECTIONS if name not in ("photos", "large", "crop")}
    return {
        "list": "/datasets", "photos": here, **pages,
        "large": f"{here}?section=review&open={dropped[0]['item_id']}",
        "crop": f"{here}?section=review&crop={kept[0]['item_id']}",
    }  # fmt: skip


def test_a_pile_of_photos_becomes_a_training_set(open_page: Opens, photos: Mapping[str, Path]) -> None:
    page = open_page("/datasets")
    make(page, "Anna", trigger="sks", class_word="man")

    # What is no photo is left out, and what is damaged is refused with a word; all others go in.
    notes = photos["one"].with_name("notes.txt")
    notes.write_text("not a photo")
    page.locator("input[type=file]").first.set_input_files([str(one) for one in (*photos.values(), notes)])
    expect(page.get_by_text("Left out, as it is neither a photo nor a ZIP: notes.txt").first).to_be_visible()
    refused = page.get_by_role("listitem").filter(has_text="broken.jpg")
    expect(refused.get_by_role("alert")).not_to_be_empty()
    expect(page.get_by_text("5 new files").first).to_be_visible()
    refused.get_by_role("button", name="Take broken.jpg off the list").click()

    section(page, "Settings")
    page.get_by_role("spinbutton", name="Size").fill("100")
    expect(page.get_by_text("A number from 256 to 2048.")).to_be_visible()
    page.get_by_role("spinbutton", name="Size").fill("256")
    page.get_by_role("radio", name="Resample").click()
    page.get_by_role("button", name="Save settings").click()
    expect(page.get_by_text("The settings are saved.", exact=False).first).to_be_visible()

    section(page, "Photos and build")
    page.get_by_role("button", name="Build", exact=True).click()
    expect(page.locator("[data-step=look][data-status=running]")).to_be_visible(timeout=BUILD_MS)
    # Whoever loads the page again in the middle misses nothing.
    page.reload()
    expect_built(page)

    review(page)
    crop(page)
    captions(page)

    page.get_by_role("button", name="Build again").first.click()
    section(page, "Photos and build")
    expect_built(page)
    section(page, "Review")
    expect(cell(page, "other.jpg")).to_have_accessible_name(re.compile("Kept, By hand"))
    expect(cell(page, "two.jpg")).to_have_accessible_name(re.compile("Dropped, By hand"))

    section(page, "Result")
    expect(page.get_by_text("Nothing left this machine.")).to_be_visible()
    expect(page.get_by_text("A trainer reads it without trouble")).to_have_count(4)
    with page.expect_download() as loading:
        page.get_by_role("button", name="Download kohya").click()
    with zipfile.ZipFile(loading.value.path()) as found:
        texts = [found.read(name).decode() for name in found.namelist() if name.endswith(".txt")]
    assert any("sks" in text and "on a red chair" in text for text in texts)
    assert not any("busy background" in text for text in texts)

    # In the history it stands by its name, and leads here.
    page.get_by_role("navigation").get_by_role("link", name="History").click()
    page.get_by_role("gridcell", name=re.compile("^Anna Dataset")).first.click()
    expect(page.get_by_role("heading", name="Anna")).to_be_visible()


def review(page: Page) -> None:
    """Decide by keyboard: what is dropped goes in, what is kept goes out, and back; look at both in large."""
    section(page, "Review")
    expect(cell(page, "copy.jpg")).to_have_accessible_name(re.compile("Same picture, Dropped"))
    cell(page, "other.jpg").focus()
    page.keyboard.press("k")
    expect(page.get_by_text("other.jpg is kept.").first).to_be_visible()
    expect(cell(page, "other.jpg")).to_have_accessible_name(re.compile("Kept, By hand"))
    page.get_by_role("button", name="Undo").click()
    expect(cell(page, "other.jpg")).to_have_accessible_name(re.compile("Somebody else, Dropped"))
    # The focus leaves the message when that goes away.
    expect(page.get_by_role("button", name="Undo")).to_be_hidden()
    cell(page, "other.jpg").press("k")
    expect(cell(page, "other.jpg")).to_have_accessible_name(re.compile("Kept, By hand"))

    cells = page.locator("[data-item]")
    cells.first.focus()
    page.keyboard.press("ArrowRight")
    expect(cells.nth(1)).to_be_focused()
    page.keyboard.press("Shift+ArrowRight")
    expect(page.get_by_role("toolbar", name="2 chosen")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("toolbar", name="2 chosen")).to_be_hidden()

    cell(page, "copy.jpg").focus()
    page.keyboard.press("Enter")
    large = page.get_by_role("region", name="copy.jpg")
    expect(large.get_by_text(re.compile("The same picture as one.jpg"))).to_be_visible()
    expect(large.get_by_role("img", name="one.jpg")).to_be_visible()
    page.keyboard.press("Escape")
    expect(cell(page, "copy.jpg")).to_be_focused()
    cell(page, "two.jpg").press("d")
    expect(page.get_by_text("2 changes: build again")).to_be_visible()

    page.get_by_role("radio", name="Dropped").click()
    expect(page).to_have_url(re.compile("show=dropped"))
    page.get_by_role("button", name="Show all").click()
    expect(page).not_to_have_url(re.compile("show=dropped"))


def crop(page: Page) -> None:
    """Choose another part of a photo by keyboard and by hand."""
    cell(page, "one.jpg").focus()
    page.keyboard.press("Enter")
    page.get_by_role("region", name="one.jpg").get_by_role("button", name="Crop").click()
    box = page.get_by_label(re.compile("The part that is shown"))
    expect(box).to_be_visible()
    expect(page.locator("[data-face]").first).to_be_visible()
    page.keyboard.press("-")
    page.keyboard.press("-")
    page.keyboard.press("Shift+ArrowRight")
    left, top, width, height = box_of(box)
    page.keyboard.press("ArrowDown")
    assert box_of(box)[1] > top
    assert width == height

    corner = page.locator("[data-corner=se]").bounding_box()
    assert corner is not None
    page.mouse.move(corner["x"] + corner["width"] / 2, corner["y"] + corner["height"] / 2)
    page.mouse.down()
    page.mouse.move(corner["x"] - 60, corner["y"] - 60, steps=4)
    page.mouse.up()
    smaller = box_of(box)
    assert smaller[0] == left
    assert smaller[2] < width
    assert smaller[2] == smaller[3]
    page.keyboard.press("Enter")
    expect(page.get_by_text("Crop one.jpg")).to_be_hidden()
    # It goes on with the next one, which is left without a change.
    page.keyboard.press("Escape")
    expect(page.get_by_label(re.compile("The part that is shown"))).to_be_hidden()


def captions(page: Page) -> None:
    """Write a caption, take the linter's fix, and replace in all."""
    section(page, "Captions")
    field = page.get_by_role("textbox", name="Caption of one.jpg")
    field.fill("a man on a red chair, busy background")
    expect(page.get_by_text("The trigger word is not in it exactly once").or_(
        page.get_by_text("The trigger word was missing", exact=False)
    ).first).to_be_visible()  # fmt: skip
    page.get_by_role("button", name="Apply fix").click()
    expect(field).to_have_value(re.compile("sks.*on a red chair"))
    field.press("Enter")
    expect(page.get_by_role("article", name="one.jpg").get_by_text("By hand")).to_be_visible()

    page.get_by_role("button", name="Find and replace").click()
    page.get_by_role("textbox", name="Find", exact=True).fill("busy background")
    expect(page.get_by_role("list", name="What would change").get_by_role("listitem").first).to_contain_text(
        "busy background"
    )
    page.get_by_role("dialog").get_by_role("button", name=re.compile(r"^Replace in \d+ captions?$")).click()
    expect(field).not_to_have_value(re.compile("busy background"))


def test_a_build_can_be_cancelled_and_goes_on(open_page: Opens, photos: Mapping[str, Path]) -> None:
    page = open_page("/datasets")
    make(page, "Stopped")
    page.locator("input[type=file]").first.set_input_files([str(photos["one"]), str(photos["three"])])
    expect(page.get_by_text("2 new files").first).to_be_visible()
    page.get_by_role("button", name="Build", exact=True).click()
    page.get_by_role("button", name="Cancel the build").click()
    again = page.get_by_role("button", name=re.compile("^Build"))
    expect(again.first).to_be_visible(timeout=BUILD_MS)
    expect(page.locator("[data-step=package]")).not_to_have_attribute("data-status", "done")


@pytest.mark.parametrize("theme", ["dark", "light"])
@pytest.mark.parametrize("name", ["list", *SECTIONS])
def test_axe_finds_nothing_serious(open_page: Opens, built: Mapping[str, str], name: str, theme: str) -> None:
    page = open_page(built[name], color_scheme=theme, reduced_motion="reduce")
    settled(page)
    page.evaluate(AXE.read_text("utf-8"))
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    serious = [
        (one["id"], one["nodes"][0]["html"][:200], one["nodes"][0]["failureSummary"][:200])
        for one in found["violations"]
        if one["impact"] in ("serious", "critical")
    ]
    assert serious == []


@pytest.mark.parametrize("name", ["list", *SECTIONS])
def test_nothing_is_wider_than_a_phone_and_all_is_chinese(
    open_page: Opens, built: Mapping[str, str], name: str
) -> None:
    page = open_page(built[name], viewport=PHONE, has_touch=True, locale="zh-CN")
    settled(page)
    wide = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    assert wide[0] <= wide[1]
    # What the service says in English is said in Chinese; names of files and captions stay as they are.
    # Names of what a template may have stay as they are, too.
    text = re.sub("`[^`]*`", "", page.evaluate(TEXT))
    english = re.findall(r"\b(?:photos?|kept|pictures?|captions?|dropped|enlarged|the|was|not)\b", text)
    assert english == []


def make(page: Page, name: str, *, trigger: str = "", class_word: str = "") -> None:
    """Make a dataset in the dialog."""
    page.get_by_role("button", name="New dataset").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("textbox", name="Name").fill(name)
    if trigger:
        dialog.get_by_role("textbox", name="Trigger word").fill(trigger)
    if class_word:
        dialog.get_by_role("textbox", name="Class word").fill(class_word)
    dialog.get_by_role("button", name="Make it").click()
    expect(page.get_by_role("heading", name=name)).to_be_visible()


def section(page: Page, name: str) -> None:
    """Go to a part of the dataset."""
    page.get_by_role("navigation", name="Parts of the dataset").get_by_role("link", name=re.compile(f"^{name}")).click()


def cell(page: Page, name: str) -> Locator:
    """The cell of a photo in the grid."""
    return page.get_by_role("gridcell", name=re.compile(f"^{re.escape(name)}\\b"))


def box_of(box: Locator) -> list[int]:
    """Left, top, width and height of the box of the crop editor."""
    return [int(value) for value in str(box.get_attribute("data-box")).split()]


def expect_built(page: Page) -> None:
    """Wait until all steps are done."""
    expect(page.locator("[data-step][data-status=done]")).to_have_count(8, timeout=BUILD_MS)
    expect(page.get_by_role("button", name="Cancel the build")).to_be_hidden()


def settled(page: Page) -> None:
    """Wait until the page has what it asks for; its stream of events never ends."""
    expect(page.locator("h1, [role=alert], p").first).to_be_visible()
    expect(page.locator("main .animate-pulse")).to_have_count(0)
    page.wait_for_timeout(500)

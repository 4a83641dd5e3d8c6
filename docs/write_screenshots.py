"""Looks at every page of the web studio, in both themes and languages and at two widths.

The pictures go to ``out/screenshots``, which git ignores; those that the README shows go to ``docs/images/studio``. The
photos come with scikit-image and are public domain or CC0. Needs Chromium, and a Chinese font for the Chinese pages.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx2
import pyvips
from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright
from samples import find_samples

HERE = Path(__file__).resolve().parent
ALL, SHOWN = HERE.parent / "out" / "screenshots", HERE / "images" / "studio"

_SIZES: dict[str, ViewportSize] = {"wide": {"width": 1440, "height": 900}, "phone": {"width": 390, "height": 844}}
_SHOWN = ("studio", "preview", "viewer", "history")
"""Pages that the README shows: wide, dark, in English; the first one also light and in Chinese."""

_PARTS = ("review", "captions", "coverage", "settings", "result")
"""Parts of the page of a dataset."""

_START_S, _WORK_MS, _SETTLE_MS = 60, 300_000, 1500
_WIDTH, _QUALITY = 1200, 80
_BROWSERS = ("chromium", "chromium-browser", "google-chrome")


def main() -> None:
    """Write all pictures anew."""
    browser_path = next((path for path in map(shutil.which, _BROWSERS) if path), None)
    if browser_path is None:
        raise SystemExit("no Chromium is installed: apt-get install chromium")
    shutil.rmtree(ALL, ignore_errors=True)
    for folder in (ALL, SHOWN):
        folder.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory() as data, _service(Path(data)) as url, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path, args=["--no-sandbox"])
        batch, task, other = _worked(browser, url)
        dataset = _dataset(url)
        for size in _SIZES:
            for theme in ("dark", "light"):
                for language in ("en", "zh"):
                    _look(browser, url, (batch, task, other, dataset), size=size, theme=theme, language=language)
        browser.close()
    for name in _SHOWN:
        _keep(f"{name}-wide-dark-en", f"{name}.webp")
    _keep("studio-wide-light-zh", "studio-zh.webp")


@contextmanager
def _service(data: Path) -> Iterator[str]:
    """Run a service with a data folder and a port of its own; gives its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    url = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-c", "from safelight.cli.main import main; main()", "serve", "--port", str(port)]
    models = os.environ.get("SAFELIGHT_MODELS_DIR", str(HERE.parent / ".cache" / "models"))
    environment = {**os.environ, "SAFELIGHT_DATA_DIR": str(data), "SAFELIGHT_MODELS_DIR": models}
    with (data / "log").open("wb") as log:
        process = subprocess.Popen(command, env=environment, stdout=log, stderr=log)  # noqa: S603 - our own command
        try:
            _wait(url)
            yield url
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait()


def _wait(url: str) -> None:
    until = time.monotonic() + _START_S
    while True:
        try:
            with urllib.request.urlopen(f"{url}/health", timeout=2):  # noqa: S310 - our own service
                return
        except OSError as error:
            if time.monotonic() > until:
                raise SystemExit(f"the service does not start: {error}") from error
            time.sleep(0.3)


def _worked(browser: Browser, url: str) -> tuple[str, str, str]:
    """Let the studio work on the samples as a person does; gives the batch and two tasks of it."""
    page = browser.new_context(viewport=_SIZES["wide"], locale="en-US").new_page()
    page.set_default_timeout(_WORK_MS)
    page.goto(url)
    cards = page.locator("fieldset")
    cards.get_by_role("button", name="General", exact=True).click()
    page.get_by_role("radio", name="2×").click()
    page.get_by_role("radio", name="Fast").click()
    photos = [path for path in find_samples() if path.stem != "astronaut"]
    chooser = page.locator("input[type=file]").first
    chooser.set_input_files([str(path) for path in photos])
    page.get_by_text("Done ·").nth(len(photos) - 1).wait_for()
    for preset in ("Cartoon", "Low light"):
        cards.get_by_role("button", name=preset, exact=True).click()
        page.get_by_role("button", name=f"Do all again ({len(photos)})").click()
    page.get_by_text("Done ·").nth(3 * len(photos) - 1).wait_for()
    chooser.set_input_files({"name": "scan-0042.jpg", "mimeType": "image/jpeg", "buffer": _cut(photos[-1])})
    page.get_by_role("alert").wait_for()
    batch = str(page.evaluate("localStorage.getItem('safelight.table')"))
    links = [str(one.get_attribute("href")) for one in page.get_by_role("link", name="Open ").all()]
    page.context.close()
    return batch, links[0].rsplit("/", 1)[-1], links[1].rsplit("/", 1)[-1]


def _dataset(url: str) -> str:
    """Build a dataset of the samples; gives its id. Nobody is in most of them, so that no face is asked for."""
    settings = {
        "quality": {"need_face": False}, "crop": {"size": 512, "enlarge": "resample"},
        "caption": {"trigger": "sks", "class_word": "style"},
    }  # fmt: skip
    with httpx2.Client(base_url=f"{url}/api/v1", timeout=60) as client:
        made = str(client.post("/datasets", json={"name": "Samples", "settings": settings}).json()["dataset_id"])
        for path in find_samples():
            files = {"files": (path.name, path.read_bytes())}
            client.post(f"/datasets/{made}/photos", files=files).raise_for_status()
        task = client.post(f"/datasets/{made}/build", json={}).json()["task_id"]
        while client.get(f"/tasks/{task}").json()["status"] in ("pending", "processing"):
            time.sleep(1)
    return made


def _cut(photo: Path) -> bytes:
    """A file that ends too early."""
    data = photo.read_bytes()
    return data[: len(data) // 2]


def _look(browser: Browser, url: str, made: tuple[str, str, str, str], *, size: str, theme: str, language: str) -> None:
    batch, task, other, dataset = made
    context = browser.new_context(
        viewport=_SIZES[size], locale="zh-CN" if language == "zh" else "en-US", has_touch=size == "phone",
        color_scheme="dark" if theme == "dark" else "light", reduced_motion="reduce", device_scale_factor=2,
    )  # fmt: skip
    page = context.new_page()
    page.goto(url)

    def shoot(name: str) -> None:
        page.wait_for_timeout(_SETTLE_MS)
        page.screenshot(path=ALL / f"{name}-{size}-{theme}-{language}.png")

    shoot("welcome")
    page.evaluate(f"localStorage.setItem('safelight.table', '{batch}')")
    page.goto(url)
    shoot("studio")
    if size == "wide":
        _preview(page)
        shoot("preview")
    places = {
        "viewer": f"/photos/{task}", "compare": f"/compare?a={task}&b={other}", "batches": "/batches",
        "batch": f"/batches/{batch}", "history": "/history", "table": "/history?view=table",
        "report": f"/reports/photos/{task}", "batch-report": f"/reports/batches/{batch}", "models": "/models",
        "datasets": "/datasets", "dataset": f"/datasets/{dataset}",
        **{f"dataset-{part}": f"/datasets/{dataset}?section={part}" for part in _PARTS},
        "workflows": "/workflows", "monitor": "/monitor", "settings": "/settings", "nowhere": "/nowhere",
    }  # fmt: skip
    for name, path in places.items():
        page.goto(url + path)
        shoot(name)
    context.close()


def _preview(page: Page) -> None:
    # The large network takes minutes on a machine without a GPU that has other things to do.
    page.get_by_role("radio", name="Fast").or_(page.get_by_role("radio", name="快速")).click()
    page.locator("aside").get_by_role("button", name="Preview a part").or_(
        page.locator("aside").get_by_role("button", name="局部预览")
    ).click()
    page.get_by_role("combobox").first.select_option(index=0)
    page.locator("figcaption").get_by_text("×").wait_for(timeout=_WORK_MS)


def _keep(name: str, kept: str) -> None:
    image = pyvips.Image.new_from_file(str(ALL / f"{name}.png"))
    image[:3].resize(_WIDTH / image.width).webpsave(str(SHOWN / kept), Q=_QUALITY, effort=6, keep="none")


if __name__ == "__main__":
    main()

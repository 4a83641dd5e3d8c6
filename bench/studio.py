"""The web studio in a browser: how much script a first visit loads, when it can be used, and whether it scrolls."""

from __future__ import annotations

import gzip
import io
import json
import random
import shutil
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pyvips
from playwright.sync_api import Browser, Page, Response, ViewportSize, sync_playwright

from bench.figures import Cell, Check, Report, Timing, table
from bench.harness import Unavailable
from bench.serving import QUICK, Served, ask, upload, wait_for

NAME = "studio"
_LOADS, _PHOTOS, _ROWS = 7, 200, 100_000
_MOST_SCRIPT_KB, _READY_S, _LONGEST_S = 250.0, 1.5, 0.2
_SCROLL_S, _STEP = 20, 700
_PATIENCE_S = 60.0
_BROWSERS = ("chromium", "chromium-browser", "google-chrome")
_VIEW: ViewportSize = {"width": 1440, "height": 900}

_USABLE = """
(() => {
  const seen = () => [...document.querySelectorAll('button')].some(one => one.textContent === 'Choose photos')
  const look = () => {
    // The next task begins when the page has drawn and can hear what is pressed.
    if (seen()) setTimeout(() => { window.usable = performance.now() })
    else requestAnimationFrame(look)
  }
  addEventListener('DOMContentLoaded', look)
})()
"""

_SCROLL = """
async ([scrolling, seconds, step]) => {
  const long = []
  const watch = new PerformanceObserver(list => list.getEntries().forEach(one => long.push(one.duration)))
  watch.observe({ type: 'longtask' })
  const area = document.querySelector(scrolling)
  const began = performance.now()
  let frames = 0
  let down = 1
  while (performance.now() - began < seconds * 1000) {
    await new Promise(requestAnimationFrame)
    frames += 1
    const before = area.scrollTop
    area.scrollTop += step * down
    if (area.scrollTop === before) down = -down
  }
  await new Promise(done => setTimeout(done, 300))
  const shown = area.querySelectorAll('*').length
  return { frames, longest: Math.max(0, ...long), many: long.length, shown, height: area.scrollHeight }
}
"""


def run(say: Callable[[str], None]) -> Report:
    """Measure; some minutes, most of them for the photos that the history is made of."""
    path = next((found for found in map(shutil.which, _BROWSERS) if found), None)
    if path is None:
        raise Unavailable("there is no Chromium")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        data = Path(folder) / "data"
        say(f"{_PHOTOS} photos through the service")
        batch = _fill(data)
        say(f"a history of {_ROWS:,} tasks")
        _multiply(data, batch)
        with Served(data, factory=QUICK) as served:
            url = f"http://127.0.0.1:{served.port}"
            say("first visits")
            loads, script = _visits(browser, url)
            say("scrolling")
            scrolled = {
                f"studio, {_PHOTOS} photos": _scrolled(browser, url, "/", batch),
                f"history, gallery, {_ROWS:,} tasks": _scrolled(browser, url, "/history", None),
                f"history, table, {_ROWS:,} tasks": _scrolled(browser, url, "/history?view=table", None),
            }
        browser.close()
    return _report(loads, script, scrolled)


def _report(loads: Timing, script: float, scrolled: dict[str, dict[str, Any]]) -> Report:
    rows: list[Sequence[Cell]] = [
        (name, round(one["frames"] / _SCROLL_S, 1), round(one["longest"]), one["many"], one["shown"])
        for name, one in scrolled.items()
    ]
    return Report(
        name=NAME,
        title="Web studio",
        tables=(
            table(
                "A first visit, nothing kept from before",
                ("what", "figure"),
                [("script, gzipped, KB", round(script, 1)), ("usable, median s", round(loads.median, 3))],
            ),
            table(
                f"Scrolling for {_SCROLL_S} s, {_STEP} pixels a frame",
                ("page", "frames a second", "longest task ms", "tasks over 50 ms", "elements"),
                [tuple(row) for row in rows],
            ),
        ),
        checks=(
            Check(what="script of a first visit", value=script, bound=_MOST_SCRIPT_KB, at_least=False, unit="KB"),
            Check(what="usable after, median", value=loads.median, bound=_READY_S, at_least=False, unit="s"),
            *(
                Check(
                    what=f"longest task while scrolling: {name}", value=one["longest"] / 1000, bound=_LONGEST_S,
                    at_least=False, unit="s",
                )
                for name, one in scrolled.items()
            ),
        ),
        timings={"usable": loads},
        notes=(
            "Headless Chromium without a GPU. Usable: the button that chooses photos is there and the page is idle.",
        ),
    )  # fmt: skip


def _fill(data: Path) -> str:
    """Send photos to a service, as one batch; gives its id."""
    with Served(data, factory=QUICK) as served, closing(served.connect()) as connection:
        batch = str(ask(connection, "POST", "/api/v1/batches")["batch_task_id"])
        chance = np.random.default_rng(1)
        tasks = []
        for number in range(_PHOTOS):
            coarse = chance.integers(0, 255, (15, 20, 3), dtype=np.uint8)
            photo = pyvips.Image.new_from_array(coarse).resize(24, kernel="cubic").pngsave_buffer()
            tasks.append(upload(connection, bytes(photo), f"photo_{number:04}.png", {"preset": "cartoon"}))
        for task in tasks:
            wait_for(connection, task)
    with closing(sqlite3.connect(next(data.glob("*.db")))) as database, database:
        database.execute("UPDATE tasks SET batch = ?, batch_index = seq", (batch,))
        database.execute("UPDATE batches SET total = ? WHERE id = ?", (_PHOTOS, batch))
    return batch


def _multiply(data: Path, batch: str) -> None:
    """Put many tasks before those that are there, each like one of them: their pictures are all there."""
    chance, now = random.Random(5), round(time.time() * 1000)
    with closing(sqlite3.connect(next(data.glob("*.db")))) as database:
        database.row_factory = sqlite3.Row
        names = [row["name"] for row in database.execute("PRAGMA table_info(tasks)")]
        done = [dict(row) for row in database.execute("SELECT * FROM tasks WHERE batch = ?", (batch,))]
        database.execute("DELETE FROM tasks")

        def rows() -> Iterator[tuple[object, ...]]:
            for number in range(_ROWS):
                at = now - 200 * 86_400_000 * (_ROWS - number) // _ROWS
                name = f"{chance.choice(('IMG', 'DSC', 'garden', '毕业照'))}_{number:06}.png"
                like = chance.choice(done)
                changed = {
                    "seq": number + 1, "id": f"{chance.getrandbits(128):032x}", "input_name": name, "search": name,
                    "created_at": at, "updated_at": at, "started_at": at, "finished_at": at, "batch": None,
                    "batch_index": None,
                }  # fmt: skip
                row = {**like, **changed}
                yield tuple(row[key] for key in names)
            for number, like in enumerate(done):
                row = {**like, "seq": _ROWS + 1 + number}
                yield tuple(row[key] for key in names)

        places = ",".join("?" * len(names))
        database.executemany(f"INSERT INTO tasks ({','.join(names)}) VALUES ({places})", rows())
        database.execute("DELETE FROM events")
        database.commit()


@contextmanager
def _page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport=_VIEW, locale="en-US")
    try:
        yield context.new_page()
    finally:
        context.close()


def _visits(browser: Browser, url: str) -> tuple[Timing, float]:
    """Open the studio as somebody who was never there; gives the times until it can be used, and its script in KB."""
    taken, sizes = [], dict[str, int]()

    def count(response: Response) -> None:
        if response.request.resource_type == "script":
            body = io.BytesIO()
            with gzip.GzipFile(fileobj=body, mode="wb", compresslevel=6) as file:
                file.write(response.body())
            sizes[response.url] = body.tell()

    for number in range(_LOADS + 1):
        with _page(browser) as page:
            page.add_init_script(_USABLE)
            if number == 0:
                page.on("response", count)
            page.goto(url)
            _wait(page, "window.usable")
            # The first one is for the sizes: looking at the answers takes time.
            if number > 0:
                taken.append(float(page.evaluate("window.usable")) / 1000)
            page.wait_for_timeout(500)
    return Timing(seconds=tuple(taken)), sum(sizes.values()) / 1000


def _scrolled(browser: Browser, url: str, path: str, batch: str | None) -> dict[str, Any]:
    with _page(browser) as page:
        if batch:
            page.add_init_script(f"localStorage.setItem('safelight.table', {json.dumps(batch)})")
        page.goto(url + path)
        page.locator("img").nth(8).wait_for()
        page.wait_for_timeout(2000)
        scrolling = page.evaluate(_FIND)
        found: dict[str, Any] = page.evaluate(_SCROLL, [scrolling, _SCROLL_S, _STEP])
    return found


_FIND = """
() => {
  const areas = [...document.querySelectorAll('main, main *')].filter(one => one.scrollHeight > one.clientHeight + 100
    && ['auto', 'scroll'].includes(getComputedStyle(one).overflowY))
  areas.sort((one, other) => other.scrollHeight - one.scrollHeight)
  areas[0].id ||= 'scrolling'
  return '#' + areas[0].id
}
"""


def _wait(page: Page, expression: str) -> None:
    """Wait until something is so; the page's own policy forbids the way in which the library would wait in it."""
    until = time.monotonic() + _PATIENCE_S
    while not page.evaluate(expression):
        if time.monotonic() > until:
            raise Unavailable(f"the page never has {expression}")
        time.sleep(0.02)

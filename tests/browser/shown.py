"""What the tests do again and again on the studio's page."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyvips
from playwright.sync_api import Locator, Page, expect

LONG_MS = 120_000


def photo(path: Path, seed: int = 1, width: int = 96, height: int = 64) -> Path:
    """Write a photo with some structure; the format follows from the name."""
    coarse = np.random.default_rng(seed).integers(0, 255, (height // 8, width // 8, 3), dtype=np.uint8)
    pyvips.Image.new_from_array(coarse).resize(8, kernel="cubic").write_to_file(str(path))
    return path


def damaged(path: Path, width: int = 400, height: int = 300) -> Path:
    """Write a JPEG that ends in the middle: its header is right, so it is found out only when it is worked on."""
    whole = photo(path, 7, width, height).read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    return path


def choose(page: Page, preset: str) -> None:
    """Press the card of a preset."""
    card = page.locator("fieldset").get_by_role("button", name=preset, exact=True)
    card.click()
    expect(card).to_have_attribute("aria-pressed", "true")


def pick(page: Page, photos: Sequence[Path]) -> None:
    """Choose files in the dialog."""
    page.locator("input[type=file]").first.set_input_files([str(one) for one in photos])


def tile(page: Page, name: str) -> Locator:
    """The tile of a photo on the table."""
    return page.get_by_role("article", name=name, exact=True)


def expect_done(page: Page, name: str) -> None:
    """Wait until the tile of a photo says that it is done."""
    expect(tile(page, name).get_by_text(re.compile(r"^(Done|完成) ·"))).to_be_visible(timeout=LONG_MS)


def kept(page: Page) -> int:
    """How many photos the browser itself keeps until they are sent."""
    return int(
        page.evaluate(
            """() => new Promise((resolve, reject) => {
              const opening = indexedDB.open('safelight')
              opening.onerror = () => reject(opening.error)
              opening.onsuccess = () => {
                const counting = opening.result.transaction('files').objectStore('files').count()
                counting.onsuccess = () => { opening.result.close(); resolve(counting.result) }
              }
            })"""
        )
    )

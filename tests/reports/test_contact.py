"""Contact sheets: every variant beside the photo, with what made it, as a picture and as a page."""

from __future__ import annotations

import html
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
import pyvips

from safelight.errors import OutputError
from safelight.imaging.photo import Photo
from safelight.reports.contact import (
    ContactSheet,
    Variant,
    columns,
    together,
    write_contact_page,
    write_contact_picture,
)

RED, GREEN, BLUE = (200, 30, 20), (20, 160, 40), (30, 40, 190)


def picture(path: Path, colour: tuple[int, int, int]) -> Path:
    Photo.from_pixels(np.full((80, 120, 3), colour, np.uint8)).save(path)
    return path


def sheet(folder: Path, **changes: object) -> ContactSheet:
    variants = (
        Variant(title="the photo", picture=picture(folder / "a.png", RED), facts=("120 x 80",)),
        Variant(title="ink", picture=picture(folder / "b.png", GREEN), facts=("2 s", "a note")),
        Variant(title="soft", picture=picture(folder / "c.png", BLUE), facts=("3 s", "a note")),
        Variant(title="hayao", picture=None, facts=("weights are missing", "a note")),
    )
    given = {"title": "cat.jpg", "summary": "cartoonize by style", "variants": variants}
    return ContactSheet(**{**given, **changes})


def near(image: np.ndarray, colour: tuple[int, int, int]) -> np.ndarray:
    return (np.abs(image[..., :3].astype(int) - colour).max(axis=2) < 12).nonzero()


def test_all_pictures_lie_in_order_on_the_sheet(tmp_path: Path) -> None:
    path = tmp_path / "sheet.png"
    assert write_contact_picture(sheet(tmp_path), path) == ()
    image = pyvips.Image.new_from_file(path).numpy()
    middles = [tuple(axis.mean() for axis in near(image, colour)) for colour in (RED, GREEN, BLUE)]
    # Four cells lie two by two.
    assert middles[0][0] == pytest.approx(middles[1][0], abs=3)
    assert middles[0][1] < middles[1][1]
    assert middles[2][0] > middles[0][0] + 100
    assert middles[2][1] == pytest.approx(middles[0][1], abs=3)


def test_the_text_is_there_and_is_never_markup(tmp_path: Path) -> None:
    nasty = '#read("/etc/passwd") _x_ $y$ <b>&amp; \\ `z` @here'
    path = tmp_path / "sheet.png"
    plain, odd = sheet(tmp_path), sheet(tmp_path, title=nasty)
    write_contact_picture(plain, path)
    before = pyvips.Image.new_from_file(path).numpy()
    write_contact_picture(odd, path)
    after = pyvips.Image.new_from_file(path).numpy()
    assert before.shape[1] == after.shape[1]
    assert (before[:60] != after[:60]).any()


@pytest.mark.parametrize("suffix", [".jpg", ".webp"])
def test_the_suffix_says_the_format(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"sheet{suffix}"
    write_contact_picture(sheet(tmp_path), path)
    assert pyvips.Image.new_from_file(path).bands == 3


def test_a_suffix_that_names_no_format_is_refused(tmp_path: Path) -> None:
    with pytest.raises(OutputError):
        write_contact_picture(sheet(tmp_path), tmp_path / "sheet.doc")


class Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.images: list[str] = []
        self.links: list[str] = []
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "img":
            self.images.append(given["src"] or "")
        self.links += [value for name, value in attrs if name in ("href", "src") and value and tag != "img"]

    def handle_data(self, data: str) -> None:
        self.text.append(data.strip())


def test_the_page_holds_all_it_needs(tmp_path: Path) -> None:
    path = tmp_path / "sheet.html"
    write_contact_page(sheet(tmp_path, title="<script>alert(1)</script>.jpg"), path)
    text = path.read_text(encoding="utf-8")
    page = Page()
    page.feed(text)
    assert len(page.images) == 3
    assert all(one.startswith("data:image/jpeg;base64,") for one in page.images)
    assert page.links == []
    assert "<script" not in text
    assert html.escape("<script>alert(1)</script>.jpg") in text
    for part in ("ink", "soft", "hayao", "weights are missing", "cartoonize by style", "no picture"):
        assert part in page.text
    assert "default-src 'none'" in html.unescape(text)


def test_what_is_said_of_all_results_is_said_once(tmp_path: Path) -> None:
    found = together(sheet(tmp_path))
    assert found.summary == "cartoonize by style; a note"
    assert [one.facts for one in found.variants] == [("120 x 80",), ("2 s",), ("3 s",), ("weights are missing",)]


def test_sheets_grow_in_both_directions() -> None:
    assert [columns(count) for count in (1, 2, 3, 4, 5, 6, 7, 9, 10, 30)] == [1, 2, 3, 2, 5, 3, 4, 3, 5, 5]


def test_a_thin_photo_makes_no_endless_sheet(tmp_path: Path) -> None:
    thin = tmp_path / "thin.png"
    Photo.from_pixels(np.full((4000, 40, 3), RED, np.uint8)).save(thin)
    given = sheet(tmp_path, variants=tuple(Variant(title=str(at), picture=thin) for at in range(3)))
    path = tmp_path / "sheet.jpg"
    write_contact_picture(given, path)
    image = pyvips.Image.new_from_file(path)
    assert image.height < 1300
    assert len(near(image.numpy(), RED)[0]) > 1000, "it is still to be seen"


def test_a_sheet_that_its_format_cannot_hold_is_made_smaller(tmp_path: Path) -> None:
    long = Variant(title="x", picture=None, facts=("a b " * 20_000,))
    path = tmp_path / "sheet.webp"
    write_contact_picture(sheet(tmp_path, variants=(long,)), path)
    assert pyvips.Image.new_from_file(path).height == 16_383


def test_a_name_that_is_no_utf_8_is_shown_with_its_odd_bytes_escaped(tmp_path: Path) -> None:
    odd = "bad\udcff.jpg"
    given = sheet(tmp_path, title=odd, variants=(Variant(title=odd, picture=None, facts=(odd,)),))
    write_contact_picture(given, tmp_path / "sheet.png")
    write_contact_page(given, tmp_path / "sheet.html")
    assert (tmp_path / "sheet.html").read_text(encoding="utf-8").count("bad\\udcff.jpg") >= 3

"""The page shows everything, needs nothing from elsewhere, and nothing that users wrote acts in it."""

from __future__ import annotations

import base64
import html
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from report_data import NOW, batch, pictures, task

from safelight.errors import OutputError
from safelight.reports.html import html_page, report_policy, write_html
from safelight.reports.policy import style_sheet
from safelight.reports.report import Pictures, Report, batch_report, task_report
from safelight.tasks.status import Status

HOSTILE = [
    "<script>alert(1)</script>.jpg",
    "{{7*7}}{% raw %}.jpg",
    "\"onerror='x'&amp;.jpg",
    "a\nb\x00\x1b\u202e.jpg",
    "x" * 300,
]


class Page(HTMLParser):
    """What is on a page: its elements with their attributes, and its text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data

    def named(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]


def page(report: Report) -> Page:
    return Page("".join(html_page(report)))


@pytest.mark.parametrize("name", HOSTILE)
def test_names_and_errors_are_text_and_nothing_else(name: str) -> None:
    found = page(task_report(task(name=name, status=Status.FAILED, error=name), made_at=NOW))
    plain = page(task_report(task(name="a.jpg", status=Status.FAILED, error="a"), made_at=NOW))
    assert [tag for tag, _ in found.elements] == [tag for tag, _ in plain.elements]
    assert not re.search(r"[\x00-\x08\x0b-\x1f\u202e]", found.text)
    if "\n" not in name:
        assert found.text.count(name) >= 3


def test_the_page_asks_for_nothing_and_runs_nothing(tmp_path: Path) -> None:
    text = "".join(html_page(task_report(task(), pictures(tmp_path), made_at=NOW)))
    found = Page(text)
    assert not found.named("script")
    assert not found.named("link")
    assert all(str(one["src"]).startswith("data:image/jpeg;base64,") for one in found.named("img"))
    assert not [attributes for _, attributes in found.elements if "style" in attributes or "onload" in attributes]
    assert "@import" not in style_sheet("report.css")
    assert "url(" not in style_sheet("report.css")


def test_the_policy_lets_the_style_in_and_nothing_else() -> None:
    text = "".join(html_page(task_report(task(), made_at=NOW)))
    [told] = [one["content"] for one in Page(text).named("meta") if one.get("http-equiv") == "Content-Security-Policy"]
    assert told == report_policy()
    assert told.startswith("default-src 'none'; img-src data:; style-src 'sha256-")
    [css] = re.findall(r"<style>(.*?)</style>", text, re.DOTALL)
    assert html.unescape(css) == style_sheet("report.css")


def test_both_pictures_are_on_the_page(tmp_path: Path) -> None:
    found = page(task_report(task(), pictures(tmp_path), made_at=NOW))
    before, after = found.named("img")
    assert (before["alt"], after["alt"]) == ("Before: cat.jpg", "After: cat_general_x4.png")
    for one in (before, after):
        data = base64.b64decode(str(one["src"]).split(",")[1])
        assert data[:3] == b"\xff\xd8\xff"


def test_a_picture_that_cannot_be_read_has_a_word_in_its_place(tmp_path: Path) -> None:
    (tmp_path / "bad.png").write_bytes(b"not a picture")
    found = page(task_report(task(), Pictures(before=tmp_path / "bad.png"), made_at=NOW))
    assert "Cannot be shown" in found.text
    assert "No picture here" in found.text


def test_parameters_models_times_and_warnings_are_on_the_page() -> None:
    text = page(task_report(task(), made_at=NOW)).text
    told = ["3.5", "0.27", "Quality level", "high", "realesrgan-x4plus", "cuda:0", "float16", "12.4 s", "1,804 × 1,200",
            "6.1 MB", "the colours were converted to sRGB", "3f9a" * 16, f"{1:032x}"]  # fmt: skip
    assert [one for one in told if one not in text] == []


def test_a_batch_tells_all_photos_and_why_one_failed(tmp_path: Path) -> None:
    tasks = [task(1, "one.jpg"), task(2, "two.jpg", Status.FAILED, error="two.jpg: the file is cut short")]
    found = page(batch_report(batch(2), tasks, {tasks[0].id: pictures(tmp_path)}, made_at=NOW))
    assert "2 in = 1 completed + 1 failed + 0 cancelled" in found.text
    assert "two.jpg: the file is cut short" in found.text
    assert len(found.named("article")) == 2
    assert len(found.named("img")) == 2
    ids = {one["id"] for one in found.named("article")}
    assert {str(one["href"])[1:] for one in found.named("a")} == ids


def test_the_language_is_told() -> None:
    assert page(task_report(task(), made_at=NOW)).named("html") == [{"lang": "en"}]


def test_a_page_is_written_whole(tmp_path: Path) -> None:
    write_html(task_report(task(name="照片.jpg"), made_at=NOW), tmp_path / "a.html")
    text = (tmp_path / "a.html").read_text(encoding="utf-8")
    assert text.startswith("<!doctype html>")
    assert "照片.jpg" in text
    assert text.rstrip().endswith("</html>")
    assert [path.name for path in tmp_path.iterdir()] == ["a.html"]


def test_a_page_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match=r"a\.html"):
        write_html(task_report(task(), made_at=NOW), tmp_path / "gone" / "a.html")

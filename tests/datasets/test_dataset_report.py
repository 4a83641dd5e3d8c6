"""The report on a dataset: all that happened to every photo, and nothing in a name or a caption acts."""

from __future__ import annotations

import json
import re
import shutil
from html.parser import HTMLParser
from pathlib import Path

import pypdf
import pytest
from finished import Finished, with_settings

from safelight.datasets.dataset import Reason, Skipped
from safelight.datasets.package import package
from safelight.datasets.tools import BuildWatch
from safelight.errors import DatasetError
from safelight.reports.font import CjkFont

EVIL = "<script>alert(1)</script> _#*$x \"'& {{ 1 + 1 }} \u202egpj.exe"


class Reader(HTMLParser):
    """What a browser would make of the page: its text, tags and addresses."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.text, self.tags, self.addresses = "", [], []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.addresses += [value or "" for name, value in attrs if name in ("src", "href", "action", "style")]

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.fixture
def made(tmp_path: Path) -> Finished:
    finished = with_settings(tmp_path / "set", trigger="sks_#1")
    keeper = finished.add("a/IMG_1.jpg", f"a sks_#1 person, {EVIL}", scale=1.5).item
    finished.add(f"{EVIL}.jpg".replace("/", ":"))
    finished.drop("b/IMG_1 copy.jpg", Reason.NEAR_COPY, "The hashes differ in 2 of 64 bits.", keeper.id)
    finished.drop(f"c/{EVIL}.jpg".replace("</", "<:"), Reason.BLURRED, f"Sharpness 0.08. {EVIL}")
    finished.drop("d.jpg", Reason.BLURRED, "Sharpness 0.03.")
    finished.skipped = (Skipped(name=f"notes {EVIL}.txt", reason="This is no photo."),)
    return finished


def read(made: Finished) -> tuple[Reader, str]:
    page = Reader((made.path / "report.html").read_text("utf-8"))
    pdf = pypdf.PdfReader(made.path / "report.pdf")
    return page, "\n".join(one.extract_text() for one in pdf.pages)


def squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)


def test_every_photo_is_accounted_for_on_the_page_and_in_the_pdf(made: Finished) -> None:
    done = made.package(report=True)
    assert (done.report, done.pdf) == ("report.html", "report.pdf")
    page, pdf = read(made)
    for text in (page.text, pdf):
        for told in ("5 photos in = 2 in the set + 3 left out", "The hashes differ in 2 of 64 bits.",
                     "b/IMG_1 copy.jpg", "kept in its place", "Sharpness 0.03.", "It was enlarged 1.5 times.",
                     "This is no photo.", "Nothing left this machine.", "2 pictures: too few", "kohya/"):  # fmt: skip
            assert squeezed(told) in squeezed(text), told
    assert page.tags.count("img") == 2 + 3 + 1


def test_what_users_wrote_is_data_and_never_markup(made: Finished) -> None:
    made.package(report=True)
    page, pdf = read(made)
    assert "script" not in page.tags
    assert {one[:11] for one in page.addresses} == {"data:image/"}
    assert "{{ 1 + 1 }}" in page.text
    assert page.text.count("<script>alert(1)") == 5
    assert "\\u202egpj.exe" in page.text
    assert "\u202e" not in page.text
    assert squeezed('<script>alert(1)</script>_#*$x"') in squeezed(pdf)
    assert squeezed("sks_#1") in squeezed(pdf)


def test_the_page_shows_its_styles_and_nothing_else_under_its_policy(made: Finished) -> None:
    made.package(report=True)
    text = (made.path / "report.html").read_text("utf-8")
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', text)
    assert policy is not None
    assert policy[1].count("sha256-") == text.count("<style>") == 2
    assert "default-src &#39;none&#39;" in policy[1] or "default-src 'none'" in policy[1]


def test_what_went_to_other_machines_is_summed_up(made: Finished) -> None:
    items = [one.item.id for one in made.ready]
    lines = [
        {"call": "1", "host": "captions.example", "bytes": 1500, "item": items[0], "status": "sending"},
        {"call": "1", "host": "captions.example", "bytes": 1500, "item": items[0], "status": "429"},
        {"call": "2", "host": "captions.example", "bytes": 1500, "item": items[0], "status": "200"},
        {"call": "3", "host": "captions.example", "bytes": 2000, "item": items[1], "status": "sending"},
        {"host": "<b>other", "bytes": 10, "item": items[1]},
        {"bytes": 10},
    ]
    made.path.mkdir(exist_ok=True)
    made.folder.ledger.write_text("".join(json.dumps(one) + "\n" for one in lines) + '{"host": "capt')
    made.package(report=True)
    page, pdf = read(made)
    for text in (page.text, pdf):
        assert squeezed("2 pictures in 3 calls, 5.0 kB") in squeezed(text)
        assert squeezed("an unknown machine") in squeezed(text)
        assert squeezed("<b>other") in squeezed(text)
        assert squeezed("Nothing left this machine") not in squeezed(text)


def test_a_ledger_that_cannot_be_read_is_no_promise_of_privacy(made: Finished) -> None:
    made.folder.ledger.mkdir(parents=True)
    with pytest.raises(DatasetError, match="ledger"):
        made.package(report=True)


def test_a_report_of_somebody_else_is_not_written_over(made: Finished) -> None:
    made.path.mkdir(exist_ok=True)
    (made.path / "report.html").write_text("mine")
    assert made.package(report=True).report == "report-2.html"
    assert made.package(report=True).report == "report-2.html"
    assert (made.path / "report.html").read_text() == "mine"


def test_without_a_single_picture_the_report_says_where_all_went(tmp_path: Path) -> None:
    made = with_settings(tmp_path)
    made.drop("a.jpg", Reason.NO_FACE, "There is no face.")
    made.package(report=True)
    page, pdf = read(made)
    for text in (page.text, pdf):
        assert squeezed("1 photo in = 0 in the set + 1 left out") in squeezed(text)
        assert squeezed("There is no face.") in squeezed(text)


def test_lost_previews_have_a_word_in_their_place(made: Finished) -> None:
    shutil.rmtree(made.folder.previews)
    made.package(report=True)
    page, _ = read(made)
    assert page.text.count("No picture here") == 4
    assert page.tags.count("img") == 2


def test_changed_settings_are_marked(made: Finished) -> None:
    made.package(report=True)
    text = (made.path / "report.html").read_text("utf-8")
    assert re.search(r'class="changed"><dt>Trigger</dt><dd>sks_#1<', text)
    assert re.search(r"<div><dt>Min sharpness</dt>", text)


@pytest.mark.weights
def test_chinese_names_render_in_the_pdf(made: Finished, font: CjkFont) -> None:
    made.add("假期/张三.jpg", "窗边的张三")
    made.write()
    done = package(made.folder, made.dataset, made.ready, made.settings.package, BuildWatch(), find_font=font)
    assert not [one for one in done.warnings if "signs" in one]
    pdf = pypdf.PdfReader(made.path / "report.pdf")
    text = "".join(one.extract_text() for one in pdf.pages)
    assert "张三" in text

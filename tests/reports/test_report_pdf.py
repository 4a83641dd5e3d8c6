"""The PDF shows the same as the page, in every script that its fonts have, and user text is never markup."""

from __future__ import annotations

import re
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pypdf import PdfReader
from report_data import NOW, RESULT, batch, pictures, task

from safelight.errors import OutputError, UnknownModelError
from safelight.models.catalog import Catalog
from safelight.models.weights import Weights
from safelight.operations.upscale import UpscaleParams, choose_models
from safelight.reports.font import CJK_FONT, CjkFont
from safelight.reports.glyphs import undisplayable
from safelight.reports.pdf import write_pdf
from safelight.reports.report import Report, batch_report, task_report
from safelight.settings import Settings
from safelight.tasks.status import Status

EMPTY_GLYPH = re.compile(rb"\\000\\000|<0000|\((?:[^()\\]|\\.){0,}\x00\x00")
HOSTILE = [
    "a_b*c*#let $x$ [y].jpg",
    '#panic(1) #include "/etc/passwd" ][ // /* `raw` <label> @ref = head - item',
    "\\u{41} \\ -- --- ... 'q' \"q\" ~ {{7*7}}",
    "'+ [ } ) #{",
]


def text_of(path: Path) -> str:
    """The text of all pages, without the breaks between lines."""
    return "".join(page.extract_text() for page in PdfReader(path).pages).replace("\n", "")


def empty_glyphs(path: Path) -> int:
    """How often glyph 0, the empty box, is drawn: typst numbers the glyphs of each font from 0 as the box."""
    return sum(len(EMPTY_GLYPH.findall(page.get_contents().get_data())) for page in PdfReader(path).pages)


def written(report: Report, folder: Path) -> tuple[Path, tuple[str, ...]]:
    return folder / "a.pdf", write_pdf(report, folder / "a.pdf")


@pytest.mark.parametrize("name", HOSTILE)
def test_names_and_errors_appear_letter_by_letter(tmp_path: Path, name: str) -> None:
    payload = {"recipe": {"title": name, "steps": [{"operation": name, name: name}]}, "output": {}}
    result = {**RESULT, "name": name, "warnings": [name], "models": [name], "executions": [{"operation": name}]}
    done = task(1, name, payload=payload, result=result)
    failed = task(2, name, Status.FAILED, error=name, payload=payload)
    for report, times in (
        (task_report(done, made_at=NOW), 9),
        (batch_report(batch(2), [done, failed], {}, made_at=NOW), 12),
    ):
        path, warnings = written(report, tmp_path)
        spaceless = text_of(path).replace(" ", "")
        assert spaceless.count(name.replace(" ", "")) >= times
        assert warnings == ()


@pytest.mark.parametrize("name", ["a\nb\x00\x1b.jpg", "half \ud83d.jpg", "", " ", "\u202egpj.exe", "עברית عربي.jpg"])
def test_strange_names_do_not_stop_it(tmp_path: Path, name: str) -> None:
    path, _ = written(task_report(task(name=name), made_at=NOW), tmp_path)
    assert "1,804 × 1,200" in text_of(path)


def test_a_name_without_a_space_breaks_and_stays_on_the_page(tmp_path: Path) -> None:
    name = "w" * 300 + ".jpg"
    path, _ = written(task_report(task(name=name), made_at=NOW), tmp_path)
    assert name in text_of(path)
    longest = max(line.count("w") for page in PdfReader(path).pages for line in page.extract_text().splitlines())
    assert longest < 90


def test_a_style_picture_is_told_by_its_size(tmp_path: Path) -> None:
    step = {"operation": "stylize", "picture": "data:image/webp;base64," + "A" * 200_000}
    report = task_report(task(payload={"recipe": {"steps": [step]}}), made_at=NOW)
    path, _ = written(report, tmp_path)
    assert "a picture, 150 kB" in text_of(path)


def test_everything_is_told_as_on_the_page(tmp_path: Path) -> None:
    path, _ = written(task_report(task(), pictures(tmp_path), made_at=NOW), tmp_path)
    text = text_of(path)
    told = ["3.5", "0.27", "Quality level", "high", "realesrgan-x4plus", "cuda:0", "float16", "12.4 s", "1,804 × 1,200",
            "6.1 MB", "the colours were converted to sRGB", "3f9a" * 16, f"{1:032x}", "Page 1 of 1"]  # fmt: skip
    assert [one for one in told if one not in text] == []


def test_pages_are_a4_with_both_pictures_and_a_title(tmp_path: Path) -> None:
    path, _ = written(task_report(task(), pictures(tmp_path), made_at=NOW), tmp_path)
    pdf = PdfReader(path)
    assert [round(float(side)) for side in pdf.pages[0].mediabox[2:]] == [595, 842]
    assert len(pdf.pages[0].images) == 2
    assert pdf.metadata is not None
    assert pdf.metadata.title == "Report on cat.jpg"
    assert pdf.trailer["/Root"]["/Lang"] == "en"


def test_a_batch_goes_over_pages_and_tells_why_one_failed(tmp_path: Path) -> None:
    shown = pictures(tmp_path)
    tasks = [task(number, f"photo {number}.jpg") for number in range(1, 6)]
    tasks.append(task(6, "six.jpg", Status.FAILED, error="six.jpg: the file is cut short"))
    report = batch_report(batch(6), tasks, {one.id: shown for one in tasks[:5]}, made_at=NOW)
    path, _ = written(report, tmp_path)
    text = text_of(path)
    pages = len(PdfReader(path).pages)
    assert pages > 2
    assert f"Page {pages} of {pages}" in text
    assert "6 in = 5 completed + 1 failed + 0 cancelled" in text
    assert "six.jpg: the file is cut short" in text


def test_chinese_names_are_drawn_with_the_font(tmp_path: Path, font: CjkFont) -> None:
    name = "小猫_照片（二）漂亮.jpg"
    report = task_report(task(name=name, status=Status.FAILED, error=f"{name}: 坏了"), made_at=NOW)
    assert write_pdf(report, tmp_path / "a.pdf", find_font=font) == ()
    assert name in text_of(tmp_path / "a.pdf")
    assert empty_glyphs(tmp_path / "a.pdf") == 0


def test_without_the_font_it_is_made_all_the_same_and_says_what_is_missing(tmp_path: Path) -> None:
    path, [warning] = written(task_report(task(name="照片.jpg"), made_at=NOW), tmp_path)
    assert "U+7167, U+7247" in warning
    assert "safelight models pull noto-sans-cjk" in warning
    assert warning.replace(" ", "") in text_of(path).replace(" ", "")
    assert empty_glyphs(path) > 0


def test_what_no_font_has_is_said_without_an_advice_that_would_not_help(tmp_path: Path, font: CjkFont) -> None:
    report = task_report(task(name="照\U0001f600.jpg"), made_at=NOW)
    [warning] = write_pdf(report, tmp_path / "a.pdf", find_font=font)
    assert warning == "The fonts at hand have no signs for U+1F600; empty boxes stand in their place."


def test_the_font_is_looked_for_only_when_it_is_needed(tmp_path: Path) -> None:
    asked: list[str] = []

    def find_font() -> None:
        asked.append("font")

    write_pdf(task_report(task(name="naïve Ω Ж — “x”.jpg"), made_at=NOW), tmp_path / "a.pdf", find_font=find_font)
    assert asked == []
    write_pdf(task_report(task(name="照.jpg"), made_at=NOW), tmp_path / "a.pdf", find_font=find_font)
    assert asked == ["font"]


def test_a_font_that_cannot_be_had_is_no_error(tmp_path: Path) -> None:
    settings = Settings(models_dir=str(tmp_path), data_dir=tmp_path, auto_pull=False)
    catalog = Catalog(settings)
    assert CjkFont(Weights(settings, catalog), catalog)() is None


def test_signs_without_a_glyph_are_found(tmp_path: Path) -> None:
    assert set(undisplayable(["a", "é", "\u200d", "照", "\U0001f600", "\ue000"], tmp_path)) == {
        "照",
        "\U0001f600",
        "\ue000",
    }
    assert undisplayable(["a", "é"], tmp_path) == ()


def test_the_same_report_gives_the_same_bytes(tmp_path: Path) -> None:
    report = task_report(task(), pictures(tmp_path), made_at=NOW)
    write_pdf(report, tmp_path / "a.pdf")
    write_pdf(report, tmp_path / "b.pdf")
    assert (tmp_path / "a.pdf").read_bytes() == (tmp_path / "b.pdf").read_bytes()
    told = PdfReader(tmp_path / "a.pdf").metadata
    assert told is not None
    assert told.creation_date == datetime.fromtimestamp(NOW / 1000, UTC)


def test_nothing_temporary_stays(tmp_path: Path) -> None:
    workspace = tmp_path / "work"
    workspace.mkdir()
    write_pdf(task_report(task(), pictures(tmp_path), made_at=NOW), tmp_path / "a.pdf", workspace=workspace)
    assert list(workspace.iterdir()) == []


def test_a_pdf_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match=r"a\.pdf"):
        write_pdf(task_report(task(), made_at=NOW), tmp_path / "gone" / "a.pdf")


def test_other_threads_run_while_pages_are_set(tmp_path: Path) -> None:
    tasks = [task(number, f"photo {number}.jpg") for number in range(1, 61)]
    report = batch_report(batch(60), tasks, {}, made_at=NOW)
    done = threading.Event()

    def write() -> None:
        write_pdf(report, tmp_path / "a.pdf")
        done.set()

    thread = threading.Thread(target=write)
    thread.start()
    turns = 0
    while not done.wait(0.001):
        turns += 1
    thread.join()
    assert turns > 10


def test_the_font_is_in_the_catalog_but_not_in_the_default_set_and_enlarges_nothing(tmp_path: Path) -> None:
    catalog = Catalog(Settings(data_dir=tmp_path))
    assert catalog.get(CJK_FONT).licence == "OFL-1.1"
    assert CJK_FONT not in [spec.id for spec in catalog.set("default")]
    with pytest.raises(UnknownModelError, match=f"no upscale model '{CJK_FONT}'"):
        choose_models(UpscaleParams(model=CJK_FONT), catalog)

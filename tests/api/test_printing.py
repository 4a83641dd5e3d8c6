"""Reports are set in a process of their own, which may not go on for ever."""

from __future__ import annotations

from pathlib import Path

import pytest

from safelight.api import printing
from safelight.errors import InternalError, TimedOutError
from safelight.reports.report import Report, Subject
from safelight.settings import Settings

REPORT = Report(subject=Subject.BATCH, id="b" * 32, made_at=0, created_at=0, entries=(), total=0)


def test_a_report_is_printed(tmp_path: Path) -> None:
    printing.print_pdf(Settings(data_dir=tmp_path), REPORT, tmp_path / "a.pdf")
    assert (tmp_path / "a.pdf").read_bytes().startswith(b"%PDF-")


def test_a_report_that_takes_too_long_is_given_up_and_leaves_its_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(printing, "_MOST_S", 0.05)
    for _ in range(3):
        with pytest.raises(TimedOutError, match=r"not done in 0\.05 s"):
            printing.print_pdf(Settings(data_dir=tmp_path), REPORT, tmp_path / "a.pdf")
    assert not (tmp_path / "a.pdf").exists()


def test_a_process_that_dies_is_another_fault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(printing, "_begin", _die)
    with pytest.raises(InternalError, match="died"):
        printing.print_pdf(Settings(data_dir=tmp_path), REPORT, tmp_path / "a.pdf")


def _die(_most_s: float) -> None:
    raise SystemExit(1)

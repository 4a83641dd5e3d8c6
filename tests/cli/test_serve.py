"""``safelight serve``: what it makes before it serves."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from safelight.cli.serve import _make_home
from safelight.errors import OutputError

pytestmark = pytest.mark.skipif(os.name == "nt", reason="modes are those of POSIX")


def mode_of(folder: Path) -> int:
    return folder.stat().st_mode & 0o777


def test_a_data_folder_that_is_made_is_for_its_user_alone(tmp_path: Path) -> None:
    before = os.umask(0o022)
    try:
        _make_home(tmp_path / "a" / "b")
    finally:
        os.umask(before)
    assert (mode_of(tmp_path / "a"), mode_of(tmp_path / "a" / "b")) == (0o755, 0o700)


def test_a_data_folder_that_is_there_keeps_its_mode(tmp_path: Path) -> None:
    tmp_path.chmod(0o750)
    _make_home(tmp_path)
    assert mode_of(tmp_path) == 0o750


def test_a_file_in_place_of_the_data_folder_is_told(tmp_path: Path) -> None:
    (tmp_path / "data").touch()
    with pytest.raises(OutputError, match="data"):
        _make_home(tmp_path / "data")

from __future__ import annotations

from pathlib import Path

import pytest

from safelight.datasets.settings import CaptionParams, DatasetSettings
from safelight.datasets.shelf import Shelf
from safelight.datasets.templates import Templates
from safelight.errors import UnknownDatasetError


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path / "datasets")


def test_a_dataset_is_found_by_its_owner_and_the_operator_only(shelf: Shelf) -> None:
    made = shelf.create("anna", "Portraits")
    name = made.dataset().id
    assert shelf.find("anna", name).path == made.path
    assert shelf.find(None, name).path == made.path
    with pytest.raises(UnknownDatasetError):
        shelf.find("ben", name)


@pytest.mark.parametrize("name", ["", "..", "../..", "a" * 31, "A" * 32, "0" * 32, "/etc/passwd", "0" * 31 + "/"])
def test_what_is_no_id_leads_nowhere(shelf: Shelf, name: str) -> None:
    shelf.create("anna", "Portraits")
    for owner in ("anna", None):
        with pytest.raises(UnknownDatasetError):
            shelf.find(owner, name)


@pytest.mark.parametrize("owner", ["../../etc", "a/b", "安娜", "x" * 128, "local"])
def test_any_owner_has_a_folder_inside_the_shelf(shelf: Shelf, owner: str) -> None:
    made = shelf.create(owner, "Portraits")
    assert made.path.resolve().is_relative_to(shelf.root.resolve())
    assert [one.path for one in shelf.all(owner)] == [made.path]


def test_lists_hold_only_what_is_ones_own(shelf: Shelf) -> None:
    mine, other = shelf.create("anna", "One"), shelf.create("ben", "Two")
    assert [one.path for one in shelf.all("anna")] == [mine.path]
    assert {one.path for one in shelf.all(None)} == {mine.path, other.path}
    assert shelf.all("nobody") == []


def test_a_removed_dataset_is_gone_with_its_files(shelf: Shelf) -> None:
    made = shelf.create("anna", "One")
    (made.path / "originals").mkdir()
    (made.path / "originals" / "a.jpg").write_bytes(b"x")
    shelf.remove(made)
    assert shelf.all("anna") == []
    assert list(shelf.of("anna").iterdir()) == []


def test_what_is_left_of_a_removal_that_was_cut_short_is_swept(shelf: Shelf) -> None:
    made = shelf.create("anna", "One")
    rest = made.path.with_name(".gone-1234")
    made.path.rename(rest)
    assert shelf.all("anna") == []
    assert shelf.sweep() == 1
    assert not rest.exists()


def test_settings_are_saved_under_any_name_and_found_again(tmp_path: Path) -> None:
    templates = Templates(tmp_path)
    settings = DatasetSettings(caption=CaptionParams(trigger="sks"))
    for name in ("人像", "a.b", "x" * 100):
        templates.save(name, settings)
        assert templates.find(name) == settings
    templates.save("a.b", DatasetSettings())
    assert templates.find("a.b") == DatasetSettings()
    assert list(templates.all()) == sorted(["人像", "a.b", "x" * 100])
    templates.delete("a.b")
    with pytest.raises(UnknownDatasetError):
        templates.find("a.b")
    with pytest.raises(UnknownDatasetError):
        templates.delete("a.b")


def test_a_template_that_cannot_be_read_takes_no_other_along(tmp_path: Path) -> None:
    templates = Templates(tmp_path)
    templates.save("good", DatasetSettings())
    (tmp_path / "broken.json").write_text("{")
    assert list(templates.all()) == ["good"]

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from safelight.datasets.dataset import Choice, Dataset, Item, Step, StepState, Unpacked, item_id
from safelight.datasets.editing import change_dataset, changed, choose, read_settings
from safelight.datasets.folder import DatasetFolder
from safelight.datasets.settings import DatasetSettings
from safelight.errors import DatasetError, UnknownDatasetError


def an_item(name: str) -> Item:
    sha256 = name.encode().hex().ljust(64, "0")[:64]
    return Item(
        id=item_id(sha256, name), name=name, file=f"originals/{name}", sha256=sha256, bytes=1, width=400, height=300
    )


@pytest.fixture
def folder(tmp_path: Path) -> DatasetFolder:
    found = DatasetFolder(tmp_path)
    found.save_dataset(Dataset(id="one", name="One", created_at="2026-01-01T00:00:00+00:00"))
    found.save_unpacked(Unpacked(items=(an_item("a.jpg"), an_item("b.jpg"))))
    found.save_states(StepState(step=step, status="done", key="k") for step in Step)
    return found


def stale(folder: DatasetFolder) -> list[Step]:
    return [state.step for state in folder.states() if state.status == "stale"]


def test_settings_change_one_by_one_and_the_rest_stays() -> None:
    after = changed(DatasetSettings(), {"dedup": {"face_sim_th1": 0.8}, "local_only": True})
    assert after.dedup.face_sim_th1 == 0.8
    assert after.dedup.face_sim_th2 == DatasetSettings().dedup.face_sim_th2
    assert after.local_only
    assert changed(after, {"dedup": {"face_sim_th1": 0.75}, "local_only": False}) == DatasetSettings()


@pytest.mark.parametrize(
    "changes",
    [
        {"dedup": {"face_sim_th1": 1.5}}, {"dedup": {"face_sim": 0.5}}, {"nothing": 1}, {"dedup": 3},
        {"crop": {"size": 1000}}, {"package": {"layouts": []}}, {"package": {"layouts": ["zip"]}},
        {"dedup": {"face_sim_th1": float("nan")}}, {"dedup": {"keep_per_cluster": "two"}},
    ],
)  # fmt: skip
def test_a_setting_that_is_not_valid_is_named(changes: dict[str, object]) -> None:
    with pytest.raises(DatasetError) as caught:
        changed(DatasetSettings(), changes)
    assert any(name in str(caught.value) for name in (*changes, "settings"))


def test_settings_read_back_are_the_same() -> None:
    given = read_settings({"package": {"layouts": ["kohya", "onetrainer"]}, "caption": {"omit": ["hair"]}})
    assert DatasetSettings.model_validate_json(given.model_dump_json()) == given


def test_only_what_depends_on_a_changed_setting_becomes_stale(folder: DatasetFolder) -> None:
    change_dataset(folder, settings={"caption": {"trigger": "sks"}})
    assert stale(folder) == [Step.CAPTION, Step.PACKAGE]


def test_a_new_name_makes_nothing_stale(folder: DatasetFolder) -> None:
    assert change_dataset(folder, name="Two").name == "Two"
    assert folder.dataset().name == "Two"
    assert stale(folder) == []


def test_a_setting_that_is_refused_changes_nothing(folder: DatasetFolder) -> None:
    with pytest.raises(DatasetError):
        change_dataset(folder, name="Two", settings={"dedup": {"nonsense": 1}})
    assert folder.dataset().name == "One"


def test_a_choice_is_kept_and_taken_back(folder: DatasetFolder) -> None:
    one = an_item("a.jpg").id
    choose(folder, [one], lambda _name, before: before.model_copy(update={"keep": False}))
    choose(folder, [one], lambda _name, before: before.model_copy(update={"caption": "a face"}))
    assert folder.choices() == {one: Choice(keep=False, caption="a face")}
    assert stale(folder)[0] is Step.DEDUP
    choose(folder, [one], lambda _name, _before: Choice())
    assert folder.choices() == {}


def test_a_caption_of_ones_own_makes_only_the_sets_stale(folder: DatasetFolder) -> None:
    choose(folder, [an_item("a.jpg").id], lambda _name, before: before.model_copy(update={"caption": "a face"}))
    assert stale(folder) == [Step.CAPTION, Step.PACKAGE]


@pytest.mark.parametrize(
    "choice",
    [
        Choice(crop=(0, 0, 401, 300)), Choice(crop=(-1, 0, 100, 100)), Choice(crop=(0, 0, 8, 8)),
        Choice(crop=(300, 200, 101, 100)), Choice(caption=" "), Choice(caption="two\nlines"),
        Choice(caption="x" * 2001),
    ],
)  # fmt: skip
def test_a_choice_that_cannot_be_is_refused_and_changes_nothing(folder: DatasetFolder, choice: Choice) -> None:
    names = [an_item("b.jpg").id, an_item("a.jpg").id]
    with pytest.raises(DatasetError):
        choose(folder, names, lambda name, _before: choice if name == names[1] else Choice(keep=True))
    assert folder.choices() == {}


def test_a_photo_that_is_not_there_is_refused(folder: DatasetFolder) -> None:
    with pytest.raises(UnknownDatasetError):
        choose(folder, ["nobody"], lambda _name, before: before)


def test_two_people_who_decide_at_once_lose_nothing(folder: DatasetFolder) -> None:
    items = [an_item(f"{number}.jpg") for number in range(40)]
    folder.save_unpacked(Unpacked(items=tuple(items)))

    def decide(keep: bool, mine: list[Item]) -> None:
        for item in mine:
            choose(folder, [item.id], lambda _name, before: before.model_copy(update={"keep": keep}))

    threads = [threading.Thread(target=decide, args=(keep, items[keep::2])) for keep in (False, True)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert {name: choice.keep for name, choice in folder.choices().items()} == {
        item.id: bool(number % 2) for number, item in enumerate(items)
    }

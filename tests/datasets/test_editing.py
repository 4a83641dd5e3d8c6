from __future__ import annotations

import threading
from pathlib import Path

import pytest

from safelight.datasets.dataset import Choice, Dataset, Item, Step, StepState, Unpacked, item_id
from safelight.datasets.editing import (
    change_dataset,
    changed,
    choose,
    note_what_came_later,
    read_settings,
    take_choices_along,
)
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


def another(item: Item, name: str, content: str = "", width: int = 400) -> Item:
    """The same photo under another name, or other content under this one."""
    sha256 = content.encode().hex().ljust(64, "0") if content else item.sha256
    return item.model_copy(update={"id": item_id(sha256, name), "name": name, "sha256": sha256, "width": width})


def test_a_photo_with_a_new_name_keeps_what_was_decided(folder: DatasetFolder) -> None:
    before = folder.unpacked()
    a, b = before.items
    choice = Choice(keep=False, crop=(0.0, 0.0, 100.0, 100.0), caption="mine")
    choose(folder, [a.id], lambda _item, _before: choice)
    moved = another(a, "holiday/a.jpg")
    take_choices_along(folder, before, Unpacked(items=(moved, b)))
    assert folder.choices()[moved.id] == choice
    assert b.id not in folder.choices()


def test_a_photo_that_was_edited_elsewhere_keeps_all_but_a_crop_that_does_not_fit(folder: DatasetFolder) -> None:
    before = folder.unpacked()
    a, b = before.items
    choose(folder, [a.id], lambda _item, _before: Choice(keep=True, crop=(0.0, 0.0, 100.0, 100.0), caption="mine"))
    edited = another(a, "a.jpg", "brighter", width=300)
    take_choices_along(folder, before, Unpacked(items=(edited, b)))
    assert folder.choices()[edited.id] == Choice(keep=True, caption="mine")


def test_two_copies_with_new_names_keep_one_decision_each_and_take_none_from_others(folder: DatasetFolder) -> None:
    a, b = folder.unpacked().items
    copy = another(a, "copy.jpg")
    before = Unpacked(items=(a, b, copy))
    folder.save_unpacked(before)
    choose(folder, [a.id], lambda _item, _before: Choice(keep=True))
    choose(folder, [copy.id], lambda _item, _before: Choice(keep=False))
    first, second = another(a, "x/a.jpg"), another(a, "x/copy.jpg")
    take_choices_along(folder, before, Unpacked(items=(b, first, second)))
    found = folder.choices()
    assert sorted(str(found[one.id].keep) for one in (first, second)) == ["False", "True"]
    assert b.id not in found


def test_what_was_decided_of_photos_that_stay_is_not_touched(folder: DatasetFolder) -> None:
    before = folder.unpacked()
    a, b = before.items
    choose(folder, [a.id], lambda _item, _before: Choice(keep=True))
    take_choices_along(folder, before, Unpacked(items=(a, another(a, "again.jpg"), b)))
    assert folder.choices() == {a.id: Choice(keep=True)}


def test_what_is_decided_while_a_build_runs_is_noted_after_it(folder: DatasetFolder) -> None:
    settings, choices = folder.dataset().settings, folder.choices()
    choose(folder, [an_item("a.jpg").id], lambda _item, _before: Choice(caption="mine"))
    folder.save_states(StepState(step=step, status="done", key="k") for step in Step)
    note_what_came_later(folder, settings, choices)
    assert stale(folder) == [Step.CAPTION, Step.PACKAGE]
    folder.save_states(StepState(step=step, status="done", key="k") for step in Step)
    note_what_came_later(folder, settings, folder.choices())
    assert stale(folder) == []

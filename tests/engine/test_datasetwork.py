"""Builds of datasets as tasks: in which lane each step is done, and what happens when a caption server goes away."""

from __future__ import annotations

import base64
import shutil
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import pyvips

from fake_captions import FakeCaptions, captions
from fake_captions.__main__ import GOOD
from safelight.datasets.dataset import Step
from safelight.datasets.editing import change_dataset, changed
from safelight.datasets.folder import DatasetFolder
from safelight.datasets.settings import DatasetSettings
from safelight.datasets.shelf import Shelf
from safelight.datasets.tools import PeopleModels, Tools
from safelight.engine.attempt import Attempts, Stop
from safelight.engine.datasetwork import DATASET, DatasetWork, MakeTools
from safelight.engine.heart import Heart
from safelight.engine.job import Job, Toolbox
from safelight.models.spec import ModelSpec
from safelight.recipes.runner import Watch
from safelight.settings import Settings
from safelight.tasks.claims import Claims
from safelight.tasks.database import Database, sqlite_url
from safelight.tasks.migrate import migrate
from safelight.tasks.moves import Moves
from safelight.tasks.repository import Repository
from safelight.tasks.status import ENDED, Status
from safelight.tasks.task import Lane, NewTask, Task
from safelight.wiring import Studio
from safelight.workshop import Workshop

PATIENCE_S = 60.0
QUICK: dict[str, Any] = {
    "quality": {"enabled": False}, "crop": {"enlarge": "resample", "size": 256},
    "package": {"report": False, "layouts": ["kohya"]}, "caption": {"captioner": "server", "trigger": "sks"},
}  # fmt: skip


class House:
    """A table, a shelf, and a worker of either lane, each with models of its own."""

    def __init__(self, folder: Path, server: FakeCaptions, models: Path | None = None) -> None:
        self.folder = folder
        self.settings = Settings(
            data_dir=folder / "data", models_dir=str(models or folder / "none"), auto_pull=False, device="cpu",
            caption_url=server.base_url, caption_models="eye",
        )  # fmt: skip
        self.database = Database(sqlite_url(folder / "safelight.db"))
        migrate(self.database)
        moves = Moves(self.database, posting=False)
        self.tasks = Repository(self.database, moves, most_waiting=100)
        self.claims = Claims(self.database, moves, lease_ms=30_000)
        self.shelf = Shelf(self.settings.dataset_folder)
        self.studios = {lane: Studio(self.settings) for lane in (Lane.DEVICE, Lane.REMOTE)}
        self.strange_in: Lane | None = None
        """A lane whose worker sees people with a network that the other one does not have."""
        self._hearts = {lane: Heart(self.claims, lane, lease_s=30, show=lambda: None) for lane in self.studios}
        self._attempts = {lane: self._worker(lane) for lane in self.studios}
        for heart in self._hearts.values():
            heart.start()

    def close(self) -> None:
        for heart in self._hearts.values():
            heart.stop()
        self.database.close()

    def dataset(self, *seeds: int, **settings: Any) -> DatasetFolder:
        """A dataset with one upload for each seed."""
        found = self.shelf.create("ada", "Anna", changed(changed(DatasetSettings(), QUICK), settings))
        for seed in seeds:
            self.upload(found, seed)
        return found

    def upload(self, folder: DatasetFolder, seed: int) -> None:
        folder.incoming.mkdir(exist_ok=True)
        pixels = np.random.default_rng(seed).integers(0, 255, (8, 8, 3), dtype=np.uint8)
        image = pyvips.Image.new_from_array(pixels).resize(40, kernel="cubic")
        (folder.incoming / f"{seed}.jpg").write_bytes(image.jpegsave_buffer(Q=90))

    def accept(self, folder: DatasetFolder) -> Task:
        [task] = self.tasks.accept([NewTask(owner="ada", kind=DATASET, payload={"dataset": folder.path.name})])
        return task

    def once(self, lane: Lane) -> bool:
        """Let a worker of a lane make one attempt; tells whether there was a task."""
        task = self.claims.claim(f"worker of {lane}", lane)
        if task is not None:
            self._attempts[lane].make(task)
        return task is not None

    def through(self, task: Task) -> tuple[Task, list[Lane]]:
        """Let both lanes work until the task has ended; gives it, and who worked on it in turn."""
        turns: list[Lane] = []
        until = time.monotonic() + PATIENCE_S
        while (found := self.tasks.find(None, task.id)).status not in ENDED:
            assert time.monotonic() < until, found
            turns += [lane for lane in self._attempts if self.once(lane)]
        return found, turns

    def _worker(self, lane: Lane) -> Attempts:
        work = DatasetWork(shelf=self.shelf, tools=self._tools(lane), lane=lane)
        toolbox = Toolbox(handlers={DATASET: work.build}, warm=tuple, prepare=lambda: None, close=lambda: None)
        return Attempts(
            lane, claims=self.claims, toolbox=toolbox, heart=self._hearts[lane], stop=Stop(), task_s=600,
            folder=self.folder / f"work-{lane}",
        )  # fmt: skip

    def _tools(self, lane: Lane) -> MakeTools:
        workshop = Workshop(studio=self.studios[lane])

        def tools(dataset: Any, folder: DatasetFolder, workspace: Path, job: Job) -> Tools:
            watch = Watch(check_cancelled=job.check_cancelled)
            vision = workshop.vision(dataset, folder, job.check_cancelled)
            found = workshop.tools(workspace, local_only=dataset.settings.local_only, watch=watch, vision=vision)
            if lane is self.strange_in:
                spec: ModelSpec[object] = workshop.studio.catalog.get("face-landmarker")
                return replace(found, people=PeopleModels(faces=spec, identity=None, pose=None))
            return found

        return tools


@pytest.fixture(scope="module")
def running() -> Iterator[FakeCaptions]:
    with captions() as found:
        yield found


@pytest.fixture
def server(running: FakeCaptions) -> FakeCaptions:
    running.told(script={}, requests=[])
    return running


@pytest.fixture
def house(tmp_path: Path, server: FakeCaptions) -> Iterator[House]:
    found = House(tmp_path, server)
    yield found
    found.close()


def asked(server: FakeCaptions) -> list[str]:
    """The pictures that were sent."""
    return [base64.b64decode(one["picture"])[:4096].hex() for one in server.requests]


def test_captions_of_a_server_are_waited_for_in_the_remote_lane_and_all_else_is_done_with_a_device(
    house: House, server: FakeCaptions
) -> None:
    folder = house.dataset(1, 2, 3)
    task = house.accept(folder)
    assert house.once(Lane.DEVICE)
    assert (house.tasks.find(None, task.id).lane, server.requests) == (Lane.REMOTE, [])
    assert [state.status for state in folder.states()] == ["done"] * 6 + ["waiting"] * 2
    assert not house.once(Lane.DEVICE)
    done, turns = house.through(task)
    assert (done.status, turns) == (Status.COMPLETED, [Lane.REMOTE])
    assert [one.source for one in folder.captioned()] == ["server:eye"] * 3
    assert all(one.text == f"a sks person, {GOOD}" for one in folder.captioned())
    assert done.result is not None
    assert (done.result["kept"], done.result["captions"], done.result["layouts"]) == (3, 3, ["kohya"])
    assert len(set(asked(server))) == len(server.requests) == 3


def test_a_box_from_a_server_comes_from_the_remote_lane_and_the_picture_is_made_with_a_device(
    house: House, server: FakeCaptions
) -> None:
    folder = house.dataset(1, 2, focus={"method": "vision"})
    server.script(eye=[{"say": '{"left": 0.1, "top": 0.1, "right": 0.7, "bottom": 0.7}'}] * 2)
    done, turns = house.through(house.accept(folder))
    assert (done.status, turns) == (Status.COMPLETED, [Lane.DEVICE, Lane.REMOTE, Lane.DEVICE, Lane.REMOTE])
    assert [one.method for one in folder.focused()] == ["vision"] * 2
    assert [one.source for one in folder.captioned()] == ["server:eye"] * 2
    assert len(server.requests) == 4, "two boxes and two captions"


def test_a_dataset_of_this_machine_alone_never_leaves_its_worker(house: House, server: FakeCaptions) -> None:
    done, turns = house.through(house.accept(house.dataset(1, 2, caption={"captioner": "local"})))
    assert (done.status, turns, server.requests) == (Status.COMPLETED, [Lane.DEVICE], [])


def test_a_server_that_goes_away_fails_the_task_with_a_word_and_a_retry_asks_only_for_the_rest(
    house: House, server: FakeCaptions
) -> None:
    folder = house.dataset(*range(8))
    server.script(eye=[{"say": GOOD}, {"say": GOOD}, {"status": 503, "always": True}])
    failed, turns = house.through(house.accept(folder))
    assert (failed.status, failed.error_code, turns) == (
        Status.FAILED, "caption_server", [Lane.DEVICE, Lane.REMOTE],
    )  # fmt: skip
    assert server.url.removeprefix("http://") in str(failed.error)
    assert "503" in str(failed.error)
    answered = len(list((folder.results / "answers").rglob("*.json")))
    assert answered == 2
    pictures = {path.name: path.stat().st_mtime_ns for path in folder.crops.iterdir()}
    server.told(script={}, requests=[])
    done, turns = house.through(house.tasks.retry("ada", failed.id))
    assert (done.status, turns) == (Status.COMPLETED, [Lane.REMOTE])
    assert len(server.requests) == 8 - answered
    assert [one.source for one in folder.captioned()] == ["server:eye"] * 8
    assert {path.name: path.stat().st_mtime_ns for path in folder.crops.iterdir()} == pictures


def test_a_box_that_a_server_could_not_give_is_asked_for_again_by_the_next_build(
    house: House, server: FakeCaptions
) -> None:
    folder = house.dataset(1, focus={"method": "vision"}, caption={"captioner": "local"})
    server.script(eye=[{"status": 503, "always": True}])
    done, _ = house.through(house.accept(folder))
    assert done.status is Status.COMPLETED
    [focused] = folder.focused()
    assert focused.method != "vision"
    assert any("503" in words for words in focused.warnings)
    server.script(eye=[{"say": "[0.1, 0.1, 0.7, 0.7]"}])
    done, _ = house.through(house.accept(folder))
    assert done.status is Status.COMPLETED
    assert [one.method for one in folder.focused()] == ["vision"]


def test_a_build_is_cancelled_while_it_waits_for_a_server_that_says_nothing(house: House, server: FakeCaptions) -> None:
    folder = house.dataset(1, 2)
    server.script(eye=[{"hang": True}, {"hang": True}])
    task = house.accept(folder)
    house.once(Lane.DEVICE)
    worker = threading.Thread(target=house.once, args=(Lane.REMOTE,))
    worker.start()
    until = time.monotonic() + PATIENCE_S
    while not server.requests:
        assert time.monotonic() < until
        time.sleep(0.02)
    house.tasks.cancel("ada", task.id)
    worker.join(PATIENCE_S)
    assert not worker.is_alive()
    assert house.tasks.find(None, task.id).status is Status.CANCELLED
    done, _ = house.through(house.accept(folder))
    assert done.status is Status.COMPLETED
    assert len(folder.captioned()) == 2


def test_photos_that_come_while_a_server_is_waited_for_are_looked_at_with_a_device(
    tmp_path: Path, server: FakeCaptions, people_dir: Path, shared_photos: Path
) -> None:
    house = House(tmp_path, server, people_dir)
    folder = house.dataset(1)
    task = house.accept(folder)
    house.once(Lane.DEVICE)
    shutil.copy(shared_photos / "people/knn/train/obama/obama.jpg", folder.incoming / "late.jpg")
    done, turns = house.through(task)
    assert (done.status, turns) == (Status.COMPLETED, [Lane.REMOTE, Lane.DEVICE, Lane.REMOTE])
    assert len(folder.captioned()) == 2
    assert house.studios[Lane.DEVICE].pool.resident()
    assert house.studios[Lane.REMOTE].pool.resident() == {}
    house.close()


def test_a_setting_that_changes_while_a_server_is_waited_for_takes_the_build_back_to_a_device(
    house: House, server: FakeCaptions
) -> None:
    folder = house.dataset(1, crop={"enlarge": "network", "size": 256})
    task = house.accept(folder)
    house.once(Lane.DEVICE)
    change_dataset(folder, settings={"crop": {"size": 512}})
    done, turns = house.through(task)
    assert (done.status, turns) == (Status.COMPLETED, [Lane.REMOTE, Lane.DEVICE, Lane.REMOTE])
    assert [one.width for one in folder.cropped()] == [512]


def test_lanes_that_never_agree_end_the_task_with_a_word(house: House, server: FakeCaptions) -> None:
    folder = house.dataset(1)
    house.strange_in = Lane.REMOTE
    failed, turns = house.through(house.accept(folder))
    assert (failed.status, failed.error_code) == (Status.FAILED, "bad_dataset")
    assert "again and again" in str(failed.error)
    assert len(turns) < 20
    assert server.requests == []


def test_a_step_is_as_far_as_it_was_asked(house: House, server: FakeCaptions) -> None:
    folder = house.dataset(1, 2)
    [task] = house.tasks.accept([
        NewTask(owner="ada", kind=DATASET, payload={"dataset": folder.path.name, "until": Step.DEDUP.value})
    ])  # fmt: skip
    done, turns = house.through(task)
    assert (done.status, turns, server.requests) == (Status.COMPLETED, [Lane.DEVICE], [])
    assert [state.status for state in folder.states()] == ["done"] * 3 + ["waiting"] * 5
    assert folder.cropped() == ()


def test_a_dataset_of_somebody_else_is_not_built(house: House) -> None:
    folder = house.dataset(1)
    [task] = house.tasks.accept([NewTask(owner="eve", kind=DATASET, payload={"dataset": folder.path.name})])
    failed, _ = house.through(task)
    assert (failed.status, failed.error_code) == (Status.FAILED, "unknown_dataset")
    assert folder.unpacked().items == ()

"""What becomes of tasks that are in the lane of another, or whose servers do not answer or are not set up any more."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import cast

import pytest

from safelight.engine.awaywork import AwayWork, HereWork
from safelight.engine.glimpses import Glimpses
from safelight.engine.job import HandOn, Job
from safelight.engine.order import Order
from safelight.engine.photowork import PhotoWork
from safelight.engine.room import Room
from safelight.errors import PaintError, RecipeError, ServersAwayError
from safelight.operations.styles.own import OWN
from safelight.store.folder import FolderStore
from safelight.tasks.claims import Claims, Done
from safelight.tasks.database import Database, sqlite_url
from safelight.tasks.migrate import migrate
from safelight.tasks.moves import Moves
from safelight.tasks.repository import Repository
from safelight.tasks.status import Status
from safelight.tasks.task import Lane, NewTask, Task

CLAY = {"operation": "stylize", "style": "clay", "backend": "comfyui"}
HERE = {"operation": "stylize", "style": "clay", "backend": "local"}


@dataclass
class Worked:
    """Stands in for what runs recipes."""

    error: Exception | None = None

    def photo(self, _task: Task, _job: Job) -> Done:
        if self.error is not None:
            raise self.error
        return Done(result={"worked": True})

    preview = photo


@pytest.fixture
def claims(tmp_path: Path) -> Iterator[tuple[Repository, Claims]]:
    database = Database(sqlite_url(tmp_path / "safelight.db"))
    migrate(database)
    moves = Moves(database, posting=False)
    yield Repository(database, moves, most_waiting=100), Claims(database, moves, lease_ms=60_000)
    database.close()


@pytest.fixture
def claimed(claims: tuple[Repository, Claims]) -> Callable[..., Task]:
    """A task that a worker of its lane has."""

    def claim(step: dict[str, object], lane: Lane) -> Task:
        tasks, found = claims
        tasks.accept([NewTask(owner="a", kind="photo", payload={"recipe": {"steps": [step]}}, lane=lane)])
        task = found.claim("w", lane)
        assert task is not None
        return task

    return claim


@pytest.fixture
def job(tmp_path: Path) -> Job:
    return Job(workspace=tmp_path, progress=lambda *_: None, check_cancelled=lambda: None)


@pytest.fixture
def glimpses(tmp_path: Path) -> Iterator[Glimpses]:
    store = FolderStore(tmp_path / "files")
    made = Glimpses(store)
    yield made
    made.close()
    store.close()


@pytest.fixture
def away(glimpses: Glimpses) -> Callable[..., AwayWork]:
    def make(error: Exception | None, *, local: bool) -> AwayWork:
        return AwayWork(
            work=cast("PhotoWork", Worked(error)), local=local, glimpses=glimpses, photos=Room(10), results=Room(10)
        )

    return make


GONE = ServersAwayError("nobody answers", seconds=31)
REST = ServersAwayError("nobody answers", seconds=5)


def test_what_servers_do_is_done(away: Callable[..., AwayWork], claimed: Callable[..., Task], job: Job) -> None:
    assert away(None, local=True).photo(claimed(CLAY, Lane.COMFYUI), job) == Done(result={"worked": True})


@pytest.mark.parametrize("kind", ["photo", "preview"])
def test_without_an_answer_it_waits_or_is_painted_here(
    away: Callable[..., AwayWork], claimed: Callable[..., Task], job: Job, kind: str
) -> None:
    task = claimed(CLAY, Lane.COMFYUI)
    # Somebody looks at a page for a preview: it waits for nobody, and says why there is none.
    with pytest.raises(ServersAwayError if kind == "photo" else PaintError, match="nobody answers"):
        getattr(away(GONE, local=False), kind)(task, job)
    handed = getattr(away(GONE, local=True), kind)(task, job)
    assert isinstance(handed, HandOn)
    order = Order.read(handed.payload or {})
    assert (handed.lane, order.lane) == (Lane.DEVICE, Lane.DEVICE)
    assert order.recipe.steps[0].values["backend"] == "local"
    assert "no ComfyUI server answered" in order.notes[0]


def test_a_short_rest_sends_nothing_home_but_previews(
    away: Callable[..., AwayWork], claimed: Callable[..., Task], job: Job
) -> None:
    task = claimed(CLAY, Lane.COMFYUI)
    with pytest.raises(ServersAwayError):
        away(REST, local=True).photo(task, job)
    assert isinstance(away(REST, local=True).preview(task, job), HandOn)


def test_what_this_machine_cannot_paint_waits_all_the_same(
    away: Callable[..., AwayWork],
    claimed: Callable[..., Task],
    job: Job,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (tmp_path / "noir.toml").write_text('title = "Noir"\nprompt = "noir"\n')
    monkeypatch.setattr(OWN, "folder", tmp_path)
    for step in ({**CLAY, "style": "noir"}, {"operation": "comfyui", "workflow": "smoke"}):
        with pytest.raises(ServersAwayError):
            away(GONE, local=True).photo(claimed(step, Lane.COMFYUI), job)


def test_a_device_is_not_held_for_what_servers_do(claimed: Callable[..., Task], job: Job) -> None:
    here = HereWork(work=cast("PhotoWork", Worked()), servers=True)
    assert here.photo(claimed(CLAY, Lane.DEVICE), job) == HandOn(lane=Lane.COMFYUI)
    assert here.photo(claimed(HERE, Lane.DEVICE), job) == Done(result={"worked": True})
    alone = replace(here, servers=False)
    assert alone.photo(claimed(CLAY, Lane.DEVICE), job) == Done(result={"worked": True})


def test_a_style_that_was_deleted_is_named(claimed: Callable[..., Task], job: Job) -> None:
    here = HereWork(work=cast("PhotoWork", Worked()), servers=True)
    with pytest.raises(RecipeError, match="there is no style 'gone'"):
        here.photo(claimed({**HERE, "style": "gone"}, Lane.DEVICE), job)


def test_tasks_whose_servers_are_not_set_up_any_more_come_home(claims: tuple[Repository, Claims]) -> None:
    tasks, found = claims
    [waits, runs] = tasks.accept(
        [NewTask(owner="a", kind="photo", payload={"n": n}, lane=Lane.COMFYUI) for n in range(2)]
    )
    taken = found.claim("w", Lane.COMFYUI)
    assert taken is not None
    assert found.bring(Lane.COMFYUI, Lane.DEVICE) == 1
    lanes = {one.id: (tasks.find(None, one.id).lane, tasks.find(None, one.id).status) for one in (waits, runs)}
    assert sorted(lanes.values()) == [(Lane.COMFYUI, Status.PROCESSING), (Lane.DEVICE, Status.PENDING)]

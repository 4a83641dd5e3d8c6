"""``safelight tasks``: what it shows and does, whether the service runs or not."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from safelight.cli.main import app
from safelight.service import Service
from safelight.settings import Settings
from safelight.tasks.migrate import migrate
from safelight.tasks.status import Status
from safelight.tasks.task import Batch, Facts, NewTask, Task, new_id, now


@pytest.fixture
def service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Service:
    monkeypatch.setenv("SAFELIGHT_DATA_DIR", str(tmp_path))
    service = Service(Settings(data_dir=tmp_path))
    migrate(service.database)
    return service


def accepted(service: Service, name: str = "cat.png", preset: str = "general") -> Task:
    new = NewTask(owner="ada", kind="photo", payload={}, input_name=name, facts=Facts(preset=preset))
    return service.tasks.accept([new])[0]


def run(*arguments: str, code: int = 0) -> str:
    result = CliRunner().invoke(app, ["tasks", *arguments])
    assert result.exit_code == code, result.output
    return result.output


def test_the_newest_tasks_are_listed_with_their_whole_ids(service: Service) -> None:
    tasks = [accepted(service, f"{number}.png") for number in range(3)]
    shown = run("list", "--limit", "2")
    assert tasks[2].id in shown
    assert tasks[1].id in shown
    assert tasks[0].id not in shown


def test_what_users_send_steers_no_terminal(service: Service) -> None:
    accepted(service, "[/b]\x1b[31mred.png", preset="[bold]")
    shown = run("list")
    assert "[/b]" in shown
    assert "[bold]" in shown
    assert "\x1b" not in shown


def test_tasks_are_listed_as_json_and_by_state(service: Service) -> None:
    task = accepted(service)
    service.tasks.cancel(None, accepted(service).id)
    [line] = run("list", "--json", "--status", "pending").splitlines()
    assert json.loads(line)["task_id"] == task.id
    assert "choose from" in CliRunner().invoke(app, ["tasks", "list", "--status", "odd"]).output


def test_a_task_is_shown_cancelled_and_tried_again(service: Service) -> None:
    task = accepted(service)
    assert json.loads(run("show", task.id))["input_file"] == "cat.png"
    run("cancel", task.id)
    assert service.tasks.find(None, task.id).status is Status.CANCELLED
    run("retry", task.id)
    assert service.tasks.find(None, task.id).status is Status.PENDING


def test_a_batch_is_cancelled_by_its_id(service: Service) -> None:
    batch = Batch(id=new_id(), owner="ada", total=2, created_at=now())
    new = [NewTask(owner="ada", kind="photo", payload={}, batch=batch.id) for _ in range(2)]
    service.tasks.accept(new, batch=batch)
    run("cancel", batch.id)
    assert {task.status for task in service.tasks.find_batch(None, batch.id)[1]} == {Status.CANCELLED}
    assert "0 tasks" in run("retry", batch.id)


def test_the_queue_is_paused_and_resumed(service: Service) -> None:
    run("pause")
    assert service.tasks.paused
    run("resume")
    assert not service.tasks.paused

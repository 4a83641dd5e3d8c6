"""What the service tells about itself: when it is well, what cards are at, and what that costs."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from safelight.api import measuring as module
from safelight.api import series
from safelight.api.measuring import Measuring
from safelight.api.series import Samples
from safelight.errors import DatabaseAwayError
from safelight.service import Service
from safelight.settings import Settings
from safelight.tasks.claims import Done
from safelight.tasks.migrate import migrate
from safelight.tasks.status import Status
from safelight.tasks.task import Lane, NewTask, now
from safelight.tasks.workers import Worker


@pytest.fixture
def service(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Service]:
    service = Service(Settings(data_dir=tmp_path, min_free_mb=0, workers_min=getattr(request, "param", 1)))
    migrate(service.database)
    yield service
    service.store.close()
    service.database.close()


@pytest.fixture
def measuring(service: Service, monkeypatch: pytest.MonkeyPatch) -> Measuring:
    """A service that had the time to start its workers."""
    monkeypatch.setattr(module, "_WORKERS_START_S", -1.0)
    return Measuring(service)


def accept(service: Service) -> None:
    service.tasks.accept([NewTask(owner="ada", kind="photo", payload={})])


def show(service: Service, name: str, gpu: Mapping[str, float] | None, seen_at: int | None = None) -> None:
    """Let a worker give a sign of life."""
    at = now() if seen_at is None else seen_at
    facts = {} if gpu is None else {"gpu": gpu}
    service.workers.show(
        Worker(id=name, host="h", pid=1, lane=Lane.DEVICE, device="cuda", started_at=at, seen_at=at, facts=facts)
    )


def test_without_the_workers_that_should_stay_it_is_not_well(service: Service, measuring: Measuring) -> None:
    assert measuring.health().status == "degraded"
    show(service, "w", None)
    assert measuring.health().status == "ok"


@pytest.mark.parametrize("service", [0], indirect=True)
def test_where_no_worker_has_to_stay_it_is_well_until_something_waits(service: Service, measuring: Measuring) -> None:
    assert measuring.health().status == "ok"
    accept(service)
    measuring = Measuring(service)
    assert measuring.health().status == "degraded"
    show(service, "w", None)
    assert measuring.health().status == "ok"


def test_figures_of_cards_come_from_the_workers_that_live(service: Service, measuring: Measuring) -> None:
    assert measuring.performance().current_metrics.gpu_usage is None
    show(service, "old", {"usage": 99.0, "memory": 99.0}, seen_at=1000)
    show(service, "without", None)
    show(service, "one", {"usage": 20.0, "memory": 70.0})
    show(service, "two", {"memory": 30.0})
    current = measuring.performance().current_metrics
    assert (current.gpu_usage, current.gpu_memory) == (20.0, 70.0)


def test_tasks_are_not_counted_for_every_request_that_needs_no_token(
    service: Service, measuring: Measuring, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, counted = service.tasks.counts, []

    def counts(owner: str | None = None) -> dict[Status, int]:
        counted.append(owner)
        return real(owner)

    monkeypatch.setattr(service.tasks, "counts", counts)
    monkeypatch.setattr(module, "_COUNTED_S", 60.0)
    measuring.health()
    accept(service)
    assert measuring.health().engine.tasks["pending"] == 0
    assert b'safelight_tasks{status="pending"} 0.0' in measuring.metrics()
    assert len(counted) == 1
    monkeypatch.setattr(module, "_COUNTED_S", -1.0)
    assert measuring.health().engine.tasks["pending"] == 1


def ended(service: Service, seconds: float | None) -> None:
    """Let a task end; without seconds it fails."""
    accept(service)
    task = service.claims.claim("w", Lane.DEVICE)
    assert task is not None
    if seconds is None:
        service.claims.fail(task, "broken_photo", "cut short")
    else:
        service.claims.finish(task, Done(result={}, seconds=seconds))


@pytest.fixture
def samples(service: Service, monkeypatch: pytest.MonkeyPatch) -> Samples:
    """Samples that count what has ended at once."""
    made = Samples(list, service.performance)
    # Only now: what ends within these milliseconds would seem to have ended before.
    monkeypatch.setattr(series, "_SETTLED_MS", -10)
    return made


def test_each_sample_tells_what_ended_since_the_one_before(service: Service, samples: Samples) -> None:
    for seconds in (1.0, 3.0, None):
        ended(service, seconds)
    samples.take()
    time.sleep(0.03)
    ended(service, 5.0)
    accept(service)
    samples.take()
    first, second = map(series.sample_view, samples.taken())
    assert (first.completed, first.failed, first.mean_seconds, first.p95_seconds) == (2, 1, 2.0, 3.0)
    assert (second.completed, second.failed, second.mean_seconds) == (1, 0, 5.0)
    assert (second.active_tasks, second.queue_size) == (0, 1)


def test_what_ends_while_the_database_is_away_is_told_afterwards(
    service: Service, samples: Samples, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away() -> tuple[int, int]:
        raise DatabaseAwayError("away")

    ended(service, 1.0)
    with monkeypatch.context() as patched:
        patched.setattr(service.performance, "going", away)
        samples.take()
    samples.take()
    first, second = map(series.sample_view, samples.taken())
    assert (first.active_tasks, first.queue_size, first.completed) == (None, None, 0)
    assert (second.active_tasks, second.completed) == (0, 1)


def test_the_last_day_is_told_by_the_hour_and_what_is_over_is_read_once(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended(service, 2.0)
    ended(service, None)
    asked: list[int] = []
    real = service.performance.tally

    def tally(since: int, until: int) -> tuple[int, int, float | None]:
        asked.append(since)
        return real(since, until)

    monkeypatch.setattr(service.performance, "tally", tally)
    hours = series.Hours(service.performance)
    found = hours.last()
    assert len(found) == 24
    assert [one.hour for one in found] == sorted(one.hour for one in found)
    assert sum(one.completed for one in found) == sum(one.failed for one in found) == 1
    assert [one.mean_seconds for one in found if one.completed] == [2.0]
    hours.last()
    assert len(asked) == 24
    monkeypatch.setattr(series, "_FRESH_MS", -1)
    hours.last()
    assert len(asked) <= 24 + 3


def test_the_series_is_there_from_the_start(service: Service, measuring: Measuring) -> None:
    found = measuring.series()
    assert (found.step_seconds, len(found.samples), len(found.hours)) == (5.0, 1, 24)


def server(name: str, state: str) -> dict[str, object]:
    return {
        "name": name, "label": f"label of {name}", "state": state, "reason": "", "running": 1, "pending": 2, "ours": 3,
        "finished": 4, "failures": 5, "seconds": 0.5, "version": "1", "devices": [], "lacks": {},
    }  # fmt: skip


def tend(service: Service, name: str, *states: str, host: str = "h", started_at: int = 0) -> None:
    """Let a process that looks after ComfyUI servers give a sign of life."""
    facts = {"servers": [server(f"http://{index}", state) for index, state in enumerate(states)]}
    service.workers.show(
        Worker(
            id=name, host=host, pid=1, lane=Lane.COMFYUI, device="", started_at=started_at or now(), seen_at=now(),
            facts=facts,
        )
    )  # fmt: skip


def test_it_is_not_well_while_no_comfyui_server_answers_and_says_so(service: Service, measuring: Measuring) -> None:
    service.settings = service.settings.model_copy(update={"comfyui_urls": "http://0,http://1"})
    show(service, "w", None)
    assert measuring.health().troubles == ["no process looks after the ComfyUI servers"]
    tend(service, "c", "resting", "resting")
    assert measuring.health().troubles == ["no ComfyUI server answers: what they paint waits"]
    assert measuring.health().status == "degraded"
    for other in ("up", "trying", "unknown"):
        tend(service, "c", "resting", other)
        assert (measuring.health().status, measuring.health().troubles) == ("ok", [])
    tend(service, "c", "resting", "resting")
    service.settings = service.settings.model_copy(update={"comfyui_fallback": "local"})
    assert measuring.health().troubles == ["no ComfyUI server answers: this machine paints what it can"]


def test_what_a_dead_process_told_of_servers_is_not_counted_again(service: Service, measuring: Measuring) -> None:
    tend(service, "dead", "up", started_at=1000)
    tend(service, "alive", "up", started_at=2000)
    tend(service, "elsewhere", "up", host="other", started_at=1500)
    told = measuring.metrics().decode()
    # One process on each of two machines.
    assert 'safelight_comfyui_tasks_total{server="http://0"} 8.0' in told
    assert 'safelight_comfyui_failures_total{server="http://0"} 10.0' in told

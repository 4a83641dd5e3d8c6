"""Live events: nothing is lost and nothing comes twice, also over a restart."""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import anyio
import httpx2
import pytest
from sqlalchemy import text
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from api.running import API, Json, Running, batch_of, enhance, failure, finished, png, running, sse, until
from safelight.api.live import Hub, Listener
from safelight.api.live import _of_event as of_event
from safelight.tasks.events import Live
from service_process import ServiceProcess

ENDED = ("completed", "failed", "cancelled")


@contextmanager
def listening(client: httpx2.Client, path: str, **headers: str) -> Iterator[Iterator[Json]]:
    """Listen; gives the events as they come."""
    with client.stream("GET", f"{API}{path}", headers=headers) as answer:
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("text/event-stream")
        assert answer.headers["cache-control"] == "no-store"
        yield sse(answer.iter_lines())


def told(events: Iterator[Json], *, until_ended: int = 1) -> list[Json]:
    """What the log tells, until so many tasks have ended; without progress."""
    found: list[Json] = []
    while sum(one["event"] in ENDED for one in found) < until_ended:
        event = next(events)
        if event["event"] != "progress":
            found.append(event)
    return found


def test_a_task_is_told_from_its_beginning(client: httpx2.Client) -> None:
    task = enhance(client)["task_id"]
    finished(client, task)
    with listening(client, f"/tasks/{task}/events") as events:
        found = told(events)
    assert [one["event"] for one in found] == ["accepted", "processing", "completed"]
    assert {one["task_id"] for one in found} == {task}
    assert found[-1]["at"].endswith("Z")


def test_a_listener_goes_on_after_the_last_event_it_got(client: httpx2.Client) -> None:
    task = enhance(client)["task_id"]
    finished(client, task)
    with listening(client, f"/tasks/{task}/events") as events:
        whole = told(events)
    for count in range(len(whole) - 1):
        with listening(client, f"/tasks/{task}/events", **{"Last-Event-ID": whole[count]["id"]}) as events:
            assert told(events) == whole[count + 1 :]
        with listening(client, f"/events?cursor={whole[count]['id']}") as events:
            assert told(events) == whole[count + 1 :]


def test_one_hears_of_ones_own_tasks_only(house: Running, client: httpx2.Client) -> None:
    with house.client("loud") as loud, listening(client, "/events") as events:
        for seed in range(3):
            enhance(loud, seed=seed)
        mine = enhance(client, seed=9)["task_id"]
        assert {one["task_id"] for one in told(events)} == {mine}


def test_one_can_listen_to_one_batch(client: httpx2.Client) -> None:
    first = batch_of(client, ("a.png", png(1)), ("b.png", png(2)))
    with listening(client, f"/events?batch={first['batch_task_id']}&cursor=0") as events:
        batch_of(client, ("c.png", png(3)))
        found = told(events, until_ended=2)
    assert {one["task_id"] for one in found} == set(first["sub_tasks"])
    assert {one["batch_task_id"] for one in found} == {first["batch_task_id"]}


@pytest.mark.parametrize("cursor", ["x", "-1", "1.5", "²"])
def test_a_cursor_that_is_none_is_refused(client: httpx2.Client, cursor: str) -> None:
    failure(client.get(f"{API}/events", params={"cursor": cursor}), 400, "bad_request")


def test_a_cursor_beyond_all_numbers_is_refused(client: httpx2.Client) -> None:
    failure(client.get(f"{API}/events?cursor={'9' * 20}"), 400, "bad_request")


def test_progress_comes_ten_times_a_second_at_most(client: httpx2.Client) -> None:
    task = enhance(client, "sleep-1.5.png")["task_id"]
    times: list[float] = []
    with listening(client, f"/tasks/{task}/events") as events:
        shares: list[float] = []
        for event in events:
            if event["event"] == "progress":
                assert event["id"] is None
                times.append(time.monotonic())
                shares.append(event["progress"])
            elif event["event"] in ENDED:
                break
    assert shares
    assert shares == sorted(shares)
    assert len(times) <= 20


def test_ten_tasks_at_once_are_no_more_progress(house: Running, user: str) -> None:
    # What the log has of them is told all the same.
    hub = Hub(house.service.database, house.service.events)
    listener = Listener(owner=user)
    hub._listeners.add(listener)
    turns: list[str] = []
    for tick in range(1, 21):
        live = [Live(task=str(n), owner=user, batch=None, progress=tick / 100, message="") for n in range(10)]
        before = listener.queue.qsize()
        hub._deliver(hub._progress(live))
        assert listener.queue.qsize() - before == 1
    while not listener.queue.empty():
        message = listener.queue.get_nowait()
        assert message is not None
        turns.append(message.task)
    assert len(set(turns)) == 10


def test_what_comes_while_the_past_is_read_comes_once(house: Running, client: httpx2.Client, user: str) -> None:
    finished(client, enhance(client)["task_id"])
    past = house.service.events.since(0, owner=user)
    newer = replace(past[-1], id=past[-1].id + 1, type="deleted")

    async def heard() -> list[int | None]:
        hub, found = Hub(house.service.database, house.service.events), []
        messages = hub.listen(Listener(owner=user), 0)
        found.append((await anext(messages)).id)
        hub._deliver([of_event(one) for one in (*past, newer)])
        while found[-1] != newer.id:
            found.append((await anext(messages)).id)
        await messages.aclose()
        return found

    assert anyio.run(heard) == [one.id for one in (*past, newer)]


def test_a_websocket_tells_the_same(house: Running, client: httpx2.Client, user: str) -> None:
    address = house.url.replace("http", "ws") + f"{API}/ws?user_id={user}"
    with connect(address) as socket:
        time.sleep(0.3)
        task = enhance(client)["task_id"]
        found = []
        while not found or found[-1]["type"] not in ENDED:
            message = json.loads(socket.recv(timeout=20))
            if message["type"] != "progress":
                found.append(message)
    assert [one["type"] for one in found] == ["accepted", "processing", "completed"]
    assert {one["task_id"] for one in found} == {task}
    with connect(f"{address}&cursor={found[0]['id']}") as socket:
        assert [json.loads(socket.recv(timeout=20))["type"] for _ in range(2)] == ["processing", "completed"]


def test_a_websocket_is_closed_to_pages_of_others(house: Running) -> None:
    from websockets.exceptions import InvalidStatus

    address = house.url.replace("http", "ws") + f"{API}/ws"
    with pytest.raises(InvalidStatus):
        connect(address, origin="http://evil.example")
    for query in ("cursor=x", "user_id=" + "a" * 129):
        with pytest.raises((InvalidStatus, ConnectionClosed)), connect(f"{address}?{query}") as socket:
            socket.recv(timeout=5)


def test_a_listener_does_not_hold_up_the_end(tmp_path: Path) -> None:
    with running(tmp_path, worker=False) as house:
        client = house.client()
        answer = client.send(client.build_request("GET", f"{API}/events"), stream=True)
        lines = answer.iter_lines()
        assert next(lines) == "retry: 1000"
    assert list(sse(lines)) == []
    client.close()


def test_nothing_is_lost_or_told_twice_over_a_restart_of_the_api(tmp_path: Path) -> None:
    with ServiceProcess(tmp_path) as service, httpx2.Client(base_url=service.url, timeout=20) as client:
        found: list[Json] = []
        tasks = [enhance(client, f"sleep-0.3-{seed}.png", seed=seed)["task_id"] for seed in range(8)]
        cursor, killed = "0", 0
        end = time.monotonic() + 60
        while sum(one["event"] in ENDED for one in found) < len(tasks):
            assert time.monotonic() < end, found
            try:
                with listening(client, "/events", **{"Last-Event-ID": cursor}) as events:
                    for event in events:
                        if event["event"] == "progress":
                            continue
                        found.append(event)
                        cursor = event["id"]
                        if killed < 2 and len(found) % 9 == 8:
                            killed += 1
                            process = service.pid_of("api")
                            assert process is not None
                            os.kill(process, signal.SIGKILL)
                        if sum(one["event"] in ENDED for one in found) == len(tasks):
                            break
            except httpx2.TransportError:
                until(lambda: service.health() is not None)
        assert killed == 2
        ids = [int(one["id"]) for one in found]
        assert ids == sorted(set(ids))
        for task in tasks:
            assert [one["event"] for one in found if one["task_id"] == task] == ["accepted", "processing", "completed"]


def put_back(house: Running, events: int) -> None:
    """What an older copy of the database is: a log that ends earlier, and goes on with the same numbers."""
    with house.service.database.write() as connection:
        connection.execute(text("DELETE FROM events WHERE id > :last"), {"last": events})
        connection.execute(text("UPDATE sqlite_sequence SET seq = :last WHERE name = 'events'"), {"last": events})


def test_who_has_heard_more_than_an_older_copy_of_the_database_has_hears_what_comes(tmp_path: Path) -> None:
    with running(tmp_path) as house, house.client() as client:
        first = enhance(client, seed=1)["task_id"]
        finished(client, first)
        kept = house.service.events.last()
        finished(client, enhance(client, seed=2)["task_id"])
        heard = house.service.events.last()
        put_back(house, kept)
        with listening(client, "/events", **{"Last-Event-ID": str(heard)}) as events:
            task = enhance(client, seed=3)["task_id"]
            assert [(one["event"], one["task_id"]) for one in told(events)] == [
                (state, task) for state in ("accepted", "processing", "completed")
            ]
        with listening(client, f"/tasks/{first}/events", **{"Last-Event-ID": str(heard + 100)}) as events:
            assert [one["event"] for one in told(events)] == ["accepted", "processing", "completed"]


def test_who_listens_while_an_older_copy_is_put_back_comes_again_and_hears_what_comes(tmp_path: Path) -> None:
    with running(tmp_path) as house, house.client() as client:
        kept = house.service.events.last()
        with listening(client, "/events") as events:
            finished(client, enhance(client, seed=1)["task_id"])
            heard = told(events)[-1]["id"]
            put_back(house, kept)
            assert [one["event"] for one in events if one["event"] != "progress"] == []
        with listening(client, "/events", **{"Last-Event-ID": heard}) as events:
            task = enhance(client, seed=2)["task_id"]
            assert {one["task_id"] for one in told(events)} == {task}

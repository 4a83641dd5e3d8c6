"""``Idempotency-Key``: a request that comes again is answered as before, and does nothing twice."""

from __future__ import annotations

import socket
import threading
import time
from pathlib import Path
from secrets import token_hex

import httpx2
import pytest

from api.running import API, Running, batch_of, enhance, failure, finished, png, running, until
from safelight.tasks.answers import Answers


def tasks_of(client: httpx2.Client) -> int:
    """How many tasks the user has."""
    return int(client.get(f"{API}/stats").json()["total_tasks"])


def test_the_same_request_twice_is_one_task(client: httpx2.Client) -> None:
    def send() -> httpx2.Response:
        files = {"file": ("a.png", png())}
        return client.post(f"{API}/enhance", files=files, data={"scale": "2"}, headers={"Idempotency-Key": "one"})

    first, second = send(), send()
    assert first.status_code == second.status_code == 200
    assert first.content == second.content
    assert "idempotent-replayed" not in first.headers
    assert second.headers["idempotent-replayed"] == "true"
    assert tasks_of(client) == 1


def test_the_same_key_for_another_request_is_refused(client: httpx2.Client) -> None:
    key = {"Idempotency-Key": "k"}
    form = {"files": {"file": ("a.png", png())}, "headers": key}
    assert client.post(f"{API}/enhance", **form).status_code == 200
    failure(client.post(f"{API}/photos", **form), 409, "wrong_state")
    failure(client.post(f"{API}/enhance?scale=2", **form), 409, "wrong_state")
    other = {"files": {"file": ("a.png", png(1))}, "headers": key}
    failure(client.post(f"{API}/enhance", **other), 409, "wrong_state")
    named = {"files": {"file": ("b.png", png())}, "headers": key}
    failure(client.post(f"{API}/enhance", **named), 409, "wrong_state")
    assert tasks_of(client) == 1

    assert client.post(f"{API}/plan", json={}, headers={"Idempotency-Key": "p"}).status_code == 200
    failure(client.post(f"{API}/plan", json={"preset": "raw"}, headers={"Idempotency-Key": "p"}), 409, "wrong_state")


def test_users_have_keys_of_their_own(house: Running, user: str) -> None:
    with house.client() as client:
        first, second = (
            client.post(
                f"{API}/enhance?user_id={user}-{name}", files={"file": ("a.png", png())},
                headers={"Idempotency-Key": "k"},
            ).json()
            for name in "ab"
        )  # fmt: skip
        assert (first["user_id"], second["user_id"]) == (f"{user}-a", f"{user}-b")
        assert first["task_id"] != second["task_id"]


def test_users_who_are_named_only_in_the_form_are_told_how_to_have_keys_of_their_own(house: Running, user: str) -> None:
    with house.client() as client:

        def send(name: str, where: str) -> httpx2.Response:
            return client.post(
                f"{API}/enhance", files={"file": ("a.png", png())}, headers={"Idempotency-Key": f"form-{user}"},
                **{where: {"user_id": f"{user}-{name}"}},
            )  # fmt: skip

        assert send("a", "data").json()["user_id"] == f"{user}-a"
        assert "X-User-Id" in failure(send("b", "data"), 409, "wrong_state")["message"]
        assert send("b", "params").json()["user_id"] == f"{user}-b"
        [told] = [
            one["description"]
            for one in client.get("/openapi.json").json()["paths"][f"{API}/enhance"]["post"]["parameters"]
            if one["name"] == "Idempotency-Key"
        ]
        assert "X-User-Id" in told


@pytest.mark.parametrize("key", ["", "x" * 201, "a\tb"])
def test_a_key_that_is_none_is_refused(client: httpx2.Client, key: str) -> None:
    failure(client.post(f"{API}/plan", json={}, headers={"Idempotency-Key": key}), 400, "bad_request")


def test_many_at_once_are_one_task(house: Running, client: httpx2.Client, user: str) -> None:
    answers: list[httpx2.Response] = []

    def send() -> None:
        with house.client(user) as own:
            headers = {"Idempotency-Key": "race"}
            answers.append(own.post(f"{API}/enhance", files={"file": ("a.png", png(8))}, headers=headers))

    threads = [threading.Thread(target=send) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    good = [one for one in answers if one.status_code == 200]
    assert good
    assert len({one.json()["task_id"] for one in good}) == 1
    for one in answers:
        if one.status_code != 200:
            failure(one, 409, "being_answered")
            assert one.headers["Retry-After"] == "1"
    assert tasks_of(client) == 1


def test_after_a_crash_before_the_answer_the_same_task_is_told(
    house: Running, client: httpx2.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    # As if the power had gone between the commit of the task and that of the answer.
    monkeypatch.setattr(Answers, "end", lambda self, owner, key, answer: self.drop(owner, key))
    files, key = {"file": ("a.png", png(3))}, {"Idempotency-Key": "crash"}
    first, second = (client.post(f"{API}/enhance", files=files, headers=key).json() for _ in range(2))
    assert first["task_id"] == second["task_id"]

    many = [("files", (f"{index}.png", png(index))) for index in range(3)]
    batches = [client.post(f"{API}/enhance/batch", files=many, headers=key).json() for _ in range(2)]
    assert batches[0]["batch_task_id"] == batches[1]["batch_task_id"]
    assert batches[0]["sub_tasks"] == batches[1]["sub_tasks"]

    finished(client, first["task_id"])
    again = [client.post(f"{API}/tasks/{first['task_id']}/again", headers=key).json()["task_id"] for _ in range(2)]
    assert again[0] == again[1] != first["task_id"]
    assert tasks_of(client) == 5


def test_what_may_work_later_may_come_again(tmp_path: Path) -> None:
    with running(tmp_path, worker=False, max_waiting=1) as house, house.client() as client:
        first = enhance(client)["task_id"]
        sent = {"files": {"file": ("b.png", png(1))}, "headers": {"Idempotency-Key": "k"}}
        failure(client.post(f"{API}/enhance", **sent), 429, "queue_full")
        client.post(f"{API}/tasks/{first}/cancel")
        assert client.post(f"{API}/enhance", **sent).status_code == 200


def test_what_was_mended_is_done(client: httpx2.Client) -> None:
    key, name = {"Idempotency-Key": "mended"}, f"p{token_hex(4)}"
    form = {"files": {"file": ("b.png", png(5))}, "data": {"preset": name}, "headers": key}
    for _ in range(2):
        failure(client.post(f"{API}/enhance", **form), 422, "unknown_preset")
    recipe = {"steps": [{"operation": "upscale", "scale": 2}]}
    assert client.put(f"{API}/presets/{name}", json={"recipe": recipe}).status_code == 200
    first, second = (client.post(f"{API}/enhance", **form) for _ in range(2))
    assert first.status_code == 200, first.text
    assert second.json() == first.json()
    assert tasks_of(client) == 1


def test_a_connection_that_broke_off_may_come_again(house: Running, client: httpx2.Client, user: str) -> None:
    body = client.build_request("POST", "/", files={"file": ("a.png", png(2))})
    head, content = body.headers["content-type"], body.read()
    host, port = house.url.removeprefix("http://").split(":")
    lines = [
        f"POST {API}/enhance HTTP/1.1", f"Host: {host}:{port}", f"X-User-Id: {user}", "Idempotency-Key: broken",
        f"Content-Type: {head}", f"Content-Length: {len(content)}", "", "",
    ]  # fmt: skip
    with socket.create_connection((host, int(port))) as connection:
        connection.sendall("\r\n".join(lines).encode() + content[:100])
        time.sleep(0.2)

    def taken() -> bool:
        sent = client.post(f"{API}/enhance", files={"file": ("a.png", png(2))}, headers={"Idempotency-Key": "broken"})
        return sent.status_code == 200

    until(taken)
    assert tasks_of(client) == 1


def test_a_batch_counts_once_too(client: httpx2.Client) -> None:
    accepted = batch_of(client, ("a.png", png(1)))
    assert accepted["total_files"] == tasks_of(client) == 1

"""The hook, against a real server: signed, sent again until it is taken, never by two at a time."""

from __future__ import annotations

import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from sqlalchemy import insert, select, update
from structlog.testing import capture_logs

from safelight.errors import SettingsError
from safelight.tasks import hook as module
from safelight.tasks.database import Database
from safelight.tasks.hook import Hook
from safelight.tasks.moves import Moves
from safelight.tasks.repository import Repository
from safelight.tasks.tables import outbox
from safelight.tasks.task import NewTask, now


class Receiver:
    """A server that takes letters, or answers as it is told."""

    def __init__(self) -> None:
        self.letters: list[tuple[dict[str, str], bytes]] = []
        self.statuses: list[int] = []
        self.hold = threading.Event()
        self.hold.set()
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.letters.append((dict(self.headers.items()), body))
                receiver.hold.wait(10)
                status = receiver.statuses.pop(0) if receiver.statuses else 204
                self.send_response(status)
                if status in (301, 302, 307):
                    self.send_header("Location", "/elsewhere")
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook"
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.02,))
        self.thread.start()

    def close(self) -> None:
        self.hold.set()
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    started = Receiver()
    yield started
    started.close()


def post(database: Database, body: str = '{"a":1}', *, created_at: int | None = None) -> None:
    at = now() if created_at is None else created_at
    values = {"task": "t", "body": body, "attempts": 0, "next_at": at, "created_at": at}
    with database.write() as connection:
        connection.execute(insert(outbox).values(**values))


def waiting(database: Database) -> list[dict[str, object]]:
    with database.read() as connection:
        return [dict(row) for row in connection.execute(select(outbox).order_by(outbox.c.id)).mappings()]


def due(database: Database) -> None:
    with database.write() as connection:
        connection.execute(update(outbox).values(next_at=0))


def test_a_task_that_ended_is_posted_and_signed(database: Database, receiver: Receiver) -> None:
    repository = Repository(database, Moves(database, posting=True), most_waiting=9)
    [task] = repository.accept([NewTask(owner="ann", kind="enhance", payload={}, input_name="张伟.jpg")])
    repository.cancel("ann", task.id)
    [letter] = waiting(database)
    assert Hook(database, receiver.url, "secret").send_due() == 1
    [(headers, body)] = receiver.letters
    assert json.loads(body)["input_file"] == "张伟.jpg"
    assert headers["Content-Type"] == "application/json"
    assert headers["X-Safelight-Delivery"] == str(letter["id"])
    signed = hmac.new(b"secret", headers["X-Safelight-Timestamp"].encode() + b"." + body, hashlib.sha256).hexdigest()
    assert headers["X-Safelight-Signature"] == f"sha256={signed}"
    assert abs(int(headers["X-Safelight-Timestamp"]) * 1000 - now()) < 60_000
    assert waiting(database) == []


def test_without_a_secret_nothing_is_signed(database: Database, receiver: Receiver) -> None:
    post(database)
    Hook(database, receiver.url, "").send_due()
    assert "X-Safelight-Signature" not in receiver.letters[0][0]


@pytest.mark.parametrize("status", [302, 307, 404, 500])
def test_what_is_not_taken_is_sent_again_later(database: Database, receiver: Receiver, status: int) -> None:
    post(database)
    receiver.statuses = [status]
    hook = Hook(database, receiver.url, "s")
    at = now()
    assert hook.send_due() == 0
    assert len(receiver.letters) == 1, "redirects are not followed"
    [letter] = waiting(database)
    assert letter["attempts"] == 1
    assert str(status) in str(letter["error"])
    assert int(str(letter["next_at"])) >= at + 1000
    assert hook.send_due() == 0, "it is not due yet"
    due(database)
    assert hook.send_due() == 1
    assert waiting(database) == []


def test_the_next_letter_is_sent_although_one_was_not_taken(database: Database, receiver: Receiver) -> None:
    post(database), post(database, "{}")
    receiver.statuses = [500]
    assert Hook(database, receiver.url, "s").send_due() == 1
    assert len(receiver.letters) == 2


def test_a_receiver_that_is_not_there_is_asked_once_in_a_call(database: Database, receiver: Receiver) -> None:
    url = receiver.url.replace(str(receiver.server.server_port), "1")
    post(database), post(database)
    assert Hook(database, url, "s").send_due() == 0
    assert [letter["attempts"] for letter in waiting(database)] == [1, 0]
    assert waiting(database)[0]["error"]


def test_a_receiver_that_is_too_slow_is_left(
    database: Database, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_TOTAL_S", 0.2)
    receiver.hold.clear()
    post(database)
    assert Hook(database, receiver.url, "s").send_due() == 0
    assert waiting(database)[0]["attempts"] == 1


def test_waits_grow_from_a_second_to_an_hour() -> None:
    for _ in range(50):
        waits = [module._wait(attempts) for attempts in range(1, 40)]
        assert min(waits) >= 1
        assert max(waits) <= 3600
        assert waits[0] <= 2
        assert waits[-1] >= 1800
    assert len({module._wait(10) for _ in range(10)}) > 1


def test_after_a_week_a_letter_is_given_up(database: Database, receiver: Receiver) -> None:
    post(database, created_at=now() - 7 * 86_400_000)
    receiver.statuses = [500]
    with capture_logs() as logs:
        assert Hook(database, receiver.url, "s").send_due() == 0
    assert waiting(database) == []
    assert [one["event"] for one in logs] == ["hook_given_up"]


def test_two_senders_never_send_the_same_letter(database: Database, receiver: Receiver) -> None:
    for number in range(6):
        post(database, str(number))
    taken = []

    def run() -> None:
        taken.append(Hook(database, receiver.url, "s").send_due())

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(taken) == 6
    assert sorted(body for _, body in receiver.letters) == [str(number).encode() for number in range(6)]


def test_the_database_is_free_while_the_network_is_waited_for(database: Database, receiver: Receiver) -> None:
    post(database)
    receiver.hold.clear()
    sender = threading.Thread(target=Hook(database, receiver.url, "s").send_due)
    sender.start()
    try:
        while not receiver.letters:
            pass
        post(database, "{}")
        assert len(waiting(database)) == 2
        assert Hook(database, receiver.url.replace("/hook", "/x"), "s")._claim() is not None
        assert Hook(database, receiver.url, "s")._claim() is None, "the first one is being sent"
    finally:
        receiver.hold.set()
        sender.join()


@pytest.mark.parametrize("url", ["ftp://host/x", "nonsense", "http://", "http://[::1"])
def test_an_address_that_cannot_be_posted_to_is_refused(database: Database, url: str) -> None:
    with pytest.raises(SettingsError, match="SAFELIGHT_HOOK_URL"):
        Hook(database, url, "")

"""What cannot be done is told in one shape, with the status that programs expect."""

from __future__ import annotations

import socket
from pathlib import Path

import httpx2
import pytest

from api.running import API, Running, enhance, failure, finished, png, running
from safelight.errors import SafelightError


def test_a_full_queue_is_told_with_when_to_come_again(tmp_path: Path) -> None:
    with running(tmp_path, worker=False, max_waiting=2) as house, house.client() as client:
        enhance(client, seed=1)
        photos = [("files", (f"{index}.png", png(index))) for index in range(2, 4)]
        answer = client.post(f"{API}/enhance/batch", files=photos)
        failure(answer, 429, "queue_full")
        assert int(answer.headers["retry-after"]) > 0
        enhance(client, seed=2)
        failure(client.post(f"{API}/enhance", files={"file": ("a.png", png(3))}), 429, "queue_full")
        assert client.get(f"{API}/stats").json()["total_tasks"] == 2


def test_new_work_is_refused_before_the_disk_is_full(tmp_path: Path) -> None:
    with running(tmp_path) as house, house.client() as client:
        photo = client.post(f"{API}/photos", files={"file": ("a.png", png(3))}).json()["photo_id"]
    with running(tmp_path, min_free_mb=10**9) as house, house.client() as client:
        for path in ("enhance", "tasks", "photos"):
            answer = client.post(f"{API}/{path}", files={"file": ("a.png", png())})
            failure(answer, 507, "store_full")
            assert int(answer.headers["retry-after"]) > 0
        failure(client.post(f"{API}/enhance/batch", files={"files": ("a.png", png())}), 507, "store_full")
        failure(client.post(f"{API}/preview", json={"photo": photo}), 507, "store_full")
        health = client.get("/health")
        assert (health.status_code, health.json()["disk"]["full"]) == (503, True)


def test_what_is_not_there_is_not_found(client: httpx2.Client) -> None:
    for path in (
        "/nothing",
        f"{API}/nothing",
        f"{API}/task/none",
        f"{API}/download/{'0' * 32}",
        f"{API}/task/%2e%2e%2f",
    ):
        failure(client.get(path), 404, "not_found")


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("POST", f"{API}/stats", {"GET", "HEAD", "OPTIONS"}),
        ("GET", f"{API}/enhance", {"POST", "OPTIONS"}),
        ("PATCH", f"{API}/tasks/x", {"GET", "HEAD", "DELETE", "OPTIONS"}),
        ("DELETE", f"{API}/tasks", {"GET", "HEAD", "POST", "OPTIONS"}),
        ("POST", f"{API}/presets/x", {"GET", "HEAD", "PUT", "DELETE", "OPTIONS"}),
        ("TRACE", "/health", {"GET", "HEAD", "OPTIONS"}),
    ],
)
def test_a_method_that_is_none_is_told_with_those_that_are(
    client: httpx2.Client, method: str, path: str, allowed: set[str]
) -> None:
    answer = client.request(method, path)
    failure(answer, 405, "method_not_allowed")
    assert set(answer.headers["allow"].split(", ")) == allowed
    asked = client.options(path)
    assert (asked.status_code, asked.content) == (204, b"")
    assert set(asked.headers["allow"].split(", ")) == allowed


def test_the_head_of_every_answer_can_be_asked_for_alone(client: httpx2.Client) -> None:
    task = enhance(client, seed=40)["task_id"]
    done = finished(client, task)
    for path in (done["result_url"], f"{API}/task/{task}", f"{API}/stats", "/health", "/docs", "/openapi.json"):
        whole, head = client.get(path), client.head(path)
        assert (head.status_code, head.content) == (200, b"")
        assert head.headers["content-type"] == whole.headers["content-type"]
    assert client.head(done["result_url"]).headers["content-length"] == str(len(client.get(done["result_url"]).content))
    assert client.head(f"{API}/tasks/{task}/events").status_code == 200
    missing = client.head(f"{API}/task/none")
    assert (missing.status_code, missing.content) == (404, b"")
    assert client.head(f"{API}/enhance").status_code == 405
    assert client.options("/nothing").status_code == 404


def test_too_much_is_refused(tmp_path: Path) -> None:
    limits = {"max_upload_mb": 1, "max_batch": 2, "max_input_pixels": 1000}
    with running(tmp_path, worker=False, **limits) as house, house.client() as client:
        large = {"file": ("a.png", b"x" * (1 << 20 | 1))}
        failure(client.post(f"{API}/enhance", files=large), 413, "upload_too_large")
        three = [("files", (f"{index}.png", png(index))) for index in range(3)]
        failure(client.post(f"{API}/enhance/batch", files=three), 413, "upload_too_large")
        wide = {"file": ("a.png", png(0, 40, 40))}
        failure(client.post(f"{API}/enhance", files=wide), 422, "photo_too_large")
        body, kind = b'{"preset": "' + b"a" * (1 << 20) + b'"}', {"Content-Type": "application/json"}
        for path in ("plan", "tasks", "preview"):
            failure(client.post(f"{API}/{path}", content=body, headers=kind), 413, "upload_too_large")
            failure(client.post(f"{API}/{path}", content=iter([body]), headers=kind), 413, "upload_too_large")


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        *((path, "multipart/mixed; boundary=a") for path in ("plan", "preview", "tasks", "enhance", "photos")),
        ("plan", "multipart/form-data; boundary=a"), ("plan", "application/x-www-form-urlencoded"),
        ("tasks/x/again", "multipart/form-data; boundary=a"), ("tasks", "multipart/form-data2; boundary=a"),
    ],
)  # fmt: skip
def test_only_a_form_where_one_is_taken_may_be_long(client: httpx2.Client, path: str, kind: str) -> None:
    body = b"--a\r\n" + b"x" * (2 << 20)
    failure(client.post(f"{API}/{path}", content=body, headers={"Content-Type": kind}), 413, "upload_too_large")
    chunked = client.post(f"{API}/{path}", content=iter([body]), headers={"Content-Type": kind})
    failure(chunked, 413, "upload_too_large")


@pytest.mark.parametrize("length", ["10000000000000000000", "00000000000000000002000000"])
def test_a_length_is_read_whatever_its_digits(house: Running, length: str) -> None:
    host, port = house.url.removeprefix("http://").split(":")
    head = f"POST {API}/tasks HTTP/1.1\r\nHost: {host}:{port}\r\nContent-Length: {length}\r\n\r\n"
    with socket.create_connection((host, int(port)), timeout=5) as connection:
        connection.sendall(head.encode())
        assert connection.recv(1000).split()[1] in (b"400", b"413")


def test_the_name_of_a_form_may_have_capitals(client: httpx2.Client) -> None:
    sent = client.build_request("POST", f"{API}/tasks", files={"file": ("a.png", png(61))})
    kind = sent.headers["content-type"].replace("multipart/form-data", "Multipart/Form-Data")
    answer = client.post(f"{API}/tasks", content=sent.read(), headers={"Content-Type": kind})
    assert answer.status_code == 201, answer.text


@pytest.mark.parametrize(
    ("name", "content", "status", "code"),
    [
        ("a.png", b"", 415, "unsupported_format"),
        ("a.png", b"<svg xmlns='http://www.w3.org/2000/svg'/>", 415, "unsupported_format"),
        ("a.jpg", b"%PDF-1.7", 415, "unsupported_format"),
        ("passwd", b"root:x:0:0:", 415, "unsupported_format"),
    ],
)
def test_what_is_no_photo_is_refused(client: httpx2.Client, name: str, content: bytes, status: int, code: str) -> None:
    for path in ("enhance", "photos", "tasks"):
        failure(client.post(f"{API}/{path}", files={"file": (name, content)}), status, code)


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"{}", "application/json"), (b"", "multipart/form-data"), (b"", "multipart/form-data; boundary=a"),
        (b"file=1", "application/x-www-form-urlencoded"), (b"--a\r\n", "multipart/form-data; boundary=a"), (b"", ""),
        (b"--a--\r\n", "multipart/form-data; boundary=a"), (b"x", "multipart/mixed; boundary=a"),
    ],
)  # fmt: skip
def test_what_is_no_form_with_a_photo_is_refused(client: httpx2.Client, content: bytes, kind: str) -> None:
    for path in ("enhance", "enhance/batch", "photos"):
        answer = client.post(f"{API}/{path}", content=content, headers={"Content-Type": kind})
        failure(answer, 400, "bad_request")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"\xff",
        b'{"a": NaN}',
        b"[" * 100_000,
        b'"\\ud800"',
        b'{"\\ud800": 1}',
        b"null",
        b'{"preset": "\\ud800"}',
    ],
)
def test_what_is_no_json_is_refused(client: httpx2.Client, content: bytes) -> None:
    for path in ("plan", "preview", "tasks"):
        answer = client.post(f"{API}/{path}", content=content, headers={"Content-Type": "application/json"})
        assert answer.status_code in (400, 422), answer.text
        failure(answer, answer.status_code, answer.json()["error"]["code"])


@pytest.mark.parametrize("kind", ["text/plain", "application/xml", "", "application/x-www-form-urlencoded"])
def test_json_has_to_say_that_it_is(client: httpx2.Client, kind: str) -> None:
    answer = client.post(f"{API}/plan", content=b"{}", headers={"Content-Type": kind})
    failure(answer, 422, "bad_request")


def test_a_character_that_no_database_keeps_is_refused(client: httpx2.Client) -> None:
    failure(client.get(f"{API}/task/%00"), 400, "bad_request")
    failure(client.get(f"{API}/tasks?text=%00"), 400, "bad_request")
    failure(client.get(f"{API}/stats?user_id=%00"), 400, "bad_request")
    failure(client.post(f"{API}/plan", json={"preset": "a\0"}), 400, "bad_request")
    failure(client.post(f"{API}/enhance", files={"file": ("a.png", png())}, data={"preset": "a\0"}), 400, "bad_request")
    assert (
        client.post(
            f"{API}/plan", content=b'{"preset": "\\\\u0000"}', headers={"Content-Type": "application/json"}
        ).status_code
        == 422
    )


def test_paths_in_file_names_are_names(client: httpx2.Client) -> None:
    for name in ("../../../etc/passwd.png", "..\\..\\a.png", "/etc/passwd", "C:\\x\\y.png"):
        task = enhance(client, name, seed=50)
        assert "/" not in task["filename"]
        assert "\\" not in task["filename"]


def test_what_is_no_http_is_refused(house: Running) -> None:
    host, port = house.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=5) as connection:
        connection.sendall(b"nonsense\r\n\r\n")
        assert connection.recv(1000).startswith(b"HTTP/1.1 400")


def test_every_error_of_the_tree_has_a_status_or_is_a_fault() -> None:
    from safelight.api.errors import STATUSES

    faults = {
        "error", "bad_setting", "model_error", "corrupt_weights", "task_error", "lease_lost", "worker_crashed",
        "internal", "cancelled",
    }  # fmt: skip
    codes, kinds = set(), [SafelightError]
    while kinds:
        kind = kinds.pop()
        kinds += kind.__subclasses__()
        if kind.__module__.startswith("safelight."):
            codes.add(kind.code)
    assert codes - set(STATUSES) <= faults

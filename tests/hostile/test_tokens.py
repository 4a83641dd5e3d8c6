"""Tokens, cookies and links that are forged, of another service, or of another time; and ids that are guessed."""

from __future__ import annotations

import hashlib
import hmac
import time
from collections.abc import Iterator, Mapping
from secrets import token_hex

import httpx2
import pytest

from api.running import API, Running, enhance, finished, running
from hostile.table import Told
from safelight.api.links import Links
from safelight.api.session import VALID_S, Sessions
from safelight.secret import service_secret

TOKEN = "a token of 24 signs, say"
ROUTES = ("/tasks", "/stats", "/events", "/datasets", "/presets", "/captioning/endpoint", "/user/victim/tasks")


@pytest.fixture(scope="module")
def locked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A service with a token."""
    with running(tmp_path_factory.mktemp("locked"), token=TOKEN) as house:
        yield house


@pytest.fixture(scope="module")
def secret(locked: Running) -> bytes:
    """What the service signs with."""
    return service_secret(locked.service.settings.data_dir)


@pytest.fixture(scope="module")
def photo(locked: Running) -> Mapping[str, str]:
    """A task of somebody, with the paths of its files."""
    with locked.client("victim", Authorization=f"Bearer {TOKEN}") as client:
        task = enhance(client)["task_id"]
        found = finished(client, task)
    return {"task": task, "path": f"{API}/download/{task}", "link": found["output_image_url"]}


SHOWN: Mapping[str, Mapping[str, str]] = {
    "nothing": {}, "an empty token": {"Authorization": 'Bearer ""'}, "only the word": {"Authorization": "Bearer"},
    "its beginning": {"Authorization": f"Bearer {TOKEN[:-1]}"}, "one sign more": {"Authorization": f"Bearer {TOKEN}x"},
    "other capitals": {"Authorization": f"Bearer {TOKEN.upper()}"}, "another kind": {"Authorization": f"Basic {TOKEN}"},
    "without the kind": {"Authorization": TOKEN}, "twice": {"Authorization": f"Bearer {TOKEN} {TOKEN}"},
    "a token of 20 KB": {"Authorization": "Bearer " + "x" * 20_000}, "no ASCII": {"X-API-Key": "tökén"},
    "a list": {"X-API-Key": f"x,{TOKEN}"}, "quoted": {"X-API-Key": f'"{TOKEN}"'}, "null": {"X-API-Key": "null"},
    "as a cookie": {"Cookie": f"token={TOKEN}; Authorization={TOKEN}"}, "as a user": {"X-User-Id": TOKEN},
    "behind a proxy": {"X-Forwarded-For": "127.0.0.1", "X-Real-IP": "127.0.0.1", "Forwarded": "for=127.0.0.1"},
    "from a trusted client": {"X-Forwarded-For": "10.0.0.1", "X-Client-IP": "127.0.0.1", "True-Client-IP": "::1"},
    "another address inside": {"X-Original-URL": "/health", "X-Rewrite-URL": "/health"},
    "another method inside": {"X-HTTP-Method-Override": "OPTIONS"},
    "unsigned JWT": {"Authorization": "Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJhZG1pbiIsInJvbGUiOiJhZG1pbiJ9."},
    "JWT signed with nothing": {
        "Authorization": "Bearer eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhZG1pbiJ9.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
    },
    "a key of nobody": {"X-API-Key": "sl_" + "0" * 12 + "_" + "0" * 43},
}  # fmt: skip


@pytest.mark.parametrize("case", SHOWN)
def test_shown_for_a_token(locked: Running, told: Told, case: str) -> None:
    came = set()
    shown = [(name.encode(), value.encode()) for name, value in SHOWN[case].items()]
    with locked.client() as client:
        for route in ROUTES:
            answer = client.get(f"{API}{route}", headers=shown)
            came.add(answer.status_code)
            assert answer.json()["error"]["code"] == "not_signed_in"
            assert TOKEN not in answer.text
        came.add(client.get("/metrics", headers=shown).status_code)
    told(str(dict(SHOWN[case])), came)
    assert came == {401}


def cookies(secret: bytes) -> Mapping[str, str]:
    """Values of the cookie that are not those that this service made."""
    theirs = Sessions(secret, TOKEN)
    now = int(time.time())
    good = theirs.begin()
    expires, _, signature = good.partition(".")
    key = hmac.digest(secret, b"session\n" + TOKEN.encode(), hashlib.sha256)
    past = now - 1
    of_link = hmac.new(secret, f"/\n{expires}".encode(), hashlib.sha256).hexdigest()
    of_secret = hmac.new(secret, expires.encode(), hashlib.sha256).hexdigest()
    return {
        "empty": "",
        "no signature": f"{expires}.",
        "signature of zeros": f"{expires}.{'0' * 64}",
        "one sign changed": good[:-1] + ("0" if good[-1] != "0" else "1"),
        "longer": f"{int(expires) + VALID_S}.{signature}",
        "over": f"{past}.{hmac.new(key, str(past).encode(), hashlib.sha256).hexdigest()}",
        "of another token": Sessions(secret, "another").begin(),
        "of another service": Sessions(b"x" * 32, TOKEN).begin(),
        "capitals": f"{expires}.{signature.upper()}",
        "leading zero": f"0{good}",
        "blank": f" {expires} .{signature}",
        "of a link": f"{expires}.{of_link}",
        "never over": f"{'9' * 40}.{signature}",
        "arabic digits": f"١٧.{signature}",
        "an object": '{"expires": 99999999999}',
        "cut short": good[:40],
        "signature of the raw secret": f"{expires}.{of_secret}",
    }


COOKIES = tuple(cookies(b"0" * 32))


@pytest.mark.parametrize("case", COOKIES)
def test_shown_for_a_cookie(locked: Running, secret: bytes, told: Told, case: str) -> None:
    value, name = cookies(secret)[case], Sessions(secret, TOKEN).name
    with locked.client() as client:
        answer = client.get(f"{API}/tasks", headers=[(b"Cookie", f"{name}={value}".encode())])
    told(value, answer.status_code)
    assert answer.status_code == 401


def test_a_cookie_of_this_service_is_taken_but_from_no_other_page(locked: Running, secret: bytes, told: Told) -> None:
    """Else all that is said above would say nothing."""
    sessions = Sessions(secret, TOKEN)
    shown = f"{sessions.name}={sessions.begin()}"
    with locked.client(Cookie=shown) as client:
        own, foreign = client.get(f"{API}/tasks"), client.get(f"{API}/tasks", headers={"Origin": "http://evil.example"})
        port = client.get(f"{API}/tasks", headers={"Origin": "http://127.0.0.1:1"})
    told("a valid cookie", f"{own.status_code}; from another origin {foreign.status_code}, {port.status_code}")
    assert (own.status_code, foreign.status_code, port.status_code) == (200, 401, 401)


def links(secret: bytes, path: str, other: str) -> Mapping[str, str]:
    """Paths with signatures that are not right for them."""
    now = int(time.time())
    good = Links(secret).sign(path)
    signature = good.rpartition("=")[2]

    def signed(of: str, expires: object, key: bytes = secret) -> str:
        return hmac.new(key, f"{of}\n{expires}".encode(), hashlib.sha256).hexdigest()[:40]

    return {
        "no signature": path,
        "empty signature": f"{path}?expires={now + 99}&signature=",
        "signature of zeros": f"{path}?expires={now + 99}&signature={'0' * 40}",
        "longer": f"{path}?expires={now + 9_999}&signature={signature}",
        "over": f"{path}?expires={now - 1}&signature={signed(path, now - 1)}",
        "of another file": f"{other}{good[len(path) :]}",
        "of another service": Links(b"y" * 32).sign(path),
        "cut short": good[:-1],
        "one sign changed": good[:-1] + ("0" if good[-1] != "0" else "1"),
        "never over": f"{path}?expires={'9' * 40}&signature={signed(path, '9' * 40)}",
        "below zero": f"{path}?expires=-1&signature={signed(path, -1)}",
        "no number": f"{path}?expires=x&signature={signed(path, 'x')}",
        "a path in front": f"{path}/..%2f..%2ftasks{good[len(path) :]}",
        "two signatures": f"{path}?expires={now + 99}&signature=0&signature={signed(path, now + 99)}",
        "no ASCII": f"{path}?expires={now + 99}&signature=é",
        "as a parameter of another": f"{other}?path={path}&{good.partition('?')[2]}",
    }


LINKS = tuple(links(b"0" * 32, "/a", "/b"))


@pytest.mark.parametrize("case", LINKS)
def test_shown_for_a_link(locked: Running, secret: bytes, photo: Mapping[str, str], told: Told, case: str) -> None:
    url = links(secret, photo["path"], f"{API}/tasks/{photo['task']}")[case]
    with locked.client() as client:
        answer = client.get(url)
    told(url, answer.status_code)
    assert answer.status_code in (401, 404)


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_a_link_only_reads(locked: Running, photo: Mapping[str, str], told: Told, method: str) -> None:
    with locked.client() as client:
        answer = client.request(method, photo["link"])
        read = client.get(photo["link"])
    told(f"{method} to a link that is right", f"{answer.status_code}; GET {read.status_code}")
    assert answer.status_code == 401
    assert read.status_code == 200


def test_tokens_cannot_be_tried_for_long_at_the_sign_in(locked: Running, told: Told) -> None:
    with locked.client() as client:
        came = [client.post(f"{API}/session", json={"token": f"guess {one}"}).status_code for one in range(30)]
        right = client.post(f"{API}/session", json={"token": TOKEN})
    told("30 wrong tokens", f"{came.count(401)} x 401, then {came[-1]}")
    assert came[0] == 401
    assert came[-1] == 429
    assert right.status_code == 429
    assert int(right.headers["retry-after"]) > 0


PLACES = (
    "tasks/{}", "task/{}", "download/{}", "tasks/{}/events", "batch/status/{}", "datasets/{}", "photos/{}",
)  # fmt: skip
GUESSES = (
    "1",
    "0",
    "-1",
    "latest",
    "*",
    "%",
    "null",
    "0" * 32,
    "f" * 32,
    "..",
    "../tasks",
    "%2e%2e",
    "a/b",
    "a" * 5_000,
    "'--",
    "{task}",
    "$ne",
    "a\u0000",
    "true",
    "00000000-0000-0000-0000-000000000000",
)


@pytest.mark.parametrize("guess", GUESSES)
def test_an_id_that_is_guessed(locked: Running, photo: Mapping[str, str], told: Told, guess: str) -> None:
    """Also one that differs from a real one in a sign, and one of another user: there is no difference to be seen."""
    from urllib.parse import quote

    task = photo["task"]
    near = task[:-1] + ("0" if task[-1] != "0" else "1")
    wanted = quote(guess.replace("{task}", near), safe="").replace(".", "%2E")
    came = set()
    with locked.client("mallory", Authorization=f"Bearer {TOKEN}") as client:
        for path in (
            "tasks/{}",
            "task/{}",
            "download/{}",
            "tasks/{}/events",
            "batch/status/{}",
            "datasets/{}",
            "photos/{}",
        ):
            came.add(answer_of(client, path.format(wanted)))
    told(guess, came)
    assert came <= {400, 404, 405, 422}


def test_what_is_somebody_elses_looks_like_what_is_not(locked: Running, photo: Mapping[str, str], told: Told) -> None:
    with locked.client("mallory", Authorization=f"Bearer {TOKEN}") as client:
        absent = token_hex(16)
        theirs, nobodys = client.get(f"{API}/tasks/{photo['task']}"), client.get(f"{API}/tasks/{absent}")
    told("an id that is, one that is not", f"{theirs.status_code}, {nobodys.status_code}")
    assert theirs.status_code == nobodys.status_code == 404
    assert theirs.text.replace(photo["task"], "") == nobodys.text.replace(absent, "")


def test_ids_have_nothing_in_common(locked: Running, told: Told) -> None:
    with locked.client("victim", Authorization=f"Bearer {TOKEN}") as client:
        ids = [enhance(client, seed=seed)["task_id"] for seed in range(8)]
    told("8 ids, one after the other", ids[0])
    assert len(set(ids)) == 8
    for place in range(32):
        assert len({one[place] for one in ids}) > 1, "a sign that is always the same"


def answer_of(client: httpx2.Client, path: str) -> int:
    """The status of an answer."""
    return client.get(f"{API}/{path}").status_code

"""Signing in with a browser: a cookie in place of the token, and what it does not open."""

from __future__ import annotations

import time
from collections.abc import Iterator
from http.cookies import Morsel, SimpleCookie
from pathlib import Path

import httpx2
import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from api.running import API, Running, failure, png, running
from safelight.api.guesses import MOST, WITHIN_S, Guesses
from safelight.api.session import VALID_S, Sessions

SESSION = f"{API}/session"
SECRET = b"a secret of this service, 32 bytes"
FILE = {"file": ("a.png", png())}


@pytest.fixture(scope="module")
def locked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A service with a token."""
    with running(tmp_path_factory.mktemp("locked"), worker=False, token="pä$$") as found:
        yield found


@pytest.fixture
def signed_in(locked: Running) -> Iterator[httpx2.Client]:
    """A browser that has signed in."""
    with locked.client(Origin=locked.url) as client:
        assert client.post(SESSION, json={"token": "pä$$"}).status_code == 200
        yield client


def cookie_of(answer: httpx2.Response) -> Morsel[str]:
    """The one cookie that an answer sets."""
    [text] = answer.headers.get_list("set-cookie")
    [found] = SimpleCookie(text).values()
    return found


def test_the_token_is_shown_once_and_then_the_cookie_opens(locked: Running) -> None:
    with locked.client() as client:
        assert client.get(SESSION).json() == {"needed": True, "signed_in": False}
        failure(client.get(f"{API}/stats"), 401, "not_signed_in")
        answer = client.post(SESSION, json={"token": "pä$$"})
        assert (answer.status_code, answer.json()) == (200, {"needed": True, "signed_in": True})
        assert client.get(SESSION).json() == {"needed": True, "signed_in": True}
        assert client.get(f"{API}/stats").status_code == 200
        assert client.post(f"{API}/enhance", files=FILE).status_code == 200
        assert client.get("/metrics").status_code == 200
        assert client.delete(f"{API}/tasks/none").status_code == 404


def test_the_cookie_is_kept_from_scripts_and_other_sites(locked: Running) -> None:
    with locked.client() as client:
        answer = client.post(SESSION, json={"token": "pä$$"})
    cookie = cookie_of(answer)
    assert cookie["httponly"]
    assert (cookie["samesite"], cookie["path"], cookie["secure"]) == ("strict", "/", "")
    assert int(cookie["max-age"]) == VALID_S == 30 * 24 * 3600
    assert "pä$$" not in answer.headers["set-cookie"]
    assert answer.headers["cache-control"] == "no-store"


def test_a_wrong_token_opens_nothing(locked: Running) -> None:
    with locked.client() as client:
        for token in ("", "pä$", "pä$$ ", "PÄ$$"):
            answer = client.post(SESSION, json={"token": token})
            failure(answer, 401, "not_signed_in")
            assert "set-cookie" not in answer.headers
        for content in ({}, {"token": 5}, {"token": None}, {"token": "x" * 1001}, {"token": "x", "more": 1}):
            failure(client.post(SESSION, json=content), 422, "bad_request")
        assert client.get(SESSION).json()["signed_in"] is False


def test_signing_out_takes_the_cookie_away(signed_in: httpx2.Client) -> None:
    answer = signed_in.delete(SESSION)
    assert (answer.status_code, answer.json()) == (200, {"needed": True, "signed_in": False})
    assert cookie_of(answer)["max-age"] == "0"
    failure(signed_in.get(f"{API}/stats"), 401, "not_signed_in")


@pytest.mark.parametrize(
    "headers", [{"Origin": "https://evil.example"}, {"Origin": "null"}, {"Origin": "http://127.0.0.1:1"}]
)
def test_a_page_of_another_origin_can_do_nothing_with_the_cookie(
    locked: Running, signed_in: httpx2.Client, headers: dict[str, str]
) -> None:
    failure(signed_in.post(f"{API}/enhance", files=FILE, headers=headers), 403, "forbidden")
    failure(signed_in.delete(f"{API}/tasks/x", headers=headers), 403, "forbidden")
    failure(signed_in.post(SESSION, json={"token": "pä$$"}, headers=headers), 403, "forbidden")
    # Looking does no harm, and a page could not read it; but a page at another port of this machine sends the cookie.
    seen = signed_in.get(f"{API}/stats", headers=headers)
    failure(seen, 401, "not_signed_in")
    assert "access-control-allow-origin" not in seen.headers


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_a_picture_in_a_page_of_another_site_is_not_given(locked: Running, site: str) -> None:
    with locked.client() as client:
        client.post(SESSION, json={"token": "pä$$"})
        failure(client.get(f"{API}/tasks", headers={"Sec-Fetch-Site": site}), 401, "not_signed_in")
        for own in ("same-origin", "none"):
            assert client.get(f"{API}/tasks", headers={"Sec-Fetch-Site": own}).status_code == 200


def test_live_events_come_with_the_cookie(locked: Running, signed_in: httpx2.Client) -> None:
    with signed_in.stream("GET", f"{API}/events") as answer:
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("text/event-stream")
    address = locked.url.replace("http", "ws") + f"{API}/ws"
    cookie = "; ".join(f"{name}={value}" for name, value in signed_in.cookies.items())
    with connect(address, origin=locked.url, additional_headers={"Cookie": cookie}) as socket:
        socket.close()
    for origin, sent in (("https://evil.example", cookie), (locked.url, "a=b")):
        with pytest.raises(InvalidStatus):
            connect(address, origin=origin, additional_headers={"Cookie": sent})


def test_a_new_token_ends_all_sessions(tmp_path: Path) -> None:
    with running(tmp_path, worker=False, token="old") as house, house.client() as client:
        client.post(SESSION, json={"token": "old"})
        cookies = dict(client.cookies.items())
    for token, status in (("old", 200), ("new", 401), ("ol", 401)):
        with running(tmp_path, worker=False, token=token) as house, house.client() as client:
            client.cookies.update(cookies)
            assert client.get(f"{API}/stats").status_code == status


def test_a_session_is_not_for_ever_and_cannot_be_made_up(monkeypatch: pytest.MonkeyPatch) -> None:
    sessions, now = Sessions(SECRET, "token"), time.time()
    value = sessions.begin()
    expires, signature = value.split(".")
    assert sessions.valid(f"other=1; {sessions.name}={value}")
    for forged in (
        f"{int(expires) + 1}.{signature}", f"{expires}.{'0' * 64}", expires, "", signature, f"{value}0", f"0{value}",
        f"{'9' * 13}.{signature}", f"{expires}.{signature.upper()}x",
    ):  # fmt: skip
        assert not sessions.valid(f"{sessions.name}={forged}")
    assert not Sessions(b"the secret of another service 32", "token").valid(f"{sessions.name}={value}")
    with monkeypatch.context() as patch:
        patch.setattr(time, "time", lambda: now + VALID_S + 2)
        assert not sessions.valid(f"{sessions.name}={value}")


def test_two_services_of_a_machine_have_cookies_of_their_own() -> None:
    first, second = Sessions(SECRET, "a"), Sessions(b"the secret of another service 32", "a")
    assert first.name != second.name
    assert first.name == Sessions(SECRET, "b").name


def test_where_there_is_no_token_there_is_nothing_to_sign_in_with(house: Running) -> None:
    with house.client() as client:
        assert client.get(SESSION).json() == {"needed": False, "signed_in": True}
        answer = client.post(SESSION, json={"token": ""})
        assert answer.json() == {"needed": False, "signed_in": True}
        assert "set-cookie" not in answer.headers
        assert client.get(SESSION, headers={"X-Forwarded-For": "1.2.3.4"}).json() == {
            "needed": False, "signed_in": False,
        }  # fmt: skip
    empty = Sessions(SECRET, "")
    assert not empty.opens("")
    assert not empty.valid(f"{empty.name}={empty.begin()}")


def test_a_trusted_network_needs_no_session(tmp_path: Path) -> None:
    with (
        running(tmp_path, worker=False, token="secret", trusted_networks="127.0.0.0/8") as house,
        house.client() as client,
    ):
        assert client.get(SESSION).json() == {"needed": False, "signed_in": True}


def test_over_tls_the_cookie_goes_over_tls_only(tmp_path: Path) -> None:
    public = {"public_url": "https://photos.example", "allowed_hosts": "nas"}
    with running(tmp_path, worker=False, token="secret", **public) as house:
        for host, secure in (("photos.example", True), ("nas:8000", False), ("192.168.1.4:8000", False)):
            with house.client(Host=host) as client:
                assert bool(cookie_of(client.post(SESSION, json={"token": "secret"}))["secure"]) is secure


def test_many_wrong_tokens_from_one_address_are_followed_by_a_rest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("safelight.api.routes.session._PAUSE_S", 0.0)
    with running(tmp_path, worker=False, token="secret") as house, house.client() as client:
        for number in range(MOST):
            failure(client.post(SESSION, json={"token": f"guess {number}"}), 401, "not_signed_in")
        answer = client.post(SESSION, json={"token": "guess"})
        assert "60 seconds" in failure(answer, 429, "too_many_tries")["message"]
        assert int(answer.headers["retry-after"]) > 0
        # Nobody is told by this whether the last one was the right one.
        failure(client.post(SESSION, json={"token": "secret"}), 429, "too_many_tries")
        bearer = {"Authorization": "Bearer secret"}
        assert client.get(f"{API}/stats", headers=bearer).status_code == 200


def test_guesses_are_counted_by_address_and_for_a_minute() -> None:
    now = [1000.0]
    guesses = Guesses(lambda: now[0])
    for _ in range(MOST):
        assert guesses.wait("2001:db8::1") == 0
        guesses.wrong("2001:db8::1")
        now[0] += 1
    assert guesses.wait("2001:db8::1") == WITHIN_S - MOST
    assert guesses.wait("2001:db8::ffff:2") == WITHIN_S - MOST
    assert guesses.wait("2001:db8:0:1::1") == 0
    assert guesses.wait("192.0.2.1") == guesses.wait("") == 0
    now[0] += WITHIN_S - MOST
    assert guesses.wait("2001:db8::1") == 0
    guesses.wrong("2001:db8::1")
    assert guesses.wait("2001:db8::1") == 1

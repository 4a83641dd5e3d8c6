"""Accounts over HTTP: signing in, sessions, keys, tokens, and what each of them may do."""

from __future__ import annotations

import time
from collections.abc import Iterator
from http.cookies import SimpleCookie
from pathlib import Path

import httpx2
import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from api.callers import HASHED, PASSWORD, key_of, person, signed_in, token_of
from api.running import API, Running, enhance, failure, png, running
from safelight.accounts.role import Role
from safelight.accounts.scope import Scope
from safelight.api.guesses import MOST
from safelight.api.security import check_binding
from safelight.errors import SettingsError
from safelight.settings import Settings

ACCOUNT = f"{API}/account"
FILE = {"file": ("a.png", png())}


@pytest.fixture(scope="module")
def people(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A service with an admin, an operator and two users."""
    with running(tmp_path_factory.mktemp("people"), worker=False) as found:
        for name, role in (("root", Role.ADMIN), ("olga", Role.OPERATOR), ("anna", Role.USER), ("ben", Role.USER)):
            person(found, name, role)
        yield found


@pytest.fixture(autouse=True)
def _no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("safelight.api.routes.account._PAUSE_S", 0.0)


def rest_of(socket: ClientConnection) -> list[str | bytes]:
    """What still comes until the other side closes."""
    told: list[str | bytes] = []
    with pytest.raises(ConnectionClosed) as ended:
        told += iter(lambda: socket.recv(timeout=10), None)
    assert ended.value.rcvd is not None
    assert ended.value.rcvd.code == 1008
    return told


def fresh(house: Running) -> None:
    """Let a service look everything up anew, as it does after some seconds."""
    with house.client(**key_of(house, "root")) as client:
        # A change of a user makes it forget what it has looked up.
        assert client.patch(f"{API}/users/root", json={}).status_code == 200


def test_without_accounts_nothing_changes_for_anybody(house: Running) -> None:
    with house.client() as client:
        told = client.get(ACCOUNT).json()
        assert told | {"scopes": []} == {
            "accounts": False, "signed_in": True, "user": None, "role": "admin", "via": "loopback", "acts": True,
            "scopes": [], "csrf": "",
        }  # fmt: skip
        assert enhance(client)["user_id"] == "local"
        assert enhance(client, user_id="somebody")["user_id"] == "somebody"


def test_with_accounts_everybody_signs_in(people: Running) -> None:
    with people.client() as client:
        for path in ("/stats", "/tasks", "/events", "/users", "/keys", "/audit", "/models"):
            failure(client.get(API + path), 401, "not_signed_in")
        failure(client.get("/metrics"), 401, "not_signed_in")
        failure(client.post(f"{API}/enhance", files=FILE), 401, "not_signed_in")
        assert client.get("/health").status_code == 200
        assert client.get(ACCOUNT).json() == {
            "accounts": True, "signed_in": False, "user": None, "role": None, "via": None, "acts": False,
            "scopes": [], "csrf": "",
        }  # fmt: skip
    with pytest.raises(InvalidStatus):
        connect(people.url.replace("http", "ws") + f"{API}/ws")


def test_one_signs_in_works_and_signs_out(people: Running) -> None:
    with signed_in(people, "Anna") as anna:
        told = anna.get(ACCOUNT).json()
        assert (told["user"], told["role"], told["via"], told["acts"]) == ("anna", "user", "session", False)
        assert told["scopes"] == ["tasks:read", "tasks:write", "datasets"]
        task = enhance(anna)
        assert task["user_id"] == "anna"
        assert [one["task_id"] for one in anna.get(f"{API}/tasks?limit=1").json()["tasks"]] == [task["task_id"]]
        assert anna.get(f"{API}/user/anna/tasks").json()["user_id"] == "anna"
        kept = dict(anna.cookies.items())
        assert anna.post(f"{ACCOUNT}/sign-out").json()["signed_in"] is False
        failure(anna.get(f"{API}/tasks"), 401, "not_signed_in")
    with people.client() as other:
        other.cookies.update(kept)
        failure(other.get(f"{API}/tasks"), 401, "not_signed_in")


def test_pages_cannot_read_the_cookie_and_other_sites_cannot_send_it(people: Running) -> None:
    with people.client() as client:
        answer = client.post(f"{ACCOUNT}/sign-in", json={"name": "anna", "password": PASSWORD})
    [found] = SimpleCookie(answer.headers["set-cookie"]).values()
    assert found["httponly"]
    assert found["samesite"] == "strict"
    assert found["path"] == "/"
    assert not found["secure"]
    assert answer.headers["cache-control"] == "no-store"


def test_over_tls_the_cookie_goes_over_tls_only(tmp_path: Path) -> None:
    with running(tmp_path, worker=False, public_url="https://photos.example") as house:
        person(house, "root", Role.ADMIN)
        with house.client(Host="photos.example") as client:
            answer = client.post(f"{ACCOUNT}/sign-in", json={"name": "root", "password": PASSWORD})
        [found] = SimpleCookie(answer.headers["set-cookie"]).values()
        assert found["secure"]


@pytest.mark.parametrize("shown", ["", "0" * 40, "other"])
def test_a_page_has_to_show_what_it_was_told_to_change_anything(people: Running, shown: str) -> None:
    with signed_in(people, "anna") as anna, signed_in(people, "anna") as again:
        value = again.headers["X-CSRF-Token"] if shown == "other" else shown
        anna.headers["X-CSRF-Token"] = value
        assert anna.get(f"{API}/tasks").status_code == 200
        for method, path in (
            ("POST", "/plan"),
            ("PUT", "/presets/x"),
            ("DELETE", "/tasks/x"),
            ("POST", "/account/sign-out"),
        ):
            error = failure(anna.request(method, API + path, json={}), 403, "forbidden")
            assert "X-CSRF-Token" in error["message"]
        assert anna.get(ACCOUNT).json()["signed_in"] is True


def test_a_foreign_page_can_do_nothing_with_the_cookie(people: Running) -> None:
    with signed_in(people, "anna") as anna:
        for headers in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "same-site"}):
            failure(anna.post(f"{API}/plan", json={}, headers=headers), 403, "forbidden")
            failure(anna.get(f"{API}/tasks", headers=headers), 401, "not_signed_in")


def test_a_cookie_cannot_be_made_up(people: Running) -> None:
    with signed_in(people, "anna") as anna:
        [(name, value)] = anna.cookies.items()
    id_, signature = value.split(".")
    for forged in (
        f"{'0' * 64}.{signature}", f"{id_}.{'0' * 64}", id_, "", f"{id_}.{signature}0", f"{id_}.{signature[:-1]}",
    ):  # fmt: skip
        with people.client(Cookie=f"{name}={forged}") as client:
            failure(client.get(f"{API}/tasks"), 401, "not_signed_in")
    with people.client(Cookie=f"{name}={value}") as client:
        assert client.get(f"{API}/tasks").status_code == 200


def test_nobody_is_told_whether_the_name_or_the_password_is_wrong(tmp_path: Path) -> None:
    with running(tmp_path, worker=False) as house:
        person(house, "root", Role.ADMIN)
        person(house, "gone")
        house.service.users.change("gone", disabled=True)
        house.service.users.add("new", Role.USER, None)
        with house.client() as client:
            told = [
                client.post(f"{ACCOUNT}/sign-in", json={"name": name, "password": password})
                for name, password in (
                    ("root", "wrong password"), ("nobody", PASSWORD), ("gone", PASSWORD), ("new", PASSWORD),
                    ("new", ""), ("root'--", PASSWORD), ("root\x01", PASSWORD),
                )
            ]  # fmt: skip
        assert {(one.status_code, one.text) for one in told} == {(401, told[0].text)}


def test_many_wrong_passwords_are_followed_by_a_rest(tmp_path: Path) -> None:
    with running(tmp_path, worker=False) as house:
        person(house, "root", Role.ADMIN)
        with house.client() as client:
            for number in range(MOST):
                sent = {"name": f"user{number}", "password": "a wrong password"}
                failure(client.post(f"{ACCOUNT}/sign-in", json=sent), 401, "not_signed_in")
            right = client.post(f"{ACCOUNT}/sign-in", json={"name": "root", "password": PASSWORD})
            failure(right, 429, "too_many_tries")
            assert int(right.headers["retry-after"]) > 0
            failure(client.post(f"{ACCOUNT}/invite", json={"code": "0" * 64}), 429, "too_many_tries")
        with house.client(**key_of(house, "root")) as program:
            assert program.get(f"{API}/stats").status_code == 200


def test_a_new_password_ends_the_other_sessions(people: Running) -> None:
    name = person(people, "carla")
    with signed_in(people, name) as here, signed_in(people, name) as there:
        failure(
            here.post(f"{ACCOUNT}/password", json={"old": "wrong one!", "new": "another password"}), 403, "forbidden"
        )
        failure(here.post(f"{ACCOUNT}/password", json={"old": PASSWORD, "new": "short"}), 400, "bad_request")
        told = here.post(f"{ACCOUNT}/password", json={"old": PASSWORD, "new": "another password"})
        assert told.status_code == 200
        here.headers["X-CSRF-Token"] = told.json()["csrf"]
        assert here.post(f"{API}/plan", json={}).status_code == 200
        failure(there.get(f"{API}/tasks"), 401, "not_signed_in")
        with people.client() as client:
            sent = {"name": name, "password": PASSWORD}
            failure(client.post(f"{ACCOUNT}/sign-in", json=sent), 401, "not_signed_in")
    with signed_in(people, name, "another password"):
        pass


def test_one_sees_where_one_is_signed_in_and_ends_that_everywhere_else(people: Running) -> None:
    name, key = person(people, "sara"), key_of(people, "ben")
    with signed_in(people, name) as here, signed_in(people, name) as there, signed_in(people, "ben") as other:
        told = here.get(f"{ACCOUNT}/sessions").json()
        assert sorted(one["current"] for one in told) == [False, True]
        assert all(one["created_at"] <= one["seen_at"] < one["expires_at"] for one in told)
        failure(here.post(f"{ACCOUNT}/sessions/end-others", headers={"X-CSRF-Token": ""}), 403, "forbidden")
        left = here.post(f"{ACCOUNT}/sessions/end-others").json()
        assert [one["current"] for one in left] == [True]
        failure(there.get(f"{API}/tasks"), 401, "not_signed_in")
        assert other.get(f"{API}/tasks").status_code == 200
        assert here.get(f"{API}/tasks").status_code == 200
    with people.client(**key) as program:
        failure(program.get(f"{ACCOUNT}/sessions"), 403, "forbidden")
        failure(program.post(f"{ACCOUNT}/sessions/end-others"), 403, "forbidden")


def test_a_hash_of_older_parameters_is_made_anew_when_one_signs_in(people: Running) -> None:
    from argon2 import PasswordHasher

    weak = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1).hash(PASSWORD)
    people.service.users.add("old", Role.USER, weak)
    with signed_in(people, "old"):
        pass
    kept = people.service.users.get("old").password
    assert kept != weak
    with signed_in(people, "old"):
        assert people.service.users.get("old").password == kept


def test_a_disabled_user_is_out_at_once_with_everything(people: Running) -> None:
    name = person(people, "dora")
    key = key_of(people, name)
    token = token_of(people, key)
    with signed_in(people, name) as browser, signed_in(people, "root") as root:
        assert browser.get(f"{API}/tasks").status_code == 200
        assert root.patch(f"{API}/users/{name}", json={"disabled": True}).json()["disabled"] is True
        failure(browser.get(f"{API}/tasks"), 401, "not_signed_in")
        for headers in (key, token):
            with people.client(**headers) as client:
                failure(client.get(f"{API}/tasks"), 401, "not_signed_in")
        root.patch(f"{API}/users/{name}", json={"disabled": False})
        failure(browser.get(f"{API}/tasks"), 401, "not_signed_in")
        with people.client(**key) as client:
            assert client.get(f"{API}/tasks").status_code == 200


def test_what_another_process_revokes_opens_nothing_after_some_seconds(people: Running) -> None:
    made = key_of(people, "anna")
    id_ = made["Authorization"].split("_")[1]
    with people.client(**made) as client:
        assert client.get(f"{API}/stats").status_code == 200
        people.service.keys.revoke(None, id_)
        end = time.monotonic() + 10
        while client.get(f"{API}/stats").status_code == 200:
            assert time.monotonic() < end
            time.sleep(0.2)
        failure(client.get(f"{API}/stats"), 401, "not_signed_in")


def test_a_key_is_told_once_and_revoked_at_once(people: Running) -> None:
    with signed_in(people, "anna") as anna:
        answer = anna.post(f"{API}/keys", json={"name": "phone"})
        assert answer.status_code == 201
        assert answer.headers["cache-control"] == "no-store"
        made = answer.json()
        assert made["about"]["scopes"] == ["tasks:read", "tasks:write"]
        listed = anna.get(f"{API}/keys")
        assert made["about"]["id"] in [one["id"] for one in listed.json()]
        assert made["key"].rsplit("_", 1)[1] not in listed.text
        for headers in ({"Authorization": f"Bearer {made['key']}"}, {"X-API-Key": made["key"]}):
            with people.client(**headers) as client:
                assert enhance(client)["user_id"] == "anna"
                assert client.get(ACCOUNT).json()["via"] == "key"
        used = [one["used_at"] for one in anna.get(f"{API}/keys").json() if one["id"] == made["about"]["id"]]
        assert used[0] is not None
        assert anna.delete(f"{API}/keys/{made['about']['id']}").status_code == 204
        with people.client(**{"X-API-Key": made["key"]}) as client:
            failure(client.get(f"{API}/stats"), 401, "not_signed_in")
        failure(anna.delete(f"{API}/keys/{made['about']['id']}"), 404, "not_found")


def test_a_key_ends_when_it_is_to(people: Running) -> None:
    ends = time.time() + 4
    key = key_of(people, "anna", expires_at=round(ends * 1000))
    token = token_of(people, key)
    for headers in (key, token):
        with people.client(**headers) as client:
            assert client.get(f"{API}/stats").status_code == 200
    time.sleep(max(0.0, ends - time.time()) + 0.1)
    for headers in (key, token):
        with people.client(**headers) as client:
            failure(client.get(f"{API}/stats"), 401, "not_signed_in")


def test_a_key_with_a_wrong_secret_opens_nothing(people: Running) -> None:
    right = key_of(people, "anna")["Authorization"]
    for wrong in (right[:-1] + ("0" if right[-1] != "0" else "1"), right[:-64] + "0" * 64, right.upper()):
        with people.client(Authorization=wrong) as client:
            failure(client.get(f"{API}/stats"), 401, "not_signed_in")


def test_a_key_is_for_its_scopes_alone(people: Running) -> None:
    with people.client(**key_of(people, "root", Scope.READ)) as client:
        assert client.get(f"{API}/tasks").status_code == 200
        for method, path in (
            ("POST", "/enhance"), ("POST", "/plan"), ("DELETE", "/tasks/x"), ("POST", "/queue/pause"),
            ("GET", "/users"), ("GET", "/audit"), ("GET", "/keys"), ("POST", "/keys"), ("PUT", "/workflows/x"),
        ):  # fmt: skip
            error = failure(client.request(method, API + path, json={}), 403, "forbidden")
            assert "scope" in error["message"], path
        failure(client.get("/metrics"), 403, "forbidden")
    with people.client(**key_of(people, "root", Scope.WRITE)) as client:
        assert client.post(f"{API}/plan", json={}).status_code == 200
        failure(client.get(f"{API}/tasks"), 403, "forbidden")
        failure(client.get(f"{API}/events"), 403, "forbidden")
    address = people.url.replace("http", "ws") + f"{API}/ws"
    with pytest.raises(InvalidStatus):
        connect(address, additional_headers=key_of(people, "root", Scope.WRITE))
    with connect(address, additional_headers=key_of(people, "root", Scope.READ)) as socket:
        socket.close()


def test_a_key_loses_what_its_user_loses(people: Running) -> None:
    name = person(people, "erik", Role.ADMIN)
    key = key_of(people, name, acts=True)
    with people.client(**key) as client:
        assert client.get(f"{API}/users").status_code == 200
        assert client.get(f"{API}/tasks?user_id=anna").status_code == 200
        people.service.users.change(name, role=Role.USER)
        fresh(people)
        failure(client.get(f"{API}/users"), 403, "forbidden")
        failure(client.get(f"{API}/tasks?user_id=anna"), 403, "forbidden")


def test_users_and_keys_are_seen_to_by_admins_alone(people: Running) -> None:
    for name in ("anna", "olga"):
        with signed_in(people, name) as client:
            for method, path in (
                ("GET", "/users"), ("POST", "/users"), ("GET", "/users/root"), ("PATCH", "/users/root"),
                ("POST", "/users/invites"), ("GET", "/audit"), ("GET", "/keys?all=true"),
            ):  # fmt: skip
                body = {"name": "eve"} if path == "/users" else {}
                failure(client.request(method, API + path, json=body), 403, "forbidden")
            mine = {"name": "x"}
            failure(client.post(f"{API}/keys", json={**mine, "user": "root"}), 403, "forbidden")
            failure(client.post(f"{API}/keys", json={**mine, "acts_for_others": True}), 403, "forbidden")
            failure(client.post(f"{API}/keys", json={**mine, "scopes": ["admin"]}), 403, "forbidden")
            theirs = key_of(people, "root")["Authorization"].split("_")[1]
            failure(client.delete(f"{API}/keys/{theirs}"), 404, "not_found")
            assert theirs not in client.get(f"{API}/keys").text


def test_what_is_everybodys_is_changed_by_operators(people: Running) -> None:
    shared = [("POST", "/queue/pause"), ("POST", "/queue/resume"), ("POST", "/models/nothing/pull"),
              ("DELETE", "/workflows/nothing")]  # fmt: skip
    with signed_in(people, "anna") as anna, signed_in(people, "olga") as olga, people.client() as client:
        client.headers.update(key_of(people, "anna"))
        for method, path in shared:
            failure(anna.request(method, API + path), 403, "forbidden")
            failure(client.request(method, API + path), 403, "forbidden")
            assert olga.request(method, API + path).status_code in (200, 404), path
        failure(anna.get("/metrics"), 403, "forbidden")
        assert olga.get("/metrics").status_code == 200
        # Who acts for a user has no more rights than that user.
        failure(olga.post(f"{API}/queue/pause?user_id=anna"), 403, "forbidden")


def test_only_who_may_act_for_others_names_users(people: Running) -> None:
    body = {"photo": "x", "user_id": "ben"}
    with signed_in(people, "anna") as anna:
        for answer in (
            anna.get(f"{API}/tasks?user_id=ben"), anna.get(f"{API}/tasks", headers={"X-User-Id": "ben"}),
            anna.post(f"{API}/enhance", files=FILE, data={"user_id": "ben"}), anna.post(f"{API}/tasks", json=body),
            anna.post(f"{API}/enhance?user_id=ben", files=FILE), anna.post(f"{API}/batches", json={"user_id": "ben"}),
            anna.post(f"{API}/transform", json={"user_id": "ben", "image_url": "http://a.example/a.png"}),
        ):  # fmt: skip
            failure(answer, 403, "forbidden")
        failure(anna.get(f"{API}/user/ben/tasks"), 404, "not_found")
        assert enhance(anna, user_id="anna")["user_id"] == "anna"
        assert anna.get(f"{API}/tasks?user_id=anna").status_code == 200
    with signed_in(people, "olga") as olga:
        assert enhance(olga)["user_id"] == "olga"
        assert enhance(olga, user_id="ben")["user_id"] == "ben"
        assert {one["user_id"] for one in olga.get(f"{API}/tasks").json()["tasks"]} == {"olga"}
        assert {one["user_id"] for one in olga.get(f"{API}/tasks?user_id=ben").json()["tasks"]} == {"ben"}


def test_a_back_end_acts_for_its_users_with_a_key_for_it(people: Running) -> None:
    with people.client(**key_of(people, "root", acts=True)) as back_end:
        task = enhance(back_end, user_id="their-own-user")
        assert task["user_id"] == "their-own-user"
        # As clients of the fixed routes ask: by the id alone.
        assert back_end.get(f"{API}/task/{task['task_id']}").json()["user_id"] == "their-own-user"
        assert back_end.get(f"{API}/user/their-own-user/tasks").json()["total"] == 1
        failure(back_end.get(f"{API}/task/{task['task_id']}?user_id=anna"), 404, "not_found")
    with people.client(**key_of(people, "root")) as without:
        failure(without.get(f"{API}/task/{task['task_id']}"), 404, "not_found")


def test_a_token_does_what_its_key_does_and_makes_no_others(people: Running) -> None:
    key = key_of(people, "anna", Scope.READ)
    token = token_of(people, key)
    with people.client(**token) as app:
        told = app.get(ACCOUNT).json()
        assert (told["user"], told["via"], told["scopes"]) == ("anna", "jwt", ["tasks:read"])
        failure(app.post(f"{API}/plan", json={}), 403, "forbidden")
        failure(app.post(f"{ACCOUNT}/token"), 403, "forbidden")
        failure(app.post(f"{ACCOUNT}/password", json={"old": PASSWORD, "new": "another password"}), 403, "forbidden")
        with signed_in(people, "anna") as anna:
            anna.delete(f"{API}/keys/{key['Authorization'].split('_')[1]}")
        failure(app.get(f"{API}/tasks"), 401, "not_signed_in")


def test_a_token_of_a_session_ends_with_it(people: Running) -> None:
    with signed_in(people, "anna") as anna:
        made = anna.post(f"{ACCOUNT}/token").json()
        assert made["expires_in"] <= 900
        with people.client(Authorization=f"Bearer {made['access_token']}") as app:
            assert enhance(app)["user_id"] == "anna"
            assert app.post(f"{API}/keys", json={"name": "x"}).status_code == 403
            anna.post(f"{ACCOUNT}/sign-out")
            failure(app.get(f"{API}/tasks"), 401, "not_signed_in")


def test_no_answer_with_a_secret_is_kept_for_a_repeat(people: Running) -> None:
    with signed_in(people, "anna") as anna:
        twice = {"Idempotency-Key": "once"}
        sent = [
            (f"{ACCOUNT}/token", None), (f"{API}/keys", {"name": "x"}),
            (f"{ACCOUNT}/sign-in", {"name": "anna", "password": PASSWORD}),
        ]  # fmt: skip
        for path, body in sent:
            first, second = (anna.post(path, json=body, headers=twice) for _ in range(2))
            assert first.status_code == second.status_code in (200, 201)
            assert "idempotent-replayed" not in second.headers
            assert first.text != second.text
            anna.headers["X-CSRF-Token"] = anna.get(ACCOUNT).json()["csrf"]


def test_an_idempotency_key_of_another_user_is_another_one(people: Running) -> None:
    once = {"Idempotency-Key": "mine"}
    with signed_in(people, "anna") as anna, signed_in(people, "ben") as ben:
        first = anna.post(f"{API}/enhance", files=FILE, headers=once).json()
        assert ben.post(f"{API}/enhance", files=FILE, headers=once).json()["user_id"] == "ben"
        failure(ben.post(f"{API}/enhance?user_id=anna", files=FILE, headers=once), 403, "forbidden")
        assert anna.post(f"{API}/enhance", files=FILE, headers=once).json()["task_id"] == first["task_id"]


def test_the_first_user_is_an_admin_and_then_everybody_signs_in(tmp_path: Path) -> None:
    with running(tmp_path, worker=False) as house, house.client() as client:
        failure(client.post(f"{API}/users", json={"name": "anna"}), 409, "wrong_state")
        sent = {"name": "Root", "role": "admin", "password": PASSWORD}
        failure(client.post(f"{API}/users?user_id=somebody", json=sent), 403, "forbidden")
        assert client.post(f"{API}/users", json=sent).json()["name"] == "root"
        failure(client.get(f"{API}/tasks"), 401, "not_signed_in")
        with signed_in(house, "root") as root:
            failure(root.post(f"{API}/users", json=sent), 409, "wrong_state")
            failure(root.patch(f"{API}/users/root", json={"role": "user"}), 409, "wrong_state")
            failure(root.patch(f"{API}/users/root", json={"disabled": True}), 409, "wrong_state")
            assert root.get(f"{API}/users/root").json()["role"] == "admin"
            assert root.get(f"{API}/users/nobody").status_code == 404


def test_accounts_begin_while_the_service_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("safelight.api.accounts.FRESH_S", 0.0)
    with running(tmp_path, worker=False) as house, house.client() as client:
        assert client.get(f"{API}/tasks").status_code == 200
        # As the command line does it, in another process.
        house.service.users.add("root", Role.ADMIN, HASHED)
        failure(client.get(f"{API}/tasks"), 401, "not_signed_in")


def test_a_link_makes_an_account_once(people: Running) -> None:
    with signed_in(people, "root") as root:
        made = root.post(f"{API}/users/invites", json={"role": "operator"}).json()
    assert made["url"].endswith(f"/welcome#{made['code']}")
    with people.client() as client:
        told = client.post(f"{ACCOUNT}/invite", json={"code": made["code"]}).json()
        assert (told["user"], told["role"], told["account"]) == (None, "operator", None)
        chosen = {"code": made["code"], "name": "Frida", "password": PASSWORD}
        failure(client.post(f"{ACCOUNT}/invite", json={**chosen, "password": "short"}), 400, "bad_request")
        failure(client.post(f"{ACCOUNT}/invite", json={**chosen, "name": "anna"}), 409, "wrong_state")
        failure(client.post(f"{ACCOUNT}/invite", json={**chosen, "name": None}), 400, "bad_request")
        done = client.post(f"{ACCOUNT}/invite", json=chosen).json()
        assert (done["account"]["user"], done["account"]["role"]) == ("frida", "operator")
        assert client.get(f"{API}/stats").status_code == 200
        failure(client.post(f"{ACCOUNT}/invite", json=chosen), 401, "not_signed_in")


def test_a_link_for_a_new_password_ends_the_sessions(people: Running) -> None:
    name = person(people, "gina")
    with signed_in(people, "root") as root, signed_in(people, name) as gina, people.client() as client:
        older = root.post(f"{API}/users/invites", json={"user": name}).json()
        made = root.post(f"{API}/users/invites", json={"user": name}).json()
        failure(client.post(f"{ACCOUNT}/invite", json={"code": older["code"]}), 401, "not_signed_in")
        sent = {"code": made["code"], "name": "root", "password": "a new password"}
        assert client.post(f"{ACCOUNT}/invite", json=sent).json()["account"]["user"] == name
        failure(gina.get(f"{API}/tasks"), 401, "not_signed_in")
    with signed_in(people, name, "a new password"):
        pass


def test_a_link_that_is_too_old_does_nothing(people: Running) -> None:
    code, _ = people.service.invites.make(Role.ADMIN, valid_ms=-1)
    with people.client() as client:
        sent = {"code": code, "name": "late", "password": PASSWORD}
        failure(client.post(f"{ACCOUNT}/invite", json=sent), 401, "not_signed_in")


def test_the_audit_log_tells_what_matters_and_no_secret(people: Running) -> None:
    with signed_in(people, "anna") as anna, signed_in(people, "root") as root:
        with people.client() as client:
            client.post(f"{ACCOUNT}/sign-in", json={"name": "anna", "password": "a wrong password"})
        key = anna.post(f"{API}/keys", json={"name": "audited"}).json()
        anna.delete(f"{API}/keys/{key['about']['id']}")
        task = enhance(anna)["task_id"]
        anna.post(f"{API}/tasks/{task}/cancel")
        assert anna.delete(f"{API}/tasks/{task}").status_code == 204
        server = {"base_url": "https://captions.example/v1", "models": ["a"], "key": "sk-of-the-server"}
        assert anna.put(f"{API}/captioning/endpoint", json=server).status_code == 200
        root.post(f"{API}/queue/pause")
        root.post(f"{API}/queue/resume")
        root.post(f"{API}/users", json={"name": "hugo", "password": "hugos password"})
        page = root.get(f"{API}/audit?limit=200")
        told = [(one["who"], one["what"], one["about"]) for one in page.json()["entries"]]
        for entry in (
            ("anna", "sign_in", ""), ("anna", "sign_in_failed", ""), ("anna", "deleted", f"/tasks/{task}"),
            ("anna", "key_made", f"{key['about']['id']} of anna: tasks:read, tasks:write"),
            ("anna", "key_revoked", f"{key['about']['id']} of anna"), ("root", "changed", "/queue/pause"),
            ("root", "user_added", "hugo (user)"), ("anna", "changed", "/captioning/endpoint"),
        ):  # fmt: skip
            assert entry in told, entry
        assert page.json()["entries"][0]["address"] == "127.0.0.1"
        for secret in (
            PASSWORD,
            "a wrong password",
            "hugos password",
            "sk-of-the-server",
            key["key"].rsplit("_", 1)[1],
            "argon2",
        ):
            assert secret not in page.text
        first = root.get(f"{API}/audit?limit=2").json()
        second = root.get(f"{API}/audit?limit=2&cursor={first['next']}").json()
        assert first["entries"][-1]["id"] > second["entries"][0]["id"]
        assert {one["who"] for one in root.get(f"{API}/audit?who=anna").json()["entries"]} == {"anna"}
        made = root.get(f"{API}/audit?who=anna&what=key_made").json()["entries"]
        assert {(one["who"], one["what"]) for one in made} == {("anna", "key_made")}


def test_a_trusted_network_needs_no_account_and_is_no_admin(tmp_path: Path) -> None:
    with running(tmp_path, worker=False, trusted_networks="127.0.0.0/8", accounts=True) as house:
        person(house, "root", Role.ADMIN)
        person(house, "anna")
        with house.client() as client:
            assert enhance(client, user_id="anyone")["user_id"] == "anyone"
            failure(client.get(f"{API}/users"), 403, "forbidden")
        # Who shows a key is whose key it is.
        with house.client(**key_of(house, "anna")) as anna:
            assert enhance(anna)["user_id"] == "anna"
            failure(anna.get(f"{API}/tasks?user_id=anyone"), 403, "forbidden")


def test_the_token_of_the_service_goes_on_beside_accounts(tmp_path: Path) -> None:
    with running(tmp_path, worker=False, token="secret") as house:
        person(house, "root", Role.ADMIN)
        with house.client(Authorization="Bearer secret") as client:
            assert enhance(client, user_id="anyone")["user_id"] == "anyone"
            assert client.get(f"{API}/users").status_code == 200
        with house.client() as client:
            failure(client.get(f"{API}/tasks"), 401, "not_signed_in")
            assert client.post(f"{API}/session", json={"token": "secret"}).json()["signed_in"] is True
            assert client.get(f"{API}/tasks").status_code == 200
        with signed_in(house, "root") as root:
            assert enhance(root)["user_id"] == "root"


def test_with_accounts_it_may_listen_beyond_loopback() -> None:
    check_binding(Settings(host="0.0.0.0", accounts=True))
    check_binding(Settings(host="0.0.0.0"), users=True)
    check_binding(Settings(public_url="https://photos.example", accounts=True))
    with pytest.raises(SettingsError, match="SAFELIGHT_ACCOUNTS"):
        check_binding(Settings(host="0.0.0.0"))


def test_a_stream_ends_when_its_session_does(people: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("safelight.api.live._LOOK_S", 0.0)
    with signed_in(people, "anna") as anna, signed_in(people, "anna") as other:
        token = other.post(f"{ACCOUNT}/token").json()["access_token"]
        address = people.url.replace("http", "ws") + f"{API}/ws"
        with (
            other.stream("GET", f"{API}/events") as stream,
            connect(address, additional_headers={"Authorization": f"Bearer {token}"}) as socket,
        ):
            lines = stream.iter_lines()
            enhance(anna, seed=1)
            assert any(line.startswith("data:") for line in lines)
            assert "task_id" in str(socket.recv(timeout=10))
            second = httpx2.Client(
                base_url=people.url, headers=dict(other.headers), cookies=dict(other.cookies.items())
            )
            assert second.post(f"{ACCOUNT}/sign-out").status_code == 200
            second.close()
            late = enhance(anna, seed=2)["task_id"]
            assert late not in "".join(lines)
            assert late not in "".join(str(one) for one in rest_of(socket))

"""A user sees and changes what is theirs; of everything else there is nothing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx2
import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from api.callers import key_of, person, signed_in, token_of
from api.running import API, Running, batch_of, enhance, failure, finished, png, running
from safelight.accounts.role import Role

TASK = [
    ("GET", "/task/{task}"), ("GET", "/status/{task}"), ("GET", "/download/{task}"), ("GET", "/tasks/{task}"),
    ("GET", "/tasks/{task}/events"), ("GET", "/tasks/{task}/report"), ("GET", "/tasks/{task}/report.pdf"),
    ("GET", "/tasks/{task}/original"), ("GET", "/tasks/{task}/thumbnail"), ("GET", "/tasks/{task}/original/thumbnail"),
    ("GET", "/tasks/{task}/screen"), ("GET", "/tasks/{task}/glimpse"),
    ("GET", "/tasks/{task}/original/screen"), ("GET", "/batches/{batch}/summary"),
    ("DELETE", "/batches/{batch}"),
    ("GET", "/preview/{task}"), ("POST", "/tasks/{task}/cancel"), ("POST", "/tasks/{task}/retry"),
    ("POST", "/tasks/{task}/again"), ("POST", "/tasks/{task}/pin"), ("POST", "/tasks/{task}/unpin"),
    ("DELETE", "/tasks/{task}"), ("GET", "/batch/status/{batch}"), ("GET", "/batch/download/{batch}"),
    ("GET", "/batches/{batch}"), ("POST", "/batches/{batch}/cancel"), ("POST", "/batches/{batch}/retry"),
    ("GET", "/batches/{batch}/report"), ("GET", "/batches/{batch}/report.pdf"), ("GET", "/events?batch={batch}"),
    ("GET", "/photos/{photo}"), ("GET", "/photos/{photo}/file"), ("DELETE", "/photos/{photo}"),
    ("GET", "/datasets/{dataset}"), ("PATCH", "/datasets/{dataset}"), ("DELETE", "/datasets/{dataset}"),
    ("POST", "/datasets/{dataset}/photos"), ("POST", "/datasets/{dataset}/build"), ("GET", "/datasets/{dataset}/items"),
    ("PATCH", "/datasets/{dataset}/items"), ("GET", "/datasets/{dataset}/items/{item}"),
    ("PATCH", "/datasets/{dataset}/items/{item}"), ("GET", "/datasets/{dataset}/items/{item}/preview"),
    ("GET", "/datasets/{dataset}/items/{item}/picture"), ("GET", "/datasets/{dataset}/items/{item}/original"),
    ("POST", "/datasets/{dataset}/captions/lint"), ("POST", "/datasets/{dataset}/captions/replace"),
    ("GET", "/datasets/{dataset}/download"), ("GET", "/datasets/{dataset}/report"),
    ("GET", "/datasets/{dataset}/report.pdf"), ("GET", "/datasets/{dataset}/coverage"),
    ("GET", "/datasets/{dataset}/ledger"), ("DELETE", "/datasets/templates/{preset}"),
    ("GET", "/presets/{preset}"), ("DELETE", "/presets/{preset}"), ("GET", "/user/{user}/tasks"),
]  # fmt: skip


@pytest.fixture(scope="module")
def theirs(house: Running) -> dict[str, str]:
    """What a user has."""
    with house.client("owner") as client:
        return had_by(client)


def had_by(client: httpx2.Client) -> dict[str, str]:
    """Make a user's things of each kind."""
    task = enhance(client)["task_id"]
    finished(client, task)
    batch = batch_of(client, ("a.png", png(1)))["batch_task_id"]
    photo = client.post(f"{API}/photos", files={"file": ("a.png", png(2))}).json()["photo_id"]
    recipe = {"steps": [{"operation": "upscale", "scale": 2}]}
    client.put(f"{API}/presets/mine", json={"recipe": recipe})
    client.put(f"{API}/datasets/templates/mine", json={"settings": {}})
    dataset = client.post(f"{API}/datasets", json={"name": "Theirs"}).json()["dataset_id"]
    client.post(f"{API}/datasets/{dataset}/photos", files={"files": ("a.png", png(3, 300, 300))})
    built = client.post(f"{API}/datasets/{dataset}/build", json={"until": "dedup"}).json()
    finished(client, built["task_id"])
    [item] = client.get(f"{API}/datasets/{dataset}/items").json()["items"]
    return {
        "dataset": dataset,
        "item": item["item_id"],
        "task": task,
        "batch": batch,
        "photo": photo,
        "preset": "mine",
        "user": "owner",
    }


@pytest.mark.parametrize(("method", "path"), TASK)
def test_a_stranger_finds_nothing(house: Running, theirs: dict[str, str], method: str, path: str) -> None:
    address = API + path.format(**theirs)
    code = "unknown_batch" if "{batch}" in path else "not_found"
    code = "unknown_dataset" if "/datasets/" in path else code
    with house.client("stranger") as stranger:
        failure(stranger.request(method, address, **_body(method, path)), 404, code)
    with house.client() as other:
        query = {"user_id": "stranger"}
        url = str(httpx2.URL(address).copy_merge_params(query))
        failure(other.request(method, url, **_body(method, path)), 404, code)


def _body(method: str, path: str) -> dict[str, Any]:
    """What has to be sent so that it is not refused for being none."""
    if path.endswith("/photos"):
        return {"files": {"files": ("a.png", png())}}
    if method == "PATCH":
        return {"json": {"items": ["0"]} if path.endswith("/items") else {}}
    if "/captions/" in path:
        return {"json": {"text": "a"} if path.endswith("/lint") else {"find": "a"}}
    return {}


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Running, dict[str, str]]]:
    """A service with accounts, and what a user has there."""
    with running(tmp_path_factory.mktemp("guarded")) as found:
        for name, role in (("root", Role.ADMIN), ("owner", Role.USER), ("stranger", Role.USER)):
            person(found, name, role)
        with found.client(**key_of(found, "owner")) as client:
            yield found, had_by(client)


@pytest.fixture(scope="module", params=["session", "key", "jwt"])
def stranger(request: pytest.FixtureRequest, guarded: tuple[Running, dict[str, str]]) -> Iterator[httpx2.Client]:
    """Another user of it, let in by a session, a key or a token."""
    house, _ = guarded
    if request.param == "session":
        with signed_in(house, "stranger") as client:
            yield client
        return
    shown = key_of(house, "stranger")
    with house.client(**(token_of(house, shown) if request.param == "jwt" else shown)) as client:
        yield client


def test_somebody_elses_account_finds_nothing(guarded: tuple[Running, dict[str, str]], stranger: httpx2.Client) -> None:
    _, had = guarded
    for method, path in TASK:
        address, body = API + path.format(**had), _body(method, path)
        code = "unknown_batch" if "{batch}" in path else "not_found"
        code = "unknown_dataset" if "/datasets/" in path and "{dataset}" in path else code
        if path == "/datasets/templates/{preset}":
            code = "unknown_dataset"
        failure(stranger.request(method, address, **body), 404, code)
        # Nor by saying that they are the owner.
        url = str(httpx2.URL(address).copy_merge_params({"user_id": "owner"}))
        refused = stranger.request(method, url, **body)
        assert refused.status_code in ((403, 404) if path == "/user/{user}/tasks" else (403,)), (method, path)
        assert stranger.request(method, address, headers={"X-User-Id": "owner"}, **body).status_code in (403, 404)
    with guarded[0].client(**key_of(guarded[0], "owner")) as owner:
        assert owner.get(f"{API}/tasks/{had['task']}").json()["status"] == "completed"
        assert owner.get(f"{API}/photos/{had['photo']}").status_code == 200
        assert owner.get(f"{API}/datasets/{had['dataset']}").status_code == 200


def test_somebody_elses_account_lists_nothing(guarded: tuple[Running, dict[str, str]], stranger: httpx2.Client) -> None:
    _, had = guarded
    document = stranger.get("/openapi.json").json()
    for path, methods in document["paths"].items():
        if "get" not in methods or "{" in path or path.endswith("/events"):
            continue
        text = stranger.get(path).text
        for what in ("task", "batch", "photo", "dataset", "item"):
            assert had[what] not in text, path
    for route in ("tasks", "plan", "preview"):
        for what in ("task", "photo"):
            failure(stranger.post(f"{API}/{route}", json={what: had[what]}), 404, "not_found")
    assert stranger.get(f"{API}/tasks?user=owner").json()["tasks"] == []


def test_no_stream_tells_of_somebody_elses_tasks(
    guarded: tuple[Running, dict[str, str]], stranger: httpx2.Client
) -> None:
    house, _ = guarded
    shown = {name: stranger.headers[name] for name in ("Authorization",) if name in stranger.headers} or {
        "Cookie": "; ".join(f"{name}={value}" for name, value in stranger.cookies.items()),
        "Origin": house.url,
    }
    told = []
    with house.client(**key_of(house, "owner")) as owner:
        for query in ("", "?cursor=0", "?user_id=stranger"):
            address = house.url.replace("http", "ws") + f"{API}/ws{query}"
            with (
                stranger.stream("GET", f"{API}/events{query}") as stream,
                connect(address, additional_headers=shown) as socket,
            ):
                lines = stream.iter_lines()
                next(lines)
                theirs = enhance(owner, seed=len(told) + 100)["task_id"]
                mine = stranger.post(f"{API}/enhance", files={"file": ("a.png", png(len(told) + 200))}).json()[
                    "task_id"
                ]
                told.append(mine)
                for line in lines:
                    assert theirs not in line
                    if mine in line:
                        break
                while mine not in (heard := str(socket.recv(timeout=20))):
                    assert theirs not in heard
        for query in ("user_id=owner", "user_id=local"):
            failure(stranger.get(f"{API}/events?{query}"), 403, "forbidden")
            with pytest.raises(InvalidStatus):
                connect(house.url.replace("http", "ws") + f"{API}/ws?{query}", additional_headers=shown)


def test_a_link_opens_one_thing_for_a_while_and_nothing_else(guarded: tuple[Running, dict[str, str]]) -> None:
    house, had = guarded
    with house.client(**key_of(house, "owner")) as owner:
        told = httpx2.URL(owner.get(f"{API}/task/{had['task']}").json()["output_image_url"])
        other = enhance(owner, seed=300)["task_id"]
        finished(owner, other, "completed")
    with house.client() as anybody:
        assert anybody.get(str(told)).status_code == 200
        failure(anybody.get(told.path), 401, "not_signed_in")
        moved = str(told).replace(had["task"], other)
        failure(anybody.get(moved), 401, "not_signed_in")
        failure(anybody.get(str(told.copy_set_param("expires", "9999999999"))), 401, "not_signed_in")
        failure(anybody.get(str(told.copy_set_param("signature", "0" * 40))), 401, "not_signed_in")
        failure(anybody.get(f"{API}/tasks/{had['task']}?{told.query.decode()}"), 401, "not_signed_in")
        failure(anybody.delete(f"{API}/tasks/{had['task']}?{told.query.decode()}"), 401, "not_signed_in")


def test_ids_cannot_be_guessed(guarded: tuple[Running, dict[str, str]]) -> None:
    _, had = guarded
    for what in ("task", "batch", "photo"):
        assert len(had[what]) == 32, what
        assert len(set(had[what])) > 6, what


def test_every_address_with_an_id_is_tried(house: Running) -> None:
    with house.client() as client:
        paths = client.get("/openapi.json").json()["paths"]
    tried = {(method, path.split("?")[0]) for method, path in TASK}
    names = {"task_id": "task", "batch_id": "batch", "photo_id": "photo", "name": "preset", "user_id": "user"}
    names |= {"dataset_id": "dataset", "item_id": "item"}
    for path, methods in paths.items():
        if "{" in path:
            short = path.removeprefix(API)
            for name, word in names.items():
                short = short.replace(f"{{{name}}}", f"{{{word}}}")
            for method in methods:
                # Presets are made by putting them; models and workflows are everybody's, users the admins'.
                known = method == "put" or short.startswith(("/models/", "/workflows/", "/users/", "/keys/"))
                assert known or (method.upper(), short) in tried, (method, path)


@pytest.mark.parametrize("route", ["tasks", "plan", "preview"])
@pytest.mark.parametrize("what", ["task", "photo"])
def test_a_stranger_cannot_work_with_anothers_photo(
    house: Running, theirs: dict[str, str], route: str, what: str
) -> None:
    with house.client("stranger") as stranger:
        failure(stranger.post(f"{API}/{route}", json={what: theirs[what]}), 404, "not_found")


def test_anothers_preset_is_unknown(house: Running, theirs: dict[str, str]) -> None:
    with house.client("stranger") as stranger:
        sent = stranger.post(f"{API}/enhance", files={"file": ("a.png", png())}, data={"preset": "mine"})
        failure(sent, 422, "unknown_preset")
        assert "mine" not in [one["name"] for one in stranger.get(f"{API}/presets").json()]


def test_lists_and_counts_are_ones_own(house: Running, theirs: dict[str, str]) -> None:
    with house.client("stranger") as stranger:
        assert stranger.get(f"{API}/tasks").json()["tasks"] == []
        assert stranger.get(f"{API}/stats").json()["total_tasks"] == 0
        assert stranger.get(f"{API}/batches").json()["batches"] == []
        assert stranger.get(f"{API}/tasks/facets").json()["operations"] == []
        assert stranger.get(f"{API}/tasks?batch={theirs['batch']}").json()["tasks"] == []


def test_nobody_is_answered_from_anothers_result(house: Running, theirs: dict[str, str]) -> None:
    with house.client("stranger") as stranger:
        assert enhance(stranger)["status"] != "completed"


def test_whom_the_request_names_goes_before_whom_the_form_names(house: Running) -> None:
    with house.client("somebody") as client:
        assert enhance(client, user_id="owner")["user_id"] == "somebody"
    with house.client() as client:
        assert enhance(client, user_id="named")["user_id"] == "named"
        body = {"files": {"file": ("a.png", png())}, "data": {"user_id": "named"}}
        assert client.post(f"{API}/tasks", **body).json()["user_id"] == "named"


@pytest.mark.parametrize("user", ["a" * 129, "a\tb"])
def test_a_user_that_is_none_is_refused(house: Running, user: str) -> None:
    with house.client() as client:
        failure(client.get(f"{API}/stats", params={"user_id": user}), 400, "bad_request")

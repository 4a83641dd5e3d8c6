"""A user sees and changes what is theirs; of everything else there is nothing."""

from __future__ import annotations

from typing import Any

import httpx2
import pytest

from api.running import API, Running, batch_of, enhance, failure, finished, png

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

"""Presets, operations and models."""

from __future__ import annotations

from urllib.parse import quote

import httpx2
import pytest

from api.running import API, Running, enhance, failure

RECIPE = {"title": "Twice", "steps": [{"operation": "upscale", "scale": 2}]}


def test_a_preset_of_ones_own_can_be_made_used_changed_and_deleted(client: httpx2.Client) -> None:
    name = "我的 preset"
    address = f"{API}/presets/{quote(name)}"
    made = client.put(address, json={"recipe": RECIPE})
    assert made.status_code == 200
    assert (made.json()["name"], made.json()["own"], made.json()["title"]) == (name, True, "Twice")
    assert made.json() == client.get(address).json()
    assert made.json() in client.get(f"{API}/presets").json()

    task = enhance(client, preset=name)["task_id"]
    found = client.get(f"{API}/tasks/{task}").json()
    assert (found["facts"]["preset"], found["params"]["recipe"]["steps"][0]["scale"]) == (name, 2)

    client.put(address, json={"recipe": {"steps": [{"operation": "upscale", "scale": 3}]}})
    signature = client.post(f"{API}/plan", json={"preset": name}).json()["signature"]
    assert signature != found["signature"]
    assert client.delete(address).status_code == 204
    failure(client.get(address), 404, "not_found")
    failure(client.delete(address), 404, "not_found")
    failure(client.post(f"{API}/plan", json={"preset": name}), 422, "unknown_preset")
    again = client.get(f"{API}/tasks/{task}").json()
    assert again["params"] == found["params"]


@pytest.mark.parametrize("name", ["general", "anime", "raw"])
def test_what_comes_with_the_house_stays_as_it_is(client: httpx2.Client, name: str) -> None:
    failure(client.put(f"{API}/presets/{name}", json={"recipe": RECIPE}), 422, "bad_recipe")
    failure(client.delete(f"{API}/presets/{name}"), 404, "not_found")
    assert client.get(f"{API}/presets/{name}").json()["own"] is False


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, "bad_request"),
        ({"recipe": {"steps": []}}, "bad_recipe"),
        ({"recipe": {"steps": [{"operation": "zzz"}]}}, "unknown_operation"),
        ({"recipe": RECIPE, "more": 1}, "bad_request"),
    ],
)
def test_a_preset_that_is_none_is_refused(client: httpx2.Client, body: object, code: str) -> None:
    failure(client.put(f"{API}/presets/mine", json=body), 422, code)


def test_operations_come_with_the_schema_of_their_parameters(client: httpx2.Client) -> None:
    found = {one["id"]: one for one in client.get(f"{API}/operations").json()}
    scale = found["upscale"]["params"]["properties"]["scale"]
    assert (scale["minimum"], scale["maximum"]) == (1, 8)
    assert all(field["description"] for one in found.values() for field in one["params"]["properties"].values())


def test_models_come_with_licence_and_state(house: Running, client: httpx2.Client) -> None:
    found = client.get(f"{API}/models").json()
    assert set(found[0]) == {
        "id", "title", "task", "scale", "licence", "state", "warm", "bytes", "own", "fetchable", "reason", "memory",
        "verified",
    }  # fmt: skip
    assert {one["id"] for one in found} >= {spec.id for spec in house.service.studio.catalog.list()}

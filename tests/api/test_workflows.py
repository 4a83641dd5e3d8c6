"""Workflows over HTTP: the list, what is wrong with one, and the operator's own."""

from __future__ import annotations

from pathlib import Path

import pytest

from api.running import API, Running

GRAPH = {
    "1": {"class_type": "LoadImage", "inputs": {"image": "photo.png"}},
    "2": {"class_type": "ImageInvert", "inputs": {"image": ["1", 0]}},
    "3": {"class_type": "SaveImage", "inputs": {"images": ["2", 0], "filename_prefix": "x"}},
}


def test_those_that_come_with_safelight_are_listed(house: Running) -> None:
    with house.client() as client:
        found = {one["name"]: one for one in client.get(f"{API}/workflows").json()}
        assert {"style", "smoke", "upscale"} <= set(found)
        assert found["style"]["own"] is False
        assert {"picture", "positive", "negative", "seed", "denoise", "output"} <= set(found["style"]["roles"])
        assert found["style"]["error"] is None
        shown = client.get(f"{API}/workflows/smoke").json()
        assert {node["class_type"] for node in shown["workflow"].values()} >= {"LoadImage", "ImageInvert"}


def test_an_own_one_is_added_used_in_place_and_deleted(house: Running) -> None:
    with house.client() as client:
        answer = client.put(f"{API}/workflows/mine", json={"workflow": GRAPH})
        assert answer.status_code == 200, answer.text
        assert answer.json()["own"] is True
        assert client.get(f"{API}/workflows/mine").json()["workflow"] == GRAPH
        # Nobody would run it here.
        step = {"operation": "comfyui", "workflow": "mine"}
        refused = client.post(f"{API}/plan", json={"recipe": {"steps": [step]}})
        assert refused.status_code == 422
        assert "SAFELIGHT_COMFYUI_URLS" in refused.text

        assert client.delete(f"{API}/workflows/mine").status_code == 204
        assert client.get(f"{API}/workflows/mine").status_code == 404
        assert client.delete(f"{API}/workflows/mine").status_code == 404
        refused = client.post(f"{API}/plan", json={"recipe": {"steps": [step]}})
        assert refused.status_code == 422
        assert refused.json()["error"]["code"] == "unknown_workflow"
        assert "smoke" in refused.text


def test_what_is_wrong_is_said_and_nothing_is_kept(house: Running) -> None:
    interface = {"nodes": [], "links": [], "version": 0.4}
    with house.client() as client:
        for graph, words in ((interface, "API"), ({"1": GRAPH["1"]}, "output"), ({}, "")):
            told = client.post(f"{API}/workflows/check", json={"workflow": graph}).json()
            assert told["usable"] is False
            assert words in told["error"]
            answer = client.put(f"{API}/workflows/wrong", json={"workflow": graph})
            assert answer.status_code == 422
            assert answer.json()["error"]["code"] == "bad_workflow"
        assert client.get(f"{API}/workflows/wrong").status_code == 404
        told = client.post(f"{API}/workflows/check", json={"workflow": GRAPH}).json()
        assert told == {
            "usable": True, "error": None, "roles": ["output", "picture"],
            "classes": ["ImageInvert", "LoadImage", "SaveImage"],
        }  # fmt: skip


def test_users_change_no_workflow(house: Running) -> None:
    with house.client() as client:
        for method in ("PUT", "DELETE"):
            answer = client.request(
                method, f"{API}/workflows/style", params={"user_id": "bob"},
                json={"workflow": GRAPH} if method == "PUT" else None,
            )  # fmt: skip
            assert answer.status_code == 403
        assert client.get(f"{API}/workflows/style").json()["own"] is False


@pytest.mark.parametrize("name", ["..%2fsecret", "A", "a b", "-a", "a" * 65, "%00"])
def test_names_never_reach_the_file_system(house: Running, name: str) -> None:
    with house.client() as client:
        for answer in (
            client.get(f"{API}/workflows/{name}"), client.put(f"{API}/workflows/{name}", json={"workflow": GRAPH})
        ):  # fmt: skip
            assert answer.status_code in (400, 404, 422)
    assert not list(Path(house.service.settings.data_dir).rglob("secret.json"))

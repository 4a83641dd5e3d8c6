"""``/restore``, ``/cartoonize``, ``/stylize``: strict forms of one operation, and what the history knows of them."""

from __future__ import annotations

import httpx2
import pytest

from api.running import API, failure, finished, png
from safelight.api.plain import FORMS


def sent(client: httpx2.Client, path: str, **fields: str) -> httpx2.Response:
    return client.post(f"{API}{path}", files={"file": ("a cat.png", png())}, data=fields)


def test_a_cartoon_is_a_task_with_its_look_in_the_history(client: httpx2.Client) -> None:
    accepted = sent(client, "/cartoonize", style="ink", strength="0.4", resolution="512", format="webp")
    assert accepted.status_code == 200, accepted.text
    task = accepted.json()["task_id"]
    finished(client, task)
    facts = client.get(f"{API}/tasks/{task}").json()["facts"]
    assert (facts["operation"], facts["preset"], facts["style"]) == ("cartoonize", "cartoon", "ink")
    assert facts["strength"] == 0.4
    assert sent(client, "/cartoonize", style="soft").status_code == 200
    found = client.get(f"{API}/tasks", params={"operation": "cartoonize", "style": "ink", "strength_max": 0.5}).json()
    assert [one["task_id"] for one in found["tasks"]] == [task]
    told = client.get(f"{API}/tasks/{task}").json()
    assert told["params"]["recipe"]["steps"] == [
        {"operation": "cartoonize", "style": "ink", "strength": 0.4, "resolution": 512}
    ]


def test_a_style_is_a_task(client: httpx2.Client) -> None:
    answer = sent(client, "/stylize", style="realistic", strength="0.7", custom_prompt="a red hat")
    assert answer.status_code == 200, answer.text
    told = client.get(f"{API}/tasks/{answer.json()['task_id']}").json()
    assert (told["facts"]["operation"], told["facts"]["style"]) == ("stylize", "realistic")
    found = client.get(f"{API}/tasks", params={"text": "red hat"}).json()
    assert [one["task_id"] for one in found["tasks"]] == [told["task_id"]]


def test_several_photos_are_a_batch_and_a_broken_one_stops_none(client: httpx2.Client) -> None:
    files = [("files", ("a.png", png(1))), ("files", ("b.png", b"no photo")), ("files", ("c.png", png(2)))]
    answer = client.post(f"{API}/cartoonize/batch", files=files, data={"style": "poster"})
    assert answer.status_code == 200, answer.text
    assert (answer.json()["total_files"], len(answer.json()["sub_tasks"])) == (3, 3)
    status = client.get(f"{API}/batch/status/{answer.json()['batch_task_id']}").json()
    assert status["failed_files"] == 1


@pytest.mark.parametrize("path", ["/cartoonize", "/stylize", "/cartoonize/batch", "/stylize/batch"])
def test_an_unknown_style_is_refused_with_the_list(client: httpx2.Client, path: str) -> None:
    name = "files" if path.endswith("batch") else "file"
    answer = client.post(f"{API}{path}", files={name: ("a.png", png())}, data={"style": "cubist"})
    error = failure(answer, 422, "bad_recipe")
    expected = "poster" if "cartoonize" in path else "oil_painting"
    assert expected in answer.text
    assert "cubist" in error["message"]


@pytest.mark.parametrize(
    ("path", "fields", "word"),
    [
        ("/cartoonize", {"strength": "2"}, "strength"), ("/cartoonize", {"resolution": "many"}, "resolution"),
        ("/cartoonize", {"colour": "red"}, "colour"), ("/restore", {"scale": "9"}, "scale"),
        ("/restore", {"indices": "[1, \"a\"]"}, "indices"), ("/restore", {"restorer": "nobody"}, "nobody"),
        ("/stylize", {"mix": "{\"nothing\": 1}"}, "nothing"), ("/cartoonize", {"format": "doc"}, "format"),
        ("/stylize", {"picture": "data:image/svg+xml;base64,PHN2Zy8+"}, "picture"),
    ],
)  # fmt: skip
def test_fields_are_checked(client: httpx2.Client, path: str, fields: dict[str, str], word: str) -> None:
    answer = sent(client, path, **fields)
    assert answer.status_code == 422
    assert word in answer.json()["error"]["message"] + str(answer.json()["error"]["details"])


def test_a_restorer_that_is_not_here_is_refused_with_what_is_missing(client: httpx2.Client) -> None:
    answer = sent(client, "/restore", restorer="codeformer", scale="1")
    assert answer.status_code in (409, 422, 503), answer.text
    for part in ("codeformer.pth", "1009e537e0c2a07d4cabce6355f53cb66767cd4b4297ec7a4a64ca4b8a5684b7", "detail"):
        assert part in answer.text


def test_all_parameters_are_described(client: httpx2.Client) -> None:
    paths = client.get("/openapi.json").json()["paths"]
    schema = paths[f"{API}/restore"]["post"]["requestBody"]["content"]["multipart/form-data"]["schema"]
    assert {"file", "restorer", "strength", "scale", "indices", "format", "user_id"} <= schema["properties"].keys()
    assert schema["properties"]["quality_level"]["enum"] == ["fast", "medium", "high"]
    assert "$ref" not in str(schema)


def test_styles_are_told_with_their_prompts(client: httpx2.Client) -> None:
    found = {one["id"]: one for one in client.get(f"{API}/styles").json()}
    assert list(found)[:5] == ["clay", "anime", "realistic", "cartoon", "oil_painting"]
    assert found["clay"]["prompt"] == "Clay Style, lovely, 3d, cute"
    assert [one["network"] for one in found.values()] == [False] * 5 + [True] * 26


def test_every_form_is_read_as_it_comes_in(client: httpx2.Client) -> None:
    paths = client.get("/openapi.json").json()["paths"]
    takes = {
        path for path, ways in paths.items()
        if "multipart/form-data" in ways.get("post", {}).get("requestBody", {}).get("content", {})
    }  # fmt: skip
    assert takes == FORMS

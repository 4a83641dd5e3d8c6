"""``/restore``, ``/cartoonize``, ``/stylize``: strict forms of one operation, and what the history knows of them."""

from __future__ import annotations

from pathlib import Path

import httpx2
import pytest

from api.running import API, Json, Running, failure, finished, png, running
from safelight.api.plain import FORMS
from safelight.operations.styles.own import OWN
from safelight.operations.styles.picture import picture_of
from safelight.tasks.record import record


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


def steps_of(client: httpx2.Client, task: str) -> Json:
    [step] = client.get(f"{API}/tasks/{task}").json()["params"]["recipe"]["steps"]
    return dict(step)


def style_picture(folder: Path) -> str:
    (folder / "style.png").write_bytes(png(3, 300, 260))
    return picture_of(folder / "style.png")


def test_a_field_takes_a_style_picture_and_only_lists_and_records_shorten_it(
    client: httpx2.Client, house: Running, tmp_path: Path
) -> None:
    picture = style_picture(tmp_path)
    with house.client() as admin:
        answer = sent(client, "/stylize", picture=picture, strength="0")
        assert answer.status_code == 200, answer.text
        task = answer.json()["task_id"]
        assert steps_of(client, task)["picture"] == picture
        [listed] = client.get(f"{API}/tasks").json()["tasks"]
        [step] = listed["params"]["recipe"]["steps"]
        assert step["picture"] == f"a picture, {round(len(picture.partition(',')[2]) * 3 // 4 / 1000)} kB"
        again = client.post(f"{API}/tasks/{task}/again").json()
        assert again["params"]["recipe"]["steps"][0]["picture"] == picture
        assert admin.get(f"{API}/tasks/{task}").json()["facts"]["style"] == "picture"
    assert len(str(record(house.service.tasks.find(None, task)))) < 2000


def test_a_report_in_pdf_is_made_of_a_task_with_a_style_picture(client: httpx2.Client, tmp_path: Path) -> None:
    task = sent(client, "/stylize", picture=style_picture(tmp_path), strength="0").json()["task_id"]
    assert client.get(f"{API}/tasks/{task}/report.pdf").content.startswith(b"%PDF-")


def test_a_mix_is_a_mix_in_the_history(client: httpx2.Client) -> None:
    task = sent(client, "/stylize", mix='{"ember": 1, "mist": 2}').json()["task_id"]
    assert client.get(f"{API}/tasks/{task}").json()["facts"]["style"] == "mix"
    assert [one["task_id"] for one in client.get(f"{API}/tasks", params={"style": "mix"}).json()["tasks"]] == [task]
    assert client.get(f"{API}/tasks", params={"style": "clay"}).json()["tasks"] == []


@pytest.mark.parametrize("prompt", ["[soft light] cat", "{a} cat", "null", "[1]"])
def test_a_text_stays_as_it_was_written(client: httpx2.Client, prompt: str) -> None:
    answer = sent(client, "/stylize", custom_prompt=prompt)
    assert answer.status_code == 200, answer.text
    assert steps_of(client, answer.json()["task_id"])["custom_prompt"] == prompt


@pytest.mark.parametrize("word", ["null", "None", "own"])
def test_nothing_can_be_said_in_a_form(client: httpx2.Client, word: str) -> None:
    task = sent(client, "/cartoonize", resolution=word).json()["task_id"]
    assert steps_of(client, task)["resolution"] is None
    again = client.post(f"{API}/tasks/{task}/again").json()
    assert steps_of(client, again["task_id"]) == {"operation": "cartoonize", "resolution": None}
    assert sent(client, "/stylize", canvas=word).status_code == 200
    assert failure(sent(client, "/cartoonize", strength=word), 422, "bad_recipe")["message"].startswith("strength")


@pytest.mark.parametrize("path", ["/stylize", "/stylize/batch"])
def test_a_query_is_as_good_as_a_form_which_goes_first(client: httpx2.Client, path: str) -> None:
    name = "files" if path.endswith("batch") else "file"
    url = f"{API}{path}?strength=0.1&style=anime&custom_prompt=a+hat"
    answer = client.post(url, files={name: ("a.png", png())}, data={"style": "cartoon"})
    assert answer.status_code == 200, answer.text
    task = answer.json().get("task_id") or answer.json()["sub_tasks"][0]
    step = steps_of(client, task)
    assert (step["strength"], step["style"], step["custom_prompt"]) == (0.1, "cartoon", "a hat")


@pytest.mark.parametrize("path", ["/restore", "/cartoonize", "/stylize"])
def test_an_unknown_or_doubled_name_in_a_query_is_refused(client: httpx2.Client, path: str) -> None:
    failure(sent(client, f"{path}?colour=red"), 422, "bad_recipe")
    assert "twice" in failure(sent(client, f"{path}?strength=1&strength=0.5"), 400, "bad_request")["message"]


@pytest.mark.parametrize("weight", ["1", '"much"'])
def test_many_wrong_names_do_not_make_a_long_answer(client: httpx2.Client, weight: str) -> None:
    mix = "{" + ", ".join(f'"{"n" * 50}{number}": {weight}' for number in range(800)) + "}"
    answer = sent(client, "/stylize", mix=mix)
    failure(answer, 422, "bad_recipe")
    assert len(answer.text) < 3000


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
    assert {(one["local"], one["own"]) for one in found.values()} == {(True, False)}


def test_a_style_says_whether_it_is_the_operators_own_and_who_can_paint_it(tmp_path: Path) -> None:
    (tmp_path / "styles").mkdir()
    (tmp_path / "styles" / "noir.toml").write_text('title = "Noir"\nprompt = "film noir"\n')
    (tmp_path / "styles" / "clay.toml").write_text(
        'title = "My clay"\nsteps = [{ filter = "tone", saturation = 0.5 }]\n'
    )
    before = OWN.folder
    try:
        with running(tmp_path, worker=False) as house, house.client() as client:
            found = {one["id"]: one for one in client.get(f"{API}/styles").json()}
    finally:
        OWN.folder = before
    assert (found["noir"]["local"], found["noir"]["own"]) == (False, True)
    assert (found["clay"]["local"], found["clay"]["own"]) == (True, True)
    assert (found["anime"]["local"], found["anime"]["own"]) == (True, False)


def test_every_form_is_read_as_it_comes_in(client: httpx2.Client) -> None:
    paths = client.get("/openapi.json").json()["paths"]
    takes = {
        path for path, ways in paths.items()
        if "multipart/form-data" in ways.get("post", {}).get("requestBody", {}).get("content", {})
    }  # fmt: skip
    assert takes == FORMS | {f"{API}/datasets/{{dataset_id}}/photos"}

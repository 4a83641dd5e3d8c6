"""Datasets over HTTP. The worker has no networks, so that builds are quick."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import httpx2
import numpy as np
import pytest
import pyvips

from api.running import API, Running, failure, finished, names_in, running, until
from safelight.api.dataset_files import zipped_folders
from safelight.datasets.dataset import Captioned
from safelight.datasets.editing import choose
from safelight.datasets.folder import DatasetFolder
from safelight.errors import UnknownDatasetError

Json = dict[str, Any]
QUICK = {
    "crop": {"enlarge": "resample", "size": 256}, "quality": {"min_sharpness": 0},
    "package": {"layouts": ["kohya", "imagefolder"]},
}  # fmt: skip


def photo(seed: int, side: int = 320) -> bytes:
    """A soft picture of its own for each seed, and none like another."""
    pixels = np.random.default_rng(seed).integers(0, 255, (8, 8, 3), dtype=np.uint8)
    image = pyvips.Image.new_from_array(pixels).resize(side / 8, kernel="cubic")
    return bytes(image.jpegsave_buffer(Q=90))


def zipped(**files: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, data in files.items():
            archive.writestr(name.replace("__", "."), data)
    return buffer.getvalue()


def made(client: httpx2.Client, name: str = "Anna", **settings: Any) -> str:
    answer = client.post(f"{API}/datasets", json={"name": name, "settings": QUICK | settings})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["dataset_id"])


def filled(client: httpx2.Client, *seeds: int, **settings: Any) -> str:
    dataset = made(client, **settings)
    files = [("files", (f"{seed}.jpg", photo(seed))) for seed in seeds]
    answer = client.post(f"{API}/datasets/{dataset}/photos", files=files)
    assert answer.status_code == 201, answer.text
    assert all(one["accepted"] for one in answer.json())
    return dataset


def built(client: httpx2.Client, dataset: str, until_step: str = "package") -> Json:
    answer = client.post(f"{API}/datasets/{dataset}/build", json={"until": until_step})
    assert answer.status_code == 201, answer.text
    task = finished(client, answer.json()["task_id"])
    assert task["status"] == "completed", task
    return dict(client.get(f"{API}/datasets/{dataset}").json())


def items(client: httpx2.Client, dataset: str, **query: Any) -> list[Json]:
    answer = client.get(f"{API}/datasets/{dataset}/items", params=query)
    assert answer.status_code == 200, answer.text
    return list(answer.json()["items"])


def test_photos_become_a_training_set_that_can_be_downloaded(house: Running, client: httpx2.Client) -> None:
    dataset = filled(client, 1, 2, 3, caption={"trigger": "sks"})
    found = built(client, dataset)
    assert (found["photos"], found["kept"], found["waiting"], found["building"]) == (3, 3, 0, False)
    assert [step["status"] for step in found["steps"]] == ["done"] * 8
    assert {one["layout"]: (one["pictures"], one["problems"]) for one in found["exports"]} == {
        "kohya": (3, []), "imagefolder": (3, []),
    }  # fmt: skip
    names = names_in(client.get(found["download_url"]).content)
    assert sum(name.startswith("kohya/img/10_sks person/") and name.endswith(".png") for name in names) == 3
    assert "imagefolder/train/metadata.jsonl" in names
    with zipfile.ZipFile(io.BytesIO(client.get(found["download_url"]).content)) as archive:
        told = archive.read("kohya/dataset.toml").decode() + archive.read("kohya/metadata.json").decode()
    assert 'image_dir = "img/10_sks person"' in told
    assert str(house.service.shelf.root) not in told
    one = client.get(f"{API}/datasets/{dataset}/download", params={"layout": "imagefolder"})
    assert all(name.startswith("imagefolder/") for name in names_in(one.content))
    assert 'filename="Anna_imagefolder.zip"' in one.headers["content-disposition"]
    page = client.get(found["report_url"])
    assert page.status_code == 200
    assert (
        "script-src" not in page.headers["content-security-policy"]
        or "'none'" in page.headers["content-security-policy"]
    )
    assert client.get(found["pdf_url"]).content.startswith(b"%PDF")


def test_every_photo_tells_what_was_decided_and_shows_its_pictures(client: httpx2.Client) -> None:
    dataset = filled(client, 1, 2)
    client.post(f"{API}/datasets/{dataset}/photos", files={"files": ("again.jpg", photo(1))})
    built(client, dataset)
    found = {one["name"]: one for one in items(client, dataset)}
    reasons = {name: one["decision"]["reason"] for name, one in found.items()}
    assert sorted(reasons.values()) == ["exact_copy", "good", "good"]
    copy = next(one for one in found.values() if one["decision"]["reason"] == "exact_copy")
    keeper = next(one for one in found.values() if one["item_id"] == copy["decision"]["counterpart"])
    assert keeper["decision"]["keep"]
    assert copy["crop"] is None
    assert copy["decision"]["words"]
    kept = keeper
    for url, form in ((kept["crop"]["url"], "png"), (kept["preview_url"], "webp"), (kept["original_url"], "jpeg")):
        answer = client.get(url)
        assert answer.status_code == 200, url
        assert answer.headers["content-type"] == f"image/{form}"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert pyvips.Image.new_from_buffer(answer.content, "").width > 0
    assert (kept["crop"]["width"], kept["crop"]["height"]) == (256, 256)
    detail = client.get(f"{API}/datasets/{dataset}/items/{kept['item_id']}").json()
    assert detail["faces"] == []
    assert 0 <= detail["sharpness"] <= 1


def test_photos_can_be_filtered_and_come_in_pages(client: httpx2.Client) -> None:
    dataset = filled(client, 1, 2, 3)
    client.post(f"{API}/datasets/{dataset}/photos", files={"files": ("again.jpg", photo(1))})
    built(client, dataset, "dedup")
    assert len(items(client, dataset, show="kept")) == 3
    [dropped] = items(client, dataset, show="dropped")
    assert [dropped] == items(client, dataset, reason="exact_copy")
    assert [one["name"] for one in items(client, dataset, text="2.JPG")] == ["2.jpg"]
    first = client.get(f"{API}/datasets/{dataset}/items", params={"limit": 3}).json()
    rest = client.get(f"{API}/datasets/{dataset}/items", params={"limit": 3, "offset": first["next"]}).json()
    assert (first["total"], len(first["items"]), len(rest["items"]), rest["next"]) == (4, 3, 1, None)
    assert [*first["items"], *rest["items"]] == items(client, dataset)
    order = [one["name"] for one in items(client, dataset)]
    assert abs(order.index(dropped["name"]) - order.index("1.jpg")) == 1 or dropped["name"] == "1.jpg"


def test_a_decision_by_hand_holds_through_builds_and_is_taken_back_by_null(client: httpx2.Client) -> None:
    dataset = filled(client, 1, 2)
    built(client, dataset)
    [first, second] = items(client, dataset)
    here = f"{API}/datasets/{dataset}/items/{first['item_id']}"
    answer = client.patch(here, json={"keep": False})
    assert answer.json()["choice"] == {"keep": False, "crop": None, "caption": None}
    client.patch(
        f"{API}/datasets/{dataset}/items/{second['item_id']}", json={"caption": "a  drawing", "crop": [0, 0, 99, 99]}
    )
    states = {one["step"]: one["status"] for one in client.get(f"{API}/datasets/{dataset}").json()["steps"]}
    assert (states["look"], states["dedup"], states["package"]) == ("done", "stale", "stale")
    found = built(client, dataset)
    assert found["kept"] == 1
    [kept] = items(client, dataset, show="kept")
    assert (kept["caption"]["text"], kept["caption"]["source"]) == ("a drawing", "hand")
    assert kept["crop"]["box"][2] == pytest.approx(99, abs=1)
    assert kept["crop"]["url"] != second["crop"]["url"]
    [dropped] = items(client, dataset, show="dropped")
    assert (dropped["decision"]["reason"], dropped["decision"]["automatic"]) == ("by_hand", "good")
    ids = [first["item_id"], second["item_id"]]
    assert client.patch(f"{API}/datasets/{dataset}/items", json={"items": ids, "keep": None}).status_code == 200
    assert built(client, dataset)["kept"] == 2


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"crop": [0, 0, 9999, 10]}, "bad_dataset"), ({"crop": [0, 0, 10]}, "bad_request"),
        ({"caption": ""}, "bad_dataset"),
        ({"caption": "x" * 2001}, "bad_request"), ({"keep": "yes please"}, "bad_request"), ({"more": 1}, "bad_request"),
    ],
)  # fmt: skip
def test_a_decision_that_cannot_be_is_refused(client: httpx2.Client, body: Json, code: str) -> None:
    dataset = filled(client, 1)
    built(client, dataset, "dedup")
    [one] = items(client, dataset)
    failure(client.patch(f"{API}/datasets/{dataset}/items/{one['item_id']}", json=body), 422, code)
    failure(client.patch(f"{API}/datasets/{dataset}/items/nobody", json={"keep": True}), 404, "unknown_dataset")


def test_captions_are_searched_replaced_and_linted(client: httpx2.Client) -> None:
    dataset = filled(client, 1, 2, caption={"trigger": "sks"})
    built(client, dataset)
    before = {one["item_id"]: one["caption"]["text"] for one in items(client, dataset)}
    here = f"{API}/datasets/{dataset}/captions"
    shown = client.post(f"{here}/replace", json={"find": "sks", "replace": "ohwx"}).json()
    assert shown == {"changed": {name: text.replace("sks", "ohwx") for name, text in before.items()}, "saved": False}
    assert {one["item_id"]: one["caption"]["text"] for one in items(client, dataset)} == before
    saved = client.post(f"{here}/replace", json={"find": "person", "replace": r"woman \1", "save": True}).json()
    assert saved["saved"]
    built(client, dataset)
    assert {one["item_id"]: one["caption"]["text"] for one in items(client, dataset)} == saved["changed"]
    linted = client.post(f"{here}/lint", json={"text": "This image shows a sks person,\nsmiling"}).json()
    assert "\n" not in linted["text"]
    assert linted["mended"]


def test_a_zip_is_taken_and_what_is_no_photo_is_told(client: httpx2.Client) -> None:
    dataset = made(client)
    files = [
        ("files", ("all.zip", zipped(a__jpg=photo(5), b__txt=b"no photo", c__jpg=photo(6)))),
        ("files", ("notes.txt", b"no photo at all")),
    ]
    answer = client.post(f"{API}/datasets/{dataset}/photos", files=files).json()
    assert [one["accepted"] for one in answer] == [True, False]
    assert answer[1]["error"]
    assert client.get(f"{API}/datasets/{dataset}").json()["waiting"] == 1
    found = built(client, dataset, "dedup")
    assert found["photos"] == 2
    assert found["skipped_total"] == 1
    assert "b.txt" in found["skipped"][0]
    # More photos can come later, under names that are there.
    client.post(f"{API}/datasets/{dataset}/photos", files={"files": ("a.jpg", photo(7))})
    assert built(client, dataset, "dedup")["photos"] == 3


def test_a_zip_without_photos_fails_the_build_with_a_word(client: httpx2.Client) -> None:
    dataset = made(client)
    client.post(f"{API}/datasets/{dataset}/photos", files={"files": ("all.zip", zipped(b__txt=b"no photo"))})
    task = client.post(f"{API}/datasets/{dataset}/build").json()["task_id"]
    found = finished(client, task)
    assert found["status"] == "failed"
    assert "photo" in found["error"]
    shown = client.get(f"{API}/datasets/{dataset}").json()
    assert shown["task"]["status"] == "failed"
    assert shown["steps"][0]["status"] == "failed"


def test_settings_change_and_are_checked(client: httpx2.Client) -> None:
    dataset = filled(client, 1)
    here = f"{API}/datasets/{dataset}"
    changed = client.patch(here, json={"name": "Ben", "settings": {"dedup": {"face_sim_th1": 0.5}}}).json()
    assert (changed["name"], changed["settings"]["dedup"]["face_sim_th1"]) == ("Ben", 0.5)
    assert changed["settings"]["crop"]["size"] == 256
    error = failure(client.patch(here, json={"settings": {"dedup": {"face_sim_th1": 2}}}), 422, "bad_dataset")
    assert "face_sim_th1" in error["message"]
    schema = client.get(f"{API}/datasets/schema").json()
    defaults = client.post(f"{API}/datasets", json={"name": "Plain"}).json()["settings"]
    assert set(schema["properties"]) == set(defaults)


def test_no_setting_leads_to_files_of_the_machine(client: httpx2.Client) -> None:
    inside = {"package": {"regularisation": "/etc"}}
    failure(client.post(f"{API}/datasets", json={"name": "A", "settings": inside}), 422, "bad_dataset")
    failure(client.patch(f"{API}/datasets/{made(client)}", json={"settings": inside}), 422, "bad_dataset")
    failure(client.put(f"{API}/datasets/templates/a", json={"settings": inside}), 422, "bad_dataset")


def test_settings_can_be_saved_and_used_for_another_dataset(client: httpx2.Client) -> None:
    kept = client.put(f"{API}/datasets/templates/人像", json={"settings": {"caption": {"trigger": "sks"}}})
    assert kept.status_code == 200
    assert [one["name"] for one in client.get(f"{API}/datasets/templates").json()] == ["人像"]
    made_of = client.post(f"{API}/datasets", json={"name": "New", "template": "人像"}).json()
    assert made_of["settings"] == kept.json()["settings"]
    assert client.delete(f"{API}/datasets/templates/人像").status_code == 204
    failure(client.post(f"{API}/datasets", json={"name": "New", "template": "人像"}), 404, "unknown_dataset")


def test_a_build_is_a_task_in_the_history_that_can_be_reported(client: httpx2.Client) -> None:
    dataset = filled(client, 1)
    task = built(client, dataset)["task"]["task_id"]
    [found] = client.get(f"{API}/tasks").json()["tasks"]
    assert (found["task_id"], found["kind"], found["filename"]) == (task, "dataset", "Anna")
    assert found["result"]["dataset"] == dataset
    assert client.get(f"{API}/tasks/{task}/report").status_code == 200
    assert client.get(f"{API}/tasks/{task}/report.pdf").status_code == 200
    failure(client.get(f"{API}/download/{task}"), 409, "wrong_state")
    failure(client.post(f"{API}/tasks/{task}/again"), 404, "not_found")
    client.delete(f"{API}/tasks/{task}")
    assert client.get(f"{API}/datasets/{dataset}").json()["task"] is None


def test_what_is_there_only_after_a_build_is_not_found_before(client: httpx2.Client) -> None:
    dataset = filled(client, 1)
    for path in ("download", "report", "report.pdf", "coverage"):
        failure(client.get(f"{API}/datasets/{dataset}/{path}"), 404, "unknown_dataset")
    assert client.get(f"{API}/datasets/{dataset}/ledger").json() == []
    built(client, dataset)
    assert client.get(f"{API}/datasets/{dataset}/coverage").json()["pictures"] == 1


def test_a_dataset_is_deleted_with_its_files_but_not_while_it_is_built(tmp_path: Path) -> None:
    with running(tmp_path, worker=False) as house, house.client("anna") as client:
        dataset = filled(client, 1)
        task = client.post(f"{API}/datasets/{dataset}/build").json()["task_id"]
        assert client.post(f"{API}/datasets/{dataset}/build").json()["task_id"] == task
        failure(client.post(f"{API}/datasets/{dataset}/build", json={"until": "crop"}), 409, "wrong_state")
        failure(client.delete(f"{API}/datasets/{dataset}"), 409, "dataset_busy")
        client.post(f"{API}/tasks/{task}/cancel")
        assert client.delete(f"{API}/datasets/{dataset}").status_code == 204
        failure(client.get(f"{API}/datasets/{dataset}"), 404, "unknown_dataset")
        assert client.get(f"{API}/datasets").json() == []
        assert not list(tmp_path.glob(f"datasets/*/{dataset}"))


def test_two_uploads_of_one_name_are_two_photos(client: httpx2.Client) -> None:
    dataset = made(client)
    for seed in (1, 2):
        client.post(f"{API}/datasets/{dataset}/photos", files={"files": ("same.jpg", photo(seed))})
    assert built(client, dataset, "dedup")["photos"] == 2


def test_the_caption_server_is_kept_without_ever_showing_its_key(house: Running, user: str) -> None:
    with house.client(user) as client:
        here = f"{API}/captioning/endpoint"
        assert client.get(here).json()["base_url"] == ""
        body = {"base_url": "https://captions.example/v1", "models": ["a", "b"], "key": "sk-very-secret"}
        saved = client.put(here, json=body)
        assert (saved.json()["has_key"], saved.json()["models"]) == (True, ["a", "b"])
        assert "sk-very-secret" not in saved.text + client.get(here).text
        [kept] = house.service.shelf.of(user).glob("endpoint.json")
        assert kept.stat().st_mode & 0o077 == 0
        # The same address keeps the key; another one clears it.
        assert client.put(here, json={**body, "key": None, "models": ["c"]}).json()["has_key"]
        moved = client.put(here, json={"base_url": "https://elsewhere.example/v1", "models": ["a"]})
        assert not moved.json()["has_key"]
        assert "sk-very-secret" not in kept.read_text()
        assert client.delete(here).status_code == 204
        assert client.get(here).json()["base_url"] == ""


@pytest.mark.parametrize(
    "address", ["http://127.0.0.1:9/v1", "http://169.254.169.254/v1", "http://[::1]:9/v1", "http://10.0.0.1/v1"]
)
def test_a_users_caption_server_is_not_looked_for_inside(client: httpx2.Client, address: str) -> None:
    found = client.post(f"{API}/captioning/endpoint/test", json={"base_url": address, "models": ["a"]}).json()
    assert not found["ok"]
    assert "not reached from here" in found["words"]


@pytest.mark.parametrize("address", ["ftp://a/v1", "http://user:pass@a/v1", "nonsense", "http://a/v1?key=1"])
def test_what_is_no_address_is_refused(client: httpx2.Client, address: str) -> None:
    body = {"base_url": address, "models": ["a"], "key": "sk-very-secret"}
    answer = client.put(f"{API}/captioning/endpoint", json=body)
    failure(answer, 400, "bad_request")
    assert "sk-very-secret" not in answer.text


def test_events_tell_when_a_build_goes_on(client: httpx2.Client) -> None:
    dataset = filled(client, 1)
    task = client.post(f"{API}/datasets/{dataset}/build").json()["task_id"]
    finished(client, task)
    with client.stream("GET", f"{API}/tasks/{task}/events") as stream:
        lines = stream.iter_lines()
        seen: list[str] = []
        until(lambda: _take(lines, seen) == "completed", f"only {seen} came")
    assert seen[-1] == "completed"


def _take(lines: Any, seen: list[str]) -> str:
    for line in lines:
        if line.startswith("data:"):
            seen.append(str(json.loads(line[5:]).get("status", "")))
            return seen[-1]
    return ""


@pytest.mark.parametrize("name", ["max_entries", "max_mb", "max_ratio", "nested"])
def test_only_the_operator_lets_archives_unpack_to_more_than_usual(
    house: Running, client: httpx2.Client, name: str
) -> None:
    dataset = made(client)
    usual = client.get(f"{API}/datasets/{dataset}").json()["settings"]["unpack"][name]
    more = {"settings": {"unpack": {name: usual + 1}}}
    for answer in (
        client.post(f"{API}/datasets", json={"name": "Anna", **more}),
        client.patch(f"{API}/datasets/{dataset}", json=more),
        client.put(f"{API}/datasets/templates/more", json=more),
    ):
        assert f"unpack.{name} is" in failure(answer, 422, "bad_dataset")["message"]
    assert client.patch(f"{API}/datasets/{dataset}", json={"settings": {"unpack": {name: usual}}}).status_code == 200
    with house.client() as operator:
        assert operator.patch(f"{API}/datasets/{dataset}", json=more).status_code == 200


def test_a_caption_written_while_words_are_replaced_is_not_lost(
    client: httpx2.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    dataset = filled(client, 1)
    built(client, dataset)
    [row] = items(client, dataset)
    client.patch(f"{API}/datasets/{dataset}/items/{row['item_id']}", json={"caption": "a grey wall"})
    read = DatasetFolder.captioned

    def and_somebody_writes(folder: DatasetFolder) -> tuple[Captioned, ...]:
        monkeypatch.setattr(DatasetFolder, "captioned", read)
        choose(folder, [row["item_id"]], lambda _item, before: before.model_copy(update={"caption": "a grey roof"}))
        return read(folder)

    monkeypatch.setattr(DatasetFolder, "captioned", and_somebody_writes)
    body = {"find": "grey", "replace": "blue", "save": True}
    answer = client.post(f"{API}/datasets/{dataset}/captions/replace", json=body).json()
    assert answer["changed"] == {row["item_id"]: "a blue roof"}
    assert items(client, dataset)[0]["choice"]["caption"] == "a blue roof"


def test_a_preview_is_found_by_no_other_name_than_its_photos(client: httpx2.Client) -> None:
    dataset = filled(client, 1)
    built(client, dataset)
    [row] = items(client, dataset)
    assert client.get(row["preview_url"]).headers["content-type"] == "image/webp"
    for name in ("0" * 16, "..", row["item_id"].upper(), f"{row['item_id']}.webp", "%2e%2e%2fdataset"):
        assert client.get(f"{API}/datasets/{dataset}/items/{name}/preview").status_code == 404


@pytest.mark.parametrize("what", ["deleted", "made anew"])
def test_a_download_never_mixes_two_sets(what: str, tmp_path: Path) -> None:
    def a_set(place: Path, content: str) -> None:
        place.mkdir()
        for number in range(3):
            (place / f"{number}.txt").write_text(content)

    a_set(tmp_path / "onetrainer", "old")
    parts = zipped_folders(tmp_path, ["onetrainer"])
    next(parts)
    (tmp_path / "onetrainer").rename(tmp_path / "gone")
    if what == "made anew":
        a_set(tmp_path / "onetrainer", "new")
    with pytest.raises(UnknownDatasetError):
        list(parts)

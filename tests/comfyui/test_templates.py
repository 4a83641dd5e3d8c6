"""The folder of workflow templates: shipped and own ones, good and broken ones."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from comfyui.workflow_files import img2img, node, places
from safelight.comfyui.roles import Role
from safelight.comfyui.templates import Source, Templates
from safelight.comfyui.workflow import Values
from safelight.errors import OutputError, UnknownWorkflowError, WorkflowError

SHIPPED = ("smoke", "style", "upscale")


def content(**changed: object) -> bytes:
    return json.dumps(img2img(**changed)).encode()


@pytest.mark.parametrize("name", SHIPPED)
def test_shipped_templates_can_be_used_and_say_what_they_do(name: str) -> None:
    workflow = Templates([]).get(name)
    assert workflow.name == name
    assert workflow.description
    assert workflow.nodes[workflow.output].class_type == "SaveImage"
    assert workflow.nodes[workflow.roles[Role.PICTURE][0].node].class_type == "LoadImage"


def test_the_shipped_style_takes_all_that_a_style_is_made_of() -> None:
    workflow = Templates([]).get("style")
    values = Values(
        picture="x", prompt="p", negative="n", seed=1, strength=0.6, steps=5, checkpoint="c",
        extra={"cfg": 4.0, "sampler_name": "euler", "scheduler": "normal", "megapixels": 1.0},
    )  # fmt: skip
    assert workflow.unused(values) == ()
    assert workflow.filled(Values(picture="x"))["7"]["inputs"]["denoise"] == 0.6


def test_the_smoke_template_needs_no_model() -> None:
    workflow = Templates([]).get("smoke")
    assert workflow.classes == {"LoadImage", "ImageScaleBy", "ImageInvert", "SaveImage"}
    assert places(workflow).keys() == {"picture", "output"}


def test_own_templates_go_before_shipped_ones_and_the_list_says_so(tmp_path: Path) -> None:
    templates = Templates([tmp_path / "own"])
    assert {one.name: one.source for one in templates.list()} == dict.fromkeys(SHIPPED, Source.SHIPPED)
    templates.save("style", content(), b'{"description": "My own."}')
    templates.save("mine", content())
    listed = {one.name: one for one in templates.list()}
    assert tuple(listed) == ("mine", "smoke", "style", "upscale")
    assert (listed["style"].source, listed["style"].replaces_shipped) == (Source.OWN, True)
    assert (listed["style"].description, templates.get("style").description) == ("My own.", "My own.")
    assert (listed["mine"].source, listed["mine"].replaces_shipped) == (Source.OWN, False)
    assert "positive" in listed["mine"].roles
    templates.delete("style")
    assert templates.get("style").description != "My own."
    assert not (tmp_path / "own" / "style.roles.json").exists()


def test_of_several_folders_the_first_goes_first_and_takes_what_is_saved(tmp_path: Path) -> None:
    for name, text in (("a", "one"), ("b", "two")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "mine.json").write_bytes(content(yes=node("CLIPTextEncode", text=text, clip=["model", 1])))
    templates = Templates([tmp_path / "a", tmp_path / "b"])
    assert templates.get("mine").nodes["yes"].inputs["text"] == "one"
    templates.delete("mine")
    assert templates.get("mine").nodes["yes"].inputs["text"] == "two"
    templates.save("other", content())
    assert (tmp_path / "a" / "other.json").exists()


def test_only_what_can_be_used_is_saved(tmp_path: Path) -> None:
    templates = Templates([tmp_path])
    templates.save("mine", content(), b'{"description": "first"}')
    for bad, roles in ((b"{", None), (content(save=None), None), (content(), b'{"seed": {"node": "99"}}')):
        with pytest.raises(WorkflowError):
            templates.save("mine", bad, roles)
    assert templates.get("mine").description == "first"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["mine.json", "mine.roles.json"]


def test_roles_of_an_old_template_are_not_those_of_the_new_one(tmp_path: Path) -> None:
    templates = Templates([tmp_path])
    templates.save("mine", content(), b'{"cfg": {"node": "sampler", "input": "cfg"}}')
    templates.save("mine", content())
    assert "cfg" not in templates.get("mine").roles


@pytest.mark.parametrize("name", ["", "Mine", "../mine", "a/b", "a.b", "1a", "a" * 65, "a\n", "é", ".a"])
def test_names_that_could_lead_elsewhere_are_refused(tmp_path: Path, name: str) -> None:
    templates = Templates([tmp_path / "own"])
    for act in (lambda: templates.get(name), lambda: templates.save(name, content()), lambda: templates.delete(name)):
        with pytest.raises(WorkflowError, match="is no name of a workflow template"):
            act()
    assert list(tmp_path.rglob("*")) == []


def test_what_is_not_there_or_not_ones_own_is_not_deleted(tmp_path: Path) -> None:
    templates = Templates([tmp_path])
    with pytest.raises(UnknownWorkflowError, match="no workflow template 'other'"):
        templates.get("other")
    with pytest.raises(UnknownWorkflowError, match="of your own"):
        templates.delete("other")
    with pytest.raises(WorkflowError, match="style comes with Safelight"):
        templates.delete("style")
    with pytest.raises(WorkflowError, match="there is no folder"):
        Templates([]).save("mine", content())
    assert templates.get("style").description


def test_broken_files_are_listed_with_what_is_wrong_and_harm_nobody(tmp_path: Path) -> None:
    (tmp_path / "broken.json").write_text("{")
    (tmp_path / "huge.json").write_bytes(b" " * ((1 << 20) + 2))
    (tmp_path / "folder.json").mkdir()
    (tmp_path / "My Style.json").write_bytes(content())
    (tmp_path / "beside.json").write_bytes(content())
    (tmp_path / "beside.roles.json").write_text("[]")
    (tmp_path / "good.json").write_bytes(content())
    (tmp_path / "notes.txt").write_text("no template")
    os.mkfifo(tmp_path / "pipe.json")
    templates = Templates([tmp_path])
    errors = {one.name: one.error for one in templates.list() if one.source is Source.OWN}
    assert errors.pop("good") is None
    assert errors.keys() == {"broken", "huge", "folder", "My Style", "beside", "pipe"}
    assert "it is not JSON" in str(errors["broken"])
    assert "larger than 1 MB" in str(errors["huge"])
    assert "not an ordinary file" in str(errors["folder"])
    assert "not an ordinary file" in str(errors["pipe"])
    assert "is no name of a workflow template" in str(errors["My Style"])
    assert "beside.roles.json" in str(errors["beside"])
    assert [one.name for one in templates.good()] == ["good", *SHIPPED]


def test_a_broken_own_template_is_not_replaced_by_a_shipped_one_in_silence(tmp_path: Path) -> None:
    (tmp_path / "style.json").write_text("{")
    with pytest.raises(WorkflowError, match="not JSON"):
        Templates([tmp_path]).get("style")


def test_links_are_followed_within_the_folder_only(tmp_path: Path) -> None:
    own, secret = tmp_path / "own", tmp_path / "secret.json"
    (own / "data").mkdir(parents=True)
    secret.write_bytes(content())
    (own / "data" / "inside.json").write_bytes(content())
    (own / "inside.json").symlink_to(Path("data", "inside.json"))
    (own / "outside.json").symlink_to(secret)
    (own / "gone.json").symlink_to(own / "nowhere")
    (own / "loop.json").symlink_to(own / "loop.json")
    templates = Templates([own])
    assert templates.get("inside").roles
    for name, why in (("outside", "a link that leads out"), ("gone", "cannot be read"), ("loop", "cannot be read")):
        with pytest.raises(WorkflowError, match=why):
            templates.get(name)
    before = secret.read_bytes()
    with pytest.raises(WorkflowError, match="a link, which is not written through"):
        templates.save("outside", content(photo=node("LoadImage", image="y")))
    templates.delete("outside")
    assert secret.read_bytes() == before
    assert not (own / "outside.json").is_symlink()


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(OutputError, match=r"mine\.json: it cannot be written"):
        Templates([tmp_path]).save("mine", content())


def test_a_folder_in_the_place_of_a_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match=r"mine\.json: it cannot be written"):
        Templates([tmp_path / "file"]).save("mine", content())

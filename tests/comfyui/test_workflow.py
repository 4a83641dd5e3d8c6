"""Workflow templates: what goes where in them, whatever their ids are, and what is wrong with those that are."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comfyui.workflow_files import Prompt, img2img, node, places, read, what_a_server_has
from safelight.comfyui.roles import Role
from safelight.comfyui.workflow import Values, Workflow, read_workflow
from safelight.errors import WorkflowError

FOUND = {
    "picture": [("photo", "image")], "output": [("save", "filename_prefix")], "positive": [("yes", "text")],
    "negative": [("no", "text")], "seed": [("sampler", "seed")], "steps": [("sampler", "steps")],
    "denoise": [("sampler", "denoise")], "checkpoint": [("model", "ckpt_name")],
}  # fmt: skip


def put(workflow: Workflow, **values: Any) -> dict[str, Any]:
    return workflow.filled(Values(picture="up.png", **values))


def error_of(prompt: object, roles: object = None) -> str:
    with pytest.raises(WorkflowError) as failure:
        read(prompt, roles)
    return str(failure.value)


def renamed(prompt: Prompt, names: dict[str, str], order: list[str]) -> Prompt:
    """The same workflow with other ids, in another order."""

    def value(one: Any) -> Any:
        return [names[one[0]], one[1]] if isinstance(one, list) and one[0] in names else one

    return {
        names[old]: {**prompt[old], "inputs": {key: value(one) for key, one in prompt[old]["inputs"].items()}}
        for old in order
    }


def test_every_place_is_found_by_class_and_link() -> None:
    assert places(read(img2img())) == FOUND


@given(st.data())
def test_ids_and_their_order_mean_nothing(data: st.DataObject) -> None:
    prompt = img2img()
    ids = st.lists(st.text(min_size=1, max_size=12), min_size=len(prompt), max_size=len(prompt), unique=True)
    names = dict(zip(prompt, data.draw(ids), strict=True))
    found = places(read(renamed(prompt, names, data.draw(st.permutations(list(prompt))))))
    assert found == {role: [(names[one], key) for one, key in points] for role, points in FOUND.items()}


def test_values_go_where_they_belong_and_nothing_else_changes() -> None:
    prompt = img2img()
    filled = put(
        read(prompt), prompt="clay", negative="ugly", seed=7, strength=0.3, steps=12, checkpoint="xl.safetensors",
        prefix="safelight/1",
    )  # fmt: skip
    wanted = img2img()
    wanted["photo"]["inputs"]["image"] = "up.png"
    wanted["yes"]["inputs"]["text"] = "clay"
    wanted["no"]["inputs"]["text"] = "ugly"
    wanted["sampler"]["inputs"].update(seed=7, denoise=0.3, steps=12)
    wanted["model"]["inputs"]["ckpt_name"] = "xl.safetensors"
    wanted["save"]["inputs"]["filename_prefix"] = "safelight/1"
    assert filled == wanted
    assert prompt == img2img()


def test_what_has_no_value_stays_as_the_template_has_it_but_no_two_results_share_a_name() -> None:
    workflow = read(img2img())
    one, two = put(workflow), put(workflow)
    prefixes = {made["save"]["inputs"].pop("filename_prefix") for made in (one, two)}
    assert len(prefixes) == 2
    assert all(prefix.startswith("safelight/") for prefix in prefixes)
    wanted = img2img()
    wanted["photo"]["inputs"]["image"] = "up.png"
    del wanted["save"]["inputs"]["filename_prefix"]
    assert one == two == wanted


@given(st.text(min_size=1, max_size=300), st.text(min_size=1, max_size=50))
def test_any_text_arrives_as_it_is(text: str, other: str) -> None:
    sent = json.loads(json.dumps(put(read(img2img()), prompt=text, negative=other)))
    assert (sent["yes"]["inputs"]["text"], sent["no"]["inputs"]["text"]) == (text, other)
    assert sent["sampler"]["inputs"]["positive"] == ["yes", 0]


@pytest.mark.parametrize("text", [
    '"}, "9": {"class_type": "SaveImage"', "{prompt} %prompt% {{0}} \\u0022 \\", "粘土风格，可爱", "x" * 10_000,
    "['yes', 0]", "\ud83d half", "\x00\n\t",
])  # fmt: skip
def test_texts_that_look_like_something_else_are_data(text: str) -> None:
    filled = put(read(img2img()), prompt=text)
    assert filled["yes"]["inputs"]["text"] == text
    assert filled.keys() == img2img().keys()
    assert json.loads(json.dumps(filled)) == filled


@pytest.mark.parametrize(("strength", "denoise"), [(0, 0.01), (0.0, 0.01), (0.6, 0.6), (1, 1), (3.0, 1)])
def test_strength_is_denoise_within_what_a_sampler_takes(strength: float, denoise: float) -> None:
    assert put(read(img2img()), strength=strength)["sampler"]["inputs"]["denoise"] == denoise


def test_a_template_can_narrow_what_is_put_in() -> None:
    roles = {
        "denoise": {"node": "sampler", "input": "denoise", "min": 0.3, "max": 0.8},
        "cfg": {"node": "sampler", "input": "cfg", "max": 9.0},
    }
    workflow = read(img2img(), roles)
    for strength, denoise in ((0.1, 0.3), (0.5, 0.5), (1.0, 0.8)):
        filled = put(workflow, strength=strength, extra={"cfg": 20.0})
        assert filled["sampler"]["inputs"]["denoise"] == denoise
        assert filled["sampler"]["inputs"]["cfg"] == 9.0


@pytest.mark.parametrize(("seed", "taken"), [(-1, 0), (1 << 64, (1 << 64) - 1), ((1 << 63) + 1, (1 << 63) + 1)])
def test_seeds_are_whole_numbers_that_a_sampler_takes(seed: int, taken: int) -> None:
    found = put(read(img2img()), seed=seed)["sampler"]["inputs"]["seed"]
    assert found == taken
    assert type(found) is int


@pytest.mark.parametrize(("strength", "start"), [(1.0, 0), (0.6, 8), (0.0, 19), (0.01, 19)])
def test_a_sampler_without_denoise_begins_later(strength: float, start: int) -> None:
    sampler = node(
        "KSamplerAdvanced", model=["model", 0], positive=["yes", 0], negative=["no", 0], latent_image=["latent", 0],
        add_noise="enable", noise_seed=1, steps=20, start_at_step=0, end_at_step=10_000,
    )  # fmt: skip
    filled = put(read(img2img(sampler=sampler)), strength=strength, seed=5)
    assert filled["sampler"]["inputs"]["start_at_step"] == start
    assert filled["sampler"]["inputs"]["noise_seed"] == 5
    assert "denoise" not in filled["sampler"]["inputs"]
    assert read(img2img(sampler=sampler)).unused(Values(picture="x", strength=0.5)) == ()


def test_a_sampler_whose_steps_are_linked_has_no_place_for_a_strength() -> None:
    sampler = node("KSamplerAdvanced", positive=["yes", 0], noise_seed=1, steps=["count", 0], start_at_step=0)
    workflow = read(img2img(sampler=sampler, count=node("PrimitiveInt", value=20)))
    assert workflow.unused(Values(picture="x", strength=0.5, seed=1, steps=3)) == ("denoise",)
    assert put(workflow, strength=0.5)["sampler"]["inputs"]["start_at_step"] == 0


def test_samplers_that_are_made_up_of_nodes_are_understood() -> None:
    prompt = img2img(
        sampler=node("SamplerCustomAdvanced", noise=["noise", 0], guider=["guider", 0], sigmas=["sigmas", 0]),
        noise=node("RandomNoise", noise_seed=3),
        guider=node("CFGGuider", model=["model", 0], positive=["yes", 0], negative=["no", 0], cfg=1.0),
        sigmas=node("BasicScheduler", model=["model", 0], scheduler="simple", steps=9, denoise=1.0),
    )
    found = places(read(prompt))
    assert (found["seed"], found["denoise"]) == ([("noise", "noise_seed")], [("sigmas", "denoise")])
    assert (found["steps"], found["positive"]) == ([("sigmas", "steps")], [("yes", "text")])
    assert found["negative"] == [("no", "text")]


def test_prompts_are_found_through_what_changes_their_conditioning() -> None:
    prompt = img2img(
        control=node("ControlNetApplyAdvanced", positive=["average", 0], negative=["no", 0], image=["photo", 0]),
        average=node("ConditioningAverage", conditioning_to=["area", 0], conditioning_from=["area", 0]),
        area=node("ConditioningSetArea", conditioning=["yes", 0], width=64),
    )
    # The sampler's inputs are crossed on purpose: only the links say which prompt is which.
    prompt["sampler"]["inputs"].update(positive=["control", 1], negative=["control", 0])
    found = places(read(prompt))
    assert (found["positive"], found["negative"]) == ([("no", "text")], [("yes", "text")])


def test_a_text_that_is_zeroed_for_the_negative_is_not_the_negative() -> None:
    prompt = img2img(zero=node("ConditioningZeroOut", conditioning=["yes", 0]), no=None)
    prompt["sampler"]["inputs"]["negative"] = ["zero", 0]
    workflow = read(prompt)
    assert places(workflow)["positive"] == [("yes", "text")]
    assert workflow.unused(Values(picture="x", prompt="p", negative="n", strength=0.5)) == ("negative",)
    assert put(workflow, prompt="p", negative="n")["yes"]["inputs"]["text"] == "p"


def test_links_in_a_circle_end() -> None:
    prompt = img2img(
        a=node("ConditioningCombine", conditioning_1=["b", 0], conditioning_2=["yes", 0]),
        b=node("ConditioningCombine", conditioning_1=["a", 0], conditioning_2=["a", 0]),
    )
    prompt["sampler"]["inputs"]["positive"] = ["a", 0]
    assert places(read(prompt))["positive"] == [("yes", "text")]


def test_titles_tell_nodes_of_one_class_apart() -> None:
    prompt = img2img(
        more=node("LoadImage", "Face to copy", image="face.png"), photo=node("LoadImage", "Input", image="x.png"),
        also=node("SaveImage", "Mask", images=["photo", 0]), save=node("SaveImage", "Result", images=["decode", 0]),
    )  # fmt: skip
    found = places(read(prompt))
    assert (found["picture"], found["output"]) == ([("photo", "image")], [("save", "filename_prefix")])


def test_without_a_sampler_titles_tell_the_prompts() -> None:
    parts = {"sampler": None, "yes": node("CLIPTextEncode", "正面提示词", text=""), "decode": node("X", of=["no", 0])}
    assert places(read(img2img(**parts)))["positive"] == [("yes", "text")]
    assert "negative" not in places(read(img2img(**parts)))
    assert places(read(img2img(**{**parts, "yes": None})))["positive"] == [("no", "text")]


@pytest.mark.parametrize(("more", "role"), [
    ({"two": node("LoadImage", image="x.png")}, "picture: LoadImage (photo), LoadImage (two)"),
    ({"two": node("SaveImage", images=["photo", 0])}, "output: SaveImage (save), SaveImage (two)"),
    ({"two": node("KSampler", seed=1, denoise=1.0)}, "seed: KSampler (sampler), KSampler (two)"),
    (
        {"two": node("KSampler", "main", seed=1, denoise=1.0, positive=["no", 0])},
        "positive: CLIPTextEncode (no), CLIPTextEncode (yes)",
    ),
])  # fmt: skip
def test_where_several_nodes_could_be_meant_nothing_is_guessed(more: Prompt, role: str) -> None:
    assert error_of(img2img(**more)).startswith(f"mine.json: several nodes could be its {role} (give one of them")
    shuffled = list(img2img(**more))
    random.Random(1).shuffle(shuffled)
    assert role in error_of({name: img2img(**more)[name] for name in shuffled})


def test_a_file_beside_it_says_what_is_what() -> None:
    prompt = img2img(two=node("LoadImage", image="x.png"), again=node("KSampler", seed=1, denoise=0.2))
    roles = {
        "picture": {"node": "two", "input": "image"},
        "seed": [{"node": "sampler", "input": "seed"}, {"node": "again", "input": "seed"}],
        "denoise": {"node": "again", "input": "denoise"},
        "output": {"node": "save"},
        "description": "Mine.",
    }
    workflow = read(prompt, roles)
    assert (workflow.description, workflow.output) == ("Mine.", "save")
    filled = put(workflow, seed=9, strength=0.4, prefix="p")
    assert (filled["two"]["inputs"]["image"], filled["photo"]["inputs"]["image"]) == ("up.png", "example.png")
    assert {filled[one]["inputs"]["seed"] for one in ("sampler", "again")} == {9}
    assert (filled["again"]["inputs"]["denoise"], filled["sampler"]["inputs"]["denoise"]) == (0.4, 0.5)
    assert filled["save"]["inputs"]["filename_prefix"] == "p"


@pytest.mark.parametrize(("roles", "why"), [
    ({"picture": {"node": "7", "input": "image"}}, "mine.roles.json: picture: the workflow has no node 7"),
    ({"picture": {"node": "photo", "input": "path"}}, "picture: LoadImage (photo) has no input 'path'"),
    ({"picture": {"node": 3, "input": "image"}}, "mine.roles.json: picture"),
    ({"picture": {"node": "photo", "input": "image", "is": 1}}, "mine.roles.json: picture"),
    ({"picture": []}, "picture names no node"),
    ({"picture": "photo"}, "picture names no node"),
    ({"description": {"node": "photo"}}, "the description is no text"),
    ({"steps": {"node": "sampler", "input": "steps", "min": 9.0, "max": 3.0}}, "min is more than max"),
    (["picture"], "mine.roles.json"),
    ({str(index): {"node": "photo", "input": "image"} for index in range(60)}, "more than 50 roles"),
])  # fmt: skip
def test_a_file_beside_it_that_is_wrong_is_refused(roles: object, why: str) -> None:
    assert why in error_of(img2img(), roles)


def test_pictures_that_are_only_shown_are_an_output_too() -> None:
    prompt = img2img(save=node("PreviewImage", images=["decode", 0]))
    workflow = read(prompt)
    assert workflow.output == "save"
    assert put(workflow, prefix="p")["save"]["inputs"] == {"images": ["decode", 0]}


def test_a_value_that_was_linked_is_put_in_place_of_the_link() -> None:
    prompt = img2img(number=node("PrimitiveInt", value=3))
    prompt["sampler"]["inputs"]["seed"] = ["number", 0]
    assert put(read(prompt), seed=8)["sampler"]["inputs"]["seed"] == 8
    assert put(read(prompt))["sampler"]["inputs"]["seed"] == ["number", 0]


def test_what_is_needed_can_be_asked_for() -> None:
    workflow = read({"1": node("LoadImage", image="x"), "2": node("SaveImage", images=["1", 0])})
    workflow.require(Role.PICTURE, Role.OUTPUT)
    with pytest.raises(WorkflowError, match=r"mine.json: it has no place for the positive \(name it in mine.roles"):
        workflow.require(Role.POSITIVE)
    assert workflow.unused(Values(picture="x", prompt="p", seed=1, extra={"cfg": 2})) == ("positive", "seed", "cfg")


@pytest.mark.parametrize(("content", "why"), [
    (b"{", "mine.json: it is not JSON: "),
    (b"\xff\xfe{}", "mine.json: it is not JSON: "),
    (b'{"a": NaN}', "mine.json: it is not JSON: NaN is no number in JSON"),
    (b"[" * 100_000, "mine.json: it is nested too deeply"),
    (b'{"a": ' * 30 + b"1" + b"}" * 30, "mine.json: it is nested too deeply"),
    (b" " * (1 << 20) + b"{}", "mine.json: it is larger than 1 MB"),
    (b"{}", "mine.json: it is not a workflow in the API format"),
    (b"[]", "mine.json: it is not a workflow in the API format"),
    (b'{"nodes": [], "links": []}', "a workflow for ComfyUI's own page, not in the API format (in ComfyUI, choose"),
    (b'{"prompt": {"1": {}}}', "the workflow is what is under `prompt`"),
    (b'{"1": {"inputs": {}}}', "mine.json: node 1 has no class_type or no inputs"),
    (b'{"1": {"class_type": "A", "inputs": []}}', "node 1 has no class_type or no inputs"),
    (b'{"1": {"class_type": "A", "inputs": {"x": ["2", 0]}}}', "A (1): x leads to node 2, which is not there"),
    (b'{"1": {"class_type": "A", "inputs": {}}}', "mine.json: it has no LoadImage node, so there is no picture"),
])  # fmt: skip
def test_what_is_no_workflow_is_refused_in_words(content: bytes, why: str) -> None:
    with pytest.raises(WorkflowError) as failure:
        read_workflow("mine", content)
    assert why in str(failure.value)
    assert str(failure.value).startswith("mine.json: ")


def test_too_many_nodes_and_a_missing_output_are_refused() -> None:
    assert "it has 501 nodes, more than 500" in error_of({str(index): node("A") for index in range(501)})
    assert "it has no SaveImage node, so there is no output" in error_of(img2img(save=None))


def test_a_server_that_has_everything_lacks_nothing() -> None:
    assert read(img2img()).missing(what_a_server_has()) == ()


def test_what_a_server_lacks_is_named() -> None:
    workflow = read(img2img())
    info = what_a_server_has(
        VAEEncode=None,
        CheckpointLoaderSimple={"ckpt_name": [["xl.safetensors"]]},
        KSampler={
            "seed": ["INT"], "sampler_name": ["COMBO", {"options": ["heun"]}], "noise": ["NOISE"],
            "grown": ["COMFY_AUTOGROW_V3", {}],
        },
    )  # fmt: skip
    assert set(workflow.missing(info)) == {
        "the node class VAEEncode",
        "sd15.safetensors, the ckpt_name of CheckpointLoaderSimple (model)",
        "euler, the sampler_name of KSampler (sampler)",
        "a version of KSampler that needs no noise, or a template that has one",
    }


def test_another_checkpoint_can_be_used_and_chosen() -> None:
    workflow = read(img2img())
    info = what_a_server_has(CheckpointLoaderSimple={"ckpt_name": [["xl.safetensors"]]})
    assert workflow.missing(info, checkpoint="xl.safetensors") == ()
    assert "no.ckpt" in workflow.missing(info, checkpoint="no.ckpt")[0]
    assert workflow.choices(info, Role.CHECKPOINT) == ("xl.safetensors",)
    assert workflow.choices(info, Role.POSITIVE) == workflow.choices({}, Role.CHECKPOINT) == ()

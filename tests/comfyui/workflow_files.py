"""Workflows as ComfyUI writes them, for tests."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from safelight.comfyui.nodes import NodeClass, node_classes_of
from safelight.comfyui.workflow import Workflow, read_workflow

Prompt = dict[str, dict[str, Any]]


def node(kind: str, title: str = "", /, **inputs: Any) -> dict[str, Any]:
    made: dict[str, Any] = {"class_type": kind, "inputs": inputs}
    return {**made, "_meta": {"title": title}} if title else made


def img2img(**changed: Any) -> Prompt:
    """A workflow that paints over a photo; nodes can be changed, added, and with None taken away."""
    nodes = {
        "photo": node("LoadImage", image="example.png"),
        "model": node("CheckpointLoaderSimple", ckpt_name="sd15.safetensors"),
        "yes": node("CLIPTextEncode", text="a cat", clip=["model", 1]),
        "no": node("CLIPTextEncode", text="a dog", clip=["model", 1]),
        "latent": node("VAEEncode", pixels=["photo", 0], vae=["model", 2]),
        "sampler": node(
            "KSampler", model=["model", 0], positive=["yes", 0], negative=["no", 0], latent_image=["latent", 0],
            seed=1, steps=20, cfg=7.5, sampler_name="euler", scheduler="normal", denoise=0.5,
        ),
        "decode": node("VAEDecode", samples=["sampler", 0], vae=["model", 2]),
        "save": node("SaveImage", images=["decode", 0], filename_prefix="ComfyUI"),
    }  # fmt: skip
    return {name: one for name, one in {**nodes, **changed}.items() if one is not None}


def read(prompt: object, roles: object = None, name: str = "mine") -> Workflow:
    beside = None if roles is None else json.dumps(roles).encode()
    return read_workflow(name, json.dumps(prompt).encode(), beside)


def places(workflow: Workflow) -> dict[str, list[tuple[str, str]]]:
    """Where the values go: node and input, by role."""
    return {str(role): [(one.node, one.input) for one in points] for role, points in workflow.roles.items()}


def what_a_server_has(**changed: Any) -> Mapping[str, NodeClass]:
    """The node classes that :func:`img2img` needs, as a server tells of them."""
    classes = {
        "LoadImage": {"image": [["other.png"], {"image_upload": True}]},
        "CheckpointLoaderSimple": {"ckpt_name": [["sd15.safetensors", "xl.safetensors"]]},
        "CLIPTextEncode": {"text": ["STRING", {"multiline": True}], "clip": ["CLIP"]},
        "VAEEncode": {"pixels": ["IMAGE"], "vae": ["VAE"]},
        "KSampler": {
            "model": ["MODEL"], "seed": ["INT", {"min": 0}], "steps": ["INT"], "cfg": ["FLOAT"],
            "sampler_name": ["COMBO", {"options": ["euler", "heun"]}], "scheduler": [["normal", "karras"]],
            "positive": ["CONDITIONING"], "negative": ["CONDITIONING"], "latent_image": ["LATENT"],
            "denoise": ["FLOAT", {"min": 0.0, "max": 1.0}],
        },
        "VAEDecode": {"samples": ["LATENT"], "vae": ["VAE"]},
        "SaveImage": {"images": ["IMAGE"], "filename_prefix": ["STRING", {"default": "ComfyUI"}]},
    }  # fmt: skip
    told = {name: {"input": {"required": inputs}} for name, inputs in {**classes, **changed}.items() if inputs}
    return node_classes_of(told)

"""The nodes of a fake ComfyUI: what they take, what they give and what they do."""

from __future__ import annotations

import hashlib
import random
import string
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from fake_comfyui import looks
from fake_comfyui.options import Options
from fake_comfyui.places import Places

Inputs = Mapping[str, Any]
"""The inputs of a node by name, in the format of ``/object_info``: ``[type, settings]``."""


@dataclass(kw_only=True)
class Running:
    """What a node that runs may use."""

    places: Places
    prompt: str
    """The whole prompt as JSON, which pictures that are saved carry with them."""
    progress: Callable[[int, int, np.ndarray | None], None]
    """Tell how many steps of how many are done, and show a picture; raises if it is to stop."""
    ui: dict[str, Any] = field(default_factory=dict)
    """What a node shows; the ``output`` of ``executed``."""


Work = Callable[..., tuple[Any, ...]]
"""Takes ``Running`` and the inputs by name; gives the outputs."""


@dataclass(frozen=True, kw_only=True)
class Node:
    """A class of nodes."""

    work: Work
    required: Callable[[Options, Places], Inputs]
    outputs: tuple[str, ...] = ()
    output_node: bool = False
    category: str = "image"
    hidden: Mapping[str, str] = field(default_factory=dict)
    unlisted: tuple[str, ...] = ()
    """Inputs whose values are checked by the node itself."""
    check: Callable[[Places, Mapping[str, Any]], str | None] = lambda _places, _values: None
    """What is wrong with these values, if anything."""
    changed: Callable[[Places, Mapping[str, Any]], str] = lambda _places, _values: ""
    """A word that differs when the result will, although the inputs are the same."""

    def described(self, name: str, options: Options, places: Places) -> dict[str, Any]:
        """Its entry of ``/object_info``."""
        required = dict(self.required(options, places))
        inputs: dict[str, Any] = {"required": required}
        order = {"required": list(required)}
        if self.hidden:
            inputs["hidden"], order["hidden"] = dict(self.hidden), list(self.hidden)
        return {
            "input": inputs, "input_order": order, "is_input_list": False, "output": list(self.outputs),
            "output_is_list": [False] * len(self.outputs), "output_name": list(self.outputs), "name": name,
            "display_name": name, "description": "", "python_module": "nodes", "category": self.category,
            "output_node": self.output_node, "has_intermediate_output": False, "search_aliases": [],
        }  # fmt: skip


_METHODS = ["nearest-exact", "bilinear", "area", "bicubic", "lanczos"]
_SAMPLERS = ["euler", "euler_ancestral", "heun", "dpm_2", "dpmpp_2m", "dpmpp_sde", "ddim", "uni_pc"]
_SCHEDULERS = ["simple", "sgm_uniform", "karras", "exponential", "ddim_uniform", "beta", "normal"]
UPSCALERS = ["RealESRGAN_x4plus.pth", "4x-UltraSharp.pth"]
_HIDDEN = {"prompt": "PROMPT", "extra_pnginfo": "EXTRA_PNGINFO"}


def _int(default: int, least: int, most: int, **more: object) -> list[Any]:
    return ["INT", {"default": default, "min": least, "max": most, **more}]


def _float(default: float, least: float, most: float, step: float) -> list[Any]:
    return ["FLOAT", {"default": default, "min": least, "max": most, "step": step}]


def _takes(**inputs: Any) -> Callable[[Options, Places], Inputs]:
    return lambda _options, _places: inputs


def _load(run: Running, image: str) -> tuple[Any, ...]:
    path = run.places.picture(image)
    if path is None:
        raise FileNotFoundError(f"[Errno 2] No such file or directory: '{image}'")
    return looks.read(path), np.zeros((1, 64, 64), np.float32)


def _load_check(places: Places, values: Mapping[str, Any]) -> str | None:
    image = values.get("image")
    if isinstance(image, str) and places.picture(image) is None:
        return f"image - Invalid image file: {image}"
    return None


def _load_changed(places: Places, values: Mapping[str, Any]) -> str:
    path = places.picture(str(values.get("image")))
    return hashlib.sha256(path.read_bytes()).hexdigest() if path else "gone"


def _scale(_run: Running, image: Any, upscale_method: str, width: int, height: int, crop: str) -> tuple[Any, ...]:
    if width == 0 and height == 0:
        return (image,)
    old_height, old_width = image.shape[1:3]
    width = width or max(1, round(old_width * height / old_height))
    height = height or max(1, round(old_height * width / old_width))
    return (looks.scaled(image, width, height, upscale_method, crop),)


def _scale_by(_run: Running, image: Any, upscale_method: str, scale_by: float) -> tuple[Any, ...]:
    height, width = (max(1, round(size * scale_by)) for size in image.shape[1:3])
    return (looks.scaled(image, width, height, upscale_method),)


def _scale_to(
    _run: Running, image: Any, upscale_method: str, megapixels: float, resolution_steps: int = 1
) -> tuple[Any, ...]:
    height, width = image.shape[1:3]
    share = (megapixels * 1024 * 1024 / (width * height)) ** 0.5
    size = (max(1, round(one * share / resolution_steps)) * resolution_steps for one in (width, height))
    return (looks.scaled(image, *size, upscale_method),)


def _save(run: Running, images: Any, filename_prefix: str = "ComfyUI", kind: str = "output") -> tuple[Any, ...]:
    saved = []
    for picture in images:
        path, subfolder = run.places.free(kind, filename_prefix)
        looks.write(picture, path, run.prompt)
        saved.append({"filename": path.name, "subfolder": subfolder, "type": kind})
    run.ui["images"] = saved
    return ()


def _preview(run: Running, images: Any) -> tuple[Any, ...]:
    mark = "".join(random.choices(string.ascii_lowercase, k=5))
    return _save(run, images, f"ComfyUI_temp_{mark}", "temp")


def _sample(run: Running, **values: Any) -> tuple[Any, ...]:
    begun = values["latent_image"]
    text, seed, steps = values["positive"], values["seed"], values["steps"]
    for step in range(steps):
        share = values["denoise"] * (step + 1) / steps
        run.progress(step + 1, steps, looks.sampled(begun[:1], text, seed, share)[0])
    return (looks.sampled(begun, text, seed, values["denoise"]),)


def _enlarge(run: Running, upscale_model: str, image: Any) -> tuple[Any, ...]:
    run.progress(1, 1, None)
    return (looks.scaled(image, image.shape[2] * 4, image.shape[1] * 4, "bicubic"),)


def _upscaler(_run: Running, model_name: str) -> tuple[Any, ...]:
    if model_name not in UPSCALERS:
        raise FileNotFoundError(f"Model in folder 'upscale_models' with filename '{model_name}' not found.")
    return (model_name,)


def _empty(_run: Running, width: int, height: int, batch_size: int) -> tuple[Any, ...]:
    return (np.full((batch_size, height // 8 * 8, width // 8 * 8, 3), 0.5, np.float32),)


def _upscalers(options: Options, _places: Places) -> Inputs:
    if options.old:
        return {"model_name": [UPSCALERS]}
    return {"model_name": ["COMBO", {"multiselect": False, "options": UPSCALERS}]}


_SCALE_INPUTS = {
    "image": ["IMAGE"], "upscale_method": [_METHODS], "width": _int(512, 0, 16384, step=1),
    "height": _int(512, 0, 16384, step=1), "crop": [["disabled", "center"]],
}  # fmt: skip
_SAMPLE_INPUTS = {
    "model": ["MODEL", {"tooltip": "The model used for denoising the input latent."}],
    "seed": _int(0, 0, 0xFFFFFFFFFFFFFFFF, control_after_generate=True), "steps": _int(20, 1, 10000),
    "cfg": ["FLOAT", {"default": 8.0, "min": 0.0, "max": 100.0, "step": 0.1, "round": 0.01}],
    "sampler_name": [_SAMPLERS, {}], "scheduler": [_SCHEDULERS, {}], "positive": ["CONDITIONING", {}],
    "negative": ["CONDITIONING", {}], "latent_image": ["LATENT", {}], "denoise": _float(1.0, 0.0, 1.0, 0.01),
}  # fmt: skip

NODES: Mapping[str, Node] = {
    "LoadImage": Node(
        work=_load, outputs=("IMAGE", "MASK"), unlisted=("image",), check=_load_check, changed=_load_changed,
        required=lambda _options, places: {"image": [places.files("input"), {"image_upload": True}]},
    ),
    "ImageScale": Node(work=_scale, outputs=("IMAGE",), required=_takes(**_SCALE_INPUTS), category="image/upscaling"),
    "ImageScaleBy": Node(
        work=_scale_by, outputs=("IMAGE",), category="image/upscaling",
        required=_takes(image=["IMAGE"], upscale_method=[_METHODS], scale_by=_float(1.0, 0.01, 8.0, 0.01)),
    ),
    "ImageScaleToTotalPixels": Node(
        work=_scale_to, outputs=("IMAGE",), category="image/upscaling",
        required=_takes(
            image=["IMAGE"], upscale_method=[_METHODS], megapixels=_float(1.0, 0.01, 16.0, 0.01),
            resolution_steps=_int(1, 1, 256),
        ),
    ),
    "ImageInvert": Node(
        work=lambda _run, image: (1 - image,), outputs=("IMAGE",), required=_takes(image=["IMAGE"])
    ),
    "SaveImage": Node(
        work=_save, output_node=True, hidden=_HIDDEN,
        required=_takes(images=["IMAGE", {}], filename_prefix=["STRING", {"default": "ComfyUI"}]),
    ),
    "PreviewImage": Node(work=_preview, output_node=True, hidden=_HIDDEN, required=_takes(images=["IMAGE"])),
    "CheckpointLoaderSimple": Node(
        work=lambda _run, ckpt_name: (ckpt_name, ckpt_name, ckpt_name), outputs=("MODEL", "CLIP", "VAE"),
        category="loaders", required=lambda options, _places: {"ckpt_name": [list(options.checkpoints), {}]},
    ),
    "CLIPTextEncode": Node(
        work=lambda _run, text, clip: (text,), outputs=("CONDITIONING",), category="conditioning",
        required=_takes(text=["STRING", {"multiline": True, "dynamicPrompts": True}], clip=["CLIP", {}]),
    ),
    "VAEEncode": Node(
        work=lambda _run, pixels, vae: (looks.in_eights(pixels),), outputs=("LATENT",), category="latent",
        required=_takes(pixels=["IMAGE"], vae=["VAE"]),
    ),
    "VAEDecode": Node(
        work=lambda _run, samples, vae: (samples,), outputs=("IMAGE",), category="latent",
        required=_takes(samples=["LATENT", {}], vae=["VAE", {}]),
    ),
    "KSampler": Node(work=_sample, outputs=("LATENT",), category="sampling", required=_takes(**_SAMPLE_INPUTS)),
    "EmptyLatentImage": Node(
        work=_empty, outputs=("LATENT",), category="latent",
        required=_takes(
            width=_int(512, 16, 16384, step=8), height=_int(512, 16, 16384, step=8), batch_size=_int(1, 1, 4096)
        ),
    ),
    "UpscaleModelLoader": Node(
        work=_upscaler, outputs=("UPSCALE_MODEL",), category="loaders", required=_upscalers,
    ),
    "ImageUpscaleWithModel": Node(
        work=_enlarge, outputs=("IMAGE",), category="image/upscaling",
        required=_takes(upscale_model=["UPSCALE_MODEL", {}], image=["IMAGE", {}]),
    ),
}  # fmt: skip


def installed(options: Options) -> dict[str, Node]:
    """The nodes that are not missing."""
    return {name: node for name, node in NODES.items() if name not in options.missing_nodes}

"""Prompts that the fake ComfyUI can run, for tests."""

from __future__ import annotations

from typing import Any


def inverted(image: str, prefix: str = "test") -> dict[str, Any]:
    """A picture, inverted; no step of it takes time."""
    return {
        "1": {"class_type": "LoadImage", "inputs": {"image": image}},
        "2": {"class_type": "ImageInvert", "inputs": {"image": ["1", 0]}},
        "3": {"class_type": "SaveImage", "inputs": {"images": ["2", 0], "filename_prefix": prefix}},
    }


def restyled(
    image: str,
    prompt: str,
    *,
    seed: int = 1,
    steps: int = 3,
    denoise: float = 0.6,
    checkpoint: str = "sd15.safetensors",
) -> dict[str, Any]:
    """A picture through KSampler ("sample"), saved by "save"."""
    sampler = {
        "model": ["load", 0], "seed": seed, "steps": steps, "cfg": 7.0, "sampler_name": "euler",
        "scheduler": "normal", "positive": ["positive", 0], "negative": ["negative", 0],
        "latent_image": ["encode", 0], "denoise": denoise,
    }  # fmt: skip
    return {
        "picture": {"class_type": "LoadImage", "inputs": {"image": image}},
        "load": {"class_type": "CheckpointLoaderSimple", "inputs": {"ckpt_name": checkpoint}},
        "positive": {"class_type": "CLIPTextEncode", "inputs": {"text": prompt, "clip": ["load", 1]}},
        "negative": {"class_type": "CLIPTextEncode", "inputs": {"text": "blurry", "clip": ["load", 1]}},
        "encode": {"class_type": "VAEEncode", "inputs": {"pixels": ["picture", 0], "vae": ["load", 2]}},
        "sample": {"class_type": "KSampler", "inputs": sampler},
        "decode": {"class_type": "VAEDecode", "inputs": {"samples": ["sample", 0], "vae": ["load", 2]}},
        "save": {"class_type": "SaveImage", "inputs": {"images": ["decode", 0], "filename_prefix": "test"}},
    }

"""Finds the weights that contenders share."""

from __future__ import annotations

from pathlib import Path

from bench.harness import Unavailable
from safelight.errors import SafelightError
from safelight.models.spec import ResolvedModel
from safelight.settings import load_settings
from safelight.wiring import Studio, build

X4PLUS = "realesrgan-x4plus"
GENERAL = "realesrgan-general-x4v3"


def cpu_studio(memory_mb: int | None = None) -> Studio:
    """Assemble Safelight on the CPU, with the environment's settings, and another budget for tiles if asked for."""
    settings = load_settings(device="cpu")
    return build(settings.model_copy(update={"memory_mb": memory_mb}) if memory_mb else settings)


def resolved(studio: Studio, model: str) -> ResolvedModel:
    """Give a model with its files, fetched if need be.

    Raises:
        Unavailable: it cannot be had.
    """
    try:
        return studio.weights.ensure(studio.catalog.get(model))
    except SafelightError as error:
        raise Unavailable(f"no weights of {model}") from error


def ncnn_files(studio: Studio, model: str) -> tuple[Path, Path]:
    """Give ``.param`` and ``.bin`` of a model.

    Raises:
        Unavailable: it cannot be had in ncnn's form.
    """
    found = resolved(studio, model)
    if found.variant.format != "ncnn":
        raise Unavailable(f"{model} is here as {found.variant.format}, not in ncnn's form")
    return found.paths[0], found.paths[1]

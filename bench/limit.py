"""The machine's limit: one large matrix multiplication, in a process of its own (``python -m bench.limit``)."""

from __future__ import annotations

import json
import subprocess
import sys
import time

from bench.harness import ROOT, Unavailable

SIDE = 4096
_SECONDS = 3.0


def limits() -> dict[str, float]:
    """GFLOP/s of a 4096 x 4096 product in bfloat16 and float32, the best within a few seconds each."""
    done = subprocess.run([sys.executable, "-m", "bench.limit"], cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Unavailable(f"the matrix product failed: {done.stderr[-200:]}")
    figures: dict[str, float] = json.loads(done.stdout)
    return figures


def main() -> None:
    """Measure and print."""
    import torch

    figures = {}
    for dtype in (torch.bfloat16, torch.float32):
        one, other = (torch.randn(SIDE, SIDE).to(dtype) for _ in range(2))
        best, end = float("inf"), time.perf_counter() + _SECONDS
        while time.perf_counter() < end:
            start = time.perf_counter()
            torch.matmul(one, other)
            best = min(best, time.perf_counter() - start)
        figures[str(dtype).removeprefix("torch.")] = 2 * SIDE**3 / best / 1e9
    sys.stdout.write(json.dumps(figures))


if __name__ == "__main__":
    main()

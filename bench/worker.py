"""The process of one contender: ``python -m bench.worker NAME OPTIONS``, asked by lines of JSON on its input."""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

from bench.contenders import open_contender
from bench.contenders.contender import Contender
from bench.harness import Unavailable
from bench.usage import minor_faults, peak_bytes, system_seconds


def main() -> None:
    """Load, then answer until the input ends."""
    # Libraries print to the standard output as they please; answers go where they cannot.
    channel = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)

    def tell(content: dict[str, Any]) -> None:
        channel.write(json.dumps(content) + "\n")
        channel.flush()

    try:
        start = time.perf_counter()
        contender = open_contender(sys.argv[1], json.loads(sys.argv[2]))
        tell({"start_seconds": time.perf_counter() - start, **contender.facts})
    except Unavailable as reason:
        tell({"unavailable": str(reason)})
        return
    for line in sys.stdin:
        request = json.loads(line)
        try:
            tell(_run(contender, Path(request["photo"]), request["keep"]))
        except Unavailable as reason:
            tell({"unavailable": str(reason)})


def _run(contender: Contender, photo: Path, keep: str | None) -> dict[str, Any]:
    contender.prepare(photo)
    faults, system, cpu, start = minor_faults(), system_seconds(), time.process_time(), time.perf_counter()
    contender.run()
    answer = {
        "seconds": time.perf_counter() - start,
        "cpu_seconds": time.process_time() - cpu,
        "system_seconds": system_seconds() - system,
        "minor_faults": minor_faults() - faults,
        "peak_bytes": peak_bytes(),
    }
    if keep:
        np.save(keep, contender.result())
    return answer


if __name__ == "__main__":
    main()

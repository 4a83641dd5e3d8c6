"""Safelight's command line, which tells in the end what its process used: ``python -m bench.command ARGUMENTS``."""

from __future__ import annotations

import json
import sys
import time

from bench.usage import peak_bytes
from safelight.cli.main import main

if __name__ == "__main__":
    start = time.perf_counter()
    try:
        main()
    finally:
        sys.stdout.write("\n" + json.dumps({"seconds": time.perf_counter() - start, "peak_bytes": peak_bytes()}) + "\n")
        sys.stdout.flush()

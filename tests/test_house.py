"""The house itself: what imports what, what is in the repository, what is installed along."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from email.message import Message
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement

import safelight
from safelight.operations.styles.rows import shipped_styles
from safelight.recipes.recipe import PRESETS

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())

WEIGHTS = {".pth", ".pt", ".safetensors", ".onnx", ".tflite", ".task", ".bin", ".param", ".dat", ".npy", ".ckpt"}
PICTURES = {".jpg", ".jpeg", ".png", ".webp", ".tif", ".tiff", ".avif", ".heic", ".heif", ".gif"}
GALLERY = ("cartoons", "darkness", "haze", "noise", "paintings", "pictures", "strength", "styles")
FREE_PICTURES = {
    "docs/images/before-after.jpg", "web/src/features/studio/sample.webp",
    *(f"docs/images/gallery/{name}.jpg" for name in GALLERY),
    *(f"web/src/features/studio/recipe/examples/{name}.webp" for name in PRESETS if name != "face"),
    *(f"docs/images/studio/{name}.webp" for name in ("studio", "studio-zh", "preview", "viewer", "history")),
    *(f"web/src/features/studio/recipe/examples/style-{name}.webp" for name in shipped_styles()),
}  # fmt: skip
"""Pictures whose makers gave them away, and what Safelight makes of these: NASA and SpaceX, public domain; Stefan van
der Walt and Rachel Michetti, CC0."""

REGISTRIES = re.compile(
    r"pypi[.]org|python[h]osted|download[.]pytorch[.]org|registry[.]npm|index-url\W+https?://[\w-]+[.]"
)
MACHINE_PATHS = re.compile(r"(?<![\w.])/(root|home|work|Users)/\w|(?<![\w.])[A-Z]:\\Users")


def imported(statement: str, *names: str) -> list[str]:
    """Which of the modules a fresh Python has loaded after a statement."""
    code = f"{statement}; import sys; print(*[name for name in {names!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return done.stdout.split()


def repository() -> list[str]:
    """Every file that is in the repository, or would be with the next commit."""
    git = shutil.which("git")
    if git is None or not (ROOT / ".git").exists():
        pytest.skip("this is no git repository")
    command = [git, "-C", str(ROOT), "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split("\0")
    return [name for name in listed if name and (ROOT / name).is_file()]


@pytest.mark.parametrize("module", ["safelight", "safelight.errors", "safelight.settings", "safelight.cli.main"])
def test_importing_it_loads_no_heavy_library(module: str) -> None:
    assert imported(f"import {module}", "torch", "torchvision", "spandrel", "pyvips", "numpy", "ncnn") == []


@pytest.mark.parametrize(
    "module",
    ["safelight.wiring", "safelight.library", "safelight.folders.work", "safelight.api.server", "safelight.cli.serve"],
)
def test_importing_what_does_the_work_loads_no_ml_framework(module: str) -> None:
    assert imported(f"import {module}", "torch", "torchvision", "spandrel", "ncnn") == []


def test_help_loads_no_heavy_library() -> None:
    assert imported(
        "import sys; sys.argv = ['safelight', '--help']; from contextlib import suppress\n"
        "with suppress(SystemExit):\n    from safelight.cli.main import main; main()\nprint()",
        "torch", "pyvips", "numpy",
    )[-1:] not in (["torch"], ["pyvips"], ["numpy"])  # fmt: skip


def test_every_module_is_in_a_layer() -> None:
    """A package that no contract names could import anything."""
    layers = " ".join(PROJECT["tool"]["importlinter"]["contracts"][0]["layers"])
    parts = {path.stem for path in (ROOT / "src" / "safelight").iterdir() if path.suffix == ".py" or path.is_dir()}
    # The pages of the web studio are built, and no Python.
    parts = {name for name in parts if not name.startswith((".", "_")) and name not in ("py", "pages")}
    assert {name for name in parts if f"safelight.{name}" not in layers} == set()


def test_the_version_is_the_same_everywhere() -> None:
    assert PROJECT["project"]["version"] == safelight.__version__
    assert f"## [{safelight.__version__}]" in (ROOT / "CHANGELOG.md").read_text()


def test_every_dependency_is_pinned() -> None:
    lines = (ROOT / "constraints.txt").read_text().splitlines()
    pinned = {re.split(r"[=<>]", line)[0].strip().lower() for line in lines if "==" in line}
    groups = PROJECT["dependency-groups"].values()
    wanted = [*PROJECT["project"]["dependencies"], *(one for group in groups for one in group)]
    assert {Requirement(one).name.lower() for one in wanted} - pinned == set()


def test_no_weights_and_no_photos_are_in_the_repository() -> None:
    foreign = [name for name in repository() if Path(name).suffix.lower() in WEIGHTS | PICTURES]
    assert set(foreign) - FREE_PICTURES == set()


def test_no_registry_and_no_path_of_a_machine_is_named() -> None:
    named = []
    for name in repository():
        text = (ROOT / name).read_bytes().decode("utf-8", "ignore")
        for number, line in enumerate(text.splitlines() if "\0" not in text else (), 1):
            if REGISTRIES.search(line) or MACHINE_PATHS.search(line):
                named.append(f"{name}:{number}: {line.strip()[:100]}")
    assert named == []


def test_the_lock_of_the_web_studio_names_no_address() -> None:
    text = (ROOT / "web" / "package-lock.json").read_text(encoding="utf-8")
    assert [line for line in text.splitlines() if "://" in line] == [], "run `python web/lock.py`"


def test_the_lock_of_the_web_studio_is_whole() -> None:
    """npm refuses one that does not hold what package.json asks for, or not the parts for all systems."""
    packages = json.loads((ROOT / "web" / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    wanted = json.loads((ROOT / "web" / "package.json").read_text(encoding="utf-8"))
    for kind in ("dependencies", "devDependencies"):
        assert packages[""].get(kind) == wanted.get(kind), "run `npm install` in web/"
    lacking = [
        part
        for name, one in packages.items()
        for part in one.get("optionalDependencies", {})
        if f"node_modules/{part}" not in packages and f"{name}/node_modules/{part}" not in packages
    ]
    assert lacking == [], "run `python web/lock.py`"
    assert [name for name, one in packages.items() if name and not one.get("version")] == []


def closure() -> Iterator[Message]:
    """What a default installation of Safelight brings along on this machine."""
    todo, seen = [Requirement(one) for one in PROJECT["project"]["dependencies"]], set[str]()
    while todo:
        wanted = todo.pop()
        name = re.sub(r"[-_.]+", "-", wanted.name).lower()
        if name in seen:
            continue
        seen.add(name)
        try:
            found = distribution(name)
        except PackageNotFoundError:
            continue  # not for this machine
        yield found.metadata
        for text in found.requires or ():
            one = Requirement(text)
            extras = [{"extra": extra} for extra in ("", *wanted.extras)]
            if one.marker is None or any(one.marker.evaluate(extra) for extra in extras):
                todo.append(one)


def licences(metadata: Message) -> str:
    """What a package says about its licence, in one line; of a whole text only its beginning."""
    told = [metadata.get("License-Expression") or "", (metadata.get("License") or "").strip()[:120]]
    told += [one for one in metadata.get_all("Classifier") or () if one.startswith("License ::")]
    return " | ".join(" ".join(one.split()) for one in told if one)


def is_refused(said: str) -> bool:
    """Tell whether a licence is the GPL or AGPL with no other choice, or forbids commercial use. LGPL is fine."""
    if re.search(r"non[- ]?commercial|\bNC\b|-NC-", said, re.IGNORECASE):
        return True
    strong = re.compile(r"(?<!L)(?<!Lesser )\b(A?GPL|GNU (Affero )?General Public)", re.IGNORECASE)
    return any(all(strong.search(choice) for choice in re.split(r"\bOR\b", part)) for part in said.split(" | "))


@pytest.mark.parametrize(
    ("said", "refused"),
    [
        ("MIT", False),
        ("LGPL-3.0-or-later", False),
        ("License :: OSI Approved :: GNU Lesser General Public License v3 (LGPLv3)", False),
        ("MPL-2.0", False),
        ("GPL-2.0-only OR MIT", False),
        ("GPL-3.0-or-later", True),
        ("GPLv3", True),
        ("AGPL-3.0-only", True),
        ("License :: OSI Approved :: GNU Affero General Public License v3", True),
        ("BSD | License :: OSI Approved :: GNU General Public License v2 (GPLv2)", True),
        ("CC-BY-NC-4.0", True),
        ("Free for non-commercial use", True),
    ],
)
def test_licences_are_told_apart(said: str, refused: bool) -> None:
    assert is_refused(said) is refused


def test_nothing_installed_by_default_is_gpl_or_for_non_commercial_use_only() -> None:
    found = {metadata["Name"]: licences(metadata) for metadata in closure()}
    assert len(found) > 30, "the walk over the dependencies found too few"
    assert {name: said for name, said in found.items() if is_refused(said)} == {}


def test_what_is_installed_by_default_says_its_licence() -> None:
    silent = {metadata["Name"] for metadata in closure() if not licences(metadata)}
    assert silent <= {"cuda-toolkit"}, "look at their licences by hand"


def test_nothing_that_the_pages_are_made_of_is_gpl_or_for_non_commercial_use_only() -> None:
    packages = json.loads((ROOT / "web" / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    found = {name: one.get("license", "") for name, one in packages.items() if name and not one.get("dev")}
    assert len(found) > 30, "the lock has too few"
    assert {name: said for name, said in found.items() if not said or is_refused(said)} == {}

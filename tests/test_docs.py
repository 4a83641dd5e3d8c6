"""The docs say what the code does: everything is documented, every link and command in them works."""

from __future__ import annotations

import re
import runpy
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from safelight.cli.main import app
from safelight.errors import SafelightError
from safelight.models.catalog import Catalog
from safelight.operations import OPERATIONS
from safelight.recipes.recipe import PRESETS
from safelight.settings import Settings

ROOT = Path(__file__).resolve().parents[1]
REFERENCE = ROOT / "docs" / "reference.md"
PAGES = sorted({*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")})
TEST_VARIABLES = {"SAFELIGHT_SHARED", "SAFELIGHT_REQUIRE_SERVICES", "SAFELIGHT_URL"}

_BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\[[^]]*]\(([^)\s]+)\)")


def blocks(page: Path, language: str) -> list[str]:
    return [code for name, code in _BLOCK.findall(page.read_text(encoding="utf-8")) if name == language]


def prose(page: Path) -> str:
    return _BLOCK.sub("", page.read_text(encoding="utf-8"))


def anchors(page: Path) -> set[str]:
    """The names that headings can be linked by."""
    headings = re.findall(r"^#+ (.+)$", prose(page), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-") for heading in headings}


def commands() -> dict[str, Any]:
    """Every command of the command line by its full name."""
    found: dict[str, Any] = {}

    def walk(name: str, command: Any) -> None:
        found[name] = command
        for word, below in getattr(command, "commands", {}).items():
            walk(f"{name} {word}", below)

    walk("safelight", get_command(app))
    return found


def options(command: Any) -> set[str]:
    names = (name for one in command.params for name in (*one.opts, *one.secondary_opts))
    return {name for name in names if name.startswith("-")} | {"--help", "-h"}


def mentions(page: Path) -> list[str]:
    """Shell lines in code blocks, and code in the text."""
    lines = [line for block in blocks(page, "sh") for line in block.splitlines()]
    return lines + re.findall(r"`([^`\n]+)`", prose(page))


def errors(kind: type[SafelightError] = SafelightError) -> set[type[SafelightError]]:
    return {kind}.union(*(errors(below) for below in kind.__subclasses__()))


def section(page: str, heading: str) -> str:
    """What stands under a heading, up to the next one."""
    assert f"\n{heading}\n" in page, f"nothing is under {heading}"
    return re.split(r"\n#+ ", page.split(f"\n{heading}\n", 1)[1], maxsplit=1)[0]


def test_the_reference_page_is_what_the_code_says() -> None:
    render = runpy.run_path(str(ROOT / "docs" / "write_reference.py"))["render"]
    assert REFERENCE.read_text(encoding="utf-8") == render(), "run `make docs`"


def test_every_operation_and_parameter_is_documented() -> None:
    page = REFERENCE.read_text(encoding="utf-8")
    for one in OPERATIONS.values():
        text = section(page, f"### `{one.id}`")
        for name, field in one.params.model_fields.items():
            assert field.description, f"{one.id}.{name} has no description"
            assert f"| `{name}` |" in text


def test_every_preset_setting_and_model_is_documented(tmp_path: Path) -> None:
    page = REFERENCE.read_text(encoding="utf-8")
    names = [*PRESETS, *(f"SAFELIGHT_{name.upper()}" for name in Settings.model_fields)]
    names += [spec.id for spec in Catalog(Settings(data_dir=tmp_path)).list()]
    assert [name for name in names if f"| `{name}` |" not in page] == []


def test_every_command_and_option_is_documented() -> None:
    page = REFERENCE.read_text(encoding="utf-8")
    for name, command in commands().items():
        if hasattr(command, "commands") and name != "safelight":
            continue
        text = section(page, f"### `{name}`")
        assert command.help, f"{name} has no help"
        for one in command.params:
            assert one.help or one.name == "help", f"{name}: {one.name} has no help"
            for option in one.opts if one.name != "help" else ():
                assert f"`{option}`" in text or one.param_type_name == "argument"


def test_every_error_code_is_explained() -> None:
    explained = set(re.findall(r"^### `(\w+)`$", (ROOT / "docs" / "troubleshooting.md").read_text(), re.MULTILINE))
    assert explained == {kind.code for kind in errors()}


def test_every_file_that_the_architecture_and_the_glossary_name_exists() -> None:
    for page in (ROOT / "docs" / "architecture.md", ROOT / "docs" / "glossary.md"):
        for name in re.findall(r"`([\w/]+(?:\.py|\.toml|/))`", prose(page)):
            found = [ROOT / name, ROOT / "src/safelight" / name, *(ROOT / "src/safelight").glob(f"*/{name}")]
            found += (ROOT / "src/safelight").glob(f"*/*/{name}")
            assert name == ".safelight/" or any(path.exists() for path in found), f"{page.name} names {name}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    for link in _LINK.findall(prose(page)):
        if re.match(r"[a-z]+:", link):
            continue
        place, _, anchor = link.partition("#")
        target = (page.parent / place).resolve() if place else page
        assert target.exists(), f"{page.name} links to {link}"
        assert not anchor or anchor in anchors(target), f"{page.name} links to {link}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_commands_in_the_docs_exist(page: Path) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    known = commands()
    for line in mentions(page):
        for part in line.split("&&"):
            words = shlex.split(part, comments=True)
            if words[:1] == ["make"] and len(words) > 1:
                assert words[1] in targets, f"{page.name}: {line}"
            if words[:1] == ["safelight"] and page.name != "CHANGELOG.md":
                name = max((one for one in known if f"{' '.join(words)} ".startswith(f"{one} ")), key=len)
                given = {word.split("=")[0] for word in words if word.startswith("-")}
                assert given <= options(known[name]), f"{page.name}: {line}"


def test_variables_in_the_docs_exist() -> None:
    known = {f"SAFELIGHT_{name.upper()}" for name in Settings.model_fields} | TEST_VARIABLES
    for page in PAGES:
        assert set(re.findall(r"SAFELIGHT_[A-Z_]+[A-Z]", page.read_text(encoding="utf-8"))) <= known, page.name


def test_both_languages_of_the_readme_show_the_same_commands() -> None:
    def shown(page: str) -> list[list[str]]:
        code = [*blocks(ROOT / page, "sh"), *blocks(ROOT / page, "python")]
        code += re.findall(r"^\| (`safelight[^|]*`)", (ROOT / page).read_text(encoding="utf-8"), re.MULTILINE)
        return [[line.split("#")[0].strip() for line in one.splitlines()] for one in code]

    assert shown("README.md") == shown("README.zh-CN.md")


@pytest.mark.weights
def test_the_python_of_the_readme_runs(
    weights_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    import numpy as np

    from safelight import library
    from safelight.imaging.formats import Output
    from safelight.imaging.photo import Photo

    Photo.from_pixels(np.full((24, 32, 3), 90, np.uint8)).save(tmp_path / "holiday.jpg", Output(format="jpeg"))
    monkeypatch.setenv("SAFELIGHT_MODELS_DIR", str(weights_dir))
    monkeypatch.chdir(tmp_path)
    library._studio.cache_clear()
    try:
        exec(compile(blocks(ROOT / "README.md", "python")[0], "README.md", "exec"), {})
    finally:
        library._studio.cache_clear()
    assert capsys.readouterr().out.startswith("128 96 ")
    assert (tmp_path / "holiday-large.png").is_file()


def test_the_first_operation_works_as_contributing_tells_it(tmp_path: Path) -> None:
    page = ROOT / "CONTRIBUTING.md"
    operation, test = blocks(page, "python")
    operations = tmp_path / "src" / "safelight" / "operations"
    shutil.copytree(ROOT / "src", tmp_path / "src", ignore=shutil.ignore_patterns("__pycache__", ".*"))
    tests = tmp_path / "tests" / "operations"
    tests.mkdir(parents=True)
    shutil.copy(ROOT / "tests" / "fakes.py", tmp_path / "tests")
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    (operations / "vignette.py").write_text(operation)
    (tests / "test_vignette.py").write_text(test)
    (tmp_path / "old-print.toml").write_text(blocks(page, "toml")[0])
    apply(blocks(page, "diff")[0], operations / "__init__.py")

    def run(*command: str) -> str:
        done = subprocess.run(
            [sys.executable, *command], cwd=tmp_path, capture_output=True, text=True, env={**_environment(tmp_path)}
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    assert "3 passed" in run("-m", "pytest", "tests/operations/test_vignette.py", "-p", "no:cacheprovider")
    assert "vignette - Darken the corners." in run("-c", "from safelight.cli.main import main; main()", "operations")
    changed = "from safelight.recipes.recipe import load_recipe; from pathlib import Path; "
    changed += "recipe = load_recipe(Path('old-print.toml')).changed({'vignette': {'strength': 0.3}}); "
    changed += "print(recipe.steps[1].bind()[1])"
    assert run("-c", changed).strip() == "strength=0.3"
    run("-m", "ruff", "check", "--no-cache", "src/safelight/operations", "tests/operations")
    run("-m", "ruff", "format", "--no-cache", "--check", "src/safelight/operations/vignette.py", "tests/operations")


def apply(diff: str, path: Path) -> None:
    """Apply a hunk whose lines need not be next to each other: context stays, - goes, + comes after the line before."""
    text, before = path.read_text(), ""
    for line in diff.splitlines():
        sign, body = line[0], line[1:] + "\n"
        if sign == "+":
            text = text.replace(before, before + body)
        else:
            assert text.count(body) == 1, f"the code has no such line: {body}"
        before = body
    for line in diff.splitlines():
        text = text.replace(line[1:] + "\n", "") if line[0] == "-" else text
    path.write_text(text)


def _environment(folder: Path) -> dict[str, str]:
    import os

    return {**os.environ, "PYTHONPATH": str(folder / "src"), "PYTHONDONTWRITEBYTECODE": "1"}

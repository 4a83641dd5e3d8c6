"""The integration page does what it says: its examples run as they stand, its tables are those of the code."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import pyvips

from client.letters import Letters
from safelight.api.errors import STATUSES
from safelight.api.views import BatchView, ErrorView, SubTask, TaskView
from service_process import ServiceProcess, wait_until

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "integration.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
SUFFIXES = {"python": "py", "js": "mjs", "bash": "sh"}
EXAMPLES = [one for one in BLOCKS if one[0] in SUFFIXES]
LONG_S = 120


def command(language: str) -> str:
    """What runs a language; the test is skipped where there is none."""
    if language == "python":
        return sys.executable
    needed = {"js": ("node",), "bash": ("bash", "curl")}[language]
    for name in needed:
        if shutil.which(name) is None:
            pytest.skip(f"there is no {name} here")
    return needed[0]


def run(language: str, code: str, folder: Path, **environment: str) -> str:
    """Run an example in a folder; gives what it wrote."""
    script = folder / f"example.{SUFFIXES[language]}"
    script.write_text(code, encoding="utf-8")
    program = command(language)
    if language == "js":
        version = subprocess.run([program, "--version"], capture_output=True, text=True, check=True).stdout
        if int(version.lstrip("v").split(".")[0]) < 20:
            pytest.skip(f"node is {version.strip()}, and the examples need 20")
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SAFELIGHT_")}
    done = subprocess.run(
        [program, str(script)], cwd=folder, capture_output=True, text=True, timeout=LONG_S,
        env={**kept, **environment, "PYTHONPATH": str(ROOT / "src"), "NO_PROXY": "127.0.0.1"},
    )  # fmt: skip
    script.unlink()
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def fields(model: type[Any]) -> set[str]:
    return set(model.model_fields)


def table(heading: str, after: str = "") -> list[list[str]]:
    """The first table under a heading, after some words: its rows, each with the code of its cells but the last."""
    text = PAGE.split(f"\n## {heading}\n", 1)[1].split("\n## ", 1)[0].split(after, 1)[-1] if after else (
        PAGE.split(f"\n## {heading}\n", 1)[1].split("\n## ", 1)[0]
    )  # fmt: skip
    rows = re.search(r"(?:^\|.*\|\n)+", text, re.MULTILINE)
    assert rows is not None, f"there is no table under {heading}"
    return [line.split("|")[1:-1] for line in rows[0].splitlines()[2:]]


def named(cell: str) -> set[str]:
    return set(re.findall(r"`([^`]+)`", cell))


@pytest.mark.parametrize(
    ("language", "code"), EXAMPLES, ids=[f"{number}-{language}" for number, (language, _) in enumerate(EXAMPLES)]
)
def test_an_example_runs_as_it_stands(
    language: str, code: str, painting: ServiceProcess, photos: str, tmp_path: Path
) -> None:
    told = run(language, code, tmp_path, SAFELIGHT_URL=painting.url, PHOTO_URL=f"{photos}/0.jpg")
    pictures = [one for one in tmp_path.iterdir() if one.suffix == ".png"]
    assert len(pictures) == len(set(re.findall(r"[\w}]+\.png|result\.name", code)))
    for one in pictures:
        picture = pyvips.Image.new_from_file(str(one))
        assert (picture.width * 3, picture.width >= 64) == (picture.height * 4, True)
    if "refused:" in code:
        assert told.splitlines()[0].startswith("refused: bad_recipe 422")
        assert "failed: fetch_failed" in told
        assert told.splitlines()[-1] == "refused: unsupported_format"


def test_there_are_examples_in_each_language() -> None:
    assert {language for language, _ in EXAMPLES} == set(SUFFIXES)


@pytest.mark.parametrize("language", ["python", "js"])
def test_the_check_of_a_letter_knows_the_services_own(
    language: str, painting: ServiceProcess, letters: Letters, photos: str, tmp_path: Path
) -> None:
    [code] = [code for one, code in BLOCKS if one == language and " genuine(" in code]
    bash = next(code for one, code in EXAMPLES if one == "bash")
    run("bash", bash, tmp_path, SAFELIGHT_URL=painting.url, PHOTO_URL=f"{photos}/1.jpg")
    wait_until(lambda: bool(letters.came), LONG_S, "no letter came")
    headers, body = letters.came[-1]
    assert {"task_id", "user_id", "status", "output_file"} <= set(json.loads(body))
    assert named(PAGE.split("## Being called back")[1].split("Answer with 2xx")[0]) >= set(json.loads(body))
    (tmp_path / "body").write_bytes(body)
    lower = {name.lower(): value for name, value in headers.items()}
    if language == "python":
        code += "import json, sys\nfrom pathlib import Path\nbody = Path('body').read_bytes()\n"
        code += f"headers = json.loads({json.dumps(json.dumps(headers))})\n"
        code += f"print(genuine(headers, body, {letters.secret!r}), genuine(headers, body + b' ', {letters.secret!r}))"
    else:
        code += "const { readFileSync } = await import('node:fs');\nconst body = readFileSync('body');\n"
        code += f"const headers = {json.dumps(lower)}, secret = {json.dumps(letters.secret)};\n"
        code += "console.log(genuine(headers, body, secret), genuine(headers, Buffer.concat([body, body]), secret));"
    assert run(language, code, tmp_path).lower().split() == ["true", "false"]


def test_the_fields_of_a_task_are_those_of_the_service() -> None:
    assert set().union(*(named(row[0]) for row in table("What the answers say"))) == fields(TaskView)


def test_the_fields_of_a_batch_are_those_of_the_service() -> None:
    rows = table("What the answers say", "/batch/status/{id}` gives:")
    assert set().union(*(named(row[0]) for row in rows)) == fields(BatchView)
    [about] = [row[1] for row in rows if "`sub_tasks`" in row[0]]
    assert named(about) == fields(SubTask)


def test_the_errors_are_those_of_the_service() -> None:
    [shown] = [code for language, code in BLOCKS if language == "json"]
    assert ErrorView.model_validate_json(shown).error.code == "queue_full"
    for statuses, codes, _ in table("When it is refused"):
        for code in named(codes):
            assert str(STATUSES[code]) in statuses, f"{code} is {STATUSES[code]}"

"""The studio's Chinese words for what the service says in English: all of it, and nothing that it says no longer."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

import safelight
from api.running import API, Json
from safelight.errors import LostLeaseError, SafelightError, SettingsError

WORDS = Path(__file__).parents[2] / "web" / "src" / "lib" / "i18n"
NOT_TOLD = {
    SettingsError: "the service does not start with it, so no page is there",
    LostLeaseError: "workers tell it to each other; the task goes on elsewhere",
}
"""Errors that no page is ever told, and why."""
OF_THE_PAGE = {"away"}
"""What the page says by itself, as nobody answered."""
OF_STATES = {"waiting", "cancelling", "cancelled", "the service is restarting"}
"""What tasks say that no worker is at."""


def words(name: str) -> Json:
    found: Json = json.loads((WORDS / name).read_text(encoding="utf-8"))
    return found


def leaves(node: Json, path: str = "") -> Iterator[tuple[str, str]]:
    for name, value in node.items():
        here = f"{path}.{name}" if path else name
        if isinstance(value, dict):
            yield from leaves(value, here)
        else:
            yield here, value


def told(paths: dict[str, str]) -> set[str]:
    """What has words in English."""
    return {path for path, text in paths.items() if text}


def expected_presets(client: httpx2.Client) -> dict[str, str]:
    return {
        f"presets.{one['name']}.{part}": one[part]
        for one in client.get(f"{API}/presets").json()
        if not one["own"]
        for part in ("title", "summary")
    }


def expected_operations(client: httpx2.Client) -> dict[str, str]:
    found: dict[str, str] = {}
    for one in client.get(f"{API}/operations").json():
        here = f"operations.{one['id']}"
        found |= {f"{here}.{part}": one[part] for part in ("title", "summary")}
        for name, parameter in one["params"]["properties"].items():
            found[f"{here}.params.{name}.title"] = name
            found[f"{here}.params.{name}.help"] = parameter.get("description", "")
            for value in values_of(parameter, one["params"].get("$defs", {})):
                found[f"{here}.params.{name}.values.{value}"] = value
    return found


def values_of(parameter: Json, defined: Json) -> list[str]:
    shapes: list[Json] = parameter.get("anyOf", [parameter])
    resolved = [defined[one["$ref"].rsplit("/", 1)[-1]] if "$ref" in one else one for one in shapes]
    return [value for one in resolved for value in one.get("enum", [])]


def expected_styles(client: httpx2.Client) -> dict[str, str]:
    return {
        f"styles.{one['id']}.{part}": one[part]
        for one in client.get(f"{API}/styles").json()
        for part in ("title", "summary")
    }


@pytest.mark.parametrize("expected", [expected_presets, expected_operations, expected_styles])
def test_whatever_the_service_describes_has_chinese_words_and_these_are_all(
    client: httpx2.Client, expected: Any
) -> None:
    wanted = told(expected(client))
    kind = next(iter(wanted)).split(".", 1)[0]
    found = {path for path, _ in leaves({kind: words("service.zh.json")[kind]})}
    assert found == wanted


def test_no_words_are_empty_or_in_english() -> None:
    networks = {"AOD-Net", "DCT-Net", "SCI"}
    for name in ("service.zh.json", "errors.zh.json"):
        for path, text in leaves(words(name)):
            assert text in networks or any("\u4e00" <= sign <= "\u9fff" for sign in text), path


def spoken() -> set[str]:
    """What workers say about running tasks: the texts that are given with progress anywhere in the source."""
    found: set[str] = set()
    for path in Path(safelight.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            called = isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "progress"
            if called and isinstance(node, ast.Call) and len(node.args) > 1:
                texts = [one.value for one in ast.walk(node.args[1]) if isinstance(one, ast.Constant)]
                # Texts with figures in them are put together by the page that shows them.
                if not isinstance(node.args[1], ast.JoinedStr):
                    found |= {text for text in texts if isinstance(text, str)}
    return found


def test_what_workers_say_of_running_tasks_has_chinese_words() -> None:
    said = spoken()
    assert {"loading", "processing", "saving"} <= said
    assert set(words("service.zh.json")["running"]) == said | OF_STATES


def texts() -> set[str]:
    """All texts in the source; one with figures in it is there in parts."""
    return {
        node.value
        for path in Path(safelight.__file__).parent.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


def test_warnings_that_have_chinese_words_are_said_and_these_are_all() -> None:
    page = (WORDS / "said.ts").read_text(encoding="utf-8")
    patterns: list[tuple[str, str]] = re.findall(r"\[\s*/\^(.+)\$/s?,\s*'(\w+)',?\s*\]", page)
    assert [key for _, key in patterns] == list(words("service.zh.json")["warnings"])
    said = texts()
    for pattern, key in patterns:
        # What stands between its holes, the longest of it: that is enough to be sure.
        fixed = max(re.split(r"\(\?[<:][^)]*\)|\w\?|\.[+*]", pattern), key=len).replace("\\.", ".").strip(" :")
        assert any(fixed in text for text in said), f"{key}: nothing says {fixed!r} any more"


def warned() -> Iterator[tuple[str, str]]:
    """What is added to warnings anywhere in the source, and where."""
    for path in Path(safelight.__file__).parent.rglob("*.py"):
        # Datasets have warnings of their own, which their pages show.
        if "datasets" in path.parts:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            added = isinstance(node.func, ast.Attribute) and node.func.attr == "append"
            if added and ast.unparse(node.func).rsplit(".", 2)[-2] == "warnings":
                said = node.args[0]
            else:
                notes = [one.value for one in node.keywords if one.arg in ("note", "without")]
                if not notes:
                    continue
                said = notes[0]
            if text := written(said):
                yield f"{path.name}:{node.lineno}", text


def written(said: ast.expr) -> str:
    """A text of the source with a figure in each of its holes; empty if it is not written there."""
    if isinstance(said, ast.JoinedStr):
        return "".join(str(one.value) if isinstance(one, ast.Constant) else "7" for one in said.values)
    return said.value if isinstance(said, ast.Constant) and isinstance(said.value, str) else ""


OF_THE_CATALOG = {"catalog.py"}
"""Notes there are about a model, and no warnings."""


def test_whatever_is_warned_of_has_chinese_words() -> None:
    page = (WORDS / "said.ts").read_text(encoding="utf-8")
    patterns = re.findall(r"/\^(.+)\$/s?,", page)
    known = [re.compile(pattern.replace("(?<", "(?P<"), re.DOTALL) for pattern in patterns]
    found = [(where, text) for where, text in warned() if where.split(":")[0] not in OF_THE_CATALOG]
    assert len(found) > 20
    for where, text in found:
        rest = re.sub(r"^[a-z_]+: ", "", text)
        said = any(one.fullmatch(text) or one.fullmatch(rest) for one in known)
        # Parts of a text that is put together elsewhere are in the pattern of the whole.
        assert said or max(rest.split("7"), key=len).strip(" :") in page, f"{where}: no Chinese for {text!r}"


def test_the_workflows_that_come_with_it_are_described_in_chinese(client: httpx2.Client) -> None:
    shipped = {one["name"]: one for one in client.get(f"{API}/workflows").json() if not one["own"]}
    assert set(words("service.zh.json")["workflows"]) == set(shipped)
    roles = {role for one in shipped.values() for role in one["roles"]}
    there: Json = json.loads((WORDS.parents[1] / "features/workflows/workflows.zh.json").read_text(encoding="utf-8"))
    assert roles <= set(there["roles"])


def tree(root: type[SafelightError]) -> Iterator[type[SafelightError]]:
    yield root
    for one in root.__subclasses__():
        # Tests may make errors of their own.
        if one.__module__ == SafelightError.__module__:
            yield from tree(one)


def test_each_error_that_a_page_may_be_told_has_chinese_words_and_these_are_all() -> None:
    codes = {one.code for one in tree(SafelightError) if one not in NOT_TOLD and one is not SafelightError}
    assert set(words("errors.zh.json")) == codes | OF_THE_PAGE


def test_english_words_for_errors_are_only_for_errors_that_there_are() -> None:
    codes = {one.code for one in tree(SafelightError)}
    assert set(words("errors.en.json")) <= codes | OF_THE_PAGE
    assert set(words("errors.zh.json")) >= set(words("errors.en.json"))

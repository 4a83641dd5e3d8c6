"""The studio's words for datasets: all that the service says of them has some, and these are all."""

from __future__ import annotations

import json
import re
import tomllib
from importlib.resources import files
from pathlib import Path
from typing import Any

from api.running import Json
from api.test_studio_words import leaves, texts, values_of
from safelight.datasets.dataset import Reason, Shot, Step
from safelight.datasets.settings import DatasetSettings, Layout

PAGES = Path(__file__).parents[2] / "web" / "src" / "features" / "datasets"
HOLES = r"\(\?[<:][^)]*\)|\\\(|\w\?|\.[+*]|: "
NAMELESS = "all"
"""Where the pages keep what is in no group of the settings."""


def words(name: str) -> Json:
    found: Json = json.loads((PAGES / name).read_text(encoding="utf-8"))
    return found


def settings() -> dict[str, Json]:
    """Each setting by ``group.name``, as the schema describes it."""
    schema = DatasetSettings.model_json_schema()
    found: dict[str, Json] = {}
    for group, value in schema["properties"].items():
        inner = schema["$defs"].get(value.get("$ref", "").rsplit("/", 1)[-1])
        if inner is None:
            found[f"{NAMELESS}.{group}"] = value
        else:
            found |= {f"{group}.{name}": one for name, one in inner["properties"].items()}
    return found


def test_every_setting_has_a_name_and_chinese_words() -> None:
    assert {path for path, _ in leaves(words("settings/help.zh.json"))} == set(settings())
    for name in ("datasets.en.json", "datasets.zh.json"):
        assert {path for path, _ in leaves(words(name)["setting"])} == set(settings())


def test_every_value_that_can_be_chosen_has_a_name() -> None:
    defined = DatasetSettings.model_json_schema()["$defs"]
    choices = {
        f"{path}.{value}"
        for path, one in settings().items()
        for value in values_of(one.get("items", one), defined)
    }  # fmt: skip
    assert "package.layouts.kohya" in choices
    for name in ("datasets.en.json", "datasets.zh.json"):
        assert {path for path, _ in leaves(words(name)["value"])} == choices


def test_steps_reasons_shots_and_layouts_have_names() -> None:
    for name in ("datasets.en.json", "datasets.zh.json"):
        found: dict[str, Any] = words(name)
        assert set(found["step"]) == set(found["step_does"]) == {step.value for step in Step}
        assert set(found["reason"]) == {reason.value for reason in Reason}
        assert set(found["coverage"]["shot"]) == {shot.value for shot in Shot}
        assert set(found["layouts"]) == set(found["layout_about"]) == {layout.value for layout in Layout}


def test_what_is_said_of_datasets_is_said_and_these_are_all() -> None:
    page = (PAGES / "said.ts").read_text(encoding="utf-8")
    patterns: list[tuple[str, str]] = re.findall(r"\[\s*/\^(.+)\$/s?,\s*'(\w+)',?\s*\]", page)
    chinese = words("said.zh.json")
    why = {key for key in chinese if key.startswith("why_")}
    assert [key for _, key in patterns] == [key for key in chinese if key not in why]
    assert why >= {f"why_{reason.value}" for reason in Reason if reason is not Reason.BY_HAND}
    said = texts()
    for pattern, key in patterns:
        # What stands between its holes: parts of it are put together, but the longest or the next is there as it is.
        parts = [part.replace("\\.", ".").strip(" :,.)") for part in re.split(HOLES, pattern)]
        likely = [part.removeprefix("pictures ") for part in sorted(parts, key=len)[-2:] if len(part) > 3]
        assert any(part in text for part in likely for text in said), f"{key}: nothing says {likely} any more"


def test_what_is_measured_is_named_in_chinese_as_chinese_captions_have_it() -> None:
    tables = {}
    for language in ("english", "chinese"):
        path = files("safelight.datasets.captions") / "words" / f"{language}.toml"
        tables[language] = tomllib.loads(path.read_text(encoding="utf-8"))
    facts = words("facts.zh.json")
    known = facts["phrases"] | facts["with_colour"]
    for group, phrases in tables["english"].items():
        if isinstance(phrases, dict) and group != "colours":
            for code, phrase in phrases.items():
                assert known[phrase] == tables["chinese"][group][code]
    assert facts["colours"] == tables["chinese"]["colours"]

"""The types of the web studio are made of the document that the service gives."""

from __future__ import annotations

import json
import runpy
from pathlib import Path

import pytest

from api.running import Running

ROOT = Path(__file__).resolve().parents[2]
FILE = ROOT / "web" / "openapi.json"


def test_the_file_is_what_the_service_answers(house: Running) -> None:
    with house.client() as client:
        assert json.loads(FILE.read_text(encoding="utf-8")) == client.get("/openapi.json").json(), "run `make docs`"


def test_the_file_is_written_the_same_everywhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SAFELIGHT_MODELS_DIR", str(tmp_path))
    monkeypatch.setenv("SAFELIGHT_TOKEN", "secret")
    render = runpy.run_path(str(ROOT / "docs" / "write_openapi.py"))["render"]
    assert FILE.read_text(encoding="utf-8") == render(), "run `make docs`"

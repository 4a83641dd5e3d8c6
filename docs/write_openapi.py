"""Writes ``web/openapi.json``, from which the types of the web studio are made: what the service answers."""

from __future__ import annotations

import json
from pathlib import Path
from tempfile import TemporaryDirectory

from safelight.api.app import create_app
from safelight.service import Service
from safelight.settings import Settings

FILE = Path(__file__).parents[1] / "web" / "openapi.json"


def render() -> str:
    """Give the document, as it is on every machine: keys in order, two spaces deep."""
    with TemporaryDirectory() as folder:
        # A folder that nothing is in: models that lie on this machine are not part of the interface.
        service = Service(Settings(data_dir=Path(folder), models_dir="", database_url="", store_url=""))
        try:
            document = create_app(service).openapi()
        finally:
            service.store.close()
            service.database.close()
    return json.dumps(document, indent=2, ensure_ascii=False, sort_keys=True) + "\n"


if __name__ == "__main__":
    FILE.write_text(render(), encoding="utf-8")

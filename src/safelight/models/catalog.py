"""The catalog: which models there are, by name.

It puts together, each time it is asked (all of it is small, and no file of weights is opened):

1. the catalog that comes with Safelight;
2. the operator's own, ``catalog.toml`` in the first models folder: a model there replaces the one of the same name,
   ``[[trusted]]`` fills in hashes that the catalog does not know (it never replaces one that it does);
3. every ``.pth``, ``.safetensors`` and ``.param`` + ``.bin``, in small or capital letters, in a models folder that is
   no catalog file and has a name that can be shown: custom upscale models, named by the file's stem in lower case with
   ``-`` for spaces. Names that are taken go to whoever came first (catalogs, then folders in their order, then files
   by name); the next one gets its format appended (``-pth``, ``-safetensors``, ``-ncnn``), then a number. The same file
   in a later folder is the same model.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import replace
from importlib.resources import files
from itertools import count
from pathlib import Path
from unicodedata import category

from safelight.errors import ModelError, OutputError, UnknownModelError
from safelight.models.catalog_file import CatalogFile, parse_catalog
from safelight.models.spec import ModelSpec, ModelTask, Variant, WeightFile
from safelight.settings import Settings

OPERATOR_CATALOG = "catalog.toml"
ALL = "all"
_SINGLE_FILE_FORMATS = {".pth": "torch", ".safetensors": "safetensors"}


class Catalog:
    """Knows every model by name; reads only catalogs and the names of files, never weights."""

    def __init__(self, settings: Settings) -> None:
        self._folders = settings.model_folders
        text = files("safelight.models").joinpath("catalog.toml").read_text(encoding="utf-8")
        self._own = parse_catalog(text, "of Safelight")

    def get(self, model_id: str, task: ModelTask | None = None) -> ModelSpec[object]:
        """Give the model of that name; with a task, only if it is for that task.

        Raises:
            UnknownModelError: there is none; the message lists the names that there are.
        """
        models = {key: spec for key, spec in self._models().items() if task is None or spec.task == task}
        if model_id not in models:
            purpose = f" for {task}" if task else ""
            raise UnknownModelError(
                f"there is no model {model_id!r}{purpose} in the catalog or in the models folder",
                hint=f"there are: {', '.join(models)}",
            )
        return models[model_id]

    def list(self, task: ModelTask | None = None) -> tuple[ModelSpec[object], ...]:
        """Give all models, or those for one task: the catalogs' in their order, then custom ones."""
        return tuple(spec for spec in self._models().values() if task is None or spec.task == task)

    def candidates(self, content: str, quality: str) -> tuple[ModelSpec[object], ...]:
        """Give the upscale models for a kind of photo (``photo``, ``anime``) and a quality, the best one first.

        Raises:
            ModelError: the catalog has no such kind or quality.
        """
        table = {**self._own.quality, **self._operator().quality}
        if (content, quality) not in table:
            known = ", ".join(f"{kind}/{level}" for kind, level in table)
            raise ModelError(f"the catalog names no models for {content}/{quality}", hint=f"there are: {known}")
        return self._named(table[content, quality])

    def set(self, name: str) -> tuple[ModelSpec[object], ...]:
        """Give the models of a set; ``all`` = every model of the catalogs, custom ones not counted.

        Raises:
            UnknownModelError: there is no such set.
        """
        if name == ALL:
            return tuple(spec for spec in self._models().values() if not spec.custom)
        sets = {**self._own.sets, **self._operator().sets}
        if name not in sets:
            raise UnknownModelError(f"there is no set {name!r}", hint=f"there are: {', '.join([*sets, ALL])}")
        return self._named(sets[name])

    def trust(self, found: Mapping[str, tuple[str, int]]) -> Path:
        """Record the SHA-256 and the size of files, by name, in the operator's catalog; give its path.

        Raises:
            OutputError: it cannot be written.
        """
        path = self._folders[0] / OPERATOR_CATALOG
        known = self._operator().trusted
        rows = "".join(
            f'\n[[trusted]]\nname = "{name}"\nsha256 = "{sha256}"\nbytes = {size}\n'
            for name, (sha256, size) in found.items()
            if name not in known
        )
        draft = path.with_name(f".{path.name}.{os.getpid()}.tmp")
        try:
            before = path.read_text(encoding="utf-8") if path.exists() else ""
            draft.write_text(before + ("\n" if before and not before.endswith("\n") else "") + rows, encoding="utf-8")
            draft.replace(path)
        except OSError as error:
            raise OutputError(f"{path} cannot be written: {error.strerror or error}") from error
        return path

    def _named(self, ids: Iterable[str]) -> tuple[ModelSpec[object], ...]:
        models = self._models()
        if unknown := [model_id for model_id in ids if model_id not in models]:
            raise UnknownModelError(f"the catalog names {', '.join(unknown)}, but does not describe it")
        return tuple(models[model_id] for model_id in ids)

    def _operator(self) -> CatalogFile:
        path = self._folders[0] / OPERATOR_CATALOG
        try:
            if path.exists() and not path.is_file():
                raise ModelError(f"the catalog {path} cannot be read: not a regular file")
            text = path.read_text(encoding="utf-8")
        except (FileNotFoundError, NotADirectoryError):
            return CatalogFile()
        except (OSError, UnicodeDecodeError) as error:
            raise ModelError(f"the catalog {path} cannot be read: {error}") from error
        return parse_catalog(text, str(path))

    def _models(self) -> dict[str, ModelSpec[object]]:
        operator = self._operator()
        models = {spec.id: spec for spec in (*self._own.models, *operator.models)}
        models = {key: _with_trusted(spec, operator.trusted) for key, spec in models.items()}
        taken = {file.name for spec in models.values() for variant in spec.variants for file in variant.files}
        for variant in _dropped_in(self._folders, taken):
            spec = _custom(variant, models.keys())
            models[spec.id] = spec
        return models


def _with_trusted(spec: ModelSpec[object], trusted: Mapping[str, tuple[str, int]]) -> ModelSpec[object]:
    if not any(file.sha256 is None and file.name in trusted for variant in spec.variants for file in variant.files):
        return spec

    def filled(file: WeightFile) -> WeightFile:
        if file.sha256 is not None or file.name not in trusted:
            return file
        sha256, size = trusted[file.name]
        return replace(file, sha256=sha256, bytes=size)

    variants = tuple(replace(variant, files=tuple(map(filled, variant.files))) for variant in spec.variants)
    return replace(spec, variants=variants)


def _dropped_in(folders: Iterable[Path], taken: Iterable[str]) -> Iterable[Variant]:
    seen = set(taken)
    for folder in folders:
        sizes = _files_in(folder)
        binaries = {Path(name).stem: name for name in sorted(sizes) if Path(name).suffix.lower() == ".bin"}
        for name in sorted(sizes):
            stem, suffix = Path(name).stem, Path(name).suffix.lower()
            if name in seen:
                continue
            if suffix in _SINGLE_FILE_FORMATS:
                seen.add(name)
                yield Variant(format=_SINGLE_FILE_FORMATS[suffix], files=(_custom_file(name, sizes),))
            elif suffix == ".param" and stem in binaries:
                seen.add(name)
                pair = (_custom_file(name, sizes), _custom_file(binaries[stem], sizes))
                yield Variant(format="ncnn", files=pair)


def _files_in(folder: Path) -> dict[str, int]:
    """Give the sizes of the files in a folder by name; only regular ones that are not hidden."""
    sizes: dict[str, int] = {}
    with suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            with suppress(OSError):
                if not entry.name.startswith(".") and _can_be_shown(entry.name) and entry.is_file():
                    sizes[entry.name] = entry.stat().st_size
    return sizes


def _can_be_shown(name: str) -> bool:
    """Tell whether a file name is text: valid UTF-8 without control characters."""
    return not any(category(sign) in ("Cs", "Cc") for sign in name)


def _custom_file(name: str, sizes: Mapping[str, int]) -> WeightFile:
    return WeightFile(name=name, sha256=None, bytes=sizes[name])


def _custom(variant: Variant, taken: Iterable[str]) -> ModelSpec[object]:
    name = Path(variant.files[0].name)
    wanted = "-".join(name.stem.lower().split())
    form = "ncnn" if variant.format == "ncnn" else name.suffix[1:].lower()
    names = (wanted, f"{wanted}-{form}")
    model_id = next((one for one in names if one not in taken), None) or next(
        one for number in count(2) if (one := f"{wanted}-{form}-{number}") not in taken
    )
    return ModelSpec(
        id=model_id,
        title=name.stem,
        task=ModelTask.UPSCALE,
        architecture="ncnn" if variant.format == "ncnn" else "spandrel",
        licence="your own",
        variants=(variant,),
        note=f"From the models folder; the name {wanted} was taken."
        if model_id != wanted
        else "From the models folder.",
        custom=True,
    )

"""The form of a catalog file (TOML), and its reading into frozen values."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from safelight.errors import ModelError
from safelight.models.spec import (
    ModelSpec,
    ModelTask,
    Options,
    OptionValue,
    PackageSource,
    Source,
    UrlSource,
    Variant,
    WeightFile,
)


def _plain_name(name: str) -> str:
    path = PurePosixPath(name)
    if any(sign in name for sign in '\\:"') or not name.isprintable() or path.is_absolute() or str(path) != name:
        raise ValueError(f"{name!r} is not a plain relative path")
    if not path.parts or any(part.startswith(".") for part in path.parts):
        raise ValueError(f"{name!r} must not be empty, hidden or lead out of the models folder")
    return name


FileName = Annotated[str, AfterValidator(_plain_name)]
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
ModelId = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9._-]*$")]
Size = Annotated[int, Field(ge=0)]


class _Row(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class _Package(_Row):
    version: str
    archive: Literal["wheel", "sdist"]
    sha256: Sha256


class _Source(_Row):
    package: str = ""
    member: str = ""
    url: str = ""


class _File(_Row):
    name: FileName
    sha256: Sha256 | None = None
    bytes: Size | None = None
    sources: list[_Source] = []


class _Variant(_Row):
    format: str
    files: list[_File] = []
    layout: str = ""
    folder: FileName | None = None
    base_url: str = ""


class _Model(_Row):
    id: ModelId
    title: str
    task: Annotated[ModelTask, Field(strict=False)]
    architecture: str
    options: dict[str, OptionValue] = {}
    scale: Annotated[int, Field(ge=1)] | None = None
    licence: str
    commercial: bool = True
    note: str = ""
    verified: bool = True
    variants: Annotated[list[_Variant], Field(min_length=1)]


class _Trusted(_Row):
    name: FileName
    sha256: Sha256
    bytes: Size


class _Catalog(_Row):
    packages: dict[str, _Package] = {}
    sets: dict[str, list[str]] = {}
    quality: dict[str, dict[str, list[str]]] = {}
    layouts: dict[str, list[FileName]] = {}
    model: list[_Model] = []
    trusted: list[_Trusted] = []


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogFile:
    """What one catalog file says."""

    models: tuple[ModelSpec[object], ...] = ()
    """Its models, in the order of the file."""
    sets: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Model ids by the name of the set."""
    quality: Mapping[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)
    """Model ids by kind of photo and quality."""
    trusted: Mapping[str, tuple[str, int]] = field(default_factory=dict)
    """SHA-256 and size that an operator chose to trust, by file name."""


def parse_catalog(text: str, name: str) -> CatalogFile:
    """Read the text of a catalog file; ``name`` is what error messages call it.

    Raises:
        ModelError: the text is not TOML, or does not have the form of a catalog.
    """
    try:
        raw = _Catalog.model_validate(tomllib.loads(text))
        models = tuple(_model(row, raw) for row in raw.model)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise ModelError(f"the catalog {name} cannot be used: {place}: {first['msg']}") from error
    except (tomllib.TOMLDecodeError, ValueError) as error:
        raise ModelError(f"the catalog {name} cannot be used: {error}") from error
    ids = [model.id for model in models]
    if twice := sorted({one for one in ids if ids.count(one) > 1}):
        raise ModelError(f"the catalog {name} cannot be used: {', '.join(twice)} is there more than once")
    return CatalogFile(
        models=models,
        sets={key: tuple(value) for key, value in raw.sets.items()},
        quality={
            (content, quality): tuple(value)
            for content, levels in raw.quality.items()
            for quality, value in levels.items()
        },
        trusted={row.name: (row.sha256, row.bytes) for row in raw.trusted},
    )


def _model(row: _Model, catalog: _Catalog) -> ModelSpec[object]:
    return ModelSpec(
        id=row.id,
        title=row.title,
        task=row.task,
        architecture=row.architecture,
        options=Options(row.options),
        scale=row.scale,
        licence=row.licence,
        commercial=row.commercial,
        variants=tuple(_variant(variant, catalog) for variant in row.variants),
        note=row.note,
        verified=row.verified,
    )


def _variant(row: _Variant, catalog: _Catalog) -> Variant:
    if bool(row.files) == bool(row.layout):
        raise ValueError(f"a variant {row.format!r} needs either files or a layout")
    if row.files:
        return Variant(format=row.format, files=tuple(_file(file, catalog) for file in row.files))
    if row.layout not in catalog.layouts or not row.folder:
        raise ValueError(f"the layout {row.layout!r} is not described, or no folder is named for it")
    files = tuple(
        WeightFile(
            name=f"{row.folder}/{name}",
            sha256=None,
            bytes=None,
            sources=(UrlSource(url=row.base_url + name),) if row.base_url else (),
        )
        for name in catalog.layouts[row.layout]
    )
    return Variant(format=row.format, files=files)


def _file(row: _File, catalog: _Catalog) -> WeightFile:
    sources = tuple(_source(source, row.name, catalog) for source in row.sources)
    return WeightFile(name=row.name, sha256=row.sha256, bytes=row.bytes, sources=sources)


def _source(row: _Source, file: str, catalog: _Catalog) -> Source:
    if row.url and not (row.package or row.member):
        return UrlSource(url=row.url)
    package = catalog.packages.get(row.package)
    if row.url or package is None or not row.member:
        raise ValueError(f"{file}: a source is either a url, or a described package and a member")
    return PackageSource(
        package=row.package,
        version=package.version,
        archive=package.archive,
        archive_sha256=package.sha256,
        member=row.member,
    )

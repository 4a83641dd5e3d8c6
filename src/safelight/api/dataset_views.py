"""What the service answers about datasets."""

from __future__ import annotations

from pydantic import Field

from safelight.api.views import FullTaskView, View
from safelight.datasets.dataset import Shot, StepState
from safelight.datasets.settings import DatasetSettings
from safelight.datasets.value import Box


class DatasetSummary(View):
    """A dataset in a list."""

    dataset_id: str = Field(description="Id of the dataset; it cannot be guessed.")
    name: str = Field(description="What its owner calls it.")
    user_id: str = Field(description="Whose it is.")
    created_at: str = Field(description="When it was made, RFC 3339 UTC.")
    photos: int = Field(description="Photos in it.")
    kept: int = Field(description="Photos that go into the training set, as far as that is decided.")
    waiting: int = Field(description="Files that were uploaded and are not unpacked yet.")
    layouts: list[str] = Field(description="Finished training sets, by layout.")
    covers: list[str] = Field(description="Small pictures of some photos that are kept: where they are.")
    building: bool = Field(description="Whether it is being built right now.")


class ExportView(View):
    """A finished training set."""

    layout: str = Field(description="kohya, onetrainer, ai-toolkit or imagefolder.")
    pictures: int = Field(description="How many pictures it has.")
    problems: list[str] = Field(description="What a trainer would trip over; none = it lints clean.")
    download_url: str = Field(description="Where it is as a ZIP.")


class DatasetView(DatasetSummary):
    """Everything about a dataset but its photos."""

    settings: DatasetSettings = Field(description="How it is built.")
    steps: list[StepState] = Field(description="How far each step is, in their order.")
    task: FullTaskView | None = Field(description="The task that builds it, or did last.")
    reasons: dict[str, int] = Field(description="How many photos were kept or dropped, by reason.")
    people: list[int] = Field(description="In how many photos each person is, who is seen most first.")
    skipped: list[str] = Field(description="What was in the source and is no photo, with the reason; the first 200.")
    skipped_total: int = Field(description="How many of these there are.")
    warnings: list[str] = Field(description="What could not be decided, or should be known.")
    exports: list[ExportView] = Field(description="Finished training sets.")
    report_url: str | None = Field(description="The report as a web page, once there is one.")
    pdf_url: str | None = Field(description="The report as PDF, once there is one.")
    download_url: str | None = Field(description="All finished training sets as a ZIP.")
    sent_bytes: int = Field(description="How many bytes of its pictures were sent to other machines.")


class DecisionView(View):
    """Whether a photo goes in, and why."""

    keep: bool = Field(description="Whether it goes in.")
    reason: str = Field(description="Why, for programs.")
    words: str = Field(description="Why, for people, with the figures.")
    score: float | None = Field(description="The measure that decided.")
    threshold: float | None = Field(description="What it was held against.")
    counterpart: str | None = Field(description="The photo that it duplicates.")
    group: int | None = Field(description="Number of its group of duplicates.")
    person: int | None = Field(description="Number of the person in it.")
    quality: float = Field(description="How good a keeper it is, 0-1.")
    automatic: str | None = Field(description="What the reason would be without the user's choice.")


class CropView(View):
    """The finished picture."""

    url: str = Field(description="Where it is.")
    box: Box = Field(description="Left, top, width, height of the part that it shows, in pixels of the photo.")
    width: int = Field(description="Pixels across.")
    height: int = Field(description="Pixels down.")
    scale: float = Field(description="Pixels of the picture per pixel of the photo; above 1 it was enlarged.")
    enlarged_by: str | None = Field(description="The model that enlarged it.")
    shot: Shot = Field(description="How much of the person it shows.")
    method: str = Field(description="What chose the part.")
    warnings: list[str] = Field(description="What should be known of it.")


class CaptionView(View):
    """The caption."""

    text: str = Field(description="One line.")
    source: str = Field(description="local, server:MODEL or hand.")
    facts: dict[str, str] = Field(description="What was measured, in words.")
    mended: list[str] = Field(description="What was put right.")
    issues: list[str] = Field(description="What is still wrong with it.")


class ChoiceView(View):
    """What the user decided."""

    keep: bool | None = Field(description="Whether it goes in; null = as the build decides.")
    crop: Box | None = Field(description="The part that is shown; null = as the build decides.")
    caption: str | None = Field(description="Its caption; null = as the build writes it.")


class ItemView(View):
    """A photo of a dataset."""

    item_id: str = Field(description="Id of the photo in the dataset.")
    name: str = Field(description="Where it was in the folder or ZIP.")
    width: int = Field(description="Pixels across, upright.")
    height: int = Field(description="Pixels down, upright.")
    bytes: int = Field(description="Size of its file.")
    preview_url: str | None = Field(description="A small copy, WebP, once there is one.")
    original_url: str = Field(description="The photo as it came.")
    shown: bool = Field(description="Whether browsers show the photo as it came.")
    decision: DecisionView | None = Field(description="Whether it goes in; null = not decided yet.")
    crop: CropView | None = Field(description="The finished picture, if it goes in.")
    caption: CaptionView | None = Field(description="The caption, if it goes in.")
    choice: ChoiceView = Field(description="What the user decided of it.")


class ItemPage(View):
    """Photos of a dataset."""

    items: list[ItemView] = Field(description="Duplicates beside each other, their keepers first.")
    total: int = Field(description="How many match.")
    next: int | None = Field(description="`offset` of the next page; null = this is the last.")


class FaceView(View):
    """A face in a photo, in pixels of the photo."""

    box: Box = Field(description="Left, top, width, height.")
    yaw: float = Field(description="Degrees; positive = turned to the picture's right.")
    pitch: float = Field(description="Degrees; positive = looks up.")
    sharpness: float = Field(description="At the scale of the face, 0-1.")
    eyes_open: float = Field(description="0-1.")
    at_camera: float = Field(description="How much it looks into the camera, 0-1.")


class ItemDetail(ItemView):
    """A photo with what was seen in it."""

    faces: list[FaceView] = Field(description="Largest first.")
    sharpness: float | None = Field(description="Of the photo, 0-1; null = it was not looked at.")
    brightness: float | None = Field(description="Mean light, 0-1.")


class AddedView(View):
    """What became of a file that was uploaded."""

    filename: str = Field(description="Its name.")
    accepted: bool = Field(description="Whether it was taken.")
    error: str | None = Field(description="Why it was not.")


class LintedView(View):
    """A caption after it was looked at."""

    text: str = Field(description="With what could be put right.")
    mended: list[str] = Field(description="What was put right.")
    issues: list[str] = Field(description="What is still wrong.")


class ReplacedView(View):
    """Captions after a search and replace."""

    changed: dict[str, str] = Field(description="New captions by id of the photo.")
    saved: bool = Field(description="Whether they were saved, or only shown.")


class LedgerRow(View):
    """Something that was sent to another machine."""

    at: str = Field(description="When, RFC 3339 UTC.")
    host: str = Field(description="To whom.")
    bytes: int = Field(description="How much.")
    item: str = Field(description="Of which photo.")
    what: str = Field(description="What it was.")


class EndpointView(View):
    """A caption server."""

    base_url: str = Field(description="Its address, as `http://127.0.0.1:8080/v1`; empty = there is none.")
    models: list[str] = Field(description="Models in order of preference.")
    timeout_s: float = Field(description="Longest wait for one answer, in seconds.")
    concurrency: int = Field(description="Most questions at a time.")
    max_calls: int = Field(description="Most questions of one build; 0 = no limit.")
    has_key: bool = Field(description="Whether a key is kept; it is never shown.")
    fixed: bool = Field(description="Whether the operator has set it for everybody.")


class CheckedView(View):
    """What a test of a caption server gave."""

    ok: bool = Field(description="Whether it answers.")
    models: list[str] = Field(description="Models that it offers.")
    words: str = Field(description="What was found, for people.")

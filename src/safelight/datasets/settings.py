"""How a dataset is built: the parameters of each step, every one with its default."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

from pydantic import Field

from safelight.datasets.value import Value


class Layout(StrEnum):
    """What trainers read."""

    KOHYA = "kohya"
    ONETRAINER = "onetrainer"
    AI_TOOLKIT = "ai-toolkit"
    IMAGEFOLDER = "imagefolder"


class UnpackParams(Value):
    """What is taken out of a folder or an archive."""

    max_entries: int = Field(default=20_000, ge=1, description="Most entries of an archive, those inside others too.")
    max_mb: int = Field(default=100_000, ge=1, description="Most that an archive may unpack to, in MB.")
    max_ratio: int = Field(default=200, ge=2, description="An entry that unpacks to more times its size is a bomb.")
    nested: int = Field(default=1, ge=0, le=3, description="How many archives may lie inside each other.")


class QualityParams(Value):
    """What a photo needs to be of use."""

    enabled: bool = Field(default=True, description="Drop photos that are of no use.")
    min_side: int = Field(default=256, ge=1, description="Least pixels of the shorter side.")
    min_sharpness: float = Field(
        default=0.15, ge=0, le=1, description="Least sharpness of the face, or of the photo without one, 0-1."
    )
    min_brightness: float = Field(
        default=0.06, ge=0, le=1, description="A face, or a photo without one, that is darker on average is too dark."
    )
    max_brightness: float = Field(default=0.94, ge=0, le=1, description="One that is brighter is too bright.")
    need_face: bool = Field(default=True, description="Drop photos without a face.")
    max_faces: int = Field(default=1, ge=1, description="Most faces; beside a large face, small ones do not count.")
    min_face: int = Field(default=64, ge=1, description="Least height of the face in pixels.")
    strangers: bool = Field(default=True, description="Drop photos of people who are not the one clearly seen most.")


class DedupParams(Value):
    """When two photos are duplicates. Similarities are calibrated: 0.5 = the threshold of one person, 1 = identical."""

    # The same face in the same pose: similarity at least face_sim_th1 and SSIM at least face_ssim_th1, always;
    # the same framing, unless the similarity reaches face_sim_th2; the same body pose, unless the SSIM reaches
    # face_ssim_th2.

    enabled: bool = Field(default=True, description="Drop duplicates.")
    exact: bool = Field(default=True, description="Files with the same content.")
    perceptual: bool = Field(default=True, description="The same picture, resized, recompressed, or slightly changed.")
    hash_distance: int = Field(
        default=6, ge=0, le=32, description="Most bits of 64 in which the perceptual hashes differ."
    )
    pose: bool = Field(default=True, description="The same face in the same pose and framing.")
    face_sim_th1: float = Field(default=0.75, ge=0, le=1, description="Least similarity of the faces.")
    face_sim_th2: float = Field(
        default=0.85, ge=0, le=1, description="Similarity of the faces from which the framing does not matter."
    )
    pose_sim_th: float = Field(default=0.7, ge=0, le=1, description="Least similarity of the bodies' poses.")
    face_ssim_th1: float = Field(default=0.8, ge=0, le=1, description="Least SSIM of the aligned faces.")
    face_ssim_th2: float = Field(
        default=0.9, ge=0, le=1, description="SSIM of the aligned faces from which the bodies' poses do not matter."
    )
    bbox_tol_c: float = Field(
        default=0.1, ge=0, le=1, description="Most that the middles of the faces differ, in shares of the photo."
    )
    bbox_tol_wh: float = Field(
        default=0.1, ge=0, le=1, description="Most that the faces' widths and heights differ, in shares of the photo."
    )
    keep_per_cluster: int = Field(
        default=2, ge=1, description="How many of one face in one pose are kept; of copies, one is."
    )
    person_eps: float = Field(
        default=0.5, gt=0, le=1, description="Faces are one person's while 1 - similarity is at most this (DBSCAN)."
    )
    person_min: int = Field(default=2, ge=1, description="Least faces that make a person (DBSCAN).")
    prefer_camera: bool = Field(default=False, description="Among duplicates, prefer who looks into the camera.")


class FocusParams(Value):
    """Which part of a photo is shown."""

    method: Literal["auto", "face", "vision", "saliency", "centre"] = Field(
        default="auto", description="What finds it; auto: faces and bodies, then saliency."
    )
    shot: Literal["auto", "close_up", "portrait", "upper_body", "cowboy", "full_body"] = Field(
        default="auto", description="How much of the person is shown; auto: as much as the photo does."
    )
    head_room: float = Field(
        default=0.35, ge=0, le=2, description="Space above the head of a portrait, in heights of the face."
    )


class CropParams(Value):
    """What the finished pictures are like."""

    mode: Literal["square", "bucket"] = Field(
        default="square", description="All square, or the nearest of the trainer's shapes (steps of 64, same area)."
    )
    size: int = Field(default=1024, ge=256, le=2048, multiple_of=64, description="Side of a square, in pixels.")
    enlarge: Literal["network", "resample", "never"] = Field(
        default="network", description="What is done where the crop is too small; never: it is kept small."
    )
    quality_level: Literal["fast", "medium", "high"] = Field(default="fast", description="Which network enlarges.")
    warn_scale: float = Field(default=1.0, ge=1, description="From which enlargement on a picture is flagged.")
    format: Literal["png", "jpeg"] = Field(default="png", description="Format of the pictures.")


class CaptionParams(Value):
    """How pictures are described."""

    captioner: Literal["local", "server", "none"] = Field(
        default="local", description="Who writes: this machine from what it measures, or a caption server."
    )
    language: Literal["english", "tags", "chinese"] = Field(default="english", description="Form of captions.")
    trigger: str = Field(default="", max_length=64, description="The word that will stand for the person or style.")
    class_word: str = Field(default="person", max_length=64, description="What it is: person, woman, man, style.")
    prefix: str = Field(default="", max_length=500, description="Stands before each caption.")
    suffix: str = Field(default="", max_length=500, description="Stands after each caption.")
    template: str = Field(
        default="", max_length=1000,
        description="The whole caption with `{trigger}`, `{class}`, `{caption}` and names of what is measured, as "
        "`{shot}`. Empty: the usual one of the language, as `a {trigger} {class}, {caption}`.",
    )  # fmt: skip
    omit: tuple[str, ...] = Field(
        default=("hair", "face shape", "eye colour", "skin", "age", "beard"),
        description="Traits that are left out, since what captions leave out binds to the trigger word.",
    )
    prompt: str = Field(
        default="", max_length=10_000, description="What a caption server is asked. Empty: the shipped prompt."
    )
    max_words: int = Field(default=60, ge=5, le=400, description="Most words of a caption.")


class PackageParams(Value):
    """What is made for trainers."""

    layouts: tuple[Layout, ...] = Field(default=tuple(Layout), min_length=1, description="Which layouts are made.")
    repeats: int = Field(default=10, ge=1, le=1000, description="How often kohya repeats each picture.")
    batch_size: int = Field(default=1, ge=1, le=256, description="Batch size in the TOML for kohya.")
    regularisation: str = Field(
        default="", description="A folder with pictures of the class, for kohya's `reg` folder. Empty: none."
    )
    zip: bool = Field(default=False, description="Make a ZIP of all.")
    report: bool = Field(default=True, description="Write a report as web page and PDF.")


class DatasetSettings(Value):
    """How a dataset is built."""

    unpack: UnpackParams = UnpackParams()
    quality: QualityParams = QualityParams()
    dedup: DedupParams = DedupParams()
    focus: FocusParams = FocusParams()
    crop: CropParams = CropParams()
    caption: CaptionParams = CaptionParams()
    package: PackageParams = PackageParams()
    local_only: bool = Field(default=False, description="Any call to another machine is an error.")

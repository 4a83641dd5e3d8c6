"""kohya's sd-scripts: a folder whose name says how often its pictures repeat, and a TOML and a JSON that say the same.

The folder is for `--train_data_dir`, the TOML for `--dataset_config`, the JSON for `--in_json`; all name the same
pictures with the same captions.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import PurePath

from safelight.datasets.layouts.layout import File, Picture, TrainingSet, Writer
from safelight.datasets.layouts.pairs import pairs
from safelight.datasets.settings import Layout

TOML = "dataset.toml"
METADATA = "metadata.json"
IMAGES, REGULAR = "img", "reg"

LEAST_SIDE, MOST_SIDE, BUCKET_STEP = 256, 2048, 64
"""Sides of the trainer's buckets, in pixels, and their step."""

_LONGEST = 80
_UNSAFE = re.compile(r"[^A-Za-z0-9 ._()+-]+")


def folder_name(repeats: int, tokens: str) -> str:
    """Give the name `<repeats>_<tokens>` of a folder with pictures.

    The tokens count only for pictures without a caption, and every picture has one; so signs that a file system or a
    command line may not take are replaced, and the TOML has the tokens as they are.
    """
    plain = " ".join(_UNSAFE.sub(" ", tokens).split())[:_LONGEST].strip(" .-")
    return f"{repeats}_{plain or 'subject'}"


def _files(training: TrainingSet, place: PurePath | None) -> Iterator[File]:
    images = f"{IMAGES}/{folder_name(training.repeats, training.tokens)}"
    regular = f"{REGULAR}/{folder_name(1, training.class_word)}"
    yield from pairs(training.pictures, f"{images}/")
    yield File(name="log/")
    yield File(name="model/")
    if training.regular:
        yield from pairs(training.regular, f"{regular}/")
    yield File(name=TOML, text=_toml(training, images, regular, place))
    yield File(name=METADATA, text=_metadata(training.pictures, images, place))


def _toml(training: TrainingSet, images: str, regular: str, place: PurePath | None) -> str:
    lines = [
        *([] if place is not None else ["# Paths are relative: start the trainer in this folder, or make them whole."]),
        "[general]",
        'caption_extension = ".txt"',
        "",
        "[[datasets]]",
        f"resolution = [{training.side}, {training.side}]",
        f"batch_size = {training.batch_size}",
        f"enable_bucket = {'true' if training.buckets else 'false'}",
    ]
    if training.buckets:
        lines += [
            f"min_bucket_reso = {LEAST_SIDE}", f"max_bucket_reso = {MOST_SIDE}", f"bucket_reso_steps = {BUCKET_STEP}",
        ]  # fmt: skip
    lines += ["", *_subset(images, place, training.tokens, training.repeats)]
    if training.regular:
        lines += ["", *_subset(regular, place, training.class_word, 1), "is_reg = true"]
    return "\n".join(lines) + "\n"


def _subset(folder: str, place: PurePath | None, tokens: str, repeats: int) -> list[str]:
    return [
        "[[datasets.subsets]]",
        f"image_dir = {_string(_path(folder, place))}",
        f"class_tokens = {_string(tokens)}",
        f"num_repeats = {repeats}",
    ]


def _metadata(pictures: tuple[Picture, ...], folder: str, place: PurePath | None) -> str:
    # The trainer appends tags to captions; they would say the same once more.
    named = {_path(f"{folder}/{one.name}", place): {"caption": one.caption, "tags": ""} for one in pictures}
    return json.dumps(named, ensure_ascii=False, indent=1) + "\n"


def _path(name: str, place: PurePath | None) -> str:
    return name if place is None else (place / name).as_posix()


def _string(text: str) -> str:
    """Write a string as TOML; its escapes are those of JSON, and one more sign has to be escaped."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


KOHYA = Writer(layout=Layout.KOHYA, files=_files)

"""The imagefolder of Hugging Face: pictures in `train/`, and beside them a line of JSON for each."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import PurePath

from safelight.datasets.layouts.layout import File, TrainingSet, Writer
from safelight.datasets.settings import Layout

METADATA = "train/metadata.jsonl"
"""Where the captions are: inside the split's folder, or they are not read."""


def _files(training: TrainingSet, _place: PurePath | None) -> Iterator[File]:
    for one in training.pictures:
        yield File(name=f"train/{one.name}", picture=one.path)
    lines = (
        json.dumps({"file_name": one.name, "text": one.caption}, ensure_ascii=False) + "\n" for one in training.pictures
    )
    yield File(name=METADATA, text="".join(lines))


IMAGEFOLDER = Writer(layout=Layout.IMAGEFOLDER, files=_files)

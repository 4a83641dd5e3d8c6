"""OneTrainer: pictures in one folder, the caption of each in a text file beside it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePath

from safelight.datasets.layouts.layout import File, TrainingSet, Writer
from safelight.datasets.layouts.pairs import pairs
from safelight.datasets.settings import Layout


def _files(training: TrainingSet, _place: PurePath | None) -> Iterator[File]:
    # Every line of a text file is a caption of its own there, so there is one.
    return pairs(training.pictures)


ONETRAINER = Writer(layout=Layout.ONETRAINER, files=_files)

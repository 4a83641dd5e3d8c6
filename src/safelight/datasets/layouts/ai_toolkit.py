"""ai-toolkit: pictures in one folder, the caption of each in a text file beside it.

Captions have the trigger word itself, and not `[trigger]`. Where the trainer's `trigger_word` is set, it is put in
front only of captions that do not have it; where it is not set, `[trigger]` would be learned as it is written.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePath

from safelight.datasets.layouts.layout import File, TrainingSet, Writer
from safelight.datasets.layouts.pairs import pairs
from safelight.datasets.settings import Layout


def _files(training: TrainingSet, _place: PurePath | None) -> Iterator[File]:
    return pairs(training.pictures)


AI_TOOLKIT = Writer(layout=Layout.AI_TOOLKIT, files=_files)

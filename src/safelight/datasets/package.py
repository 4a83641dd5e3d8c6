"""From finished pictures and captions to training sets in the layouts that trainers read."""

from __future__ import annotations

import re
import time
import unicodedata
from collections.abc import Sequence
from pathlib import Path

from safelight.datasets.coverage import coverage, save_coverage
from safelight.datasets.dataset import Dataset, Export, Packaged
from safelight.datasets.folder import DatasetFolder
from safelight.datasets.layouts import WRITERS
from safelight.datasets.layouts.layout import Picture, TrainingSet
from safelight.datasets.lint import lint
from safelight.datasets.placing import check_ours, place
from safelight.datasets.ready import Ready
from safelight.datasets.record import Record, load_record, save_record
from safelight.datasets.regular import regular_pictures
from safelight.datasets.report import Thumbnails, write_report_page, write_report_pdf
from safelight.datasets.reportview import write_out
from safelight.datasets.settings import DatasetSettings, Layout, PackageParams
from safelight.datasets.tools import BuildWatch
from safelight.datasets.zipping import write_zip
from safelight.errors import DatasetError
from safelight.reports.glyphs import FindFont, no_font

__all__ = ["PACKAGE_REVISION", "Ready", "package"]

PACKAGE_REVISION = 1
"""Grows when the same pictures would be packaged in another way."""

ZIP, PAGE, PDF = "dataset.zip", "report.html", "report.pdf"
_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_JOINERS = frozenset("\u200c\u200d")
_PLACEHOLDER = re.compile(r"\[trigger\]", re.IGNORECASE)
_NOTHING = "No photo is in the set, so there is nothing for a trainer to read."


def package(
    folder: DatasetFolder, dataset: Dataset, ready: Sequence[Ready], params: PackageParams, watch: BuildWatch, *,
    find_font: FindFont = no_font,
) -> Packaged:  # fmt: skip
    """Make a training set in each layout that is asked for, read each as its trainer would, and report on all.

    An export is put in place whole; what others put into an earlier one stays, there or under ``aside/``. With no
    picture at all there are no exports, and the report says where the photos went.

    Args:
        folder: the dataset on disk, with the results of the steps before.
        dataset: what it is and how it was built.
        ready: its pictures, in order.
        params: what is made.
        watch: how somebody follows it.
        find_font: gives the font for signs that the PDF's own fonts lack; called only when there are any.

    Raises:
        DatasetError: something is in the way that was not made here, or a finished picture is missing.
        DiskFullError, OutputError: something cannot be written; what was there is still there.
        CancelledError: on request.
    """
    layouts = tuple(dict.fromkeys(params.layouts)) if ready else ()
    for layout in layouts:
        check_ours(folder.path / layout.value)
    record = load_record(folder).with_items(one.item.id for one in ready)
    save_record(folder, record)
    warnings = [] if ready else [_NOTHING]
    pictures, notes = _pictures(folder, ready, record, dataset.settings)
    exports: list[Export] = []
    with regular_pictures(folder, params.regularisation if ready else "", dataset.settings, watch) as regular:
        training = _training(pictures, ready, regular.pictures, params, dataset.settings)
        warnings += [*notes, *regular.warnings, *_strays(folder, layouts)]
        for number, layout in enumerate(layouts):
            watch.progress(number / (len(layouts) + 1), f"{layout.value}: writing {len(ready)} pictures")
            files = WRITERS[layout].files(training, (folder.path / layout.value).resolve())
            warnings += place(folder.path / layout.value, layout, files, watch)
            exports.append(_export(folder, layout, len(pictures)))
        packaged = Packaged(exports=tuple(exports), warnings=tuple(warnings))
        if params.zip and ready:
            packaged = _zipped(folder, packaged, training, watch)
    packaged = _reported(folder, dataset, ready, packaged, params, watch, find_font)
    watch.progress(1, "done")
    return packaged


def class_tokens(settings: DatasetSettings) -> str:
    """Give trigger word and class, as `sks person`; never empty."""
    return one_line(f"{settings.caption.trigger} {settings.caption.class_word}") or "subject"


def one_line(text: str) -> str:
    """Give a text on one line, without signs that cannot be seen."""
    spaced = " ".join(text.encode("utf-8", "replace").decode().split())
    seen = (one for one in spaced if one in _JOINERS or unicodedata.category(one) not in _HIDDEN)
    return " ".join("".join(seen).split())


def _pictures(
    folder: DatasetFolder, ready: Sequence[Ready], record: Record, settings: DatasetSettings
) -> tuple[tuple[Picture, ...], list[str]]:
    tokens, trigger = class_tokens(settings), one_line(settings.caption.trigger)
    pictures, bare = [], 0
    for one in ready:
        path = folder.path / one.cropped.file
        if not path.is_file():
            raise DatasetError(f"{one.item.name}: its finished picture is missing", hint="build the crops again")
        caption = one_line(_PLACEHOLDER.sub(lambda _: trigger, one.captioned.text))
        bare += not caption
        suffix = ".jpg" if path.suffix.lower() in (".jpg", ".jpeg") else path.suffix.lower()
        pictures.append(Picture(stem=record.stem(one.item.id), suffix=suffix, path=path, caption=caption or tokens))
    notes = [f"{bare} of {len(pictures)} pictures have no caption; theirs is `{tokens}`."] if bare else []
    return tuple(pictures), notes


def _training(
    pictures: tuple[Picture, ...], ready: Sequence[Ready], regular: tuple[Path, ...], params: PackageParams,
    settings: DatasetSettings,
) -> TrainingSet:  # fmt: skip
    class_word = one_line(settings.caption.class_word) or "subject"
    return TrainingSet(
        pictures=pictures,
        regular=tuple(
            Picture(stem=path.stem, suffix=path.suffix, path=path, caption=class_word) for path in regular
        ),
        tokens=class_tokens(settings),
        class_word=class_word,
        side=settings.crop.size,
        # A trainer without buckets cuts what is not square.
        buckets=settings.crop.mode == "bucket" or bool(regular)
        or any(one.cropped.width != one.cropped.height for one in ready),
        repeats=params.repeats,
        batch_size=params.batch_size,
    )  # fmt: skip


def _export(folder: DatasetFolder, layout: Layout, pictures: int) -> Export:
    problems = lint(folder.path / layout.value, layout)
    return Export(layout=layout.value, folder=layout.value, pictures=pictures, problems=problems)


def _strays(folder: DatasetFolder, layouts: Sequence[Layout]) -> list[str]:
    """Name exports of earlier runs that nobody asked for any more: they may hold what has been dropped since."""
    return [
        f"{layout.value}: this folder is of an earlier run and was left as it is."
        for layout in Layout
        if layout not in layouts and (folder.path / layout.value).is_dir()
    ]


def _reported(
    folder: DatasetFolder, dataset: Dataset, ready: Sequence[Ready], packaged: Packaged, params: PackageParams,
    watch: BuildWatch, find_font: FindFont,
) -> Packaged:  # fmt: skip
    shots = {one.item: one.shot for one in folder.focused()}
    found = coverage(ready, shots, warn_scale=dataset.settings.crop.warn_scale)
    save_coverage(folder, found)
    if not params.report:
        return packaged
    watch.progress(0.9, "writing the report")
    record, page = load_record(folder).with_file(folder.path, PAGE)
    record, pdf = record.with_file(folder.path, PDF)
    save_record(folder, record)
    view = write_out(folder, dataset, ready, packaged, found, record, made_at=time.time_ns() // 1_000_000)
    thumbnails = Thumbnails(watch)
    write_report_page(view, folder.path / page, thumbnails)
    notes = write_report_pdf(view, folder.path / pdf, thumbnails, find_font=find_font)
    return packaged.model_copy(update={"report": page, "pdf": pdf, "warnings": (*packaged.warnings, *notes)})


def _zipped(folder: DatasetFolder, packaged: Packaged, training: TrainingSet, watch: BuildWatch) -> Packaged:
    record, name = load_record(folder).with_file(folder.path, ZIP)
    save_record(folder, record)
    layouts = [Layout(one.layout) for one in packaged.exports]
    write_zip(folder.path / name, {one.value: WRITERS[one].files(training, None) for one in layouts}, watch)
    return packaged.model_copy(update={"zip": name})

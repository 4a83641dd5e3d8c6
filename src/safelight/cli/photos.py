"""Works on the photos that a command names: finds them, runs the recipe on each, tells how it goes."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from safelight.cli.options import Options

if TYPE_CHECKING:
    from safelight.cli.progress import Teller
    from safelight.imaging.formats import Output
    from safelight.recipes.recipe import Recipe
    from safelight.wiring import Studio


def work(inputs: list[str], recipe: Recipe, options: Options) -> None:
    """Run a recipe on every photo. Originals are never touched and no file is overwritten; what is done is skipped.

    Raises:
        typer.BadParameter: an option does not fit.
        typer.Exit: not all photos were done.
        SafelightError: the recipe cannot be run here.
    """
    from contextlib import ExitStack

    from safelight.cli.interrupt import Interrupt
    from safelight.cli.progress import Teller
    from safelight.folders.inputs import find_photos
    from safelight.folders.journal import Journal
    from safelight.folders.scratch import scratch
    from safelight.folders.work import Work
    from safelight.imaging.vips import use_scratch
    from safelight.recipes.runner import Watch
    from safelight.wiring import temporary_workspace

    studio = studio_on(options.device, check=not options.dry_run)
    changes = changes_of(options.settings or ())
    chosen = recipe.changed(changes) if changes else recipe
    if "" in inputs or not options.output:
        raise typer.BadParameter("an empty name is no photo and no folder; is a variable not set?")
    named = [Path(name) for name in inputs]
    folder, name, form = _target(named, Path(options.output), options.file_format)
    encoding = _output(form, options.file_quality, options.lossless, options.strip)
    side = _tile(options.tile)
    _check_sheet(options.sheet)
    found = find_photos(named, leave_out=folder)
    if not found.photos:
        raise typer.BadParameter("no photos in there", param_hint="INPUTS")
    with ExitStack() as stack:
        teller = stack.enter_context(
            Teller(as_json=options.as_json, total=len(found.photos), ignored=len(found.ignored))
        )
        plan = studio.planner.plan(chosen, encoding, fetch=not options.dry_run, progress=teller.fetching)
        unfinished = stack.enter_context(temporary_workspace() if options.dry_run else scratch(folder))
        interrupt = stack.enter_context(Interrupt())
        use_scratch(unfinished)
        job = Work(
            studio=studio,
            plan=plan,
            output=folder,
            scratch=unfinished,
            journal=Journal(folder),
            tile=side,
            force=options.force,
            dry_run=options.dry_run,
            name=name,
            watch=Watch(progress=teller.progress, check_cancelled=interrupt.check),
        )
        try:
            for outcome in job.each(found.photos, fail_fast=options.fail_fast, begin=teller.begin):
                teller.tell(outcome)
            if options.sheet is not None and not options.dry_run:
                _write_sheet(options.sheet, unfinished, teller)
        finally:
            code = teller.finish()
        code = 130 if interrupt.wanted else code
    if code:
        raise typer.Exit(code)


def studio_on(device: str | None, *, check: bool) -> Studio:
    """Assemble a studio; with ``check``, only if the device that is named is there."""
    from safelight.settings import load_settings
    from safelight.wiring import build

    studio = build(load_settings(device=device) if device else load_settings())
    if check and studio.settings.device not in ("auto", "cpu"):
        _ = studio.device  # A device that is not there is wrong usage, and no photo's fault.
    return studio


def changes_of(values: Iterable[str]) -> dict[str, dict[str, Any]]:
    """Read what was set beside the recipe."""
    changes: dict[str, dict[str, Any]] = {}
    for text in values:
        path, equals, value = text.partition("=")
        operation, dot, name = path.partition(".")
        if not (equals and dot):
            raise typer.BadParameter(f"{text!r} is not OPERATION.NAME=VALUE", param_hint="--set")
        changes.setdefault(operation.strip(), {})[name.strip()] = value_of(value.strip())
    return changes


def _target(inputs: list[Path], output: Path, file_format: str | None) -> tuple[Path, str | None, str]:
    """Tell folder, file name and format of the results from ``--output`` and ``--format``."""
    from safelight.imaging.formats import FORMAT_OF_SUFFIX

    if file_format is not None:
        file_format = FORMAT_OF_SUFFIX.get(f".{file_format.lower()}", file_format)
    suffix = FORMAT_OF_SUFFIX.get(output.suffix.lower())
    if suffix is None or output.is_dir():
        if any(one.is_dir() and one.resolve() == output.resolve() for one in inputs):
            raise typer.BadParameter("the results would lie among the photos; choose another", param_hint="--output")
        return output, None, file_format or "png"
    if len(inputs) != 1 or inputs[0].is_dir():
        raise typer.BadParameter("a file name is for one photo; give a folder", param_hint="--output")
    if file_format is not None and file_format != suffix:
        raise typer.BadParameter(f"{output.name} is not a name for {file_format}", param_hint="--output")
    return output.parent, output.name, suffix


def _output(form: str, quality: int | None, lossless: bool, strip: str) -> Output:
    from safelight.errors import OutputError
    from safelight.imaging.formats import HOLDS, Format, Output, Strip

    if form not in HOLDS:
        raise typer.BadParameter(f"{form!r} is not one of {', '.join(HOLDS)}", param_hint="--format")
    if strip not in list(Strip):
        raise typer.BadParameter(f"{strip!r} is not one of {', '.join(Strip)}", param_hint="--strip")
    if quality is not None and (HOLDS[Format(form)].quality is None or lossless):
        raise typer.BadParameter(f"{form} without loss has no quality", param_hint="--file-quality")
    if lossless and Format(form) is not Format.WEBP:
        raise typer.BadParameter("is for webp; png and tiff never lose anything", param_hint="--lossless")
    try:
        return Output(format=Format(form), quality=quality, lossless=lossless, strip=Strip(strip))
    except OutputError as error:
        raise typer.BadParameter(str(error)) from error


def _tile(text: str) -> int | None:
    from safelight.imaging.tiling import LEAST, MOST

    if text == "auto":
        return None
    if not text.isdecimal() or len(text) > 4 or not LEAST <= int(text) <= MOST:
        raise typer.BadParameter(f"{text!r} is neither auto nor {LEAST} to {MOST}", param_hint="--tile")
    return int(text)


def value_of(text: str) -> object:
    """Read a value as a recipe file would hold it; what is no number and no truth value is a text."""
    try:
        return json.loads(text)
    except ValueError:
        return text


def _check_sheet(sheet: Path | None) -> None:
    from safelight.imaging.formats import FORMAT_OF_SUFFIX, HOLDS

    if sheet is not None and FORMAT_OF_SUFFIX.get(sheet.suffix.lower()) not in HOLDS:
        raise typer.BadParameter(f"{sheet.name} is no name of a picture", param_hint="--sheet")


def _write_sheet(path: Path, unfinished: Path, teller: Teller) -> None:
    """Write the sheet beside files of the same name, if there is anything new to show."""
    from safelight.folders.work import Status
    from safelight.imaging.disk import writing
    from safelight.imaging.naming import publish
    from safelight.reports.sheet import write_sheet

    pairs = [(one.input, one.output) for one in teller.outcomes if one.output is not None]
    new = any(one.status is Status.COMPLETED for one in teller.outcomes)
    if not pairs or (path.exists() and not new):
        return
    draft = unfinished / f"sheet{path.suffix}"
    write_sheet(pairs, draft)
    with writing(path):
        path.parent.mkdir(parents=True, exist_ok=True)
    publish(draft, path.parent, path.name)

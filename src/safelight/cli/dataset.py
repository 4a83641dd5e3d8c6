"""``safelight dataset``: from a folder of photos to a training set."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from safelight.cli.dataset_opening import box_of, layout_of, layouts_of, opened_dataset, setting_changes

if TYPE_CHECKING:
    from safelight.datasets.dataset import Choice

app = typer.Typer(
    help="Build training sets for LoRAs: unpack, find duplicates, crop, caption, package.", no_args_is_help=True
)

Folder = Annotated[Path, typer.Argument(help="Folder of the dataset.", show_default=False)]
Json = Annotated[bool, typer.Option("--json", help="Lines of JSON: progress, then a summary.")]
Set = Annotated[
    list[str] | None,
    typer.Option(
        "--set", help="A setting, as dedup.face_sim_th1=0.8; may be repeated.", metavar="GROUP.NAME=VALUE",
        show_default=False,
    ),
]  # fmt: skip
Items = Annotated[list[str], typer.Argument(help="Photos: their ids or their names.", show_default=False)]


@app.command("run-all")
def run_all(
    source: Annotated[Path, typer.Option("--input", "-i", help="A folder with photos, or a ZIP.", show_default=False)],
    output: Annotated[
        Path, typer.Option("--output", "-o", help="Folder for the dataset; a new one, or one to go on with.")
    ],
    trigger: Annotated[
        str | None, typer.Option(help="The word that will stand for the person.", show_default=False)
    ] = None,
    class_word: Annotated[
        str | None, typer.Option("--class", help="What it is: person, woman, man, style.", show_default=False)
    ] = None,
    layouts: Annotated[
        str | None,
        typer.Option("--format", help="kohya, onetrainer, ai-toolkit, imagefolder; several with commas."),
    ] = None,
    local_only: Annotated[
        bool | None, typer.Option("--local-only", help="Any call to another machine is an error.", show_default=False)
    ] = None,
    settings: Set = None,
    as_json: Json = False,
) -> None:
    """Do all steps, from photos to a training set.

    Started again, the same command goes on where it was stopped, and does again only what a changed setting changes.
    Originals are never touched.
    """
    changes = setting_changes(settings)
    given: dict[str, dict[str, Any]] = {
        "caption": {"trigger": trigger, "class_word": class_word},
        "package": {"layouts": layouts_of(layouts)},
    }
    for group, values in given.items():
        changes.setdefault(group, {}).update({name: value for name, value in values.items() if value is not None})
    if local_only is not None:
        changes["local_only"] = local_only
    from safelight.cli.building import build

    build(opened_dataset(output, source, changes), None, as_json=as_json)


@app.command("unpack")
def unpack(
    folder: Folder,
    source: Annotated[
        Path | None, typer.Option("--input", "-i", help="A folder with photos, or a ZIP.", show_default=False)
    ] = None,
    settings: Set = None,
    as_json: Json = False,
) -> None:
    """Take photos out of a folder or a ZIP; makes the dataset if there is none yet."""
    _step(folder, "unpack", settings, as_json, source)


@app.command("dedup")
def dedup(folder: Folder, settings: Set = None, as_json: Json = False) -> None:
    """Look at all photos, and decide which go in: no duplicates, nothing blurred, nobody else."""
    _step(folder, "dedup", settings, as_json)


@app.command("preview")
def preview(folder: Folder, settings: Set = None, as_json: Json = False) -> None:
    """Make small copies of all photos."""
    _step(folder, "preview", settings, as_json)


@app.command("focus")
def focus(folder: Folder, settings: Set = None, as_json: Json = False) -> None:
    """Find what to show of each photo."""
    _step(folder, "focus", settings, as_json)


@app.command("crop")
def crop(folder: Folder, settings: Set = None, as_json: Json = False) -> None:
    """Make the finished pictures."""
    _step(folder, "crop", settings, as_json)


@app.command("caption")
def caption(folder: Folder, settings: Set = None, as_json: Json = False) -> None:
    """Describe the pictures."""
    _step(folder, "caption", settings, as_json)


@app.command("package")
def package(folder: Folder, settings: Set = None, as_json: Json = False) -> None:
    """Lay out the training sets and check them, with a report."""
    _step(folder, "package", settings, as_json)


@app.command("show")
def show(
    folder: Folder,
    kept: Annotated[bool | None, typer.Option("--kept/--dropped", help="Only these.", show_default=False)] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object per photo.")] = False,
) -> None:
    """Show every photo with what was decided of it, and why."""
    from safelight.cli.progress import shown
    from safelight.datasets.folder import DatasetFolder

    found = DatasetFolder(folder)
    found.dataset()
    names = {item.id: item.name for item in found.unpacked().items}
    captions = {one.item: one.text for one in found.captioned()}
    for one in found.decided().decisions:
        if kept is not None and one.keep is not kept:
            continue
        name = names.get(one.item, one.item)
        if as_json:
            row = {"name": name, **one.model_dump(mode="json"), "caption": captions.get(one.item)}
            typer.echo(json.dumps(row, ensure_ascii=False))
        else:
            verb = "kept   " if one.keep else "dropped"
            typer.echo(shown(f"{verb} {one.item}  {name}: {one.words}"))


@app.command("keep")
def keep(folder: Folder, items: Items) -> None:
    """Put photos in, whatever the build decides; it outlives every run."""
    _choose(folder, items, keep=True)


@app.command("drop")
def drop(folder: Folder, items: Items) -> None:
    """Leave photos out, whatever the build decides; it outlives every run."""
    _choose(folder, items, keep=False)


@app.command("reset")
def reset(folder: Folder, items: Items) -> None:
    """Take decisions back: these photos go in, are cropped and described as the build decides."""
    from safelight.datasets.dataset import Choice

    _change(folder, items, lambda _before: Choice())


@app.command("edit")
def edit(
    folder: Folder,
    item: Annotated[str, typer.Argument(help="The photo: its id or its name.", show_default=False)],
    caption: Annotated[str | None, typer.Option(help="Its caption, one line.", show_default=False)] = None,
    crop: Annotated[
        str | None,
        typer.Option(help="What is shown of it, in pixels.", metavar="LEFT,TOP,WIDTH,HEIGHT", show_default=False),
    ] = None,
) -> None:
    """Give a photo a caption or a crop of one's own; no run overwrites them."""
    update: dict[str, object] = {}
    if caption is not None:
        update["caption"] = " ".join(caption.split())
    if crop is not None:
        update["crop"] = box_of(crop)
    if not update:
        raise typer.BadParameter("give --caption or --crop")
    _change(folder, [item], lambda before: before.model_copy(update=update))


@app.command("lint")
def lint(
    path: Annotated[Path, typer.Argument(help="A dataset, or the folder of a training set.", show_default=False)],
    layout: Annotated[
        str | None, typer.Option("--format", help="Its layout; without, it is told from the files.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object per problem.")] = False,
) -> None:
    """Read training sets as their trainers would, and tell what they would trip over."""
    from safelight.cli.progress import shown
    from safelight.datasets.folder import DatasetFolder
    from safelight.datasets.lint import lint as lint_set
    from safelight.datasets.settings import Layout

    folder = DatasetFolder(path)
    if folder.exists():
        sets = [(path / one.folder, Layout(one.layout)) for one in folder.packaged().exports]
        if not sets:
            raise typer.BadParameter("there is no training set yet; run `safelight dataset package`")
    else:
        sets = [(path, layout_of(path, layout))]
    fatal = False
    for place, kind in sets:
        problems = lint_set(place, kind)
        fatal = fatal or any(one.fatal for one in problems)
        for one in problems:
            if as_json:
                typer.echo(json.dumps({"layout": kind.value, **one.model_dump(mode="json")}, ensure_ascii=False))
            else:
                where = f"{one.file}: " if one.file else ""
                typer.echo(shown(f"{kind.value}: {where}{one.words}{'' if one.fatal else ' (not fatal)'}"))
        if not problems and not as_json:
            typer.echo(f"{kind.value}: clean")
    if fatal:
        raise typer.Exit(1)


def old_name() -> None:
    """Run ``safelight dataset`` by its old name, ``lora-dataset-builder``."""
    from safelight.cli.main import main

    sys.argv = [sys.argv[0], "dataset", *sys.argv[1:]]
    main()


def _step(folder: Path, step: str, settings: list[str] | None, as_json: bool, source: Path | None = None) -> None:
    from safelight.cli.building import build
    from safelight.datasets.dataset import Step

    build(opened_dataset(folder, source, setting_changes(settings)), Step(step), as_json=as_json)


def _choose(path: Path, items: list[str], *, keep: bool) -> None:
    _change(path, items, lambda before: before.model_copy(update={"keep": keep}))


def _change(path: Path, items: list[str], change: Callable[[Choice], Choice]) -> None:
    from safelight.datasets.editing import choose
    from safelight.datasets.folder import DatasetFolder

    folder = DatasetFolder(path)
    folder.dataset()
    ids = {item.name: item.id for item in folder.unpacked().items}

    choose(folder, [ids.get(one, one) for one in items], lambda _item, before: change(before))
    typer.echo(f"{len(items)} noted; `safelight dataset package {path}` builds the set anew")

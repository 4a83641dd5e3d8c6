"""The datasets that commands name: opened, made, changed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    from safelight.datasets.folder import DatasetFolder
    from safelight.datasets.settings import Layout


def opened_dataset(path: Path, source: Path | None, changes: dict[str, Any]) -> DatasetFolder:
    """Give the dataset of a folder, made or changed as asked.

    Raises:
        typer.BadParameter: the folder holds something else, or there is nothing to make it of.
        DatasetError: a setting is not valid.
    """
    from safelight.datasets.editing import change_dataset
    from safelight.datasets.folder import DatasetFolder

    folder = DatasetFolder(path)
    if source is not None and not source.exists():
        raise typer.BadParameter(f"{source} is not there", param_hint="--input")
    for named, option in ((path, "--output"), (source, "--input")):
        if named is not None and not _can_be_told(named):
            raise typer.BadParameter("the path is not UTF-8, and cannot be written down; rename it", param_hint=option)
    if folder.exists():
        before = folder.dataset()
        place = str(source.resolve()) if source else before.source
        if place != before.source:
            raise typer.BadParameter(
                f"{path} holds a dataset of {before.source or 'uploaded photos'}; choose another folder",
                param_hint="--output",
            )
        if changes:
            change_dataset(folder, settings=changes)
        return folder
    if source is None:
        raise typer.BadParameter(f"{path}: there is no dataset here; make one with `safelight dataset run-all`")
    _make(folder, source, changes)
    return folder


def _can_be_told(path: Path) -> bool:
    """Whether a path can be written into a file: on Linux a name is any bytes."""
    try:
        str(path.resolve()).encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _make(folder: DatasetFolder, source: Path, changes: dict[str, Any]) -> None:
    from datetime import UTC, datetime

    from safelight.datasets.dataset import Dataset
    from safelight.datasets.editing import changed
    from safelight.datasets.settings import DatasetSettings
    from safelight.imaging.disk import writing

    path = folder.path
    if path.exists() and (not path.is_dir() or any(path.iterdir())):
        raise typer.BadParameter(
            f"{path} is not empty, and holds no dataset; choose a new folder", param_hint="--output"
        )
    if path.resolve() == source.resolve() or source.resolve() in path.resolve().parents:
        raise typer.BadParameter("the dataset would lie among the photos; choose another", param_hint="--output")
    settings = changed(DatasetSettings(), changes)
    with writing(path):
        path.mkdir(parents=True, exist_ok=True)
    dataset = Dataset(
        id=path.resolve().name, name=source.resolve().stem, source=str(source.resolve()), settings=settings,
        created_at=datetime.now(UTC).isoformat(timespec="seconds"),
    )  # fmt: skip
    folder.save_dataset(dataset)


def setting_changes(settings: list[str] | None) -> dict[str, Any]:
    """Read what was set, as changes of settings.

    Raises:
        typer.BadParameter: a text is no setting.
    """
    from safelight.cli.photos import changes_of, value_of

    flat, grouped = {}, []
    for text in settings or ():
        name, equals, value = text.partition("=")
        if equals and "." not in name:
            flat[name.strip()] = value_of(value.strip())
        else:
            grouped.append(text)
    return {**changes_of(grouped), **flat}


def layouts_of(text: str | None) -> list[str] | None:
    """Read the names of layouts; ``all`` is each of them.

    Raises:
        typer.BadParameter: there is no such layout.
    """
    from safelight.datasets.settings import Layout

    if text is None:
        return None
    named = [one.strip() for one in text.split(",") if one.strip()]
    named = [one.value for one in Layout] if named == ["all"] else named
    for one in named:
        if one not in set(Layout):
            raise typer.BadParameter(f"{one!r} is not one of {', '.join(Layout)}, all", param_hint="--format")
    return list(dict.fromkeys(named))


def layout_of(path: Path, text: str | None) -> Layout:
    """Read the name of a layout, or tell it from the files of a training set.

    Raises:
        typer.BadParameter: it cannot be told.
    """
    from safelight.datasets.lint import detect
    from safelight.datasets.settings import Layout

    if text is not None and text not in set(Layout):
        raise typer.BadParameter(f"{text!r} is not one of {', '.join(Layout)}", param_hint="--format")
    found = Layout(text) if text else detect(path)
    if found is None:
        raise typer.BadParameter(f"{path}: the layout cannot be told; name it with --format")
    return found


def box_of(text: str) -> tuple[float, ...]:
    """Read four numbers.

    Raises:
        typer.BadParameter: these are no four numbers.
    """
    try:
        numbers = tuple(float(part) for part in text.split(","))
    except ValueError:
        numbers = ()
    if len(numbers) != 4:
        raise typer.BadParameter(f"{text!r} is not LEFT,TOP,WIDTH,HEIGHT", param_hint="--crop")
    return numbers

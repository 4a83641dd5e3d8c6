"""Tells the user of ``safelight dataset`` how a build goes: a bar on stderr, a summary on stdout."""

from __future__ import annotations

import json
import time
from collections import Counter
from contextlib import ExitStack
from types import TracebackType
from typing import Self

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from safelight.cli.interrupt import Interrupt
from safelight.cli.photos import studio_on
from safelight.cli.progress import shown
from safelight.datasets.build import Build
from safelight.datasets.dataset import Step
from safelight.datasets.folder import DatasetFolder
from safelight.datasets.tools import BuildWatch, Tools
from safelight.errors import CancelledError
from safelight.imaging.vips import use_scratch
from safelight.models.pull import PullProgress
from safelight.recipes.runner import Watch
from safelight.wiring import temporary_workspace
from safelight.workshop import Workshop

_EVERY_S = 0.5
_WORDS = {
    "good": "good", "by_hand": "decided by hand", "exact_copy": "exact copies", "near_copy": "near copies",
    "same_pose": "same face and pose", "blurred": "blurred", "too_dark": "too dark", "too_bright": "too bright",
    "too_small": "too small", "no_face": "no face", "several_faces": "several people",
    "face_too_small": "face too small", "stranger": "somebody else", "unreadable": "unreadable",
}  # fmt: skip


def build(folder: DatasetFolder, until: Step | None, *, as_json: bool) -> None:
    """Build a dataset as far as ``until``, or to its end, and tell how it goes.

    Raises:
        typer.Exit: it was stopped.
        SafelightError: it could not be built.
    """
    dataset = folder.dataset()
    with ExitStack() as stack:
        teller = stack.enter_context(BuildTeller(folder, as_json=as_json))
        interrupt = stack.enter_context(Interrupt())
        # Unfinished files lie beside the finished ones, where there is room for them.
        workspace = stack.enter_context(temporary_workspace(folder.path))
        use_scratch(workspace)
        workshop = Workshop(studio=studio_on(None, check=False))
        tools = workshop.tools(
            workspace, local_only=dataset.settings.local_only, watch=Watch(check_cancelled=interrupt.check),
            vision=workshop.vision(dataset, folder, interrupt.check), fetching=teller.fetching,
        )  # fmt: skip
        watch = BuildWatch(progress=teller.progress, check_cancelled=interrupt.check)
        try:
            Build(folder, tools, watch).run(until or Step.PACKAGE)
        except CancelledError:
            teller.stopped()
            raise typer.Exit(130) from None
        teller.finish(tools)


class BuildTeller:
    """Shows how far a build is, and what came of it; with ``as_json`` lines of JSON."""

    def __init__(self, folder: DatasetFolder, *, as_json: bool) -> None:
        """Take whose build it is."""
        self._folder = folder
        self._json = as_json
        self._told = ("", 0.0)
        self._start = time.monotonic()
        self._out = Console(soft_wrap=True, highlight=False)
        console = Console(stderr=True)
        self._bars = Progress(
            TextColumn("{task.description}", markup=False), BarColumn(), TaskProgressColumn(),
            TimeRemainingColumn(), console=console, transient=True, disable=not console.is_terminal,
        )  # fmt: skip
        self._all = self._bars.add_task("starting", total=1.0)
        self._fetch = self._bars.add_task("fetching", total=None, visible=False)

    def __enter__(self) -> Self:
        """Show the bar."""
        self._bars.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Take the bar away."""
        self._bars.stop()

    def fetching(self, state: PullProgress) -> None:
        """Show how far a file of weights is."""
        self._bars.update(
            self._fetch, description=f"fetching {state.name}", completed=state.done, total=state.total,
            visible=state.done != state.total,
        )  # fmt: skip

    def progress(self, share: float, words: str) -> None:
        """Show how far it is."""
        self._bars.update(self._all, completed=share, description=words)
        step, at = words.split(" ")[0], time.monotonic()
        if self._json and (step != self._told[0] or at - self._told[1] >= _EVERY_S):
            self._told = (step, at)
            self._out.print(json.dumps({"progress": round(share, 4), "message": words}), markup=False, emoji=False)

    def stopped(self) -> None:
        """Say that it was stopped."""
        if self._json:
            self._say(json.dumps({"summary": {"status": "cancelled"}}))
        else:
            self._say("stopped; the same command goes on from here", "yellow")

    def finish(self, tools: Tools) -> None:
        """Say what came of it."""
        folder = self._folder
        decided, packaged, unpacked = folder.decided(), folder.packaged(), folder.unpacked()
        kept = sum(one.keep for one in decided.decisions)
        dropped = Counter(one.reason.value for one in decided.decisions if not one.keep)
        seconds = round(time.monotonic() - self._start, 1)
        notes = list(dict.fromkeys([*tools.people.missing, *decided.without, *packaged.warnings]))
        if self._json:
            problems = {one.layout: [each.model_dump(mode="json") for each in one.problems] for one in packaged.exports}
            self._say(json.dumps({"summary": {
                "status": "completed", "photos": len(unpacked.items), "skipped": len(unpacked.skipped), "kept": kept,
                "dropped": dict(dropped), "captions": len(folder.captioned()),
                "sets": {one.layout: one.folder for one in packaged.exports}, "problems": problems,
                "report": packaged.report, "pdf": packaged.pdf, "warnings": notes, "seconds": seconds,
            }}, ensure_ascii=False))  # fmt: skip
            return
        self._say(f"{len(unpacked.items)} photos, {kept} kept, {seconds:g} s", "bold")
        for reason, count in dropped.most_common():
            self._say(f"  {count:>5}  {_WORDS[reason]}")
        if unpacked.skipped:
            self._say(f"  {len(unpacked.skipped):>5}  files that are no photos (items.json)")
        for one in packaged.exports:
            words = "clean" if not one.problems else f"{len(one.problems)} problems: safelight dataset lint"
            self._say(f"{one.layout}: {one.pictures} pictures in {folder.path / one.folder} ({words})")
        if packaged.report:
            self._say(f"report: {folder.path / packaged.report}")
        for note in notes:
            self._say(f"  note: {shown(note)}", "yellow")

    def _say(self, text: str, style: str | None = None) -> None:
        self._bars.console.file.flush()
        self._out.print(text, style=style, markup=False, emoji=False)

"""Tells the user of ``safelight enhance`` how it goes: bars on stderr, results on stdout."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from time import perf_counter
from types import TracebackType
from typing import Any, Self

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from safelight.folders.inputs import Input
from safelight.folders.journal import plain
from safelight.folders.work import Outcome, Status
from safelight.models.pull import PullProgress

_STYLES = {Status.FAILED: "red", Status.SKIPPED: "dim", Status.CANCELLED: "yellow"}


class Teller:
    """Shows progress, one line per photo, and a summary; with ``as_json`` lines of JSON."""

    def __init__(self, *, as_json: bool, total: int, ignored: int) -> None:
        """Take how many photos there will be, and how many files were left aside."""
        self._json = as_json
        self._total = total
        self._ignored = ignored
        self._start = perf_counter()
        self._counts: Counter[Status] = Counter()
        self._out = Console(soft_wrap=True, highlight=False)
        console = Console(stderr=True)
        self._bars = Progress(
            TextColumn("{task.description}", markup=False), BarColumn(), TaskProgressColumn(),
            TimeRemainingColumn(), console=console, transient=True, disable=not console.is_terminal,
        )  # fmt: skip
        self._all = self._bars.add_task("starting", total=total)
        self._one = self._bars.add_task("", total=1.0)
        self._fetch = self._bars.add_task("fetching", total=None, visible=False)
        self.outcomes: list[Outcome] = []

    def __enter__(self) -> Self:
        """Show the bars."""
        self._bars.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Take the bars away."""
        self._bars.stop()

    def fetching(self, state: PullProgress) -> None:
        """Show how far a file of weights is."""
        self._bars.update(
            self._fetch, description=f"fetching {state.name}", completed=state.done, total=state.total,
            visible=state.done != state.total,
        )  # fmt: skip

    def begin(self, photo: Input) -> None:
        """Show which photo is next."""
        self._bars.update(self._all, description=f"photo {len(self.outcomes) + 1} of {self._total}")
        self._bars.reset(self._one, description=shown(photo.path.name), total=1.0)

    def progress(self, fraction: float) -> None:
        """Show how far it is."""
        self._bars.update(self._one, completed=fraction)
        self._bars.update(self._all, completed=len(self.outcomes) + fraction)

    def tell(self, outcome: Outcome) -> None:
        """Say what became of a photo."""
        self.outcomes.append(outcome)
        self._counts[outcome.status] += 1
        self._bars.update(self._all, completed=len(self.outcomes))
        if self._json:
            self._print(json.dumps(_row(outcome)))
        else:
            self._print(shown(_sentence(outcome)), style=_STYLES.get(outcome.status))
            for warning in outcome.warnings if outcome.status is not Status.SKIPPED else ():
                self._print(f"  note: {shown(warning)}", style="yellow")

    def finish(self) -> int:
        """Say how it went in all; give the exit code."""
        counts = {status.value: self._counts[status] for status in Status}
        counts["not_started"] = self._total - len(self.outcomes)
        seconds = round(perf_counter() - self._start, 3)
        if self._json:
            summary = {"total": self._total, **counts, "ignored": self._ignored, "seconds": seconds}
            self._print(json.dumps({"summary": summary}))
        else:
            parts = [f"{count} {name.replace('_', ' ')}" for name, count in counts.items() if count]
            ignored = f" ({self._ignored} files are no photos)" if self._ignored else ""
            self._print(f"{self._total} photos: {', '.join(parts)}{ignored}, {_duration(seconds)}", style="bold")
        bad = counts["failed"] or counts["cancelled"] or counts["not_started"]
        return 1 if bad else 0

    def _print(self, text: str, style: str | None = None) -> None:
        # Through the same stream as everything else, so that lines do not cut through bars.
        self._bars.console.file.flush()
        self._out.print(text, style=style, markup=False, emoji=False)


def _row(outcome: Outcome) -> dict[str, Any]:
    row: dict[str, Any] = {
        "input": plain(outcome.input),
        "output": _text(outcome.output),
        "status": outcome.status.value,
        "error": str(outcome.error) if outcome.error else None,
        "error_code": outcome.error.code if outcome.error else None,
        "width": outcome.width,
        "height": outcome.height,
        "seconds": outcome.seconds,
        "signature": outcome.signature,
        "execution": list(outcome.executions),
        "warnings": list(outcome.warnings),
    }
    if outcome.forecast:
        ahead = outcome.forecast
        row["forecast"] = {
            "width": ahead.width, "height": ahead.height, "memory": ahead.memory, "disk": ahead.disk,
            "seconds": round(ahead.seconds, 1), "measured": ahead.measured,
        }  # fmt: skip
    return row


def _sentence(outcome: Outcome) -> str:
    if outcome.error is not None:
        message = str(outcome.error).removeprefix(f"{outcome.input}: ").removeprefix(f"{outcome.input.name}: ")
        return f"{outcome.status} {outcome.input}: {message}"
    size = f"{outcome.width} x {outcome.height}"
    if outcome.forecast is not None:
        ahead = outcome.forecast
        time = f"about {_duration(ahead.seconds)}" + ("" if ahead.measured else " (a guess: nothing was measured yet)")
        return (
            f"planned {outcome.input}: {size}, {time}, {ahead.memory / 2**20:.0f} MB of memory, "
            f"signature {outcome.signature}"
        )
    if outcome.status is Status.SKIPPED:
        return f"done already {outcome.input} -> {outcome.output}"
    return f"{outcome.input} -> {outcome.output}  {size}, {_duration(outcome.seconds)}"


def _duration(seconds: float) -> str:
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes // 60} h {minutes % 60} min" if minutes >= 60 else f"{minutes} min {rest} s"


def _text(path: Path | None) -> str | None:
    return None if path is None else plain(path)


def shown(text: str) -> str:
    """Escape what a terminal would act upon, or cannot show, in the name of a file."""
    return "".join(one if one.isprintable() else one.encode("unicode_escape").decode() for one in text)

"""Runs contenders in processes of their own and takes their times in turns."""

from __future__ import annotations

import atexit
import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import IO, Any

from bench.figures import Timing, Value

ROOT = Path(__file__).resolve().parent.parent
_TAIL = 400


class Unavailable(Exception):  # noqa: N818 - it is an answer, not an error
    """A contender cannot run here; the message says why."""


class Answer(Value):
    """What one run of a contender took."""

    seconds: float
    cpu_seconds: float
    system_seconds: float
    minor_faults: int
    """Pages that the kernel had to clear or map."""
    peak_bytes: int
    """Largest resident size of its process so far."""


class Worker:
    """A contender in a process of its own, ready to run."""

    def __init__(self, contender: str, **options: str | int | bool | None) -> None:
        """Start it and wait until it has loaded.

        Raises:
            Unavailable: it cannot run here.
        """
        self._errors: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - it lives as long as the worker
        self._process = subprocess.Popen(
            [sys.executable, "-m", "bench.worker", contender, json.dumps(options)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            text=True,
        )
        try:
            self.facts: Mapping[str, Any] = self._answer()
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Worker:
        """Give itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the process."""
        self.close()

    def run(self, photo: Path, keep: Path | None = None) -> Answer:
        """Let it work on ``photo`` once, timed by itself; its pixels go to ``keep`` (.npy) afterwards.

        Raises:
            Unavailable: it failed.
        """
        return Answer.model_validate(self._answer({"photo": str(photo), "keep": str(keep) if keep else None}))

    def close(self) -> None:
        """End the process; one that does not end by itself is stopped."""
        for stream in (self._process.stdin, self._process.stdout):
            if stream:
                with suppress(BrokenPipeError):
                    stream.close()
        try:
            self._process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._errors.close()

    def _answer(self, request: Mapping[str, Any] | None = None) -> dict[str, Any]:
        if self._process.stdin is None or self._process.stdout is None:
            raise Unavailable("it has no streams")
        line = ""
        with suppress(BrokenPipeError):
            if request is not None:
                self._process.stdin.write(json.dumps(request) + "\n")
                self._process.stdin.flush()
            line = self._process.stdout.readline()
        if not line:
            raise Unavailable(f"its process ended: {self._tail()}")
        content: dict[str, Any] = json.loads(line)
        if "unavailable" in content:
            raise Unavailable(content["unavailable"])
        return content

    def _tail(self) -> str:
        self._errors.seek(0)
        return " ".join(self._errors.read().decode(errors="replace")[-_TAIL:].split()) or "without a word"


def in_turns(
    names: Iterable[str], run: Callable[[str], float], rounds: int, *, budget: float = 1e9
) -> dict[str, Timing]:
    """Run every contender once per round, ``rounds`` times, so that a disturbance meets all of them.

    ``run`` takes a name and gives seconds. A contender that becomes unavailable is left out from then on. After the
    first round, none is begun that would end later than ``budget`` seconds after the start.
    """
    taken: dict[str, list[float]] = {name: [] for name in names}
    going = list(taken)
    start = time.perf_counter()
    for number in range(rounds):
        began = time.perf_counter()
        for name in tuple(going):
            try:
                taken[name].append(run(name))
            except Unavailable:
                going.remove(name)
        now = time.perf_counter()
        if number + 1 < rounds and now - start + (now - began) > budget:
            break
    return {name: Timing(seconds=tuple(seconds)) for name, seconds in taken.items() if seconds}


def own_folder() -> Path:
    """Give an empty folder that is gone when this process ends."""
    folder = Path(tempfile.mkdtemp(prefix="bench-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def command_seconds(command: Sequence[str], *, expect: tuple[int, ...] = (0,)) -> float:
    """Wall time of a command from start to end.

    Raises:
        Unavailable: it ended with a code that is not in ``expect``.
    """
    start = time.perf_counter()
    done = subprocess.run(command, cwd=ROOT, capture_output=True, check=False)
    seconds = time.perf_counter() - start
    if done.returncode not in expect:
        raise Unavailable(
            f"{command[-1]} ended with {done.returncode}: {done.stderr.decode(errors='replace')[-_TAIL:]}"
        )
    return seconds


def safelight_command(*arguments: str) -> list[str]:
    """How to run Safelight's command line with this Python."""
    script = Path(sys.executable).with_name("safelight")
    if script.is_file():
        return [str(script), *arguments]
    return [sys.executable, "-c", "from safelight.cli.main import main; main()", *arguments]

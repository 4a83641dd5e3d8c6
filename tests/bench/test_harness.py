"""The harness's arithmetic, its workers, its files and its page, through benches that are real but tiny."""

from __future__ import annotations

from itertools import cycle
from pathlib import Path

import numpy as np
import pytest
from bench.figures import Check, Ratio, Report, Timing, shown, table
from bench.harness import Unavailable, Worker, in_turns
from bench.machine import Machine, describe
from bench.pictures import crop, flat, large, psnr, ramp, read, write
from bench.store import load, load_all, save
from pydantic import ValidationError

from bench import page


def test_a_timing_knows_its_best_its_median_and_its_spread() -> None:
    timing = Timing(seconds=(2.0, 1.0, 1.5))

    assert (timing.best, timing.median, timing.spread) == (1.0, 1.5, 1.0)
    with pytest.raises(ValidationError):
        Timing(seconds=())


def test_a_ratio_is_of_the_best_runs_and_ranges_over_all_pairs() -> None:
    ratio = Ratio.of(Timing(seconds=(6.0, 8.0)), Timing(seconds=(2.0, 3.0)))

    assert (ratio.best, ratio.low, ratio.high) == (3.0, 2.0, 4.0)
    assert str(ratio) == "3.00 (2.00 to 4.00)"


@pytest.mark.parametrize(
    ("value", "at_least", "held"),
    [(3.0, True, True), (2.9, True, False), (3.1, False, False), (float("nan"), True, False)],
)
def test_a_check_holds_on_the_right_side_of_its_bound(value: float, at_least: bool, held: bool) -> None:
    assert Check(what="it", value=value, bound=3.0, at_least=at_least).held is held


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (None, "-"),
        ("x", "x"),
        (12345, "12,345"),
        (12345.6, "12,346"),
        (12.34, "12.3"),
        (1.234, "1.23"),
        (0.1234, "0.123"),
    ],
)
def test_cells_are_shown_with_three_digits(cell: str | float | None, text: str) -> None:
    assert shown(cell) == text


def test_a_table_refuses_a_row_of_another_length() -> None:
    with pytest.raises(ValueError, match="1 cells for 2 columns"):
        table("t", ("a", "b"), [(1,)])


def test_contenders_take_turns() -> None:
    order: list[str] = []
    seconds = cycle([1.0, 2.0])

    def run(name: str) -> float:
        order.append(name)
        return next(seconds)

    taken = in_turns(["a", "b"], run, 2)

    assert order == ["a", "b", "a", "b"]
    assert taken == {"a": Timing(seconds=(1.0, 1.0)), "b": Timing(seconds=(2.0, 2.0))}


def test_no_round_is_begun_that_the_budget_does_not_cover() -> None:
    taken = in_turns(["a"], lambda _name: 1.0, 5, budget=-1)

    assert taken["a"].seconds == (1.0,)


def test_a_contender_that_fails_is_left_out_and_keeps_what_it_had() -> None:
    runs = {"good": 0, "bad": 0}

    def run(name: str) -> float:
        runs[name] += 1
        if name == "bad" and runs[name] == 2:
            raise Unavailable("it broke")
        return 1.0

    taken = in_turns(runs, run, 3)

    assert (len(taken["good"].seconds), len(taken["bad"].seconds)) == (3, 1)


def test_a_worker_runs_in_a_process_of_its_own_and_gives_its_pixels(tmp_path: Path) -> None:
    pixels = crop("astronaut", 32)
    photo = write(pixels, tmp_path / "photo.png")

    with Worker("nothing", scale=2) as worker:
        answer = worker.run(photo, tmp_path / "result.npy")

    assert worker.facts["scale"] == 2
    assert answer.seconds > 0
    assert answer.peak_bytes > 2**20
    assert np.array_equal(np.load(tmp_path / "result.npy"), pixels.repeat(2, axis=0).repeat(2, axis=1))


def test_a_contender_that_cannot_run_says_why() -> None:
    with pytest.raises(Unavailable, match="no such engine"):
        Worker("nothing", refuse="no such engine")


def test_a_worker_that_dies_is_unavailable_and_its_last_words_are_told(tmp_path: Path) -> None:
    with Worker("nothing", scale=2) as worker, pytest.raises(Unavailable, match="its process ended"):
        worker.run(tmp_path / "missing.png")


def test_pictures_are_what_they_say(tmp_path: Path) -> None:
    steps = ramp(64, 2)

    assert (steps.dtype, steps.min(), steps.max(), len(np.unique(steps))) == (np.uint16, 0, 65535, 64)
    assert large(1100).shape == (1100, 1100, 3)
    assert np.array_equal(read(write(flat(7, 5), tmp_path / "flat.png")), flat(7, 5))
    assert psnr(flat(7, 5), flat(7, 5)) == float("inf")
    assert psnr(flat(7, 5), flat(8, 5)) == pytest.approx(48.13, abs=0.01)


def test_the_machine_is_described_without_saying_whose_it_is() -> None:
    machine = describe()

    assert machine.key == machine.key.lower()
    assert machine.cores >= 1
    assert machine.memory_gb > 0
    assert "/" not in machine.key


def test_results_come_back_as_they_were_and_other_benches_stay(tmp_path: Path, machine: Machine) -> None:
    first, second = report("speed", 3.5), report("memory", 1.0)

    save(machine, [first], tmp_path)
    path = save(machine, [second], tmp_path)
    save(machine, [report("memory", 2.0)], tmp_path)

    found = load(path)
    assert found.machine == machine
    assert found.reports == {"speed": first, "memory": report("memory", 2.0)}
    assert [one.name for one in tmp_path.iterdir()] == [f"{machine.key}.json"]


def test_the_page_shows_every_figure_and_what_did_not_hold(tmp_path: Path, machine: Machine) -> None:
    save(machine, [report("speed", 2.5), report("memory", 3.5)], tmp_path)

    text = page.markdown(load_all(tmp_path))

    assert "| a network | 1.23 | 7 |" in text
    assert "Of 2 bounds that must hold, 1 held." in text
    assert "**Not held:** speed is large: 2.50 times (>= 3 times)." in text
    assert machine.processor in text
    assert str(tmp_path) not in text


def test_the_terminal_shows_the_same_in_columns() -> None:
    text = page.terminal(report("speed", 3.5))

    assert "  what          s  n" in text
    assert "  a network  1.23  7" in text
    assert "  held      speed is large: 3.50 times (>= 3 times)" in text


@pytest.fixture
def machine() -> Machine:
    """A machine that never was."""
    return Machine(
        key="cpu-3core-test", processor="Test Processor", cores=3, features=("avx2",), memory_gb=7.5,
        system="Linux x86_64", python="3.11.0", packages={"torch": "2.13.0"},
    )  # fmt: skip


def report(name: str, value: float) -> Report:
    """A report of one figure."""
    return Report(
        name=name,
        title=f"What {name} measures",
        taken="2026-01-01T00:00Z",
        tables=(table("figures", ("what", "s", "n"), [("a network", 1.234, 7)]),),
        checks=(Check(what=f"{name} is large", value=value, bound=3.0, at_least=True, unit="times"),),
        timings={"a": Timing(seconds=(1.0, 2.0))},
        notes=("A note.",),
    )

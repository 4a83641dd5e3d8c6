"""What a report tells is what the tasks tell, whatever state they are in."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest
from report_data import NOW, PAYLOAD, RESULT, batch, picture, task

from safelight.models.catalog import Catalog
from safelight.reports.report import Pictures, batch_report, task_report
from safelight.reports.shown import shown_message, shown_name
from safelight.reports.view import View, write_out
from safelight.reports.words import ENGLISH, duration, file_size
from safelight.settings import Settings
from safelight.tasks.status import BatchStatus, Status


def lines(view: View) -> dict[str, str]:
    """All lines of all tables of the only photo."""
    return {fact.label: fact.value for group in view.photos[0].groups for fact in group.facts}


def test_parameters_that_were_left_out_show_their_defaults() -> None:
    entry = task_report(task(), made_at=NOW).entries[0]
    enlarge, tune = (dict(step.values) for step in entry.steps)
    assert enlarge["scale"] == 3.5
    assert enlarge["quality_level"] == "high"
    assert (tune["sharpen"], tune["contrast"]) == (0.27, 0.03)


def test_everything_that_was_measured_is_told() -> None:
    told = lines(write_out(task_report(task(), made_at=NOW), ENGLISH))
    assert told["Preset"] == "My preset"
    assert told["Tile"] == "192"
    assert told["Metadata left out"] == "gps"
    assert told["Work"] == "12.4 s"
    assert told["Started"] == "2025-11-22 08:27:21 UTC"
    assert told["Enlarge"] == (
        "realesrgan-x4plus, cuda:0, float16, 6 tiles of 240 × 200, 2× cut smaller for lack of memory, "
        "1 tile done again in float32"
    )


def test_long_values_are_shortened_and_a_picture_is_its_size() -> None:
    picture = "data:image/webp;base64," + "A" * 40_000
    step = {"operation": "stylize", "picture": picture, "custom_prompt": "p" * 2000, "style": "clay"}
    gone = {"operation": "gone", "n" * 900: {"n" * 900: picture}, "list": ["w" * 150] * 9}
    view = write_out(task_report(task(payload={"recipe": {"steps": [step, gone]}}), made_at=NOW), ENGLISH)
    told = lines(view)
    assert told["Picture"] == "a picture, 30.0 kB"
    assert told["Custom prompt"] == "p" * 199 + "…"
    assert told["Style"] == "clay"
    assert max(len(part) for line in told.items() for part in line) <= 200


def test_models_are_told_with_their_licence(tmp_path: Path) -> None:
    models = Catalog(Settings(data_dir=tmp_path)).list()
    known = write_out(task_report(task(), models=models, made_at=NOW), ENGLISH)
    unknown = write_out(task_report(task(), made_at=NOW), ENGLISH)
    assert lines(known)["Models"] == "Real-ESRGAN x4plus · BSD-3-Clause"
    assert lines(unknown)["Models"] == "realesrgan-x4plus"


def test_sizes_and_formats_of_both_sides_are_told(tmp_path: Path) -> None:
    before = picture(tmp_path / "named-wrongly.tif.png")
    view = write_out(task_report(task(), Pictures(before=before), made_at=NOW), ENGLISH)
    assert [shot.detail for shot in view.photos[0].shots] == [
        "451 × 300 · PNG · 241 kB",
        "1,804 × 1,200 · PNG · 6.1 MB",
    ]


def test_a_batch_accounts_for_every_photo_that_was_sent() -> None:
    tasks = [
        task(1), task(2), task(3, status=Status.FAILED, error="broken"), task(4, status=Status.CANCELLED),
        task(5, status=Status.PENDING),
    ]  # fmt: skip
    report = batch_report(batch(6), tasks, {}, made_at=NOW)
    view = write_out(report, ENGLISH)
    assert report.status is BatchStatus.PROCESSING
    assert view.account == "6 in = 1 waiting + 2 completed + 1 failed + 1 cancelled + 1 deleted since"
    told = {fact.label: fact.value for fact in view.summary}
    assert (told["Work in all"], told["Mean per photo"]) == ("24.8 s", "12.4 s")
    assert told["Results in all"] == "12.2 MB"


def test_a_result_that_was_there_already_does_not_count_as_work() -> None:
    tasks = [task(1), task(2, result={**RESULT, "cached": True})]
    report = batch_report(batch(2), tasks, {}, made_at=NOW)
    assert report.seconds == (12.4,)
    assert write_out(report, ENGLISH).photos[1].took == "taken from an earlier result"


def test_settings_are_told_once_where_all_photos_have_the_same() -> None:
    other = {**PAYLOAD, "tile": 400}
    same = write_out(batch_report(batch(2), [task(1), task(2)], {}, made_at=NOW), ENGLISH)
    mixed = write_out(batch_report(batch(2), [task(1), task(2, payload=other)], {}, made_at=NOW), ENGLISH)
    assert [group.title for group in same.shared] == ["Settings", "Enlarge", "Tune", "File"]
    assert {group.title for group in same.photos[0].groups} == {"How it was computed", "Time"}
    assert mixed.shared == ()
    assert [group.title for group in mixed.photos[0].groups][:4] == ["Settings", "Enlarge", "Tune", "File"]


@pytest.mark.parametrize("status", Status)
def test_a_task_in_any_state_has_a_report(status: Status) -> None:
    assert write_out(task_report(task(status=status), made_at=NOW), ENGLISH).state == ENGLISH[f"status.{status}"]


@pytest.mark.parametrize(
    "strange",
    [
        {},
        {"recipe": 3, "output": [], "tile": {}},
        {"recipe": {"steps": [{"operation": "gone", "power": [1, {"a": None}]}, "x", {}], "title": None}},
    ],
)
def test_what_an_older_version_wrote_is_shown_as_far_as_it_can_be_read(strange: dict[str, object]) -> None:
    result = {
        "warnings": "x",
        "executions": [{}, 1, {"operation": "gone", "tiles": "y"}],
        "models": [None, "m"],
        "width": "w",
    }
    view = write_out(task_report(task(payload=strange, result=result), made_at=NOW), ENGLISH)
    assert lines(view)["Models"] == "m"
    if "steps" in str(strange):
        assert lines(view)["Power"] == "1, a automatic"


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("a_b*c*#let $x$ [y].jpg", "a_b*c*#let $x$ [y].jpg"),
        ("two\nlines\t\x00.jpg", "two\\nlines\\t\\x00.jpg"),
        ("gpj.\u202eexe", "gpj.\\u202eexe"),
        ("half \ud83d", "half \\ud83d"),
        ("tag \U000e0041", "tag \\U000e0041"),
        ("照片 é \U0001f468\u200d\U0001f469", "照片 é \U0001f468\u200d\U0001f469"),
    ],
)
def test_names_are_shown_as_they_are_and_do_nothing(name: str, shown: str) -> None:
    assert shown_name(name) == shown


def test_messages_are_shown_on_one_line() -> None:
    assert shown_message(" it\n broke\x1b[31m ") == "it broke\\x1b[31m"


@pytest.mark.parametrize(
    ("count", "text"),
    [(None, ""), (0, "0 B"), (1000, "1.0 kB"), (240_512, "241 kB"), (999_600, "1.0 MB"), (3 * 10**12, "3.0 TB")],
)
def test_file_sizes_are_written_short(count: int | None, text: str) -> None:
    assert file_size(count) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(None, ""), (0.04, "40 ms"), (12.44, "12.4 s"), (59.96, "1 min 00 s"), (3599.7, "1 h 00 min")],
)
def test_durations_are_written_short(seconds: float | None, text: str) -> None:
    assert duration(seconds) == text


def test_a_report_can_go_to_another_process(tmp_path: Path) -> None:
    report = batch_report(batch(1), [task()], {task().id: Pictures(before=tmp_path / "a.png")}, made_at=NOW)
    assert pickle.loads(pickle.dumps(report)) == report

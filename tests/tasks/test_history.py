"""The history finds what a plain look at all tasks finds, and finds it by the index."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, insert, text, update

from safelight.tasks import candidates
from safelight.tasks.database import Database
from safelight.tasks.history import Filters, History, Page
from safelight.tasks.moves import Moves
from safelight.tasks.repository import Repository
from safelight.tasks.rows import from_new, to_task
from safelight.tasks.status import Status
from safelight.tasks.tables import tasks
from safelight.tasks.task import PREVIEW, Facts, NewTask, Task

START = 1_700_000_000_000
HOUR = 3_600_000


def put(database: Database, **values: object) -> int:
    """Put a row in the table as it would be after some life; gives its ``seq``."""
    known = {"owner", "kind", "input_name", "batch", "id"}
    facts = {"operation", "preset", "style", "strength", "resolution", "text"}
    new = NewTask(
        **{"owner": "ann", "kind": "enhance", "payload": {}}
        | {name: value for name, value in values.items() if name in known},
        facts=Facts(**{name: value for name, value in values.items() if name in facts}),
    )
    row = from_new(new, turn=0, at=int(values.get("created_at", START)))
    row |= {name: value for name, value in values.items() if name not in known | facts}
    with database.write() as connection:
        return int(connection.execute(insert(tasks).values(**row).returning(tasks.c.seq)).scalar_one())


def all_pages(history: History, owner: str | None, filters: Filters, limit: int = 7) -> list[Task]:
    found: list[Task] = []
    page = Page(tasks=(), next=None)
    for _ in range(200):
        page = history.search(owner, filters, before=page.next, limit=limit)
        assert len(page.tasks) <= limit
        found += page.tasks
        if page.next is None:
            return found
    raise AssertionError("the pages do not end")


def names(found: Sequence[Task]) -> list[str]:
    return [task.input_name for task in found]


def test_the_newest_come_first_and_the_pages_go_on_where_the_last_one_ended(database: Database) -> None:
    for number in range(5):
        put(database, input_name=str(number))
    history = History(database)
    first = history.search("ann", Filters(), limit=2)
    assert names(first.tasks) == ["4", "3"]
    put(database, input_name="5")
    second = history.search("ann", Filters(), before=first.next, limit=2)
    assert names(second.tasks) == ["2", "1"]
    third = history.search("ann", Filters(), before=second.next, limit=2)
    assert (names(third.tasks), third.next) == (["0"], None)


def test_a_page_that_is_just_full_has_no_next(database: Database) -> None:
    put(database), put(database)
    assert History(database).search("ann", Filters(), limit=2).next is None


def test_an_owner_sees_only_what_is_the_owners_and_the_operator_sees_all(database: Database) -> None:
    put(database, input_name="a.jpg")
    put(database, input_name="b.jpg", owner="bob")
    history = History(database)
    assert names(all_pages(history, "ann", Filters(text="jpg"))) == ["a.jpg"]
    assert names(all_pages(history, None, Filters(text="jpg"))) == ["b.jpg", "a.jpg"]
    assert all_pages(history, "an", Filters()) == []


def test_previews_are_not_in_the_history(database: Database) -> None:
    put(database, kind=PREVIEW, input_name="a.jpg", operation="upscale")
    history = History(database)
    assert all_pages(history, None, Filters()) == all_pages(history, "ann", Filters(text="a")) == []
    assert history.facets("ann").operations == ()
    assert history.count(None, Filters()) == (0, True)


@pytest.mark.parametrize(
    ("searched", "name"),
    [
        ("img", "IMG_2041.jpg"), ("2041", "IMG_2041.jpg"), ("G_20 jpg", "IMG_2041.jpg"), ("j", "IMG_2041.jpg"),
        ("张", "张伟生日_003.png"), ("生日", "张伟生日_003.png"), ("伟生日_", "张伟生日_003.png"),
        ("日 003", "张伟生日_003.png"),
        ("(2)", "wedding-final (2).jpg"), ('"', 'say "cheese".png'), ("%", "50%.png"), ("' OR", "don't or.png"),
        ("STRASSE", "Hauptstraße.png"), ("É", "été.png"), (unicodedata.normalize("NFD", "été"), "été.png"),
        ("été", unicodedata.normalize("NFD", "été.png")), ("ｉｍｇ", "IMG.png"),
        ("𠮷野", "𠮷野家.png"), ("AND NOT", "and not.png"),
    ],
)  # fmt: skip
def test_words_are_found_anywhere_in_a_name(database: Database, searched: str, name: str) -> None:
    put(database, input_name="other.tif")
    put(database, input_name=name)
    assert names(all_pages(History(database), "ann", Filters(text=searched))) == [name]


def test_the_text_of_a_task_is_searched_beside_its_name(database: Database) -> None:
    put(database, input_name="a.jpg", text="A clay figure, 水彩画")
    history = History(database)
    assert len(all_pages(history, "ann", Filters(text="clay a.jpg 彩画"))) == 1
    assert all_pages(history, "ann", Filters(text="clay b.jpg")) == []


def test_letters_that_only_stand_near_each_other_are_not_a_word(database: Database) -> None:
    put(database, input_name="abcd bcde")
    assert all_pages(History(database), "ann", Filters(text="abcde")) == []


def test_a_very_long_search_and_a_very_long_text_are_borne(database: Database) -> None:
    put(database, input_name="a.jpg", text="word " * 5000)
    assert all_pages(History(database), "ann", Filters(text="x" * 5000)) == []
    assert len(all_pages(History(database), "ann", Filters(text="word " * 150))) == 1


def test_what_is_deleted_is_not_found_any_more(database: Database) -> None:
    put(database, input_name="gone.jpg", style="clay")
    put(database, input_name="here.jpg", style="clay")
    with database.write() as connection:
        connection.execute(delete(tasks).where(tasks.c.input_name == "gone.jpg"))
    history = History(database)
    assert names(all_pages(history, "ann", Filters(text="jpg", style="clay"))) == ["here.jpg"]


def test_no_place_is_given_twice_so_that_the_order_stays(database: Database) -> None:
    first = put(database)
    with database.write() as connection:
        connection.execute(delete(tasks))
    assert put(database) > first


def test_a_change_of_state_leaves_the_text_index_alone(database: Database) -> None:
    if not database.sqlite:
        pytest.skip("PostgreSQL has no such triggers")
    put(database, input_name="a.jpg")
    with database.write() as connection:
        before = connection.execute(text("SELECT id, block FROM tasks_text_data ORDER BY id")).all()
        connection.execute(update(tasks).values(status="completed", resolution=3, finished_at=3, pinned=True))
        assert connection.execute(text("SELECT id, block FROM tasks_text_data ORDER BY id")).all() == before


def test_a_change_of_the_name_is_found(database: Database) -> None:
    put(database, input_name="old.jpg")
    with database.write() as connection:
        connection.execute(update(tasks).values(input_name="new.jpg", search="new.jpg"))
    history = History(database)
    assert all_pages(history, "ann", Filters(text="old")) == []
    assert names(all_pages(history, "ann", Filters(text="new"))) == ["new.jpg"]


def test_the_choices_are_those_of_the_owner(database: Database) -> None:
    put(database, operation="upscale", preset="general")
    put(database, operation="stylize", style="泥塑")
    put(database, operation="tune", style="ink", owner="bob")
    history = History(database)
    mine = history.facets("ann")
    assert (mine.operations, mine.presets, mine.styles) == (("stylize", "upscale"), ("general",), ("泥塑",))
    assert history.facets(None).operations == ("stylize", "tune", "upscale")
    assert history.facets("nobody").styles == ()


def test_counting_stops_at_a_bound(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(4):
        put(database, status="failed" if number else "completed")
    history = History(database)
    assert history.count("ann", Filters(status=frozenset({Status.FAILED}))) == (3, True)
    monkeypatch.setattr("safelight.tasks.history.COUNTED", 2)
    assert history.count("ann", Filters()) == (2, False)


def test_what_the_repository_accepts_is_found(database: Database) -> None:
    repository = Repository(database, Moves(database, posting=False), most_waiting=10)
    [accepted] = repository.accept([NewTask(owner="ann", kind="enhance", payload={}, input_name="IMG_1.jpg")])
    assert all_pages(History(database), "ann", Filters(text="img")) == [accepted]


def test_a_search_that_takes_long_is_handed_out_in_parts(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    if not database.sqlite:
        pytest.skip("on PostgreSQL a search goes to its end")
    put(database, input_name="needle", pinned=False, width=1)
    for _ in range(30):
        put(database, input_name="hay", strength=0.5)
    monkeypatch.setattr(candidates, "PATIENCE_S", -1)
    monkeypatch.setattr(candidates, "_FIRST", 4)
    monkeypatch.setattr(candidates, "_LAST", 4)
    history = History(database)
    wanted = Filters(pinned=False, until=START, resolution_max=None)
    assert history.search("ann", wanted, limit=50).next is not None
    assert len(all_pages(history, "ann", wanted, limit=50)) == 31


ALPHABET = "abAB张伟. _1"
TEXTS = st.text(ALPHABET, max_size=8)
ROWS = st.fixed_dictionaries({
    "owner": st.sampled_from(["ann", "bob"]),
    "kind": st.sampled_from(["enhance", "enhance", "enhance", PREVIEW]),
    "input_name": TEXTS,
    "text": TEXTS,
    "operation": st.sampled_from(["upscale", "stylize"]),
    "preset": st.sampled_from(["", "face"]),
    "style": st.sampled_from(["", "clay"]),
    "strength": st.sampled_from([None, 0.25, 0.5, 1.0]),
    "resolution": st.sampled_from([None, 1024, 4096]),
    "status": st.sampled_from([one.value for one in Status]),
    "batch": st.sampled_from([None, "b1", "b2"]),
    "pinned": st.booleans(),
    "hours": st.integers(0, 3),
    "imported": st.booleans(),
})  # fmt: skip
OPTIONAL: dict[str, st.SearchStrategy[Any]] = {
    "since": st.integers(0, 20).map(lambda hours: START + hours * HOUR),
    "until": st.integers(0, 20).map(lambda hours: START + hours * HOUR),
    "operation": st.sampled_from(["upscale", "stylize", "tune"]),
    "preset": st.sampled_from(["", "face"]),
    "style": st.sampled_from(["", "clay"]),
    "strength_min": st.sampled_from([0.25, 0.5]),
    "strength_max": st.sampled_from([0.25, 0.5]),
    "resolution_min": st.sampled_from([1024, 2000]),
    "resolution_max": st.sampled_from([1024, 5000]),
    "status": st.frozensets(st.sampled_from(list(Status))),
    "batch": st.sampled_from(["b1", "b3"]),
    "text": st.lists(st.text("abA张伟1", min_size=1, max_size=3), max_size=2).map(" ".join),
    "pinned": st.booleans(),
}
WANTED = (
    # With more filters than a few nothing is ever found.
    st.sets(st.sampled_from(sorted(OPTIONAL)), max_size=3)
    .flatmap(lambda names: st.fixed_dictionaries({name: OPTIONAL[name] for name in sorted(names)}))
    .map(lambda values: Filters(**values))
)


def plainly(every: Sequence[Task], owner: str | None, wanted: Filters) -> list[str]:
    """The same search, without any index."""

    def passes(task: Task) -> bool:
        facts, searched = task.facts, f"{task.input_name}\n{task.facts.text}".lower()
        return (
            task.kind != PREVIEW
            and owner in (None, task.owner)
            and all(word in searched for word in wanted.text.lower().split())
            and all(getattr(wanted, name) in (None, getattr(facts, name)) for name in ("operation", "preset", "style"))
            and wanted.batch in (None, task.batch)
            and wanted.pinned in (None, task.pinned)
            and (not wanted.status or task.status in wanted.status)
            and _within(wanted.since, task.created_at, wanted.until)
            and _within(wanted.strength_min, facts.strength, wanted.strength_max)
            and _within(wanted.resolution_min, facts.resolution, wanted.resolution_max)
        )

    return [task.id for task in sorted(every, key=lambda task: -task.seq) if passes(task)]


def _within(low: float | None, value: float | None, high: float | None) -> bool:
    if low is None and high is None:
        return True
    return value is not None and (low is None or low <= value) and (high is None or value <= high)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.lists(ROWS, min_size=5, max_size=30),
    wanted=st.lists(WANTED, min_size=4, max_size=4),
    few=st.sampled_from([0, 2, 500]),
)
def test_a_search_finds_what_a_plain_look_at_every_task_finds(
    database: Database, rows: list[dict[str, Any]], wanted: list[Filters], few: int
) -> None:
    at = START
    with database.write() as connection:
        connection.execute(delete(tasks))
    for number, row in enumerate(rows):
        at += row["hours"] * HOUR
        place = {"seq": at - candidates.IMPORTED + number} if row["imported"] else {}
        left_out = ("hours", "imported")
        put(database, created_at=at, **place, **{name: value for name, value in row.items() if name not in left_out})
    history = History(database)
    every = _every(database)
    with pytest.MonkeyPatch.context() as patch:
        # So few tasks would never meet the ways of a large history.
        patch.setattr(candidates, "_FEW", few)
        patch.setattr(candidates, "_MANY", few * 2)
        patch.setattr(candidates, "_FIRST", 3)
        for one in wanted:
            for owner in (None, "ann"):
                assert [task.id for task in all_pages(history, owner, one)] == plainly(every, owner, one), one


def _every(database: Database) -> list[Task]:
    with database.read() as connection:
        return [to_task(row) for row in connection.execute(tasks.select()).mappings()]

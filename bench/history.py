"""How long a search of the history takes among a million tasks, on SQLite."""

from __future__ import annotations

import json
import random
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import accumulate, islice
from pathlib import Path

from bench.figures import Cell, Check, Report, Timing, table
from safelight.tasks.claims import Claims, Done
from safelight.tasks.database import Database, sqlite_url
from safelight.tasks.history import Filters, History
from safelight.tasks.migrate import migrate
from safelight.tasks.moves import Moves
from safelight.tasks.repository import Repository
from safelight.tasks.rows import from_new
from safelight.tasks.search import searchable, token
from safelight.tasks.status import Status
from safelight.tasks.task import Facts, Lane, NewTask

NAME = "history"
_ROWS = 1_000_000
_BOUND_MS = 50.0
_LEAST_PER_SECOND = 150.0
_REPEATS = 40
_LIVED = 300
_START, _END = 1_735_689_600_000, 1_766_000_000_000  # 2025
_OWNERS = 2_000
_STEP = 20_000

_OPERATIONS = ("upscale", "restore_faces", "cartoonize", "stylize", "tune")
_STYLES = ("", "clay", "ghibli", "ink", "pixel", "oil", "sticker", "anime", "lego", "film")
_PRESETS = ("general", "face", "anime", "photo", "print", "web", "clean", "old")
_PEOPLE = ("张伟", "王芳", "李娜", "刘洋", "陈静", "杨敏", "赵磊", "黄丽", "周杰", "吴强", "欧阳雪", "司马光")
_EVENTS = ("生日", "婚礼", "毕业", "旅行", "全家福", "证件照", "春节", "公园")
_OCCASIONS = ("wedding", "birthday", "holiday", "portrait", "garden", "harbour", "christening", "zeppelin")
_PROMPTS = (
    "a clay figure of a smiling child", "soft light, warm colours", "水彩画 风格", "old photo, scratches removed",
)  # fmt: skip
_RARE = "quokka"


def run(say: Callable[[str], None]) -> Report:
    """Measure; about ten minutes, most of which go into making the tasks."""
    with tempfile.TemporaryDirectory(prefix="safelight-bench-") as folder:
        path = Path(folder) / "safelight.db"
        return measured(path, say)


def measured(path: Path, say: Callable[[str], None], rows: int = _ROWS) -> Report:
    """Fill the file unless it is there, and measure the searches on it."""
    if not path.exists():
        say(f"{rows:,} tasks are made")
        fill(path, rows)
    database = Database(sqlite_url(path))
    history = History(database)
    timings: dict[str, Timing] = {}
    cells: list[tuple[Cell, ...]] = []
    worst = 0.0
    for name, searches in _mix(history).items():
        say(name)
        seconds, pages, whole = _timed(searches)
        timings[name] = Timing(seconds=tuple(seconds))
        p95 = _quantile(seconds, 0.95) * 1000
        worst = max(worst, p95)
        cells.append((name, _quantile(seconds, 0.5) * 1000, p95, max(seconds) * 1000, pages, whole))
    say("tasks are accepted and done")
    rate = lived(database, _LIVED)
    with sqlite3.connect(path) as connection:
        connection.execute("DROP TRIGGER tasks_text_insert")
    plain = lived(database, _LIVED)
    database.close()
    return Report(
        name=NAME,
        title="History",
        tables=(
            table(
                f"Search among {rows:,} tasks, SQLite, {path.stat().st_size / 1e9:.1f} GB",
                ("search", "p50 ms", "p95 ms", "most ms", "tasks found", "whole pages"),
                cells,
            ),
            table(
                "Tasks accepted, claimed and finished a second, one after the other, in the same file",
                ("file", "tasks/s"),
                [("as it is", rate), ("without the text index", plain)],
            ),
        ),
        checks=(
            Check(what="slowest kind of search, p95", value=worst, bound=_BOUND_MS, at_least=False, unit="ms"),
            Check(
                what="tasks accepted, claimed and finished",
                value=rate,
                bound=_LEAST_PER_SECOND,
                at_least=True,
                unit="/s",
            ),
        ),
        timings=timings,
        notes=(
            "A page has 50 tasks. Where little is found among much, a search stops after a while and hands out what it "
            "has, with a place to go on from; a page is whole if it is full or there is nothing more.",
        ),
    )


def fill(path: Path, rows: int) -> None:
    """Make a migrated file with so many tasks, as if they had come one by one."""
    database = Database(sqlite_url(path))
    migrate(database)
    database.close()
    with sqlite3.connect(path) as connection:
        triggers = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
        connection.execute("PRAGMA synchronous=OFF")
        connection.execute("PRAGMA cache_size=-262144")
        # What the triggers do is done here for many at a time, which is quicker.
        for name, _ in triggers:
            connection.execute(f"DROP TRIGGER {name}")
        made = _made(rows)
        columns: list[str] = []
        while portion := list(islice(made, _STEP)):
            columns = columns or list(portion[0])
            marks = ", ".join("?" * len(columns))
            connection.executemany(
                f"INSERT INTO tasks ({', '.join(columns)}) VALUES ({marks})", [tuple(row.values()) for row in portion]
            )
            connection.executemany(
                "INSERT INTO tasks_text(rowid, grams) VALUES (?, ?)", [(row["seq"], _tokens(row)) for row in portion]
            )
            connection.commit()
        for _, sql in triggers:
            connection.execute(sql)
    connection.close()


def lived(database: Database, count: int) -> float:
    """Accept, claim and finish so many tasks, one after the other; tells how many a second."""
    moves = Moves(database, posting=False)
    repository = Repository(database, moves, most_waiting=1_000_000)
    claims = Claims(database, moves, lease_ms=30_000)

    def accept(number: int) -> None:
        facts = Facts(operation="upscale", preset="general", text=_PROMPTS[number % len(_PROMPTS)])
        new = NewTask(owner="bench", kind="enhance", payload={}, input_name=f"IMG_{number:04}.jpg", facts=facts)
        repository.accept([new])

    accept(0)
    task = claims.claim("bench", Lane.DEVICE)
    start = time.perf_counter()
    for number in range(count):
        accept(number)
        if task is None:
            raise RuntimeError("nothing waits, although something was accepted")
        done = Done(result={"name": "x.png"}, resolution=4096, seconds=1.0)
        task = claims.finish(task, done, then=Lane.DEVICE)
    return count / (time.perf_counter() - start)


def _made(rows: int) -> Iterator[dict[str, object]]:
    chance = random.Random(7)
    owners = [f"user{number}" for number in range(_OWNERS)]
    shares = list(accumulate(1 / (rank + 1) for rank in range(_OWNERS)))
    statuses = [Status.COMPLETED] * 960 + [Status.FAILED] * 30 + [Status.CANCELLED] * 10
    for seq in range(1, rows + 1):
        at = _START + (_END - _START) * seq // rows
        operation = chance.choice(_OPERATIONS)
        style = chance.choice(_STYLES[1:]) if operation == "stylize" else ""
        prompt = chance.choice(_PROMPTS) if operation == "stylize" or chance.random() < 0.1 else ""
        if seq % 100_003 == 77:
            prompt = f"{_RARE} in the rain"
        new = NewTask(
            owner=chance.choices(owners, cum_weights=shares)[0], kind="enhance",
            payload={"steps": [{"operation": operation}]}, id=f"{seq:032x}",
            input_name=_name(chance, seq), input_key=f"{chance.getrandbits(128):032x}",
            batch=f"batch{seq // 40}" if seq % 3 == 0 else None, width=4032, height=3024, size=2_000_000,
            facts=Facts(
                operation=operation, preset=chance.choice(_PRESETS), style=style,
                strength=chance.choice((0.4, 0.5, 0.6, 0.8)) if operation == "stylize" else None,
                resolution=chance.choice((1024, 2048, 4096, 8192)) if seq % 50_021 else 30_000, text=prompt,
            ),
        )  # fmt: skip
        row = from_new(new, turn=seq, at=at)
        status = chance.choice(statuses) if seq < rows - 200 else Status.PENDING
        row |= {"seq": seq, "status": status.value, "pinned": chance.random() < 0.002}
        row |= {"payload": json.dumps(new.payload), "search": searchable(new.input_name, new.facts.text)}
        if status is not Status.PENDING:
            row |= {"finished_at": at + 5_000, "seconds": 4.2, "result": '{"name": "result.png"}'}
        yield row


def _name(chance: random.Random, seq: int) -> str:
    kind = chance.random()
    if kind < 0.4:
        return f"IMG_{chance.randrange(10_000):04}.jpg"
    if kind < 0.55:
        return f"DSC{chance.randrange(100_000):05}.JPG"
    if kind < 0.75:
        return f"{chance.choice(_PEOPLE)}{chance.choice(_EVENTS)}_{chance.randrange(1000):03}.png"
    if kind < 0.9:
        return f"{chance.choice(_OCCASIONS[:-1])}-final ({chance.randrange(30)}).jpg"
    if seq % 2_003 == 5:
        return f"zeppelin {chance.randrange(100)}.tif"
    day = f"2025-{chance.randrange(1, 13):02}-{chance.randrange(1, 29):02}"
    return f"WhatsApp Image {day} at {seq % 24:02}.{seq % 60:02}.jpeg"


def _tokens(row: Mapping[str, object]) -> str:
    owner = f"o{token(str(row['owner']))}"
    facets = [f"{mark}{token(str(row[name]))}" for mark, name in (("p", "operation"), ("r", "preset"), ("s", "style"))]
    searched = str(row["search"])
    runs = {searched[at : at + size] for at in range(len(searched)) for size in (1, 2, 3)}
    return " ".join([owner, *facets, *(owner + facet for facet in facets), *map(token, runs)])


def _mix(history: History) -> dict[str, Sequence[Callable[[], tuple[int, bool]]]]:
    """Give the searches by kind, each with several variants."""
    chance = random.Random(11)
    who = (None, "user0", "user40", "user1900")

    def one(owner: str | None, before: int | None = None, **wanted: object) -> Callable[[], tuple[int, bool]]:
        filters = Filters(**wanted)  # type: ignore[arg-type]  # a table of cases, of many types

        def search() -> tuple[int, bool]:
            page = history.search(owner, filters, before=before)
            return len(page.tasks), len(page.tasks) == 50 or page.next is None

        return search

    def words(*texts: str, **wanted: object) -> Sequence[Callable[[], tuple[int, bool]]]:
        return many(*(one(owner, None, text=each, **wanted) for owner in who for each in texts))

    def many(*made: Callable[[], tuple[int, bool]]) -> Sequence[Callable[[], tuple[int, bool]]]:
        return [made[number % len(made)] for number in range(_REPEATS)]

    day = 86_400_000
    times = [_START + chance.randrange(340) * day for _ in range(10)]
    later = [chance.randrange(1000, _ROWS) for _ in range(10)]
    failed, cancelled = frozenset({Status.FAILED}), frozenset({Status.CANCELLED})
    return {
        "nothing, by owner": many(*(one(owner) for owner in who)),
        "operation": many(*(one(owner, operation=name) for owner in who for name in _OPERATIONS)),
        "preset": many(*(one(owner, preset=name) for owner in who for name in _PRESETS)),
        "style": many(*(one(owner, style=name) for owner in who for name in _STYLES[1:])),
        "style that nobody has": many(*(one(owner, style="none") for owner in who)),
        "strength": many(*(one(owner, strength_min=0.5, strength_max=0.7) for owner in who)),
        "resolution, usual": many(*(one(owner, resolution_min=4096) for owner in who)),
        "resolution, rare": many(*(one(owner, resolution_min=20_000) for owner in who)),
        "status, usual": many(*(one(owner, status=frozenset({Status.COMPLETED})) for owner in who)),
        "status, rare": many(*(one(owner, status=one_) for owner in who for one_ in (failed, cancelled))),
        "status, several": many(*(one(owner, status=failed | cancelled) for owner in who)),
        "status, waiting": many(*(one(owner, status=frozenset({Status.PENDING, Status.PROCESSING})) for owner in who)),
        "pinned": many(*(one(owner, pinned=True) for owner in who)),
        "batch": many(*(one(None, batch=f"batch{number}") for number in range(0, 25_000, 2_500))),
        "a day": many(*(one(owner, since=at, until=at + day) for owner in who for at in times)),
        "until long ago": many(*(one(owner, until=_START + 5 * day) for owner in who)),
        "text, common": words("img", "final", "jpg", "whatsapp"),
        "text, a number": words("img_2041", "img_1717", "img_9999"),
        "text, rare": words(_RARE, "zeppelin"),
        "text, rare and common": words(f"rain {_RARE}", f"img {_RARE}", f"a {_RARE}"),
        "text, none has it": words("xylophone", "img_20412", "龘"),
        "text, never together": words("img dsc", "whatsapp final"),
        "text, two Chinese characters": words("张伟", "生日", "水彩", "阳雪"),
        "text, one Chinese character": words("张", "画"),
        "text, one letter": many(*(one(owner, text=word) for owner in who for word in "aqz7")),
        "text, two letters": words("im", "qu", "z."),
        "text, Chinese words": many(*(one(owner, text="张伟 婚礼") for owner in who)),
        "text and rare status": words("img", "zeppelin", "张伟", status=cancelled),
        "text and style": many(*(one(owner, text="clay", style="lego") for owner in who)),
        "text and a style without it": many(*(one(owner, text="scratches", style="none") for owner in who)),
        "text and a day": many(*(
            one(owner, text="wedding", since=at, until=at + day) for owner in who for at in times
        )),
        "text and rare resolution": many(*(one(owner, text="img", resolution_min=20_000) for owner in who)),
        "style and rare status": many(*(one(owner, style="ink", status=cancelled) for owner in who)),
        "operation without style": many(*(one(owner, operation="tune", style="ink") for owner in who)),
        "strength without it": many(*(one(owner, operation="tune", strength_min=0.1) for owner in who)),
        "much of all": many(*(
            one(owner, operation="stylize", style="oil", preset="face", strength_min=0.5, resolution_max=4096,
                text="warm", since=times[0], status=frozenset({Status.COMPLETED})) for owner in who
        )),
        "later pages": many(*(one(owner, before=at) for owner in who for at in later)),
        "later pages of text": many(*(one(owner, before=at, text="wedding") for owner in who for at in later)),
        "later pages of failed": many(*(one(owner, before=at, status=failed) for owner in who for at in later)),
    }  # fmt: skip


def _timed(searches: Sequence[Callable[[], tuple[int, bool]]]) -> tuple[list[float], int, str]:
    seconds, found, whole = [], 0, 0
    for search in searches:
        start = time.perf_counter()
        count, full = search()
        seconds.append(time.perf_counter() - start)
        found, whole = found + count, whole + full
    return seconds, found, f"{whole / len(searches):.0%}"


def _quantile(seconds: Sequence[float], share: float) -> float:
    return sorted(seconds)[min(len(seconds) - 1, int(len(seconds) * share))]

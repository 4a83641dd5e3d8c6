"""What the history is searched by."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_INDEXES = {
    "tasks_state": ["status", "seq"],
    "tasks_owner_state": ["owner", "status", "seq"],
    "tasks_resolution": ["resolution"],
    "tasks_strength": ["strength"],
}
_PARTIAL = {"tasks_created": ("created_at", "seq > 0"), "tasks_pinned": ("seq", "pinned")}

_LONGEST = 1000
_FACETS = {"p": "operation", "r": "preset", "s": "style"}


def upgrade() -> None:
    """Bring the tables from the version before to this one."""
    op.add_column("tasks", sa.Column("search", sa.Text(), nullable=False, server_default=""))
    # Roughly what is written from now on; no version was given out that had tasks and not this.
    op.execute(f"UPDATE tasks SET search = substr(lower(input_name || ' ' || text), 1, {_LONGEST})")  # noqa: S608
    for name, columns in _INDEXES.items():
        op.create_index(name, "tasks", columns)
    for name, (column, which) in _PARTIAL.items():
        condition = sa.text(which)
        op.create_index(name, "tasks", [column], sqlite_where=condition, postgresql_where=condition)
    if op.get_bind().dialect.name == "sqlite":
        _sqlite()
    else:
        _postgresql()


def downgrade() -> None:
    """Take it back."""
    if op.get_bind().dialect.name == "sqlite":
        for what in ("insert", "delete", "update"):
            op.execute(f"DROP TRIGGER tasks_text_{what}")
        op.execute("DROP TABLE tasks_text_terms")
        op.execute("DROP TABLE tasks_text")
        op.execute("DROP TABLE tasks_text_places")
    else:
        op.execute("DROP INDEX tasks_text_grams")
        op.execute("DROP FUNCTION safelight_grams(text)")
    for name in (*_PARTIAL, *_INDEXES):
        op.drop_index(name, table_name="tasks")
    op.drop_column("tasks", "search")


def _sqlite() -> None:
    """A full-text index of grams and facets without a copy of them, kept by triggers.

    No built-in tokenizer makes grams of one and two characters, so the triggers make the grams: in hexadecimal digits,
    which every tokenizer leaves alone. Changes of a task's state do not touch it.
    """
    op.execute("CREATE TABLE tasks_text_places (place INTEGER PRIMARY KEY)")
    op.execute(
        f"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {_LONGEST}) "  # noqa: S608
        "INSERT INTO tasks_text_places SELECT i FROM n"
    )
    op.execute(
        "CREATE VIRTUAL TABLE tasks_text USING fts5(grams, content='', detail=none, columnsize=0, tokenize=ascii)"
    )
    op.execute("CREATE VIRTUAL TABLE tasks_text_terms USING fts5vocab(tasks_text, row)")
    put, drop = _put("new"), _drop("old")
    op.execute(f"CREATE TRIGGER tasks_text_insert AFTER INSERT ON tasks WHEN new.kind <> 'preview' BEGIN {put}; END")
    op.execute(f"CREATE TRIGGER tasks_text_delete AFTER DELETE ON tasks WHEN old.kind <> 'preview' BEGIN {drop}; END")
    op.execute(
        "CREATE TRIGGER tasks_text_update AFTER UPDATE OF owner, operation, preset, style, search ON tasks "
        f"WHEN new.kind <> 'preview' BEGIN {drop}; {put}; END"
    )
    op.execute(
        f"INSERT INTO tasks_text(rowid, grams) SELECT seq, {_tokens('tasks')} FROM tasks WHERE kind <> 'preview'"  # noqa: S608
    )


def _put(row: str) -> str:
    return f"INSERT INTO tasks_text(rowid, grams) VALUES ({row}.seq, {_tokens(row)})"  # noqa: S608


def _drop(row: str) -> str:
    return f"INSERT INTO tasks_text(tasks_text, rowid, grams) VALUES ('delete', {row}.seq, {_tokens(row)})"  # noqa: S608


def _tokens(row: str) -> str:
    """Owner; facets, each alone and together with the owner; grams."""
    owner = f"'o' || hex({row}.owner)"
    facets = [f"'{mark}' || hex({row}.{name})" for mark, name in _FACETS.items()]
    parts = [owner, *facets, *(f"{owner} || {facet}" for facet in facets)]
    runs = " || ' ' || ".join(f"hex(substr({row}.search, place, {size}))" for size in (1, 2, 3))
    places = f"tasks_text_places WHERE place <= length({row}.search)"
    return " || ' ' || ".join(parts) + f" || ' ' || coalesce((SELECT group_concat({runs}, ' ') FROM {places}), '')"  # noqa: S608


def _postgresql() -> None:
    """An index of grams; it needs no extension, as many may not create one."""
    op.execute("""
        CREATE FUNCTION safelight_grams(searched text) RETURNS text[]
        LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
            WITH one AS (SELECT string_to_array(searched, NULL) AS c)
            SELECT coalesce(array_agg(DISTINCT gram), '{}')
            FROM one, generate_subscripts(one.c, 1) AS i,
                LATERAL (VALUES (c[i]), (c[i] || c[i + 1]), (c[i] || c[i + 1] || c[i + 2])) AS runs(gram)
            WHERE gram IS NOT NULL
        $$
    """)
    op.execute("CREATE INDEX tasks_text_grams ON tasks USING gin (safelight_grams(search))")

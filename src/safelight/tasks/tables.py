"""The tables. What is queried by has a column; what only travels along is JSON. Times are ms since 1970, UTC."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Float,
    Index,
    Integer,
    MetaData,
    SmallInteger,
    String,
    Table,
    Text,
    literal_column,
)
from sqlalchemy.dialects.postgresql import JSONB

metadata = MetaData()

_Big = BigInteger().with_variant(Integer, "sqlite")
"""64 bits; SQLite counts up by itself only in a column that is called INTEGER."""
_Json = JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")

_ID, _KEY, _NAME = 64, 200, 200

tasks = Table(
    "tasks",
    metadata,
    Column("seq", _Big, primary_key=True, autoincrement=True),
    Column("id", String(_ID), nullable=False, unique=True),
    Column("owner", String(_NAME), nullable=False),
    Column("kind", String(_ID), nullable=False),
    Column("lane", String(16), nullable=False),
    Column("priority", SmallInteger, nullable=False),
    Column("turn", _Big, nullable=False),
    Column("batch", String(_ID)),
    Column("batch_index", Integer),
    Column("status", String(16), nullable=False),
    Column("progress", Float, nullable=False),
    Column("message", Text, nullable=False),
    Column("attempts", SmallInteger, nullable=False),
    Column("fence", Integer, nullable=False),
    Column("worker", String(_ID)),
    Column("lease_until", _Big),
    Column("cancel_at", _Big),
    Column("not_before", _Big, nullable=False),
    Column("payload", _Json, nullable=False),
    Column("result", _Json),
    Column("error_code", String(_ID)),
    Column("error", Text),
    Column("input_name", Text, nullable=False),
    Column("input_key", String(_KEY)),
    Column("result_key", String(_KEY)),
    Column("width", Integer),
    Column("height", Integer),
    Column("size", _Big),
    Column("signature", String(_ID)),
    Column("operation", String(_ID), nullable=False),
    Column("preset", String(_NAME), nullable=False),
    Column("style", String(_NAME), nullable=False),
    Column("strength", Float),
    Column("resolution", Integer),
    Column("text", Text, nullable=False),
    Column("seconds", Float),
    Column("pinned", Boolean, nullable=False),
    Column("page", String(_ID)),
    Column("created_at", _Big, nullable=False),
    Column("updated_at", _Big, nullable=False),
    Column("started_at", _Big),
    Column("finished_at", _Big),
    Column("search", Text, nullable=False, server_default=""),
    Column("result_size", _Big),
    sqlite_autoincrement=True,
)

Index("tasks_next", tasks.c.lane, tasks.c.priority, tasks.c.turn, tasks.c.seq,
      sqlite_where=tasks.c.status == "pending", postgresql_where=tasks.c.status == "pending")  # fmt: skip
Index("tasks_turns", tasks.c.owner, tasks.c.lane, tasks.c.priority, tasks.c.turn,
      sqlite_where=tasks.c.status == "pending", postgresql_where=tasks.c.status == "pending")  # fmt: skip
Index("tasks_running", tasks.c.lease_until,
      sqlite_where=tasks.c.status == "processing", postgresql_where=tasks.c.status == "processing")  # fmt: skip
# All that a batch is summed up from, so that nobody has to read ten thousand tasks for it.
Index("tasks_batch", tasks.c.batch, tasks.c.status, tasks.c.preset, tasks.c.seq, tasks.c.updated_at,
      tasks.c.finished_at, tasks.c.seconds, tasks.c.progress, tasks.c.result_size,
      sqlite_where=tasks.c.batch.is_not(None), postgresql_where=tasks.c.batch.is_not(None))  # fmt: skip
Index("tasks_input", tasks.c.input_key)
Index("tasks_result", tasks.c.result_key)
Index("tasks_owner", tasks.c.owner, tasks.c.seq)
Index("tasks_finished", tasks.c.finished_at, tasks.c.status, tasks.c.kind, tasks.c.seconds)
Index("tasks_created", tasks.c.created_at, sqlite_where=tasks.c.seq > 0, postgresql_where=tasks.c.seq > 0)
Index("tasks_state", tasks.c.status, tasks.c.seq)
Index("tasks_owner_state", tasks.c.owner, tasks.c.status, tasks.c.seq)
Index("tasks_resolution", tasks.c.resolution)
Index("tasks_strength", tasks.c.strength)
Index("tasks_pinned", tasks.c.seq, sqlite_where=tasks.c.pinned, postgresql_where=tasks.c.pinned)

WAITING = tasks.c.status == literal_column("'pending'")
"""Written out and not as a parameter: so a database can tell at once that the indexes of waiting tasks fit."""
RUNNING = tasks.c.status == literal_column("'processing'")
"""The same for the index of running tasks."""

batches = Table(
    "batches",
    metadata,
    Column("id", String(_ID), primary_key=True),
    Column("owner", String(_NAME), nullable=False),
    Column("total", Integer, nullable=False),
    Column("created_at", _Big, nullable=False),
)
Index("batches_owner", batches.c.owner, batches.c.created_at, batches.c.id)
Index("batches_created", batches.c.created_at, batches.c.id)

events = Table(
    "events",
    metadata,
    Column("id", _Big, primary_key=True, autoincrement=True),
    Column("task", String(_ID), nullable=False),
    Column("owner", String(_NAME), nullable=False),
    Column("batch", String(_ID)),
    Column("at", _Big, nullable=False),
    Column("type", String(_ID), nullable=False),
    Column("data", _Json, nullable=False),
    sqlite_autoincrement=True,
)
Index("events_task", events.c.task, events.c.id)
Index("events_at", events.c.at)

photos = Table(
    "photos",
    metadata,
    Column("id", String(_ID), primary_key=True),
    Column("owner", String(_NAME), nullable=False),
    Column("key", String(_KEY), nullable=False),
    Column("name", Text, nullable=False),
    Column("format", String(16), nullable=False),
    Column("width", Integer, nullable=False),
    Column("height", Integer, nullable=False),
    Column("size", _Big, nullable=False),
    Column("created_at", _Big, nullable=False),
)
Index("photos_key", photos.c.key)
Index("photos_created", photos.c.created_at)

garbage = Table(
    "garbage",
    metadata,
    Column("key", String(_KEY), primary_key=True),
    Column("since", _Big, nullable=False),
)

workers = Table(
    "workers",
    metadata,
    Column("id", String(_ID), primary_key=True),
    Column("host", String(_NAME), nullable=False),
    Column("pid", Integer, nullable=False),
    Column("lane", String(16), nullable=False),
    Column("device", String(_ID), nullable=False),
    Column("started_at", _Big, nullable=False),
    Column("seen_at", _Big, nullable=False),
    Column("facts", _Json, nullable=False),
)

switches = Table(
    "switches",
    metadata,
    Column("name", String(_ID), primary_key=True),
    Column("value", _Json, nullable=False),
)

presets = Table(
    "presets",
    metadata,
    Column("owner", String(_NAME), primary_key=True),
    Column("name", String(_NAME), primary_key=True),
    Column("recipe", _Json, nullable=False),
    Column("created_at", _Big, nullable=False),
    Column("updated_at", _Big, nullable=False),
)

answers = Table(
    "answers",
    metadata,
    Column("owner", String(_NAME), primary_key=True),
    Column("key", String(_NAME), primary_key=True),
    Column("request", String(_ID), nullable=False),
    Column("status", SmallInteger),
    Column("body", Text),
    Column("created_at", _Big, nullable=False),
)

outbox = Table(
    "outbox",
    metadata,
    Column("id", _Big, primary_key=True, autoincrement=True),
    Column("task", String(_ID), nullable=False),
    Column("body", Text, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("next_at", _Big, nullable=False),
    Column("error", Text),
    Column("created_at", _Big, nullable=False),
)
Index("outbox_next", outbox.c.next_at)

users = Table(
    "users",
    metadata,
    Column("name", String(_NAME), primary_key=True),
    Column("role", String(16), nullable=False),
    Column("password", Text),
    Column("disabled", Boolean, nullable=False),
    Column("created_at", _Big, nullable=False),
    Column("signed_in_at", _Big),
)

invites = Table(
    "invites",
    metadata,
    Column("digest", String(_ID), primary_key=True),
    Column("user", String(_NAME)),
    Column("role", String(16), nullable=False),
    Column("created_at", _Big, nullable=False),
    Column("expires_at", _Big, nullable=False),
)

sessions = Table(
    "sessions",
    metadata,
    Column("digest", String(_ID), primary_key=True),
    Column("user", String(_NAME), nullable=False),
    Column("created_at", _Big, nullable=False),
    Column("seen_at", _Big, nullable=False),
    Column("expires_at", _Big, nullable=False),
)
Index("sessions_user", sessions.c.user)
Index("sessions_expires", sessions.c.expires_at)

keys = Table(
    "keys",
    metadata,
    Column("id", String(_ID), primary_key=True),
    Column("digest", String(_ID), nullable=False),
    Column("user", String(_NAME), nullable=False),
    Column("name", String(_NAME), nullable=False),
    Column("scopes", _Json, nullable=False),
    Column("acts", Boolean, nullable=False),
    Column("created_at", _Big, nullable=False),
    Column("expires_at", _Big),
    Column("used_at", _Big),
)
Index("keys_user", keys.c.user)

audit = Table(
    "audit",
    metadata,
    Column("id", _Big, primary_key=True, autoincrement=True),
    Column("at", _Big, nullable=False),
    Column("who", String(_NAME), nullable=False),
    Column("via", String(16), nullable=False),
    Column("what", String(_ID), nullable=False),
    Column("about", Text, nullable=False),
    Column("address", String(_ID), nullable=False),
    sqlite_autoincrement=True,
)
Index("audit_at", audit.c.at)
Index("audit_who", audit.c.who, audit.c.id)

usage = Table(
    "usage",
    metadata,
    Column("owner", String(_NAME), primary_key=True),
    Column("day", Integer, primary_key=True),
    Column("pixels", _Big, nullable=False),
)

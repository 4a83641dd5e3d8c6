"""What batches and the last hours are summed up by, without a look at the tasks themselves."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_OF_BATCH = sa.text("batch IS NOT NULL")
_SUMMED = ["batch", "status", "preset", "seq", "updated_at", "finished_at", "seconds", "progress", "result_size"]
_ENDED = ["finished_at", "status", "kind", "seconds"]


def upgrade() -> None:
    """Bring the tables from the version before to this one."""
    op.add_column("tasks", sa.Column("result_size", sa.BigInteger().with_variant(sa.Integer(), "sqlite")))
    sqlite = op.get_bind().dialect.name == "sqlite"
    size = "json_extract(result, '$.bytes')" if sqlite else "CAST(result ->> 'bytes' AS bigint)"
    op.execute(f"UPDATE tasks SET result_size = {size} WHERE result_key IS NOT NULL")  # noqa: S608 - one of two texts
    _indexes(_SUMMED, _ENDED)
    op.create_index("batches_owner", "batches", ["owner", "created_at", "id"])
    op.create_index("batches_created", "batches", ["created_at", "id"])


def downgrade() -> None:
    """Take it back."""
    op.drop_index("batches_created", table_name="batches")
    op.drop_index("batches_owner", table_name="batches")
    _indexes(["batch", "status"], ["finished_at"])
    op.drop_column("tasks", "result_size")


def _indexes(batch: list[str], finished: list[str]) -> None:
    """Put other columns into the indexes of batches and of the time at which tasks ended."""
    op.drop_index("tasks_batch", table_name="tasks")
    op.drop_index("tasks_finished", table_name="tasks")
    op.create_index("tasks_batch", "tasks", batch, sqlite_where=_OF_BATCH, postgresql_where=_OF_BATCH)
    op.create_index("tasks_finished", "tasks", finished)

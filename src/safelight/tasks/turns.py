"""Fairness: whose task comes next.

Every waiting task has a turn, and within a priority the smallest turn goes first. The first task that an owner queues
gets the turn that is being served now, the second the one after it, and so on: somebody with one photo waits for one
photo of everybody else, not for the ten thousand that were sent before (start-time fair queuing, Goyal et al. 1996).
Nothing has to be remembered: what is being served is read off the queue itself.
"""

from __future__ import annotations

from sqlalchemy import Connection, bindparam, func, select

from safelight.tasks.tables import WAITING, tasks
from safelight.tasks.task import Lane, now

_QUEUE = (tasks.c.lane == bindparam("lane"), tasks.c.priority == bindparam("priority"), WAITING)
_TURNS = select(
    select(func.min(tasks.c.turn)).where(*_QUEUE, tasks.c.not_before <= bindparam("now")).scalar_subquery(),
    select(func.max(tasks.c.turn)).where(tasks.c.owner == bindparam("owner"), *_QUEUE).scalar_subquery(),
)
"""The turn that is being served, and the last one of an owner."""


def next_turn(connection: Connection, owner: str, lane: Lane | str, priority: int) -> int:
    """The turn for the next task of an owner; further ones of the same owner follow it one by one."""
    queue = {"owner": owner, "lane": str(lane), "priority": int(priority), "now": now()}
    served, last = connection.execute(_TURNS, queue).one()
    return max(int(served or 1), int(last or 0) + 1)

"""Idempotency: the answer to a request that carries a key is kept, and given again when the request comes again."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from safelight.errors import BeingAnsweredError, WrongStateError
from safelight.tasks.database import Database
from safelight.tasks.tables import answers
from safelight.tasks.task import now

_NOW = "a request with this Idempotency-Key is being answered right now"
_ABANDONED_MS = 30_000
"""A request that was not answered by then may come again; what it did is found by its ids, and not done twice."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """An answer that was given."""

    status: int
    """Its HTTP status."""
    body: str
    """Its body."""


class Answers:
    """The answers that were given."""

    def __init__(self, database: Database) -> None:
        """Take the database."""
        self._database = database

    def begin(self, owner: str, key: str, request: str) -> Answer | None:
        """Begin a request with a key; gives the answer if it was answered before.

        ``request`` is a hash of what is asked.

        Raises:
            WrongStateError: the key belongs to another request.
            BeingAnsweredError: the same request is being answered right now.
        """
        mine = (answers.c.owner == owner, answers.c.key == key)
        with self._database.write() as connection:
            stale = (answers.c.body.is_(None), answers.c.created_at < now() - _ABANDONED_MS)
            connection.execute(delete(answers).where(*mine, *stale))
            found = connection.execute(select(answers).where(*mine)).mappings().one_or_none()
            if found is None:
                try:
                    with connection.begin_nested():
                        values = {"owner": owner, "key": key, "request": request, "created_at": now()}
                        connection.execute(insert(answers).values(**values))
                except IntegrityError as error:
                    raise BeingAnsweredError(_NOW) from error
                return None
        if found["request"] != request:
            raise WrongStateError("this Idempotency-Key was used for another request")
        if found["body"] is None:
            raise BeingAnsweredError(_NOW)
        return Answer(status=found["status"], body=found["body"])

    def end(self, owner: str, key: str, answer: Answer) -> None:
        """Keep an answer."""
        mine = (answers.c.owner == owner, answers.c.key == key)
        with self._database.write() as connection:
            connection.execute(update(answers).where(*mine).values(status=answer.status, body=answer.body))

    def drop(self, owner: str, key: str) -> None:
        """Forget a request that came to nothing, so that it may come again."""
        with self._database.write() as connection:
            connection.execute(delete(answers).where(answers.c.owner == owner, answers.c.key == key))

    def prune(self, before: int) -> None:
        """Forget answers that were given before a time in ms since 1970."""
        with self._database.write() as connection:
            connection.execute(delete(answers).where(answers.c.created_at < before))

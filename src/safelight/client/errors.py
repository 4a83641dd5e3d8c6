"""What can go wrong for those who call the service."""

from __future__ import annotations

from safelight.client.values import Task


class ClientError(Exception):
    """Something went wrong between an app and the service."""


class SafelightApiError(ClientError):
    """The service does not do what it was asked, or cannot now."""

    def __init__(
        self, code: str, message: str, status: int, hint: str | None = None, *, retry_after: float | None = None
    ) -> None:
        super().__init__(code, message, status, hint)
        self.code = code
        """For programs: stable, listed in the troubleshooting page; `http_502` and the like if it was no Safelight."""
        self.message = message
        """For people: one line."""
        self.status = status
        """The HTTP status."""
        self.hint = hint
        """What can be done; None if nobody knows."""
        self.retry_after = retry_after
        """Seconds after which it may be asked again; None if it did not say."""

    def __str__(self) -> str:
        """Give all of it on one line."""
        told = self.message if not self.hint or self.hint in self.message else f"{self.message} ({self.hint})"
        return " ".join(f"{told} [{self.code}, {self.status}]".split())


class UnreachableError(ClientError):
    """The service did not answer, however often it was asked; a task that it has taken is not lost."""


class TaskFailedError(ClientError):
    """A task that was waited for has failed, or was cancelled."""

    def __init__(self, task: Task) -> None:
        super().__init__(task)
        self.task = task
        """The task, with its state and why it failed."""

    def __str__(self) -> str:
        """Give its state and the reason."""
        why = self.task.error_message
        return f"task {self.task.task_id} is {self.task.status}" + (f": {why}" if why else "")

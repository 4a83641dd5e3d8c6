"""The one tree of errors.

Every error that Safelight raises on purpose is a :class:`SafelightError`. It has a stable ``code`` for programs, a
``message`` that says what happened, and, where the user can do something, a ``hint`` that says what. HTTP statuses
are known only to the API, exit codes only to the command line.
"""

from __future__ import annotations

from typing import ClassVar


class SafelightError(Exception):
    """Something went wrong that Safelight understands and can explain in one line."""

    code: ClassVar[str] = "error"

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        """Give the message and, if there is one, the hint, on one line."""
        text = f"{self.message} ({self.hint})" if self.hint else self.message
        return " ".join(text.split())


class SettingsError(SafelightError):
    """A setting has a value that cannot be used."""

    code = "bad_setting"


class PhotoError(SafelightError):
    """A photo cannot be read."""

    code = "unreadable_photo"


class UnsupportedFormatError(PhotoError):
    """The content of the file is not in a format that Safelight opens."""

    code = "unsupported_format"


class BrokenPhotoError(PhotoError):
    """The file says it is a photo, but its data is cut short or damaged."""

    code = "broken_photo"


class PhotoTooLargeError(PhotoError):
    """The photo, or what would be made of it, has more pixels than is allowed or than the format can hold."""

    code = "photo_too_large"


class OutputError(SafelightError):
    """A result cannot be written."""

    code = "cannot_write"


class DiskFullError(OutputError):
    """No space is left where a file is being written."""

    code = "disk_full"


class ModelError(SafelightError):
    """A model cannot be used."""

    code = "model_error"


class UnknownModelError(ModelError):
    """No model of that name is in the catalog or in the models folder."""

    code = "unknown_model"


class MissingWeightsError(ModelError):
    """The weights of a known model are not here and could not be fetched."""

    code = "missing_weights"


class CorruptWeightsError(ModelError):
    """A weights file is not the file that the catalog names."""

    code = "corrupt_weights"


class LicenceError(ModelError):
    """The licence of a model has to be accepted before the model is fetched."""

    code = "licence_not_accepted"


class OutOfMemoryError(SafelightError):
    """The device has too little memory even for the smallest tile."""

    code = "out_of_memory"


class ServersAwayError(SafelightError):
    """No ComfyUI server answers now; what waits for one goes on when one is back."""

    code = "servers_away"

    def __init__(self, message: str, *, hint: str | None = None, seconds: float = 0.0) -> None:
        super().__init__(message, hint=hint)
        self.seconds = seconds
        """For how long nobody could have done it."""


class PaintError(SafelightError):
    """A ComfyUI server could not make the picture; why is in the message."""

    code = "paint_failed"


class RecipeError(SafelightError):
    """A recipe, a preset or a parameter is not valid."""

    code = "bad_recipe"


class UnknownOperationError(RecipeError):
    """No operation of that name exists."""

    code = "unknown_operation"


class UnknownPresetError(RecipeError):
    """No preset of that name exists."""

    code = "unknown_preset"


class DatabaseAwayError(SafelightError):
    """The database cannot be reached, or was busy for too long; what was accepted before is safe."""

    code = "database_away"


class StoreError(SafelightError):
    """A file cannot be read from the store, or written to it."""

    code = "store_failed"


class StoreFullError(StoreError):
    """Less is free where files are kept than new work needs; what was accepted before goes on."""

    code = "store_full"


class BadRequestError(SafelightError):
    """A request is not built as it should be, or broke off."""

    code = "bad_request"


class UploadTooLargeError(BadRequestError):
    """More was sent than is allowed: a file, the number of files, or a field."""

    code = "upload_too_large"


class FetchError(SafelightError):
    """A photo cannot be fetched from the address that was named."""

    code = "fetch_failed"


class FetchRefusedError(FetchError):
    """The address that was named, or one that it leads to, is not fetched from."""

    code = "fetch_refused"


class ServerAwayError(SafelightError):
    """A ComfyUI server cannot be reached, does not answer in time, or answers what no ComfyUI would."""

    code = "server_away"

    def __init__(self, server: str, reason: str, *, hint: str | None = None) -> None:
        super().__init__(f"{server}: {reason}", hint=hint)
        self.args = (server, reason)
        self.server = server
        self.reason = reason


class ServerRefusedError(SafelightError):
    """A ComfyUI server does not do what it was asked."""

    code = "server_refused"

    def __init__(self, server: str, reason: str, *, status: int = 0, hint: str | None = None) -> None:
        super().__init__(f"{server}: {reason}", hint=hint)
        self.args = (server, reason)
        self.server = server
        self.reason = reason
        self.status = status


class PromptRefusedError(ServerRefusedError):
    """A ComfyUI server does not take a workflow, or not all of it; the message has its own words for each node."""

    code = "prompt_refused"

    def __init__(self, server: str, problems: tuple[str, ...], *, status: int = 0) -> None:
        super().__init__(server, f"it does not take the workflow: {'; '.join(problems)}", status=status)
        self.args = (server, problems)
        self.problems = problems


class WorkflowError(SafelightError):
    """A workflow template for ComfyUI cannot be used; the message names its file."""

    code = "bad_workflow"


class UnknownWorkflowError(WorkflowError):
    """No workflow template of that name exists."""

    code = "unknown_workflow"


class LostFileError(StoreError):
    """A file that should be in the store is not there."""

    code = "file_lost"


class DatasetError(SafelightError):
    """A dataset cannot be read, or what was asked of it is not possible."""

    code = "bad_dataset"


class UnknownDatasetError(DatasetError):
    """There is no such dataset or photo in it, or it belongs to somebody else."""

    code = "unknown_dataset"


class BusyDatasetError(DatasetError):
    """Somebody else works on the dataset right now."""

    code = "dataset_busy"


class ArchiveError(DatasetError):
    """An archive cannot be unpacked, or should not be."""

    code = "bad_archive"


class CaptionServerError(DatasetError):
    """A caption server gave no answer that can be used."""

    code = "caption_server"


class LocalOnlyError(DatasetError):
    """A call to another machine was asked for where none are allowed."""

    code = "local_only"


class TaskError(SafelightError):
    """Something that is not possible was asked of a task or a batch."""

    code = "task_error"


class UnknownTaskError(TaskError):
    """There is no such task, batch, photo or preset, or it belongs to somebody else."""

    code = "not_found"


class UnknownBatchError(UnknownTaskError):
    """There is no such batch, or it belongs to somebody else."""

    code = "unknown_batch"


class WrongStateError(TaskError):
    """The task is in a state in which this cannot be done."""

    code = "wrong_state"


class BeingAnsweredError(TaskError):
    """The same request, by its Idempotency-Key, is being answered right now; it may come again in a moment."""

    code = "being_answered"


class LostLeaseError(TaskError):
    """A worker held a task for too long without a sign of life, and somebody else has it now."""

    code = "lease_lost"


class QueueFullError(TaskError):
    """As many tasks are waiting as is allowed."""

    code = "queue_full"


class TooManyTasksError(TaskError):
    """As many tasks of one user wait or run as may."""

    code = "too_many_tasks"


class PixelsSpentError(TaskError):
    """A user has sent as many pixels as may be sent in a day."""

    code = "pixels_spent"

    def __init__(self, message: str, *, hint: str | None = None, retry_s: float) -> None:
        super().__init__(message, hint=hint)
        self.retry_s = retry_s


class QuotaFullError(TaskError):
    """As many bytes are kept for a user as may be."""

    code = "quota_full"


class TimedOutError(TaskError):
    """A task took longer than is allowed."""

    code = "timed_out"


class PreviewFailedError(TaskError):
    """A preview could not be made; why is in the message."""

    code = "preview_failed"


class WorkerCrashedError(TaskError):
    """The worker died while it was at the task, as often as is tried."""

    code = "worker_crashed"


class NotSignedInError(SafelightError):
    """The service wants to know who is calling."""

    code = "not_signed_in"


class TooManyTriesError(SafelightError):
    """Too many wrong tokens were shown from one place."""

    code = "too_many_tries"


class TooManyRequestsError(SafelightError):
    """A user asks more often than is allowed."""

    code = "too_many_requests"

    def __init__(self, message: str, *, hint: str | None = None, retry_s: float) -> None:
        super().__init__(message, hint=hint)
        self.retry_s = retry_s


class ForbiddenError(SafelightError):
    """The caller may not do what was asked."""

    code = "forbidden"


class InternalError(SafelightError):
    """A fault in Safelight itself; what it was is in the message."""

    code = "internal"


class CancelledError(SafelightError):
    """The run was cancelled on request."""

    code = "cancelled"


class ElsewhereError(CancelledError):
    """The work stops here, since what is left of it is for another worker."""

"""What the service answers: the shapes of tasks, batches and the rest. Clients of the fixed routes rely on them."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from safelight.tasks.status import BatchStatus, Status


class View(BaseModel):
    """An answer."""

    model_config = ConfigDict(frozen=True)


class ErrorBody(View):
    """What went wrong."""

    code: str = Field(description="For programs: stable, listed in the troubleshooting page.")
    message: str = Field(description="For people: one line.")
    details: dict[str, Any] = Field(default_factory=dict, description="More, where there is more: a hint, fields.")


class ErrorView(View):
    """The one shape of all errors."""

    error: ErrorBody = Field(description="What went wrong.")
    detail: str = Field(description="The message again, for clients that look here.")


class TaskView(View):
    """A task, as clients of the fixed routes know it."""

    task_id: str = Field(description="Id of the task; it cannot be guessed.")
    user_id: str = Field(description="Whose task it is.")
    status: Status = Field(
        description="pending, processing, completed or failed. A cancelled task reads failed here, with the word in "
        "the message; /tasks/{id} tells it apart."
    )
    progress: float = Field(description="Finished share, 0-1.", ge=0, le=1)
    message: str = Field(description="What is happening, in a few words.")
    error_message: str | None = Field(description="Why it failed.")
    error: str | None = Field(description="Why it failed; the same text.")
    result_url: str | None = Field(description="Where the result is, once there is one; relative to the service.")
    output_image_url: str | None = Field(
        description="Where the result is, as a whole address that is signed and ends after an hour: it needs no key."
    )
    queue_position: int | None = Field(description="How many tasks go before it; 0 = it is next. None once it runs.")
    eta_seconds: float | None = Field(description="How long it will take from now, roughly; None if nobody can tell.")
    warnings: list[str] = Field(description="What was asked and could not be honoured, or was decided for the user.")
    backend: Literal["local", "comfyui"] = Field(description="What does it: this machine, or a ComfyUI server.")
    filename: str = Field(description="Name of the photo.")
    batch_task_id: str | None = Field(description="The batch it was sent with.")
    created_at: str = Field(description="When it was accepted, RFC 3339 UTC.")
    updated_at: str = Field(description="When it last changed, RFC 3339 UTC.")
    completed_at: str | None = Field(description="When it ended, RFC 3339 UTC.")


class Facts(View):
    """What the history can be searched by."""

    operation: str = Field(description="The operation that matters most.")
    preset: str = Field(description="Name of the recipe, if it has one.")
    style: str = Field(description="Name of the look, if there is one.")
    strength: float | None = Field(description="How strongly it is applied, 0-1.")
    resolution: int | None = Field(description="Longest side of the result in pixels.")


class FullTaskView(TaskView):
    """A task with everything that is known of it."""

    kind: str = Field(description="What sort of work it is.")
    attempts: int = Field(description="How often a worker began it.")
    error_code: str | None = Field(description="Why it failed, for programs.")
    batch_index: int | None = Field(description="Its place in the batch, from 0.")
    params: dict[str, Any] = Field(
        description="What was asked for: recipe and output; can be sent to POST /tasks again."
    )
    facts: Facts = Field(description="What the history can be searched by.")
    result: dict[str, Any] | None = Field(
        description="What it gave: name, format, width, height, bytes, sha256, seconds, models, executions, warnings."
    )
    signature: str | None = Field(description="Signature of the plan.")
    input_width: int | None = Field(description="Pixels across of the photo.")
    input_height: int | None = Field(description="Pixels down of the photo.")
    input_bytes: int | None = Field(description="Size of the photo's file.")
    input_sha256: str | None = Field(description="SHA-256 of the photo's file.")
    seconds: float | None = Field(description="How long the work took.")
    pinned: bool = Field(description="Whether it stays when its time is over.")
    cached: bool = Field(description="Whether the result was there already.")
    original_url: str | None = Field(description="Where the photo is, byte for byte as it came.")
    thumbnail_url: str | None = Field(description="A small picture of the result.")
    original_thumbnail_url: str | None = Field(
        description="A small picture of the photo; there as soon as work on it has begun."
    )
    screen_url: str | None = Field(description="The result as browsers can show it: at most 4,096 pixels a side.")
    original_screen_url: str | None = Field(
        description="The photo as browsers can show it; there as soon as work on it has begun."
    )
    started_at: str | None = Field(description="When a worker last began it, RFC 3339 UTC.")


class TaskPage(View):
    """A page of the history, newest first."""

    tasks: list[FullTaskView] = Field(
        description="The tasks, the newest first; long texts in `params` are shortened; GET /tasks/{id} has all."
    )
    next: str | None = Field(description="What to send as `cursor` for the next page; None at the end.")


class FacetsView(View):
    """What the history can be filtered by."""

    operations: list[str] = Field(description="Operations that occur.")
    presets: list[str] = Field(description="Presets that occur.")
    styles: list[str] = Field(description="Looks that occur.")


class UserTasks(View):
    """The newest tasks of a user."""

    user_id: str = Field(description="The user.")
    total: int = Field(description="How many tasks the user has in all.")
    tasks: list[TaskView] = Field(description="The newest of them, the newest first.")


class BatchAccepted(View):
    """A batch that was accepted."""

    batch_task_id: str = Field(description="Id of the batch.")
    total_files: int = Field(description="How many files were sent; each is accounted for.")
    status: BatchStatus = Field(description="Where the batch is: pending.")
    message: str = Field(description="What was done, in a few words.")
    created_at: str = Field(description="When it was accepted, RFC 3339 UTC.")
    sub_tasks: list[str] = Field(description="Ids of the tasks, in the order of the files.")


class TransformBatch(View):
    """Pictures that were accepted together."""

    batch_task_id: str = Field(description="Id of the batch.")
    results: list[TaskView] = Field(description="The tasks, in the order of the addresses.")


class SubTask(View):
    """A task of a batch."""

    task_id: str = Field(description="Id of the task.")
    status: Status = Field(description="Where it is; a cancelled task reads failed here.")
    filename: str = Field(description="Name of the original.")
    progress: float = Field(description="Finished share, 0-1.", ge=0, le=1)
    error: str | None = Field(description="Why it failed.")
    error_code: str | None = Field(description="Why it failed, for programs.")


class BatchView(View):
    """Where a batch is."""

    batch_task_id: str = Field(description="Id of the batch.")
    status: BatchStatus = Field(
        description="pending, processing, completed, partial_completed (some done, some failed) or failed (none done). "
        "A cancelled batch reads failed, with the word in the message."
    )
    message: str = Field(description="How many are done, failed and cancelled, in words.")
    total_files: int = Field(description="How many files were sent.")
    completed_files: int = Field(description="How many are done.")
    failed_files: int = Field(description="How many failed or were cancelled.")
    progress: float = Field(description="Finished share, 0-1.", ge=0, le=1)
    sub_tasks: list[SubTask] = Field(description="The tasks, in the order of the files.")
    created_at: str = Field(description="When it was accepted, RFC 3339 UTC.")
    updated_at: str = Field(description="When any of its tasks last changed, RFC 3339 UTC.")


class ForecastView(View):
    """What a run will take and give."""

    width: int = Field(description="Pixels across of the result.")
    height: int = Field(description="Pixels down of the result.")
    memory: int = Field(description="Peak memory, in bytes, roughly.")
    disk: int = Field(description="Largest intermediate files, in bytes.")
    seconds: float = Field(description="Time, without start and loading.")
    measured: bool = Field(description="Whether the time comes from runs on this machine; otherwise it is a guess.")


class PlanView(View):
    """What would be done."""

    signature: str = Field(description="SHA-256 over all that decides what the result looks like.")
    forecast: ForecastView | None = Field(description="What it takes; None if no photo was named.")
    warnings: list[str] = Field(description="What cannot be honoured, or is decided for the user.")
    models: list[str] = Field(description="Ids of the models that would run.")
    params: dict[str, Any] = Field(description="Recipe and output with every default filled in.")


class PreviewView(View):
    """A preview that is ready."""

    task_id: str = Field(description="Id of its task.")
    signature: str = Field(description="Signature of the plan it was asked for: the same that POST /plan gives.")
    url: str = Field(description="Where the picture is, for some minutes.")
    width: int = Field(description="Pixels across.")
    height: int = Field(description="Pixels down.")
    seconds: float = Field(description="How long it took.")
    warnings: list[str] = Field(description="What was not honoured, or was decided for the user.")


class PhotoView(View):
    """A photo that was uploaded."""

    photo_id: str = Field(description="Id of the photo; it cannot be guessed.")
    filename: str = Field(description="Name of its file.")
    format: str = Field(description="Its format, by its content.")
    width: int = Field(description="Pixels across, upright.")
    height: int = Field(description="Pixels down, upright.")
    bytes: int = Field(description="Size of its file.")
    sha256: str = Field(description="SHA-256 of its file.")
    url: str = Field(description="Where it is, byte for byte.")
    created_at: str = Field(description="When it was sent, RFC 3339 UTC.")


class PresetView(View):
    """A recipe with a name."""

    name: str = Field(description="Its name, as `preset` takes it.")
    title: str = Field(description="What people call it.")
    summary: str = Field(description="What it is for, in a sentence.")
    own: bool = Field(description="Whether it is the user's own, and not one that comes with Safelight.")
    recipe: dict[str, Any] = Field(description="What is done: `{name, title, summary, steps: [{operation, ...}]}`.")


class WorkflowServer(View):
    """What a ComfyUI server has for a workflow."""

    name: str = Field(description="Its address, without a password.")
    lacks: list[str] = Field(description="What it does not have, in words; empty = it can run it.")


class WorkflowView(View):
    """A workflow of ComfyUI."""

    name: str = Field(description="Its name, as `workflow` of the operation `comfyui` and of styles takes it.")
    description: str = Field(description="What it does; empty if nobody says.")
    own: bool = Field(description="Whether it is the operator's own, and not one that comes with Safelight.")
    replaces_shipped: bool = Field(description="Whether it is used in place of one that comes with Safelight.")
    roles: list[str] = Field(description="What there are places for in it, as picture, positive, seed.")
    error: str | None = Field(description="Why it cannot be used; None if it can.")
    servers: list[WorkflowServer] = Field(description="The servers that answered, and what they lack for it.")


class WorkflowSource(WorkflowView):
    """A workflow with its graph."""

    workflow: dict[str, Any] | None = Field(description="The graph in the API format; None if it cannot be read.")


class WorkflowCheck(View):
    """What Safelight finds in a workflow."""

    usable: bool = Field(description="Whether it can be used.")
    error: str | None = Field(description="Why not.")
    roles: list[str] = Field(description="What there are places for in it.")
    classes: list[str] = Field(description="The node classes that a server must have for it.")


class OperationView(View):
    """An operation."""

    id: str = Field(description="Its name in recipes.")
    title: str = Field(description="What people call it.")
    summary: str = Field(description="What it does, in a sentence.")
    params: dict[str, Any] = Field(description="JSON Schema of its parameters.")


class StyleView(View):
    """A named look."""

    id: str = Field(description="Its name, as parameters take it.")
    title: str = Field(description="What people call it.")
    summary: str = Field(description="What it looks like.")
    prompt: str = Field(description="What a back end that reads prompts is told.")
    network: bool = Field(description="Whether a network paints it here, whose weights are fetched when first needed.")
    local: bool = Field(description="Whether this machine can paint it; otherwise only ComfyUI servers do.")
    own: bool = Field(description="Whether it is the operator's own, or in place of one that comes with Safelight.")


class ModelView(View):
    """A model."""

    id: str = Field(description="Its name, as parameters take it.")
    title: str = Field(description="What people call it.")
    task: str = Field(description="What it is for.")
    scale: int | None = Field(description="How many times larger it makes a photo; None if it does not.")
    licence: str = Field(description="Licence of its weights.")
    state: str = Field(description="Whether its weights are here.")
    warm: bool = Field(description="Whether a worker has it in memory.")
    bytes: int | None = Field(description="Size of its files; None if nobody knows.")
    verified: bool = Field(description="Whether it could be tried with its real weights, not only its form.")
    own: bool = Field(description="Whether it was put into the models folder, and is in no catalog.")
    fetchable: bool = Field(description="Whether POST /models/{id}/pull would fetch it.")
    reason: str | None = Field(description="Why it cannot be fetched, and what to do; None if it is here or can be.")
    memory: int | None = Field(description="Bytes that it takes in the memory of workers; None if in none.")


class Stats(View):
    """How many tasks there are."""

    total_tasks: int = Field(description="All of them.")
    pending: int = Field(description="Those that wait.")
    processing: int = Field(description="Those that run.")
    completed: int = Field(description="Those that are done.")
    failed: int = Field(description="Those that failed.")
    cancelled: int = Field(description="Those that were cancelled.")
    paused: bool = Field(description="Whether no work is handed out.")

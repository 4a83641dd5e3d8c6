"""``comfyui``: run a workflow of ComfyUI on the photo, on the operator's servers."""

from __future__ import annotations

from pydantic import Field

from safelight.comfyui.painting import Wish
from safelight.imaging.photo import Photo
from safelight.operations.context import Context
from safelight.operations.elsewhere import no_picture, painted_elsewhere
from safelight.operations.operation import Label, Offers, Operation, Params, percent


class ComfyuiParams(Params):
    """Parameters of ``comfyui``."""

    workflow: str = Field(
        default="style", pattern=r"^[a-z][a-z0-9_-]{0,63}$",
        description="Name of a workflow of this Safelight; GET /workflows lists them.",
    )  # fmt: skip
    prompt: str = Field(
        default="", max_length=10_000, description="What it is to look like; empty: as the workflow says."
    )
    negative_prompt: str = Field(
        default="", max_length=10_000, description="What it is not to look like; empty: as the workflow says."
    )
    strength: float | None = Field(
        default=None, ge=0, le=1, description="How far the result may go away from the photo: what ComfyUI's samplers "
        "call denoise. Empty: as the workflow says.",
    )  # fmt: skip
    seed: int = Field(
        default=0, ge=0, le=2**53 - 1, description="Begin of the random numbers; another one, another result."
    )
    steps: int | None = Field(
        default=None, ge=1, le=200, description="Steps of the sampler; empty: as the workflow says."
    )


def run(photo: Photo, params: ComfyuiParams, context: Context) -> Photo:
    """Have the photo painted by a server.

    Raises:
        ServersAwayError, WorkflowError, PaintError, CancelledError: see
            :func:`safelight.operations.elsewhere.painted_elsewhere`.
    """
    wish = Wish(
        workflow=params.workflow, picture=no_picture(), prompt=params.prompt, negative=params.negative_prompt,
        strength=params.strength, seed=params.seed, steps=params.steps,
    )  # fmt: skip
    return painted_elsewhere(photo, wish, context, operation="comfyui")


def _elsewhere(_params: ComfyuiParams) -> bool:
    return True


def _stamps(params: ComfyuiParams, offers: Offers) -> tuple[str, ...]:
    return (offers.workflow(params.workflow),)


def _label(params: ComfyuiParams) -> Label:
    return Label(look=params.workflow, marks=() if params.strength is None else (percent(params.strength),))


COMFYUI = Operation(
    id="comfyui",
    title="ComfyUI workflow",
    summary="Run one of the operator's ComfyUI workflows on the photo, on the servers of the pool.",
    params=ComfyuiParams,
    run=run,
    elsewhere=_elsewhere,
    stamps=_stamps,
    label=_label,
)

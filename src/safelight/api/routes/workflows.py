"""Workflows of ComfyUI: what there is, what servers lack for it, and the operator's own."""

from __future__ import annotations

import json
from typing import Annotated, Any

from fastapi import APIRouter, Path
from pydantic import BaseModel, ConfigDict, Field

from safelight.api.bodies import example
from safelight.api.caller import Caller, Calling, operating
from safelight.api.parts import Having, Parts
from safelight.api.views import WorkflowCheck, WorkflowServer, WorkflowSource, WorkflowView
from safelight.comfyui.templates import Listed
from safelight.comfyui.workflow import Workflow, read_workflow
from safelight.errors import SafelightError, UnknownTaskError, UnknownWorkflowError, WorkflowError

router = APIRouter(tags=["workflows"])

Name = Annotated[str, Path(max_length=64, pattern=r"^[a-z][a-z0-9_-]*$", description="Name of the workflow.")]

_GRAPH = {
    "1": {"class_type": "LoadImage", "inputs": {"image": "photo.png"}},
    "2": {"class_type": "ImageInvert", "inputs": {"image": ["1", 0]}},
    "3": {"class_type": "SaveImage", "inputs": {"images": ["2", 0], "filename_prefix": "safelight"}},
}


class WorkflowBody(BaseModel):
    """A workflow as ComfyUI exports it."""

    model_config = ConfigDict(extra="forbid")

    workflow: dict[str, Any] = Field(description="The graph in the API format: `{id: {class_type, inputs}}`.")
    roles: dict[str, Any] | None = Field(
        default=None, description="Where values go, if that cannot be told from the graph: `{role: {node, input}}`."
    )

    def read(self, name: str) -> Workflow:
        """Read it.

        Raises:
            WorkflowError: it cannot be used.
        """
        return read_workflow(name, _bytes(self.workflow), _bytes(self.roles) if self.roles else None)


@router.get("/workflows", summary="All workflows")
def workflows(having: Having, caller: Calling) -> list[WorkflowView]:
    """Give the workflows that come with Safelight and the operator's own, and what servers lack for each.

    Those who act for a user are told the labels of servers, and not their addresses.
    """
    return [_view(one, having, caller) for one in having.service.studio.templates.list()]


@router.post("/workflows/check", summary="Look whether a workflow can be used", openapi_extra=example({
    "workflow": _GRAPH,
}))  # fmt: skip
def check(body: WorkflowBody) -> WorkflowCheck:
    """Say what Safelight finds in a workflow, and keep nothing."""
    try:
        found = body.read("workflow")
    except WorkflowError as error:
        return WorkflowCheck(usable=False, error=str(error), roles=[], classes=[])
    return WorkflowCheck(usable=True, error=None, roles=sorted(found.roles), classes=sorted(found.classes))


@router.get("/workflows/{name}", summary="A workflow")
def show(name: Name, having: Having, caller: Calling) -> WorkflowSource:
    """Give one workflow with its graph."""
    found = _found(having, name)
    try:
        graph = json.loads(having.service.studio.templates.get(name).text)
    except WorkflowError:
        graph = None
    return WorkflowSource(**_view(found, having, caller).model_dump(), workflow=graph)


@router.put("/workflows/{name}", summary="Add or change a workflow", openapi_extra=example({"workflow": _GRAPH}))
def save(name: Name, body: WorkflowBody, having: Having, caller: Calling) -> WorkflowView:
    """Keep a workflow of the operator's own; those who act for a user may not do that."""
    operating(caller, "workflows are the operator's: a user may not change them")
    having.service.studio.templates.save(name, _bytes(body.workflow), _bytes(body.roles) if body.roles else None)
    return _view(_found(having, name), having, caller)


@router.delete("/workflows/{name}", status_code=204, summary="Delete a workflow of the operator's own")
def delete(name: Name, having: Having, caller: Calling) -> None:
    """Delete a workflow; tasks that wait for it fail. Those who act for a user may not do that."""
    operating(caller, "workflows are the operator's: a user may not change them")
    try:
        having.service.studio.templates.delete(name)
    except UnknownWorkflowError as error:
        raise UnknownTaskError(error.message) from error


def _found(having: Parts, name: str) -> Listed:
    for one in having.service.studio.templates.list():
        if one.name == name:
            return one
    raise UnknownTaskError("there is no such workflow")


def _view(found: Listed, having: Parts, caller: Caller) -> WorkflowView:
    called = "name" if caller.operates else "label"
    return WorkflowView(
        name=found.name, description=found.description, own=found.source == "own",
        replaces_shipped=found.replaces_shipped, roles=list(found.roles), error=found.error,
        servers=[
            WorkflowServer(name=server[called], lacks=list(server["lacks"].get(found.name, ())))
            for server in _servers(having)
        ],
    )  # fmt: skip


def _servers(having: Parts) -> list[dict[str, Any]]:
    try:
        workers = having.service.living_workers()
    except SafelightError:
        return []
    return [one for worker in workers for one in worker.facts.get("servers", ()) if one["version"]]


def _bytes(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=2).encode()

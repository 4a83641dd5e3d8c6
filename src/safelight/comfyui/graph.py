"""A workflow as a graph: its nodes, read from the API format, and what leads to what."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import NoReturn

from safelight.errors import WorkflowError

MOST_BYTES = 1 << 20
MOST_NODES = 500
_MOST_LEVELS = 20
_EXPORT = "in ComfyUI, choose Workflow > Export (API); in older ones, switch on the dev mode, then Save (API Format)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A node of a workflow."""

    id: str
    """Its id, which means nothing."""
    class_type: str
    """Its class."""
    title: str
    """What its maker called it; empty if nobody did."""
    inputs: Mapping[str, object]
    """Values, and links to other nodes."""

    def link(self, name: str) -> tuple[str, int] | None:
        """Give the node and the output that an input is linked to; None if it has a value."""
        return link_of(self.inputs.get(name))

    def links(self) -> dict[str, tuple[str, int]]:
        """Give all that inputs are linked to, by their names."""
        return {name: link for name, value in self.inputs.items() if (link := link_of(value)) is not None}

    def titled(self, words: tuple[str, ...]) -> bool:
        """Tell whether one of the words is in the title."""
        return any(word in self.title.lower() for word in words)

    def __str__(self) -> str:
        """Give its class and id."""
        return f"{self.class_type} ({self.id})"


Nodes = Mapping[str, Node]
"""Nodes by id."""


def link_of(value: object) -> tuple[str, int] | None:
    """Read a link; None if it is a value."""
    if isinstance(value, list) and len(value) == 2 and isinstance(value[0], str) and type(value[1]) is int:
        return value[0], value[1]
    return None


def read_json(content: bytes, file: str) -> object:
    """Read JSON from a file of that name.

    Raises:
        WorkflowError: it is none, or too large.
    """
    if len(content) > MOST_BYTES:
        raise WorkflowError(f"{file}: it is larger than {MOST_BYTES >> 20} MB")
    try:
        value: object = json.loads(content.decode("utf-8-sig"), parse_constant=_no_number)
        if any(level > _MOST_LEVELS for level in _levels(value)):
            raise RecursionError
    except RecursionError as error:
        raise WorkflowError(f"{file}: it is nested too deeply") from error
    except ValueError as error:
        raise WorkflowError(f"{file}: it is not JSON: {error}") from error
    return value


def nodes_of(value: object, file: str) -> Nodes:
    """Read the nodes of a workflow in the API format.

    Raises:
        WorkflowError: it is not in that format, has too many nodes, or a link leads nowhere.
    """
    if not isinstance(value, dict) or not value:
        raise WorkflowError(f"{file}: it is not a workflow in the API format", hint=_EXPORT)
    if isinstance(value.get("nodes"), list):
        raise WorkflowError(f"{file}: it is a workflow for ComfyUI's own page, not in the API format", hint=_EXPORT)
    if isinstance(value.get("prompt"), dict) and "class_type" not in value["prompt"]:
        raise WorkflowError(f"{file}: the workflow is what is under `prompt` in it; the file must have that alone")
    if len(value) > MOST_NODES:
        raise WorkflowError(f"{file}: it has {len(value):,} nodes, more than {MOST_NODES}")
    nodes = MappingProxyType({node: _node(node, told, file) for node, told in value.items()})
    for one in nodes.values():
        for name, (target, _) in one.links().items():
            if target not in nodes:
                raise WorkflowError(f"{file}: {one}: {name} leads to node {target[:100]}, which is not there")
    return nodes


def _node(node: str, told: object, file: str) -> Node:
    kind, inputs, meta = (told.get(key) for key in ("class_type", "inputs", "_meta")) if isinstance(told, dict) else (
        None, None, None
    )  # fmt: skip
    if not isinstance(kind, str) or not kind or not isinstance(inputs, dict):
        raise WorkflowError(f"{file}: node {node[:100]} has no class_type or no inputs", hint=_EXPORT)
    title = meta.get("title") if isinstance(meta, dict) else None
    return Node(
        id=node, class_type=kind, title=title if isinstance(title, str) else "", inputs=MappingProxyType(inputs)
    )


def _levels(value: object) -> Iterator[int]:
    """How deep each of the values lies."""
    left = [(value, 1)]
    while left:
        one, level = left.pop()
        yield level
        if level > _MOST_LEVELS:
            return
        below = one.values() if isinstance(one, dict) else one if isinstance(one, list) else ()
        left.extend((each, level + 1) for each in below)


def _no_number(word: str) -> NoReturn:
    raise ValueError(f"{word} is no number in JSON")

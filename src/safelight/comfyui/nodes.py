"""The node classes that a server has, and what their inputs take."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

Choice = str | int | float | bool


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeInput:
    """An input of a node class."""

    kind: str
    """What it takes, as ``IMAGE``, ``INT`` or ``COMBO``."""
    required: bool
    """Whether a node must have it."""
    choices: tuple[Choice, ...] | None = None
    """What can be chosen, for lists such as that of the models that are there; None for everything else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeClass:
    """A node class of a server."""

    inputs: Mapping[str, NodeInput]
    """Its inputs by name."""


ObjectInfo = Mapping[str, NodeClass]
"""Node classes by name; those that a server lacks are not in it."""


def node_classes_of(value: object) -> dict[str, NodeClass]:
    """Read what a server says of its node classes.

    Raises:
        ValueError: no ComfyUI would have said it.
    """
    if not isinstance(value, dict):
        raise ValueError("what it says of its nodes is not readable")
    return {name: _class_of(told) for name, told in value.items() if isinstance(name, str) and isinstance(told, dict)}


def _class_of(told: Mapping[str, object]) -> NodeClass:
    groups = told.get("input")
    inputs: dict[str, NodeInput] = {}
    for group in ("optional", "required"):
        listed = groups.get(group) if isinstance(groups, dict) else None
        for name, spec in listed.items() if isinstance(listed, dict) else ():
            inputs[str(name)] = _input_of(spec, required=group == "required")
    return NodeClass(inputs=MappingProxyType(inputs))


def _input_of(spec: object, *, required: bool) -> NodeInput:
    kind: object = spec[0] if isinstance(spec, list) and spec else ""
    options = spec[1] if isinstance(spec, list) and len(spec) > 1 and isinstance(spec[1], dict) else {}
    # Old servers put the list in place of the kind, new ones among the options.
    listed = kind if isinstance(kind, list) else options.get("options") if kind == "COMBO" else None
    choices = tuple(one for one in listed if isinstance(one, Choice)) if isinstance(listed, list) else None
    return NodeInput(kind=kind if isinstance(kind, str) else "COMBO", required=required, choices=choices)

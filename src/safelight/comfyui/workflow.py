"""A workflow template: a graph for ComfyUI with places for a picture, prompts and numbers."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any
from uuid import uuid4

from safelight.comfyui.graph import Node, Nodes, link_of, nodes_of, read_json
from safelight.comfyui.nodes import Choice, NodeClass, ObjectInfo
from safelight.comfyui.roles import Point, Role, Roles, found_roles, named_roles
from safelight.errors import WorkflowError

_LONGEST_SHOWN = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Values:
    """What is put into a workflow; None and empty texts leave what the template has."""

    picture: str
    """How the server names the picture, see ``Uploaded.reference``."""
    prefix: str = field(default_factory=lambda: f"safelight/{uuid4().hex}")
    """How the names of the results begin: unlike any other, so that no two tasks share a file."""
    prompt: str = ""
    """What is wanted."""
    negative: str = ""
    """What is not wanted."""
    seed: int | None = None
    """Start of the noise, 0 to 2^64 - 1."""
    strength: float | None = None
    """Safelight's strength, 0-1. It is the sampler's denoise, as far as that goes: from 0.01 to 1, or from the ``min``
    to the ``max`` that the template names. A sampler without denoise begins at the step that leaves this share."""
    steps: int | None = None
    """Steps of the sampler."""
    checkpoint: str = ""
    """The model, as the server names it."""
    extra: Mapping[str, Choice] = field(default_factory=lambda: MappingProxyType({}))
    """Values for roles that the template has of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Workflow:
    """A template that can be used."""

    name: str
    """Its name, and that of its file without the end."""
    description: str
    """What it does, in its maker's words."""
    nodes: Nodes = field(repr=False)
    """Its nodes."""
    roles: Roles
    """Where the values go."""
    text: str = field(repr=False)
    """All of it as JSON, from which each prompt is made anew."""
    digest: str = field(init=False)
    """SHA-256 of all that decides what it does."""

    def __post_init__(self) -> None:
        """Compute the digest, which is asked for all the time, once."""
        places = sorted((role, *map(repr, points)) for role, points in self.roles.items())
        found = hashlib.sha256(f"{self.text}\n{places}".encode()).hexdigest()
        object.__setattr__(self, "digest", found)

    @property
    def output(self) -> str:
        """Id of the node whose pictures are the result."""
        return self.roles[Role.OUTPUT][0].node

    @property
    def classes(self) -> frozenset[str]:
        """The node classes that a server must have."""
        return frozenset(node.class_type for node in self.nodes.values())

    def require(self, *roles: Role) -> None:
        """Make sure that there is a place for something.

        Raises:
            WorkflowError: there is none.
        """
        for role in roles:
            if role not in self.roles:
                raise WorkflowError(
                    f"{self.name}.json: it has no place for the {role}", hint=f"name it in {self.name}.roles.json"
                )

    def unused(self, values: Values) -> tuple[str, ...]:
        """Name the roles for which there is a value, but no place in this template."""
        return tuple(role for role, _ in _placed(values) if role not in self._covered)

    def filled(self, values: Values) -> dict[str, Any]:
        """Give the prompt for a server: the template with these values, all ids as they are.

        Texts go in as they are, whatever is in them. What was linked to a place is replaced by the value. Values
        without a place are left out, see :meth:`unused`.
        """
        prompt: dict[str, Any] = json.loads(self.text)

        def put(role: str, value: Choice) -> None:
            for point in self.roles.get(role, ()):
                if point.input:
                    prompt[point.node]["inputs"][point.input] = _fitted(value, point)

        for role, value in _placed(values):
            if role != Role.DENOISE:
                put(role, value)
        if values.strength is not None:
            put(Role.DENOISE, float(values.strength))
            for point in self.roles.get(Role.START, ()):
                steps = prompt[point.node]["inputs"].get("steps")
                if type(steps) is int:
                    skipped = steps - max(1, round(steps * values.strength))
                    put(Role.START, min(max(skipped, 0), steps - 1))
        return prompt

    def missing(self, info: ObjectInfo, *, checkpoint: str = "") -> tuple[str, ...]:
        """Say what a server lacks for this template, in a line each: node classes, and models and other choices.

        Args:
            info: what the server said of :attr:`classes`.
            checkpoint: what will be used in place of the template's.
        """
        prompt = self.filled(Values(picture="", checkpoint=checkpoint))
        return tuple(dict.fromkeys(self._lacks(prompt, info)))

    def choices(self, info: ObjectInfo, role: str) -> tuple[str, ...]:
        """Give the names that a server lets one choose from for a role, as its checkpoints."""
        for point in self.roles.get(role, ()):
            known = info.get(self.nodes[point.node].class_type)
            taken = known.inputs.get(point.input) if known is not None else None
            if taken is not None and taken.choices is not None:
                return tuple(one for one in taken.choices if isinstance(one, str))
        return ()

    @property
    def _covered(self) -> frozenset[str]:
        """The roles that there is a place for; a strength may go to the first step instead."""
        found = frozenset(self.roles)
        return found | {Role.DENOISE} if Role.START in found else found

    def _lacks(self, prompt: Mapping[str, Any], info: ObjectInfo) -> Iterator[str]:
        given = {(point.node, point.input) for point in self.roles[Role.PICTURE]}
        for node in self.nodes.values():
            known = info.get(node.class_type)
            if known is None:
                yield f"the node class {_shown(node.class_type)}"
                continue
            inputs = prompt[node.id]["inputs"]
            for name, value in inputs.items():
                taken = known.inputs.get(name)
                choosing = taken is not None and taken.choices is not None and (node.id, name) not in given
                if choosing and taken is not None and link_of(value) is None and value not in (taken.choices or ()):
                    yield f"{_shown(value)}, the {name} of {node}"
            yield from _unset(node, known)


def read_workflow(name: str, content: bytes, roles: bytes | None = None) -> Workflow:
    """Read a template.

    Args:
        name: without the end of the file's name.
        content: of ``NAME.json``, in the API format.
        roles: of ``NAME.roles.json``, if there is one: a node and an input for each role, or several, and the least and
            the most that it takes, as ``{"picture": {"node": "12", "input": "image"}, "description": "..."}``. For
            ``output``, the node alone will do.

    Raises:
        WorkflowError: it cannot be used; the message starts with the file's name.
    """
    file = f"{name}.json"
    value = read_json(content, file)
    nodes = nodes_of(value, file)
    description, named = "", dict[str, tuple[Point, ...]]()
    if roles is not None:
        description, named = named_roles(read_json(roles, f"{name}.roles.json"), nodes, f"{name}.roles.json")
    return Workflow(
        name=name,
        description=description,
        nodes=nodes,
        roles=MappingProxyType(dict(found_roles(nodes, named, file))),
        text=json.dumps(value),
    )


def _placed(values: Values) -> Iterator[tuple[str, Choice]]:
    """The values that there are, by the roles that they are for."""
    known: tuple[tuple[Role, Choice | None], ...] = (
        (Role.PICTURE, values.picture),
        (Role.OUTPUT, values.prefix),
        (Role.POSITIVE, values.prompt),
        (Role.NEGATIVE, values.negative),
        (Role.SEED, values.seed),
        (Role.STEPS, values.steps),
        (Role.CHECKPOINT, values.checkpoint),
        (Role.DENOISE, values.strength),
    )
    yield from ((role, value) for role, value in known if value is not None and value != "")
    yield from values.extra.items()


def _fitted(value: Choice, point: Point) -> Choice:
    if isinstance(value, bool | str):
        return value
    near = point.limited(value)
    return int(near) if isinstance(value, int) else near


def _unset(node: Node, known: NodeClass) -> Iterator[str]:
    for name, taken in known.inputs.items():
        # Inputs that ComfyUI makes up as it goes have other names in a prompt.
        if taken.required and name not in node.inputs and not taken.kind.startswith("COMFY_"):
            yield f"a version of {_shown(node.class_type)} that needs no {name}, or a template that has one"


def _shown(value: object) -> str:
    text = value if isinstance(value, str) else json.dumps(value)
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}…"

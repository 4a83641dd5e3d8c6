"""The places of a workflow where Safelight puts something: found by class, links and titles, or named beside it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from safelight.comfyui.graph import Node, Nodes
from safelight.errors import WorkflowError

_SAMPLERS = ("KSampler", "KSamplerAdvanced")
_ENCODER = "CLIPTextEncode"
_MOST_ROLES = 50


class Role(StrEnum):
    """What Safelight knows to put somewhere; a workflow may have other roles of its own."""

    PICTURE = "picture"
    POSITIVE = "positive"
    NEGATIVE = "negative"
    SEED = "seed"
    STEPS = "steps"
    DENOISE = "denoise"
    START = "start"
    """The step at which a sampler without denoise begins."""
    CHECKPOINT = "checkpoint"
    OUTPUT = "output"


_WORDS: Mapping[Role, tuple[str, ...]] = {
    Role.PICTURE: ("input", "picture", "photo", "输入", "照片"),
    Role.POSITIVE: ("positive", "正面", "正向"),
    Role.NEGATIVE: ("negative", "负面", "负向", "反向"),
    Role.SEED: ("main", "style", "主"),
    Role.OUTPUT: ("output", "result", "输出", "结果"),
}
"""Words in a title that tell nodes of one class apart."""
_LIMITS: Mapping[Role, tuple[float, float]] = {
    # Some servers divide by it.
    Role.DENOISE: (0.01, 1),
    Role.STEPS: (1, 10_000),
    Role.SEED: (0, (1 << 64) - 1),
}
"""What ComfyUI's own nodes take."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """An input of a node."""

    node: str
    """Id of the node."""
    input: str
    """Name of the input; empty for an output whose files cannot be named."""
    low: float | None = None
    """The least that it takes."""
    high: float | None = None
    """The most that it takes."""

    def limited(self, value: float) -> float:
        """Give the nearest value that it takes."""
        if self.low is not None and value < self.low:
            return self.low
        return self.high if self.high is not None and value > self.high else value


Roles = Mapping[str, tuple[Point, ...]]
"""The inputs of each role; several get the same."""


class _Named(BaseModel):
    """An input, as the file beside a workflow names it."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    node: str = Field(min_length=1, max_length=200)
    input: str = Field(default="", max_length=200)
    min: float | None = None
    max: float | None = None


_Sidecar = TypeAdapter(dict[str, str | _Named | list[_Named]])


def named_roles(value: object, nodes: Nodes, file: str) -> tuple[str, dict[str, tuple[Point, ...]]]:
    """Read what stands in the file beside a workflow: a description, and roles.

    Raises:
        WorkflowError: it is not such a file, or names what the workflow has not.
    """
    try:
        sidecar = _Sidecar.validate_python(value)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        raise WorkflowError(
            f"{file}: {'.'.join(str(part) for part in first['loc'])}: {first['msg']}",
            hint='as {"picture": {"node": "12", "input": "image"}}',
        ) from error
    if len(sidecar) > _MOST_ROLES:
        raise WorkflowError(f"{file}: it names more than {_MOST_ROLES} roles")
    description = sidecar.pop("description", "")
    if not isinstance(description, str):
        raise WorkflowError(f"{file}: the description is no text")
    found = {}
    for role, listed in sidecar.items():
        if isinstance(listed, str) or listed == []:
            raise WorkflowError(f"{file}: {role} names no node")
        found[role] = tuple(
            _checked(role, one, nodes, file) for one in (listed if isinstance(listed, list) else [listed])
        )
    return description, found


def found_roles(nodes: Nodes, named: Roles, file: str) -> Roles:
    """Find the roles of a workflow; those that are named already stay as they are.

    It must have a picture to load and one to save. Everything else may be missing; but if a node must be chosen
    and nothing says which, that is an error, as a prompt in the wrong place would be.

    Raises:
        WorkflowError: it has no picture or no output, or several nodes could be meant.
    """
    found = dict(named)
    samplers = _samplers(nodes)

    def put(role: Role, name: str, candidates: Iterable[Node]) -> None:
        if role not in found and (node := _one(role, list(candidates), file)) is not None:
            found[role] = (_point(role, node, name),)

    put(Role.PICTURE, "image", _of_class(nodes, "LoadImage"))
    outputs = _of_class(nodes, "SaveImage") or _of_class(nodes, "PreviewImage")
    if Role.OUTPUT not in found and (output := _one(Role.OUTPUT, outputs, file)) is not None:
        name = "filename_prefix" if "filename_prefix" in output.inputs or output.class_type == "SaveImage" else ""
        found[Role.OUTPUT] = (_point(Role.OUTPUT, output, name),)
    for role in (Role.PICTURE, Role.OUTPUT):
        if role not in found:
            wanted = "LoadImage" if role is Role.PICTURE else "SaveImage"
            raise WorkflowError(f"{file}: it has no {wanted} node, so there is no {role}")
    texts = _texts(nodes, samplers)
    for role, encoders in texts.items():
        if role not in found and encoders:
            chosen = _one(role, encoders, file)
            found.update({} if chosen is None else {role: (_point(role, chosen, "text"),)})
    if Role.SEED not in found or not {Role.DENOISE, Role.START} & found.keys():
        _put_sampling(found, nodes, samplers, file)
    loaders = _of_class(nodes, "CheckpointLoaderSimple")
    # Several are a chain of models that belong together, none of which is the one to change.
    put(Role.CHECKPOINT, "ckpt_name", loaders if len(loaders) == 1 else ())
    return found


def _put_sampling(found: dict[str, tuple[Point, ...]], nodes: Nodes, samplers: list[Node], file: str) -> None:
    """Find where the seed, the steps and the strength go: in one sampler, or in nodes that make one up."""
    sampler = _one(Role.SEED, samplers, file)
    for role, names in (
        (Role.SEED, ("seed", "noise_seed")),
        (Role.STEPS, ("steps",)),
        (Role.DENOISE, ("denoise",)),
        (Role.START, ("start_at_step",)),
    ):
        for name in names:
            if sampler is not None:
                holders = [sampler] if name in sampler.inputs else []
            else:
                wanted = (name,) if name != "steps" else ("steps", "denoise")
                holders = [node for node in nodes.values() if all(one in node.inputs for one in wanted)]
            if role is Role.START:
                # It is a share of steps, which must be known.
                holders = [node for node in holders if type(node.inputs.get("steps")) is int]
            if role not in found and len(holders) == 1 and not (role is Role.START and Role.DENOISE in found):
                found[role] = (_point(role, holders[0], name),)


def _samplers(nodes: Nodes) -> list[Node]:
    """The samplers: ComfyUI's own, or else what has a seed and a denoise as they have."""
    own = [node for node in nodes.values() if node.class_type in _SAMPLERS]
    return own or [
        node for node in nodes.values() if "denoise" in node.inputs and {"seed", "noise_seed"} & node.inputs.keys()
    ]


def _texts(nodes: Nodes, samplers: list[Node]) -> dict[Role, list[Node]]:
    """The nodes that read the prompts: by the links of samplers, or else by their titles."""
    starts = samplers or [node for node in nodes.values() if node.class_type.endswith("Guider") or "Sampler" in
                          node.class_type]  # fmt: skip
    found: dict[Role, list[Node]] = {}
    for role in (Role.POSITIVE, Role.NEGATIVE):
        links = [link for start in starts if (link := start.link(role)) is not None]
        if role is Role.POSITIVE:
            links += [link for start in starts if (link := start.link("conditioning")) is not None]
        found[role] = _encoders(nodes, links)
    if not any(found.values()):
        encoders = _of_class(nodes, _ENCODER)
        found = {role: [node for node in encoders if node.titled(_WORDS[role])] for role in found}
        if len(encoders) == 1 and not found[Role.NEGATIVE]:
            found[Role.POSITIVE] = encoders
    # Where both come from one text, nothing is said against anything.
    same = {node.id for node in found[Role.POSITIVE]}
    if same == {node.id for node in found[Role.NEGATIVE]} and len(same) == 1:
        found[Role.NEGATIVE] = []
    return found


def _encoders(nodes: Nodes, links: list[tuple[str, int]]) -> list[Node]:
    """The nodes that read a text, back along the links through what changes its conditioning."""
    found: dict[str, Node] = {}
    left, seen = list(links), set(links)
    while left:
        id_, slot = left.pop()
        node = nodes[id_]
        below = node.links()
        if node.class_type == _ENCODER or ("clip" in below and isinstance(node.inputs.get("text"), str)):
            found[id_] = node
            continue
        # What is zeroed says nothing any more.
        if node.class_type == "ConditioningZeroOut":
            continue
        if {"positive", "negative"} <= below.keys():
            names = [("positive", "negative")[slot]] if slot in (0, 1) else []
        else:
            names = [name for name in below if name.startswith("cond")] or list(below)
        for link in (below[name] for name in names):
            if link not in seen:
                seen.add(link)
                left.append(link)
    return list(found.values())


def _one(role: Role, candidates: list[Node], file: str) -> Node | None:
    if len(candidates) <= 1:
        return candidates[0] if candidates else None
    titled = [node for node in candidates if node.titled(_WORDS[role])]
    if len(titled) == 1:
        return titled[0]
    listed = ", ".join(sorted(str(node) for node in candidates)[:5])
    raise WorkflowError(
        f"{file}: several nodes could be its {role}: {listed}",
        hint=f'give one of them a title with "{_WORDS[role][0]}" in it, or name it in a .roles.json file',
    )


def _point(role: Role, node: Node, name: str) -> Point:
    low, high = _LIMITS.get(role, (None, None))
    return Point(node=node.id, input=name, low=low, high=high)


def _checked(role: str, one: _Named, nodes: Nodes, file: str) -> Point:
    node = nodes.get(one.node)
    if node is None:
        raise WorkflowError(f"{file}: {role}: the workflow has no node {one.node}")
    if role == Role.OUTPUT:
        return Point(node=one.node, input=one.input or ("filename_prefix" if "filename_prefix" in node.inputs else ""))
    if one.input not in node.inputs:
        raise WorkflowError(f"{file}: {role}: {node} has no input {one.input!r}")
    low, high = _LIMITS[Role(role)] if role in _LIMITS else (None, None)
    low, high = _inner(max, low, one.min), _inner(min, high, one.max)
    if low is not None and high is not None and low > high:
        raise WorkflowError(f"{file}: {role}: min is more than max, or out of what ComfyUI takes")
    return Point(node=one.node, input=one.input, low=low, high=high)


def _inner(choose: Callable[[float, float], float], own: float | None, named: float | None) -> float | None:
    return own if named is None else named if own is None else choose(own, named)


def _of_class(nodes: Nodes, name: str) -> list[Node]:
    return [node for node in nodes.values() if node.class_type == name]

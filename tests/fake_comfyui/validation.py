"""Says what is wrong with a prompt, in the words of ComfyUI."""

from __future__ import annotations

import re
import traceback
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from fake_comfyui.nodes import Node, installed
from fake_comfyui.options import Options
from fake_comfyui.places import Places

Error = dict[str, Any]


@dataclass(kw_only=True)
class Verdict:
    """What was found."""

    error: Error | None = None
    outputs: list[str] = field(default_factory=list)
    """Output nodes that can run."""
    node_errors: dict[str, Any] = field(default_factory=dict)


def told(kind: str, message: str, details: str = "", **extra: Any) -> Error:
    """An error as ComfyUI tells it."""
    return {"type": kind, "message": message, "details": details, "extra_info": extra}


NO_PROMPT = told("no_prompt", "No prompt provided", "No prompt provided")
BAD_ID = told(
    "invalid_prompt_id", "prompt_id must be a valid UUID",
    "prompt_id must be a UUID string in canonical lowercase hyphenated form; omit it to let the server generate one",
)  # fmt: skip


def canonical(prompt_id: object) -> bool:
    """Whether a prompt id is one that may be given."""
    return isinstance(prompt_id, str) and bool(re.fullmatch(r"[0-9a-f-]{36}", prompt_id)) and _is_uuid(prompt_id)


def _is_uuid(text: str) -> bool:
    try:
        return str(uuid.UUID(text)) == text
    except ValueError:
        return False


def validated(prompt: Mapping[str, Any], options: Options, places: Places) -> Verdict:
    """Look at a whole prompt; its numbers and texts are brought to their types."""
    nodes = installed(options)
    wanted = []
    for name, one in prompt.items():
        if one.get("class_type") not in nodes:
            return Verdict(error=_missing(name, one, options))
        if nodes[one["class_type"]].output_node:
            wanted.append(name)
    if not wanted:
        return Verdict(error=told("prompt_no_outputs", "Prompt has no outputs"))
    check = _Check(prompt, nodes, options, places)
    verdict = Verdict()
    reasons: list[Error] = []
    for output in wanted:
        try:
            good = check.node(output, [])
        except Exception as error:  # noqa: BLE001 - the real one tells any of them
            good = check.failed(output, "exception_during_validation", "Exception when validating node", error)
        if good:
            verdict.outputs.append(output)
            continue
        reasons += check.errors[output]
        for name, errors in check.errors.items():
            if errors:
                entry = {"errors": errors, "dependent_outputs": [], "class_type": prompt[name]["class_type"]}
                verdict.node_errors.setdefault(name, entry)["dependent_outputs"].append(output)
    if not verdict.outputs:
        details = "\n".join(f"{reason['message']}: {reason['details']}" for reason in reasons)
        verdict.error = told("prompt_outputs_failed_validation", "Prompt outputs failed validation", details)
    return verdict


def _missing(name: str, node: Mapping[str, Any], options: Options) -> Error:
    kind = node.get("class_type")
    title = node.get("_meta", {}).get("title", kind)
    if options.old or options.no_jobs:
        return told("invalid_prompt", f"Cannot execute because node {kind} does not exist.", f"Node ID '#{name}'")
    what = f"Node '{title}' not found. The custom node may not be installed."
    if kind is None:
        called = title or f"ID #{name}"
        what = f"Node '{called}' has no class_type. The workflow may be corrupted or a custom node is missing."
    return told("missing_node_type", what, f"Node ID '#{name}'", node_id=name, class_type=kind, node_title=title)


class _Check:
    def __init__(self, prompt: Mapping[str, Any], nodes: Mapping[str, Node], options: Options, places: Places) -> None:
        self.prompt, self.nodes, self.options, self.places = prompt, nodes, options, places
        self.errors: dict[str, list[Error]] = {}
        self.good: dict[str, bool] = {}

    def failed(self, name: str, kind: str, message: str, error: Exception) -> bool:
        extra = {"exception_type": type(error).__name__, "traceback": traceback.format_tb(error.__traceback__)}
        self.errors[name] = [told(kind, message, str(error), **extra)]
        self.good[name] = False
        return False

    def node(self, name: str, above: list[str]) -> bool:
        if name in self.good:
            return self.good[name]
        if name in above:
            cycle = above[above.index(name) :]
            path = " -> ".join(f"{one} ({self.prompt[one]['class_type']})" for one in [*cycle, name])
            message = "Dependency cycle detected"
            self.errors[name] = [told("dependency_cycle", message, path, node_id=name, cycle_nodes=cycle)]
            self.good[name] = False
            return False
        inputs = self.prompt[name]["inputs"]
        node = self.nodes[self.prompt[name]["class_type"]]
        errors: list[Error] = []
        good = True
        for key, config in node.required(self.options, self.places).items():
            if key not in inputs:
                errors.append(told("required_input_missing", "Required input is missing", key, input_name=key))
            elif isinstance(inputs[key], list):
                found = self._link(key, config, inputs[key])
                if found:
                    errors.append(found)
                elif not self._inner(inputs[key][0], [*above, name]):
                    good = False
            elif found := self._value(key, config, inputs, key in node.unlisted):
                errors.append(found)
        own = node.check(self.places, inputs)
        if own is not None:
            errors.append(told("custom_validation_failed", "Custom validation failed for node", own))
        self.errors[name] = self.errors.get(name, []) + errors
        self.good[name] = good and not self.errors[name]
        return self.good[name]

    def _inner(self, name: str, above: list[str]) -> bool:
        try:
            return self.node(name, above)
        except Exception as error:  # noqa: BLE001 - the real one tells any of them
            kind = "exception_during_inner_validation"
            return self.failed(name, kind, "Exception when validating inner node", error)

    def _link(self, key: str, config: list[Any], link: list[Any]) -> Error | None:
        extra = {"input_name": key, "input_config": config}
        if len(link) != 2:
            message = "Bad linked input, must be a length-2 list of [node_id, slot_index]"
            return told("bad_linked_input", message, key, received_value=link, **extra)
        given = self.nodes[self.prompt[link[0]]["class_type"]].outputs[link[1]]
        if given != config[0]:
            details = f"{key}, received_type({given}) mismatch input_type({config[0]})"
            message = "Return type mismatch between linked nodes"
            return told("return_type_mismatch", message, details, received_type=given, linked_node=link, **extra)
        return None

    def _value(self, key: str, config: list[Any], inputs: dict[str, Any], unlisted: bool) -> Error | None:
        kind, settings = config[0], config[1] if len(config) > 1 else {}
        value = inputs[key]
        extra: dict[str, Any] = {"input_name": key, "input_config": config, "received_value": value}
        casts = {"INT": int, "FLOAT": float, "STRING": str, "BOOLEAN": bool}
        if isinstance(kind, str) and kind in casts:
            try:
                inputs[key] = value = casts[kind](value)
            except (TypeError, ValueError, OverflowError) as error:
                message = f"Failed to convert an input value to a {kind} value"
                extra["exception_message"] = str(error)
                return told("invalid_input_type", message, f"{key}, {value}, {error}", **extra)
        if unlisted:
            return None
        if "min" in settings and value < settings["min"]:
            message = f"Value {value} smaller than min of {settings['min']}"
            return told("value_smaller_than_min", message, key, **extra)
        if "max" in settings and value > settings["max"]:
            message = f"Value {value} bigger than max of {settings['max']}"
            return told("value_bigger_than_max", message, key, **extra)
        choices = kind if isinstance(kind, list) else settings.get("options")
        unlooked = kind == "COMBO" and self.options.no_jobs
        if choices is not None and not unlooked and value not in choices:
            listed = str(choices) if len(choices) <= 20 else f"(list of length {len(choices)})"
            if len(choices) > 20:
                extra["input_config"] = None
            return told("value_not_in_list", "Value not in list", f"{key}: {value!r} not in {listed}", **extra)
        return None

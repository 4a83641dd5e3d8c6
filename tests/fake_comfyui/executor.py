"""Runs prompts, one at a time, in a thread of its own, and tells of it as ComfyUI does."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import time
import traceback
from typing import Any

import numpy as np

from fake_comfyui import looks
from fake_comfyui.hub import Hub
from fake_comfyui.nodes import Node, Running, installed
from fake_comfyui.options import Options
from fake_comfyui.places import Places
from fake_comfyui.prompts import Item, Prompts, message
from fake_comfyui.records import Records

_TICK = 0.01


class InterruptedByUserError(Exception):
    """Somebody asked to stop what runs."""


class FailedOnPurposeError(Exception):
    """A node was told to raise."""


class Executor:
    """The one thread that runs prompts."""

    def __init__(self, options: Options, places: Places, prompts: Prompts, hub: Hub, records: Records) -> None:
        self.options, self.places, self.prompts, self.hub, self.records = options, places, prompts, hub, records
        self.cache: dict[str, tuple[tuple[Any, ...], dict[str, Any] | None]] = {}
        self.client_id: str | None = None
        self.last_node: str | None = None

    def run(self) -> None:
        """Run prompts for ever."""
        while True:
            self._prompt(self.prompts.take(lambda: not self.options.zombie))

    def _prompt(self, item: Item) -> None:
        self.client_id = item.client_id
        self.records.add("started", item.prompt_id, item.client_id)
        run = _Run(self, item)
        end = run.whole()
        self.last_node = None
        self.records.add(end, item.prompt_id, item.client_id)
        if end == "executed" and self.options.last("die_after_prompts"):
            die()
        self._wait(self.options.history_delay)
        status = {"status_str": "success" if end == "executed" else "error", "completed": end == "executed"}
        history = {"outputs": run.shown, "status": {**status, "messages": [list(one) for one in item.messages]}}
        if not self.options.old:
            history["meta"] = run.meta()
        self.prompts.end(None if self.options.lose_history else history)
        if item.client_id is not None:
            self.hub.tell("executing", {"node": None, "prompt_id": item.prompt_id}, item.client_id)

    def _wait(self, seconds: float, *, stoppable: bool = False) -> None:
        """Let time pass, and stand still as long as it is to."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0 or self.options.zombie:
            if stoppable and self.prompts.stop.is_set() and not self.options.zombie:
                return
            time.sleep(min(_TICK, left) if left > 0 else _TICK)

    def pause(self, seconds: float) -> None:
        """Let time pass within a node; raises if it is to stop."""
        self._wait(seconds, stoppable=True)
        if self.prompts.stop.is_set():
            self._wait(self.options.stop_delay)
            raise InterruptedByUserError


class _Run:
    """One prompt that runs."""

    def __init__(self, executor: Executor, item: Item) -> None:
        self.executor, self.item = executor, item
        self.options, self.hub = executor.options, executor.hub
        self.nodes = installed(self.options)
        self.states: dict[str, dict[str, Any]] = {}
        self.shown: dict[str, Any] = {}
        self.results: dict[str, tuple[Any, ...]] = {}
        self.executed: list[str] = []
        self.signatures: dict[str, str] = {}
        self.raises = self.options.take("execution_error")
        self.tells_blocked = self.options.take("blocked")
        self.blocks_save = self.options.take("blocked_save")
        self.begun = False

    def whole(self) -> str:
        """Run all of it; gives how it ended: executed, failed or cancelled."""
        item = self.item
        self._tell("execution_start")
        order = self._order()
        found = {name: self._signature(name) for name in item.prompt}
        cache = self.executor.cache
        self.executor.cache = {one: cache[one] for one in found.values() if one in cache}
        self._tell("execution_cached", nodes=[name for name in item.prompt if found[name] in self.executor.cache])
        name = ""
        try:
            for name in order:
                self._node(name)
        except InterruptedByUserError:
            self._tell("execution_interrupted", everybody=True, **self._where(name))
            return "cancelled"
        except Exception as error:  # noqa: BLE001 - whatever a node raises is told
            self._tell_error(name, error)
            return "failed"
        self._tell("execution_success")
        return "executed"

    def meta(self) -> dict[str, Any]:
        """What the history tells of the nodes that showed something."""
        return {
            name: {"node_id": name, "display_node": name, "parent_node": None, "real_node_id": name}
            for name in self.shown
        }

    def _order(self) -> list[str]:
        order: list[str] = []

        def visit(name: str) -> None:
            if name in order:
                return
            for value in self.item.prompt[name]["inputs"].values():
                if _is_link(value):
                    visit(value[0])
            order.append(name)

        for output in self.item.outputs:
            visit(output)
        return order

    def _signature(self, name: str) -> str:
        """What a result depends on: the class, the inputs and those of all before."""
        if name not in self.signatures:
            node = self.item.prompt[name]
            inputs = {
                key: ["link", self._signature(value[0]), value[1]] if _is_link(value) else value
                for key, value in sorted(node["inputs"].items())
            }
            kind = self.nodes.get(node["class_type"])
            changed = kind.changed(self.executor.places, node["inputs"]) if kind else ""
            words = json.dumps([node["class_type"], inputs, changed], sort_keys=True)
            self.signatures[name] = hashlib.sha256(words.encode()).hexdigest()
        return self.signatures[name]

    def _node(self, name: str) -> None:
        signature = self._signature(name)
        if signature in self.executor.cache:
            self.results[name], shown = self.executor.cache[signature]
            # Nothing is told of others: the real one goes back along the links no further than to what it has.
            if name in self.item.outputs:
                if shown is not None:
                    self.shown[name] = shown
                self._tell_node("executed", name, output=shown)
                self._state(name, "finished", 1, 1)
            return
        kind = self.item.prompt[name]["class_type"]
        node = self.nodes[kind]
        self._state(name, "running", 0, 1)
        self.executor.last_node = name
        self._tell_node("executing", name)
        self.executor.pause(0 if self.begun else self.options.node_seconds)
        self.begun = True
        if self.blocks_save and node.output_node:
            self._tell_blocked(name)
        else:
            self._work(name, node, signature)
        if self.tells_blocked:
            self.tells_blocked = False
            self._tell_blocked(name)
        value = self.states[name]["max"]
        self._state(name, "finished", value, value)
        self.executed.append(name)
        if self.options.last("die_after_nodes"):
            die()

    def _work(self, name: str, node: Node, signature: str) -> None:
        if self.raises and name == self._raiser():
            raise FailedOnPurposeError
        running = Running(
            places=self.executor.places, prompt=json.dumps(self.item.prompt),
            progress=lambda *done: self._progress(name, *done),
        )  # fmt: skip
        result = node.work(running, **self._inputs(name, node))
        self.results[name] = result
        if running.ui:
            self.shown[name] = running.ui
            self._tell_node("executed", name, output=running.ui)
        self.executor.cache[signature] = (result, running.ui or None)

    def _raiser(self) -> str:
        order = self._order()
        samplers = [name for name in order if self.item.prompt[name]["class_type"] == "KSampler"]
        return next((name for name in samplers if name not in self.executed), order[-1])

    def _inputs(self, name: str, node: Node) -> dict[str, Any]:
        given = self.item.prompt[name]["inputs"]
        known = node.required(self.options, self.executor.places)
        return {
            key: self.results[value[0]][value[1]] if _is_link(value) else value
            for key, value in given.items()
            if key in known
        }

    def _progress(self, name: str, value: int, most: int, picture: np.ndarray | None) -> None:
        self.executor.pause(self.options.step_seconds)
        client_id = self.item.client_id
        previews = self.options.previews and self.item.extra.get("preview_method") != "none"
        shows = previews and picture is not None and self.hub.hears(client_id)
        self._state(name, "running", value, most)
        metadata = {"node_id": name, "prompt_id": self.item.prompt_id, "display_node_id": name,
                    "parent_node_id": None, "real_node_id": name}  # fmt: skip
        newer = self.hub.knows_metadata(client_id)
        jpeg = looks.thumbnail(picture) if shows and picture is not None else b""
        if shows and newer:
            self.hub.show(jpeg, metadata, client_id)
        if self.options.odd_frames:
            self.hub.tell_odd(name, client_id)
        told = {"value": value, "max": most, "prompt_id": self.item.prompt_id, "node": name}
        self.hub.tell("progress", told, client_id)
        if shows and not newer:
            self.hub.show(jpeg, metadata, client_id)
        if self.options.last("die_after_steps"):
            die()

    def _state(self, name: str, state: str, value: float, most: float) -> None:
        self.states[name] = {
            "value": value, "max": most, "state": state, "node_id": name, "prompt_id": self.item.prompt_id,
            "display_node_id": name, "parent_node_id": None, "real_node_id": name,
        }  # fmt: skip
        if not self.options.old:
            told = {"prompt_id": self.item.prompt_id, "nodes": {one: dict(now) for one, now in self.states.items()}}
            self.hub.tell("progress_state", told, self.item.client_id)

    def _tell(self, event: str, *, everybody: bool = False, **data: Any) -> None:
        told = message(event, self.item, **data)
        if self.item.client_id is not None or everybody:
            self.hub.tell(event, told, self.item.client_id)

    def _tell_node(self, event: str, name: str, **data: Any) -> None:
        if self.item.client_id is not None:
            told = {"node": name, "display_node": name, **data, "prompt_id": self.item.prompt_id}
            self.hub.tell(event, told, self.item.client_id)

    def _where(self, name: str) -> dict[str, Any]:
        kind = self.item.prompt[name]["class_type"]
        return {"node_id": name, "node_type": kind, "executed": list(self.executed)}

    def _tell_error(self, name: str, error: Exception) -> None:
        kind, words = type(error).__name__, f"{error}\n"
        if isinstance(error, FailedOnPurposeError):
            kind, words = self.options.error_type, self.options.error_message
        inputs = {
            key: [value if isinstance(value, (int, float, bool, str)) else str(value)]
            for key, value in self.item.prompt[name]["inputs"].items()
        }
        self._tell(
            "execution_error", **self._where(name), exception_message=words, exception_type=kind,
            traceback=traceback.format_tb(error.__traceback__), current_inputs=inputs,
            current_outputs=list(self.executed),
        )  # fmt: skip

    def _tell_blocked(self, name: str) -> None:
        """Tell that a node was blocked: nothing of it is in the history, and the prompt goes on."""
        told = {
            "prompt_id": self.item.prompt_id, **self._where(name),
            "exception_message": "Execution Blocked: on purpose", "exception_type": "ExecutionBlocked",
            "traceback": [], "current_inputs": [], "current_outputs": [],
        }  # fmt: skip
        self.hub.tell("execution_error", told, self.item.client_id)


def _is_link(value: object) -> bool:
    return isinstance(value, list) and len(value) == 2


def die() -> None:
    """Be gone as with ``kill -9``, but let leave what was said before: the answer to the prompt, the news of it."""
    time.sleep(0.1)
    os.kill(os.getpid(), signal.SIGKILL)

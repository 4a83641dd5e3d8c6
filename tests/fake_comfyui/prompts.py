"""The queue and the history of a fake ComfyUI: in memory, one prompt at a time."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from fake_comfyui.records import Records

_MOST_HISTORY = 10000


@dataclass(kw_only=True)
class Item:
    """A prompt that was accepted."""

    number: float
    prompt_id: str
    prompt: dict[str, Any]
    extra: dict[str, Any]
    outputs: list[str]
    order: int = 0
    messages: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    @property
    def client_id(self) -> str | None:
        """Who is told of it; None is everybody."""
        return self.extra.get("client_id")

    def told(self) -> list[Any]:
        """As ``/queue`` tells it."""
        return [self.number, self.prompt_id, self.prompt, self.extra, self.outputs]


class Prompts:
    """What waits, what runs and what has ended."""

    def __init__(self, records: Records, changed: Callable[[], None]) -> None:
        """``changed`` is called when the length of the queue does."""
        self._lock = threading.RLock()
        self._some = threading.Condition(self._lock)
        self._records, self._changed = records, changed
        self._order = 0
        self._number = 0
        self.pending: list[Item] = []
        self.running: Item | None = None
        self.history: dict[str, dict[str, Any]] = {}
        self.stop = threading.Event()
        """Set when what runs is to stop; cleared at the start of each prompt."""

    def number(self, asked: float | None, front: bool) -> float:
        """The place in the queue of a prompt that comes."""
        with self._lock:
            if asked is not None:
                return asked
            self._number += 1
            return -(self._number - 1) if front else self._number - 1

    def put(self, item: Item) -> None:
        """Queue a prompt; nothing is checked for being there already."""
        with self._some:
            self._order += 1
            item.order = self._order
            self.pending.append(item)
            self.pending.sort(key=lambda one: (one.number, one.prompt_id, one.order))
            texts = [str(one["inputs"]["text"]) for one in item.prompt.values() if "text" in one.get("inputs", {})]
            self._records.add("accepted", item.prompt_id, item.client_id, number=item.number, texts=texts)
            self._changed()
            self._some.notify()

    def take(self, ready: Callable[[], bool]) -> Item:
        """Wait for the next prompt, and begin to run it."""
        with self._some:
            while not (self.pending and ready()):
                self._some.wait(0.05)
            self.running = self.pending.pop(0)
            self.stop.clear()
            self._changed()
            return self.running

    def end(self, history: dict[str, Any] | None) -> None:
        """What runs has ended; with None nothing is left of it."""
        with self._lock:
            assert self.running is not None
            if history is not None:
                for old in list(self.history)[: max(0, len(self.history) - _MOST_HISTORY)]:
                    del self.history[old]
                self.history[self.running.prompt_id] = {"prompt": self.running.told(), **history}
            self.running = None
            self._changed()

    def remaining(self) -> int:
        """How many wait or run."""
        with self._lock:
            return len(self.pending) + (self.running is not None)

    def clear(self) -> None:
        """Forget all that wait."""
        with self._lock:
            for one in self.pending:
                self._records.add("dequeued", one.prompt_id, one.client_id)
            self.pending = []
            self._changed()

    def dequeue(self, prompt_id: str) -> bool:
        """Forget the first that waits under an id."""
        with self._lock:
            for one in self.pending:
                if one.prompt_id == prompt_id:
                    self.pending.remove(one)
                    self._records.add("dequeued", prompt_id, one.client_id)
                    self._changed()
                    return True
            return False

    def interrupt(self, prompt_id: str | None = None) -> bool:
        """Stop what runs; with an id, only if it is that."""
        with self._lock:
            if prompt_id is not None and (self.running is None or self.running.prompt_id != prompt_id):
                return False
            self.stop.set()
            return self.running is not None

    def queue(self) -> dict[str, Any]:
        """As ``/queue`` tells it."""
        with self._lock:
            running = [self.running.told()] if self.running else []
            return {"queue_running": running, "queue_pending": [one.told() for one in self.pending]}

    def past(self, prompt_id: str | None = None) -> dict[str, Any]:
        """As ``/history`` tells it."""
        with self._lock:
            if prompt_id is None:
                return dict(self.history)
            return {prompt_id: self.history[prompt_id]} if prompt_id in self.history else {}

    def forget(self, prompt_ids: list[str] | None) -> None:
        """Take some out of the history; None is all."""
        with self._lock:
            for one in list(self.history) if prompt_ids is None else prompt_ids:
                self.history.pop(one, None)

    def job(self, prompt_id: str) -> dict[str, Any] | None:
        """As ``/api/jobs/{id}`` tells it; None if it is not known."""
        with self._lock:
            if prompt_id in self.history:
                return _past_job(self.history[prompt_id])
            waiting = [(self.running, "in_progress"), *((one, "pending") for one in self.pending)]
            for one, status in waiting:
                if one is not None and one.prompt_id == prompt_id:
                    return {
                        "id": prompt_id, "status": status, "priority": one.number, "outputs_count": 0,
                        "create_time": one.extra["create_time"], "previewable_outputs_count": 0,
                        "workflow": {"prompt": one.prompt, "extra_data": one.extra},
                    }  # fmt: skip
            return None


def message(event: str, item: Item, **data: Any) -> dict[str, Any]:
    """Note an event of a prompt for its history; gives its data."""
    entry = {**data, "prompt_id": item.prompt_id, "timestamp": int(time.time() * 1000)}
    item.messages.append((event, entry))
    return entry


def _past_job(entry: dict[str, Any]) -> dict[str, Any]:
    number, prompt_id, prompt, extra, _ = entry["prompt"]
    events = dict(entry["status"]["messages"])
    status = "completed" if entry["status"]["completed"] else "failed"
    ended = events.get("execution_success") or events.get("execution_error") or events.get("execution_interrupted")
    pictures = [
        {**one, "nodeId": node, "mediaType": "images"}
        for node, shown in entry["outputs"].items()
        for one in shown["images"]
    ]
    job = {
        "id": prompt_id, "status": "cancelled" if "execution_interrupted" in events else status, "priority": number,
        "create_time": extra["create_time"], "execution_start_time": events["execution_start"]["timestamp"],
        "execution_end_time": ended and ended["timestamp"], "execution_error": events.get("execution_error"),
        "outputs_count": len(pictures), "previewable_outputs_count": len(pictures),
        "preview_output": next(iter(pictures), None), "outputs": entry["outputs"], "execution_status": entry["status"],
        "workflow": {"prompt": prompt, "extra_data": extra},
    }  # fmt: skip
    return {name: value for name, value in job.items() if value is not None}

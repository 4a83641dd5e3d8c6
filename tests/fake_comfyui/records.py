"""What a fake ComfyUI remembers of what was asked and done, for tests."""

from __future__ import annotations

import json
import threading
import time
from collections import Counter
from pathlib import Path
from typing import Any

JOURNAL = "journal.jsonl"
"""A file of the folder, one line per event; it outlives the process."""


class Records:
    """Counts of requests, and a journal of prompts."""

    def __init__(self, folder: Path) -> None:
        self._lock = threading.Lock()
        self._path = folder / JOURNAL
        self.routes: Counter[str] = Counter()
        self.faults: Counter[str] = Counter()
        self.refused: Counter[str] = Counter()
        self.origins: list[str] = []
        self.uploads: list[dict[str, Any]] = []
        self.events: list[dict[str, Any]] = []

    def add(self, event: str, prompt_id: str, client_id: str | None, **more: object) -> None:
        """Note that something happened to a prompt."""
        entry = {"event": event, "prompt_id": prompt_id, "client_id": client_id, "time": time.time(), **more}
        with self._lock:
            self.events.append(entry)
            with self._path.open("a", encoding="utf-8") as journal:
                journal.write(json.dumps(entry) + "\n")

    def prompts(self, event: str) -> list[dict[str, Any]]:
        """The prompts that something happened to, in order: id and client id."""
        with self._lock:
            return [
                {"prompt_id": one["prompt_id"], "client_id": one["client_id"]}
                for one in self.events
                if one["event"] == event
            ]

"""Whether there is a picture of the photo of a task that is not done: there is soon after work on it has begun."""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock

from safelight.errors import StoreError
from safelight.store.blobs import Store
from safelight.store.keys import thumbnail_of
from safelight.tasks.task import Task

_MOST = 10_000


class Begun:
    """Asks the store, and does not ask again for what was there."""

    def __init__(self, store: Store) -> None:
        """Take the store."""
        self._store = store
        self._known: OrderedDict[str, None] = OrderedDict()
        self._lock = Lock()

    def shown(self, task: Task) -> bool:
        """Tell whether there is a thumbnail of a task's photo; False if that cannot be told just now."""
        key = task.input_key
        if key is None or task.started_at is None:
            return False
        with self._lock:
            if key in self._known:
                self._known.move_to_end(key)
                return True
        try:
            if not self._store.exists(thumbnail_of(key)):
                return False
        except StoreError:
            return False
        with self._lock:
            self._known[key] = None
            if len(self._known) > _MOST:
                self._known.popitem(last=False)
        return True

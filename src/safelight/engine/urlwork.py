"""Fetches the photos of tasks that name an address, and hands the tasks on to who works on them."""

from __future__ import annotations

import os
import shutil
from collections import OrderedDict
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from threading import Lock
from weakref import finalize

from sqlalchemy import Connection

from safelight.engine.job import HandOn, Job
from safelight.engine.order import Order
from safelight.engine.sharing import Sharing
from safelight.errors import InternalError, StoreError
from safelight.fetching.fetch import fetch
from safelight.fetching.rules import Rules, rules_of
from safelight.imaging.measure import measure
from safelight.settings import Settings
from safelight.store.blobs import Store
from safelight.store.failures import told
from safelight.store.keys import Kind, key_of
from safelight.tasks.claims import Found
from safelight.tasks.task import Task, now

_MOST_KNOWN = 1_000
_FRESH_MS = 10_000
_WHAT = "a fetched photo"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """A photo that was fetched, measured and put in the store."""

    key: str
    name: str
    width: int
    height: int
    size: int
    at: int
    """When that was, in ms since 1970."""


class _Draft:
    """A file among the drafts of the store; it is removed when nobody holds this any more."""

    def __init__(self, store: Store) -> None:
        self.path = store.drafts.new()
        self.remove = finalize(self, Path.unlink, self.path, missing_ok=True)
        """Removes it now; twice is no error."""


class UrlWork:
    """The handler of the remote lane for tasks with an ``image_url``."""

    def __init__(self, *, store: Store, settings: Settings, rules: Rules | None = None) -> None:
        """Take the store and the settings; ``rules`` go before those of the settings."""
        self._store = store
        self._settings = settings
        self._given = rules
        self._sharing = Sharing[tuple[str, str], tuple[_Known, _Draft]]()
        self._known: OrderedDict[tuple[str, str], _Known] = OrderedDict()
        self._lock = Lock()

    def photo(self, task: Task, job: Job) -> HandOn:
        """Fetch the photo of a task, and check by its headers that it is one.

        The photo is in the store when this returns. Should it be swept before the task is committed, a draft that
        lives as long as the answer brings it back. What an owner's tasks name together is fetched once.

        Raises:
            FetchError, PhotoError: there is no photo that can be used.
            DiskFullError, StoreError: it cannot be kept now.
            SettingsError: SAFELIGHT_FETCH_ALLOW cannot be used.
            CancelledError: on request.
        """
        url = task.payload.get("image_url")
        if not isinstance(url, str):
            raise InternalError("the task names no address of a photo")
        job.progress(0.0, "fetching")
        place = (task.owner, url)
        known, draft = self._recalled(place, task) or self._sharing.get(
            place, lambda: self._recalled(place, task) or self._fetched(place, job), job.check_cancelled
        )

        def keep(_: Connection) -> None:
            self._store.put(known.key, draft.path)

        found = Found(
            key=known.key, name=known.name, width=known.width, height=known.height, size=known.size, keep=keep
        )
        return HandOn(lane=Order.read(task.payload).lane, found=found)

    @cached_property
    def _rules(self) -> Rules:
        return self._given or rules_of(self._settings)

    def _fetched(self, place: tuple[str, str], job: Job) -> tuple[_Known, _Draft]:
        draft = _Draft(self._store)
        try:
            known = self._brought(place[1], draft.path, job)
        except BaseException:
            # An error keeps what it came through, and so the draft.
            draft.remove()
            raise
        with self._lock:
            self._known[place] = known
            self._known.move_to_end(place)
            if len(self._known) > _MOST_KNOWN:
                self._known.popitem(last=False)
        return known, draft

    def _brought(self, url: str, draft: Path, job: Job) -> _Known:
        with told(_WHAT):
            fetched = fetch(url, draft, rules=self._rules, check_cancelled=job.check_cancelled)
        measured = measure(draft, max_pixels=self._settings.max_input_pixels, name=fetched.name)
        key = key_of(Kind.ORIGINAL, fetched.sha256)
        # Before the transaction, in which there is no time to send a file anywhere.
        self._store.put(key, draft)
        return _Known(
            key=key, name=fetched.name, width=measured.width, height=measured.height, size=fetched.size, at=now()
        )

    def _recalled(self, place: tuple[str, str], task: Task) -> tuple[_Known, _Draft] | None:
        """What was fetched for another task after this one was accepted, or just before; None if nothing was."""
        with self._lock:
            known = self._known.get(place)
        if known is None or known.at < task.created_at - _FRESH_MS:
            return None
        draft = _Draft(self._store)
        try:
            with told(_WHAT):
                stored = self._store.fetch(known.key, draft.path)
                if stored != draft.path:
                    _link(stored, draft.path)
        except StoreError:
            return None
        return known, draft


def _link(source: Path, target: Path) -> None:
    try:
        os.link(source, target)
    except FileNotFoundError:
        raise
    except OSError:
        shutil.copyfile(source, target)

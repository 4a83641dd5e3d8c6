"""The parts of the service, assembled; the only other place where that is done is wiring, for the library's own."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from safelight.datasets.memory import Memory
from safelight.datasets.shelf import Shelf
from safelight.engine.chores import Chore
from safelight.settings import Settings
from safelight.store.blobs import Store
from safelight.store.keys import sources
from safelight.store.opening import open_store
from safelight.tasks.accounts.audit import Audit
from safelight.tasks.accounts.invites import Invites
from safelight.tasks.accounts.keys import Keys
from safelight.tasks.accounts.sessions import SessionTable
from safelight.tasks.accounts.users import Users
from safelight.tasks.answers import Answers
from safelight.tasks.batches import Batches
from safelight.tasks.claims import Claims
from safelight.tasks.daily import Daily
from safelight.tasks.database import Database
from safelight.tasks.events import Events
from safelight.tasks.history import History
from safelight.tasks.hook import Hook
from safelight.tasks.moves import Moves
from safelight.tasks.performance import Performance
from safelight.tasks.photos import Photos
from safelight.tasks.presets import OwnPresets
from safelight.tasks.quotas import Quota, Quotas
from safelight.tasks.repository import Repository
from safelight.tasks.retention import Retention
from safelight.tasks.task import now
from safelight.tasks.workers import Worker, Workers

if TYPE_CHECKING:
    from safelight.wiring import Studio

_DAY_MS = 86_400_000
_SCRUB_AFTER_MS = 600_000
_AUDIT_MS = 400 * _DAY_MS
_FRESH_LEASES = 3
"""A worker that gave no sign of life for so many leases is gone."""


class Service:
    """What a studio has, and the tables and files."""

    def __init__(self, settings: Settings, *, answers: bool = False) -> None:
        """Take the settings; nothing is connected yet. ``answers`` is for the process that answers requests.

        Raises:
            SettingsError: the address of the database cannot be used.
        """
        self.settings = settings
        self.database = Database(settings.database_address, first=answers)
        moves = Moves(self.database, posting=bool(settings.hook_url))
        self.quotas = Quotas(self.database, _quota(settings))
        self.tasks = Repository(self.database, moves, most_waiting=settings.max_waiting, quotas=self.quotas)
        self.batches = Batches(self.database)
        self.claims = Claims(self.database, moves, lease_ms=round(settings.lease_s * 1000))
        self.events = Events(self.database)
        self.workers = Workers(self.database)
        self.photos = Photos(self.database)
        self.presets = OwnPresets(self.database)
        self.answers = Answers(self.database)
        self.history = History(self.database)
        self.performance = Performance(self.database)
        self.users = Users(self.database)
        self.sessions = SessionTable(self.database)
        self.keys = Keys(self.database)
        self.invites = Invites(self.database)
        self.audit = Audit(self.database)

    def living_workers(self) -> list[Worker]:
        """The workers that gave a sign of life lately.

        Raises:
            DatabaseAwayError: the database cannot be reached.
        """
        since = now() - round(_FRESH_LEASES * self.settings.lease_s * 1000)
        return [worker for worker in self.workers.all() if worker.seen_at >= since]

    @cached_property
    def studio(self) -> Studio:
        """What models and presets there are; the process that only looks after others does without."""
        from safelight.wiring import Studio

        return Studio(self.settings)

    @cached_property
    def store(self) -> Store:
        """Where files live.

        Raises:
            SettingsError: its address cannot be used.
            StoreError: its folder cannot be made.
        """
        return open_store(self.settings)

    @cached_property
    def shelf(self) -> Shelf:
        """Where datasets are."""
        return Shelf(self.settings.dataset_folder, Memory())

    def chores(self) -> list[Chore]:
        """What has to be done now and then, besides tasks."""
        settings, store = self.settings, self.store
        retention = Retention(self.database, store.discard, sources=sources)
        found = [
            Chore(name="sweep", every_s=5, run=lambda: retention.sweep(200)),
            Chore(name="expire", every_s=60, run=lambda: retention.expire(settings.kept_days)),
            Chore(name="old workers", every_s=3600, run=lambda: self.workers.forget(unseen_ms=_DAY_MS)),
            Chore(name="deleted datasets", every_s=3600, run=self.shelf.sweep),
            Chore(name="old sessions", every_s=3600, run=self.sessions.prune),
            Chore(name="old counts", every_s=3600, run=self.quotas.prune),
            Chore(name="old audit", every_s=3600, run=lambda: self.audit.prune(now() - _AUDIT_MS)),
            Chore(name="scrub", every_s=3600, run=lambda: retention.scrub(store.keys(""), _SCRUB_AFTER_MS)),
        ]
        if settings.history_files:
            daily = Daily(self.database, settings.data_dir / "history")
            found.append(Chore(name="history", every_s=1, run=daily.run_once))
            if settings.kept_days:
                keep_ms = round(settings.kept_days * _DAY_MS)
                found.append(Chore(name="old history", every_s=3600, run=lambda: daily.prune(now() - keep_ms)))
        if settings.hook_url:
            hook = Hook(self.database, settings.hook_url, settings.hook_secret)
            found.append(Chore(name="hook", every_s=1, run=hook.send_due))
        return found


def _quota(settings: Settings) -> Quota:
    """What one user may have."""
    return Quota(
        tasks=settings.user_tasks, stored=settings.user_storage_mb << 20, pixels=settings.user_megapixels * 1_000_000
    )

"""Turns photos and orders into tasks."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import PurePath

from sqlalchemy import Connection

from safelight.api.caller import Caller
from safelight.datasets.dataset import Step
from safelight.datasets.folder import DatasetFolder
from safelight.datasets.sole import sole
from safelight.engine.datasetwork import DATASET
from safelight.engine.order import PHOTO, Order
from safelight.engine.pullwork import pulled
from safelight.errors import PhotoTooLargeError, SafelightError, UnknownTaskError, WrongStateError
from safelight.fetching.target import target_of
from safelight.models.spec import ModelSpec
from safelight.operations.operation import Size
from safelight.recipes.forecast import Forecast, forecast
from safelight.recipes.plan import Plan
from safelight.service import Service
from safelight.store.keys import Kind, key_of
from safelight.store.watermark import Watermark
from safelight.tasks.photos import Uploaded
from safelight.tasks.status import ENDED
from safelight.tasks.task import PREVIEW, PULL, Batch, Facts, Lane, NewTask, Priority, Task, new_id, now


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A photo that is in the store, or on its way there."""

    key: str
    """Where it lies in the store, or will."""
    name: str
    """Its file name, as the user has it."""
    width: int
    """Pixels across, upright."""
    height: int
    """Pixels down, upright."""
    size: int
    """Bytes."""
    keep: Callable[[Connection], None] | None = None
    """Brings it to its place, within the transaction that accepts it."""


def of_uploaded(photo: Uploaded) -> Source:
    """The source that an uploaded photo is."""
    return Source(key=photo.key, name=photo.name, width=photo.width, height=photo.height, size=photo.size)


class Acceptor:
    """Makes plans and tasks; what it does may take milliseconds of disk and database, so not in the event loop."""

    def __init__(self, service: Service, secret: bytes) -> None:
        """Take the parts, and the secret that ids of repeated requests are derived from."""
        self._service = service
        self._secret = secret
        self._watermark = Watermark(service.store.free_bytes)

    def check_room(self, caller: Caller | None = None, coming: int = 0) -> None:
        """Refuse new work while the disk is too full, or, of a caller, as much is kept as may be.

        ``coming`` is how many bytes would come to it.

        Raises:
            StoreFullError, QuotaFullError: it is.
        """
        self._watermark.check_room(self._service.settings.min_free_mb)
        if caller is not None:
            self._service.quotas.check_stored(caller.owner, coming)

    def plan(self, order: Order, source: Source | None) -> tuple[Plan, Forecast | None]:
        """Make the plan of an order and, for a photo, the forecast; nothing is fetched.

        Raises:
            RecipeError, ModelError: the order cannot be done.
            PhotoTooLargeError: the result would be too large.
        """
        studio = self._service.studio
        plan = studio.planner.plan(order.recipe, order.output, fetch=False)
        if source is None:
            return plan, None
        settings = self._service.settings
        size = Size(width=source.width, height=source.height, bands=3, depth=8)
        ahead = forecast(plan, size, settings=settings, speeds=studio.speeds, workspace=settings.data_dir)
        return plan, ahead

    def accept(
        self,
        caller: Caller,
        order: Order,
        sources: Sequence[Source],
        *,
        batch: bool = False,
        joining: str | None = None,
        not_before: int = 0,
        idempotency: str | None = None,
        errors: Mapping[int, SafelightError] | None = None,
    ) -> tuple[Batch | None, list[Task]]:
        """Accept one task per photo, all or none. Those that ``errors`` names, by index, have failed already.

        ``batch`` makes a batch of them; ``joining`` is the id of one of the caller's that they join.

        Raises:
            UnknownTaskError: the caller has no such batch.
            QueueFullError, StoreFullError, DatabaseAwayError: not now.
            RecipeError, ModelError, PhotoTooLargeError: never.
        """
        self.check_room(caller, sum(one.size for one in sources if one.keep is not None))
        ids = self._ids(caller, idempotency, len(sources) + 1)
        group = Batch(id=ids[-1], owner=caller.owner, total=len(sources), created_at=now()) if batch else None
        new: list[NewTask] = []
        done: dict[str, Task] = {}
        failed: dict[str, SafelightError] = {}
        for index, source in enumerate(sources):
            error = (errors or {}).get(index)
            try:
                plan, ahead = self.plan(order, None if error else source)
            except PhotoTooLargeError as too_large:
                # Of several photos, one that is too large does not stop the others.
                if not batch:
                    raise
                (plan, ahead), error = self.plan(order, None), too_large
            if error is not None:
                failed[ids[index]] = error
            settled = order.model_copy(update={"recipe": plan.recipe})
            task = NewTask(
                id=ids[index], owner=caller.owner, kind=PHOTO, payload=settled.to_json(), lane=settled.lane,
                priority=Priority.BATCH if batch or joining else Priority.SINGLE, batch=group.id if group else None,
                index=index if batch else None, not_before=not_before, input_name=source.name,
                input_key=None if error else source.key, width=None if error else source.width,
                height=None if error else source.height, size=source.size, signature=plan.signature,
                facts=facts(plan, ahead),
            )  # fmt: skip
            new.append(task)
            like = None if error else self._service.tasks.same(caller.owner, source.key, plan.signature)
            if like is not None and like.result_key is not None and self._service.store.exists(like.result_key):
                named = {**(like.result or {}), "name": plan.file_name(PurePath(source.name).stem, datetime.now(UTC))}
                done[task.id] = replace(like, result=named)

        def keep(connection: Connection) -> None:
            for task, source in zip(new, sources, strict=True):
                if task.input_key is not None and source.keep is not None:
                    source.keep(connection)

        accepted = self._service.tasks.accept(
            new, batch=group, joining=joining, done=done, failed=failed, keep=keep
        )  # fmt: skip
        return group, accepted

    def opened(self, caller: Caller, *, idempotency: str | None = None) -> Batch:
        """Make a batch of the caller's that tasks can join.

        Raises:
            StoreFullError, DatabaseAwayError: not now.
        """
        self.check_room()
        [id_] = self._ids(caller, idempotency, 1)
        return self._service.batches.open(Batch(id=id_, owner=caller.owner, total=0, created_at=now()))

    def again(self, task: Task, *, idempotency: str | None = None) -> Task:
        """Accept a task like another one: the same photo, recipe and output, for the same owner.

        Raises: as :meth:`accept`, and UnknownTaskError where the task has no photo.
        """
        if task.kind != PHOTO or task.input_key is None:
            raise UnknownTaskError("the task has no photo to do it again with")
        order = Order.read({key: value for key, value in task.payload.items() if key in Order.model_fields})
        source = Source(
            key=task.input_key, name=task.input_name, width=task.width or 1, height=task.height or 1,
            size=task.size or 0,
        )  # fmt: skip
        return self.accept(Caller(owner=task.owner, sees=task.owner), order, [source], idempotency=idempotency)[1][0]

    def preview(self, caller: Caller, order: Order, source: Source, page: str | None) -> tuple[Plan, Task]:
        """Accept a preview; those that the same page has asked for before are cancelled.

        Raises: as :meth:`accept`.
        """
        self.check_room()
        plan, _ = self.plan(order, source)
        if page:
            self._service.tasks.cancel_page(caller.owner, page)
        settled = order.model_copy(update={"recipe": plan.recipe})
        task = NewTask(
            owner=caller.owner, kind=PREVIEW, payload=settled.to_json(), lane=settled.lane, priority=Priority.PREVIEW,
            input_name=source.name, input_key=source.key, width=source.width, height=source.height,
            size=source.size, signature=plan.signature, page=page,
        )  # fmt: skip
        [accepted] = self._service.tasks.accept([task], keep=source.keep)
        return plan, accepted

    def fetched(
        self,
        caller: Caller,
        order: Order,
        urls: Sequence[str],
        *,
        batch: bool = False,
        joining: str | None = None,
        not_before: int = 0,
        idempotency: str | None = None,
    ) -> tuple[Batch | None, list[Task]]:
        """Accept one task for each photo that has to be fetched from another server first, all or none.

        ``batch`` makes a batch of them; ``joining`` is the id of one of the caller's that they join.

        Raises: as :meth:`accept`, and FetchRefusedError for an address that is never fetched from.
        """
        self.check_room(caller)
        for url in urls:
            target_of(url)
        plan, _ = self.plan(order, None)
        ids = self._ids(caller, idempotency, len(urls) + 1)
        group = Batch(id=ids[-1], owner=caller.owner, total=len(urls), created_at=now()) if batch else None
        settled = order.model_copy(update={"recipe": plan.recipe}).to_json()
        searched = facts(plan, None)
        new = [
            NewTask(
                id=id_, owner=caller.owner, kind=PHOTO, lane=Lane.REMOTE, payload={**settled, "image_url": url},
                not_before=not_before, priority=Priority.BATCH if batch or joining else Priority.SINGLE,
                batch=group.id if group else None, index=index if batch else None,
                input_name=_named(url), signature=plan.signature, facts=searched,
            )
            for index, (id_, url) in enumerate(zip(ids, urls, strict=False))
        ]  # fmt: skip
        return group, self._service.tasks.accept(new, batch=group, joining=joining)

    def pull(self, caller: Caller, spec: ModelSpec[object], *, idempotency: str | None = None) -> Task:
        """Accept the fetching of a model; if it is being fetched already, give the task that does so.

        Raises:
            QueueFullError, DatabaseAwayError: not now.
        """
        going = self._service.tasks.going(PULL, Lane.REMOTE, spec.id)
        if going is not None:
            return going
        weights = self._service.studio.weights
        size = weights.size(spec)
        task = NewTask(
            id=self._ids(caller, idempotency, 1)[0], owner=caller.owner, kind=PULL, lane=Lane.REMOTE,
            payload={"model": spec.id}, input_name=spec.id, size=size,
        )  # fmt: skip
        here = weights.installed(spec) is not None
        [accepted] = self._service.tasks.accept([task], given={task.id: pulled(spec.id, size)} if here else None)
        return accepted

    def build(self, caller: Caller, folder: DatasetFolder, until: Step, *, idempotency: str | None = None) -> Task:
        """Accept the building of a dataset, as far as ``until``; if it is being built already, give that task.

        Raises:
            QueueFullError, DatabaseAwayError: not now.
            WrongStateError: it is being built less far; that has to end first.
        """
        with sole(folder.path, ".accepting", wait=True):
            dataset, before = folder.dataset(), folder.task()
            going = self._going(before)
            if going is not None:
                if Step(going.payload["until"]) is until:
                    return going
                raise WrongStateError("the dataset is being built already", hint="wait for it, or cancel it")
            task = NewTask(
                id=self._ids(caller, idempotency, 1)[0], owner=dataset.owner, kind=DATASET,
                priority=Priority.DATASET, payload={"dataset": dataset.id, "until": until.value},
                input_name=dataset.name, facts=Facts(operation=DATASET, text=dataset.settings.caption.trigger),
            )  # fmt: skip
            [accepted] = self._service.tasks.accept([task])
            folder.save_task(accepted.id)
            return accepted

    def _going(self, name: str | None) -> Task | None:
        """A task of this id, unless it has ended or was deleted."""
        if name is None:
            return None
        try:
            found = self._service.tasks.find(None, name)
        except UnknownTaskError:
            return None
        return None if found.status in ENDED else found

    def _ids(self, caller: Caller, idempotency: str | None, count: int) -> list[str]:
        """New ids; for a request that says which one it is, always the same ones, so that it is accepted once."""
        if not idempotency:
            return [new_id() for _ in range(count)]
        text = f"{caller.owner}\n{idempotency}\n"
        return [
            hmac.new(self._secret, f"{text}{index}".encode(), hashlib.sha256).hexdigest()[:32] for index in range(count)
        ]


def facts(plan: Plan, ahead: Forecast | None) -> Facts:
    """What the history can be searched by."""
    looks = [step for step in plan.steps if step.operation.label(step.params).look]
    main = next((step for step in (*looks, *plan.steps) if looks or step.models), plan.steps[0])
    params = main.params.model_dump()
    strength = params.get("strength")
    return Facts(
        operation=main.operation.id,
        preset=plan.recipe.name,
        style=str(main.operation.label(main.params).look or "")[:200],
        strength=float(strength) if isinstance(strength, int | float) else None,
        resolution=max(ahead.width, ahead.height) if ahead else None,
        text=str(params.get("custom_prompt") or ""),
    )


def original_key(sha256: str) -> str:
    """Where an original with this hash lies in the store."""
    return key_of(Kind.ORIGINAL, sha256)


def _named(url: str) -> str:
    """The name of the photo at an address, until it was fetched."""
    return url.split("?")[0].rstrip("/").rsplit("/", 1)[-1][:200] or "photo"

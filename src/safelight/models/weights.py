"""Weights: finding the files of models, checking them, fetching them.

A file is looked for in the models folders in their order; what is fetched goes to the first. No file is used before
its SHA-256 was checked, and a file that is here is never replaced.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from safelight.errors import CorruptWeightsError, DiskFullError, MissingWeightsError, ModelError, OutputError
from safelight.hashing import sha256_of
from safelight.imaging.disk import FULL
from safelight.models.catalog import Catalog
from safelight.models.failures import Failures
from safelight.models.fetch import Cancelled, Fetcher, SourceError, WrongBytesError
from safelight.models.index import read_index_settings
from safelight.models.lock import folder_lock
from safelight.models.missing import corrupt_error, licence_error, missing_error
from safelight.models.pull import Progress, Puller
from safelight.models.spec import ModelSpec, ModelState, ResolvedModel, Variant, WeightFile, identity
from safelight.settings import Settings


class Weights:
    """Gives the files of models. Safe to use from several threads and processes at once."""

    def __init__(
        self,
        settings: Settings,
        catalog: Catalog,
        *,
        environ: Mapping[str, str] | None = None,
        retry_wait: float = 0.5,
    ) -> None:
        """Take settings and catalog; ``environ`` is where the user's package index settings are read from.

        ``retry_wait`` is the pause before the second attempt of a download, in seconds; each further one doubles it.
        """
        self._settings = settings
        self._catalog = catalog
        self._environ = os.environ if environ is None else environ
        self._retry_wait = retry_wait
        self._verified: dict[tuple[Path, int, int], str] = {}
        self._failures = Failures(settings.model_folders[0])

    def installed(self, spec: ModelSpec[object]) -> ResolvedModel | None:
        """Give the files of a model if they are here, without reading them; None if they are not.

        ``sha256`` is then what the catalog promises, or empty where it promises nothing.
        """
        for variant in spec.variants:
            paths = tuple(path for file in variant.files if (path := self._find(file)) is not None)
            if len(paths) == len(variant.files):
                promised = [file.sha256 for file in variant.files if file.sha256 is not None]
                sha256 = identity(promised) if len(promised) == len(paths) else ""
                return ResolvedModel(spec=spec, variant=variant, paths=paths, sha256=sha256)
        return None

    def state(self, spec: ModelSpec[object], *, accept_licences: Iterable[str] = ()) -> ModelState:
        """Say where the weights of a model are, without reading or fetching anything."""
        if self.installed(spec) is not None:
            return ModelState.INSTALLED
        if not self._fetchable(spec, trust=True):
            return ModelState.BY_HAND
        if not self._accepted(spec, accept_licences):
            return ModelState.NEEDS_ACCEPTANCE
        return ModelState.FETCHABLE if self._fetchable(spec, trust=False) else ModelState.NEEDS_TRUST

    def obstacle(self, spec: ModelSpec[object]) -> ModelError | None:
        """Say why :meth:`pull` would refuse a model, without fetching anything; None if it would not."""
        state = self.state(spec)
        if state in (ModelState.INSTALLED, ModelState.FETCHABLE):
            return None
        if state is ModelState.NEEDS_ACCEPTANCE:
            return licence_error([spec])
        return missing_error(spec, self._missing_files(spec), self._folder)

    def size(self, spec: ModelSpec[object]) -> int | None:
        """Bytes of the form of a model that is here or would be fetched; None if nobody knows."""
        here = self.installed(spec)
        forms = (here.variant,) if here else self._fetchable(spec, trust=False) or spec.variants
        sizes = [file.bytes for file in forms[0].files]
        if here is not None:
            sizes = [path.stat().st_size if path.exists() else None for path in here.paths]
        known = [size for size in sizes if size is not None]
        return sum(known) if len(known) == len(sizes) else None

    def absent(self, spec: ModelSpec[object]) -> int | None:
        """Bytes that have to be fetched for a model; None if nobody knows, 0 if it is here."""
        if self.installed(spec) is not None:
            return 0
        forms = self._fetchable(spec, trust=False)
        sizes = [file.bytes for file in self._missing_files(spec)[forms[0]]] if forms else [None]
        known = [size for size in sizes if size is not None]
        return sum(known) if len(known) == len(sizes) else None

    def resolve(self, spec: ModelSpec[object]) -> ResolvedModel:
        """Give the files of a model that are here, each checked by SHA-256.

        A file is read again only when its size or time of change differ from when this object read it.

        Raises:
            MissingWeightsError: they are not here.
            CorruptWeightsError: a file is not the one that the catalog names.
        """
        here = self.installed(spec)
        if here is None:
            raise missing_error(spec, self._missing_files(spec), self._folder)
        hashes: list[str] = []
        for file, path in zip(here.variant.files, here.paths, strict=True):
            found = self._hash(path)
            if file.sha256 is not None and found != file.sha256:
                raise corrupt_error(spec, path, file.sha256, found)
            hashes.append(found)
        return ResolvedModel(spec=spec, variant=here.variant, paths=here.paths, sha256=identity(hashes))

    def hashes(self, model: ResolvedModel) -> dict[str, str]:
        """Give the SHA-256 of each file of a model that is here, by its name in the models folder."""
        return {file.name: self._hash(path) for file, path in zip(model.variant.files, model.paths, strict=True)}

    def ensure(
        self, spec: ModelSpec[object], progress: Progress | None = None, cancelled: Cancelled | None = None
    ) -> ResolvedModel:
        """Give the checked files of a model, fetching them first if they are not here and the settings allow it.

        What could not be fetched is not asked for again by itself for some minutes: a machine without a network would
        wait for it with every photo.

        Raises:
            MissingWeightsError: they are not here and could not be fetched; the message says what to do.
            CorruptWeightsError: a file is not the one that the catalog names.
            LicenceError: the licence has to be accepted first.
            CancelledError: ``cancelled()`` became true; what has arrived stays for the next time.
            OutputError: the models folder cannot be written.
        """
        if self.installed(spec) is not None or not self._settings.auto_pull:
            return self.resolve(spec)
        if (failure := self._failures.own(spec.id)) is not None:
            raise failure
        try:
            return self.pull((spec,), progress=progress, cancelled=cancelled)[0]
        except MissingWeightsError as error:
            self._failures.remember(spec.id, error)
            raise

    def unlikely(self, spec: ModelSpec[object]) -> bool:
        """Tell whether a model is not here and :meth:`ensure` would hardly bring it.

        That is where the settings forbid it, or some process that shares the models folder lately failed to fetch it.
        """
        return self.installed(spec) is None and (not self._settings.auto_pull or self._failures.anywhere(spec.id))

    def pull(
        self,
        specs: Iterable[ModelSpec[object]],
        *,
        accept_licences: Iterable[str] = (),
        trust: bool = False,
        progress: Progress | None = None,
        cancelled: Cancelled | None = None,
    ) -> tuple[ResolvedModel, ...]:
        """Fetch what is missing of these models, and give the checked files of all, in the same order.

        ``accept_licences`` names licences or models; the settings' own are accepted too. ``trust`` fetches files whose
        SHA-256 the catalog does not know, and records the one found in the operator's catalog.

        Raises:
            LicenceError: a licence is not accepted; nothing was fetched.
            MissingWeightsError: a model could not be fetched; the message says what to do.
            CorruptWeightsError: a file that is here, or all that could be fetched, is not what the catalog names.
            CancelledError: ``cancelled()`` became true; what has arrived stays for the next time.
            OutputError: the models folder cannot be written.
        """
        wanted = tuple(specs)
        accepted = tuple(accept_licences)
        absent = [spec for spec in dict.fromkeys(wanted) if self.installed(spec) is None]
        if refused := [spec for spec in absent if not self._accepted(spec, accepted)]:
            raise licence_error(refused)
        for spec in absent:
            if not self._fetchable(spec, trust=trust):
                raise missing_error(spec, self._missing_files(spec), self._folder)
        if absent:
            self._fetch(absent, trust, progress, cancelled)
        resolved = tuple(self.resolve(spec) for spec in wanted)
        if trust:
            self._record(resolved)
        return resolved

    @property
    def _folder(self) -> Path:
        return self._settings.model_folders[0]

    def _find(self, file: WeightFile) -> Path | None:
        for folder in (*self._settings.model_folders, *self._settings.modelscope_folders):
            path = folder / file.name
            try:
                if path.is_file():
                    return path
            except OSError:
                continue
        return None

    def _missing_files(self, spec: ModelSpec[object]) -> dict[Variant, tuple[WeightFile, ...]]:
        return {variant: tuple(file for file in variant.files if self._find(file) is None) for variant in spec.variants}

    def _fetchable(self, spec: ModelSpec[object], *, trust: bool) -> tuple[Variant, ...]:
        return tuple(
            variant
            for variant, absent in self._missing_files(spec).items()
            if all(file.sources and (trust or file.sha256 is not None) for file in absent)
        )

    def _accepted(self, spec: ModelSpec[object], accept_licences: Iterable[str]) -> bool:
        names = {name.strip().lower() for name in (*accept_licences, *self._settings.accept_licences.split(","))}
        return spec.commercial or not names.isdisjoint((spec.licence.lower(), spec.id))

    def _hash(self, path: Path) -> str:
        try:
            status = path.stat()
            key = (path, status.st_size, status.st_mtime_ns)
            if key not in self._verified:
                self._verified[key] = sha256_of(path)
        except OSError as error:
            raise ModelError(f"{path} cannot be read: {error.strerror or error}") from error
        return self._verified[key]

    def _fetch(
        self, specs: Iterable[ModelSpec[object]], trust: bool, progress: Progress | None, cancelled: Cancelled | None
    ) -> None:
        index = read_index_settings(self._environ)
        with _writing_to(self._folder):
            self._folder.mkdir(parents=True, exist_ok=True)
            with (
                folder_lock(self._folder, cancelled),
                Fetcher(index, cancelled, self._retry_wait) as fetcher,
                Puller(self._folder, fetcher, progress) as puller,
            ):
                for spec in specs:
                    self._fetch_one(spec, puller, trust)

    def _fetch_one(self, spec: ModelSpec[object], puller: Puller, trust: bool) -> None:
        """Fetch one form of a model, unless another process has brought it while this one waited for the lock."""
        if self.installed(spec) is not None:
            return
        troubles: list[SourceError] = []
        for variant in self._fetchable(spec, trust=trust):
            try:
                for file in variant.files:
                    if self._find(file) is None:
                        puller.bring(file)
                return
            except SourceError as error:
                troubles.append(error)
        reasons = "; ".join(map(str, troubles))
        if any(isinstance(error, WrongBytesError) for error in troubles):
            raise CorruptWeightsError(f"{spec.id} was not fetched, as another file is given in its place: {reasons}")
        raise missing_error(spec, self._missing_files(spec), self._folder, reasons)

    def _record(self, resolved: Iterable[ResolvedModel]) -> None:
        found = {
            file.name: (self._hash(path), path.stat().st_size)
            for model in resolved
            if not model.spec.custom
            for file, path in zip(model.variant.files, model.paths, strict=True)
            if file.sha256 is None
        }
        if found:
            self._catalog.trust(found)


@contextmanager
def _writing_to(folder: Path) -> Iterator[None]:
    """Turn what the file system says into an error that says what to do."""
    try:
        yield
    except OSError as error:
        if error.errno in FULL:
            raise DiskFullError(
                f"there is no space left for weights in {folder}",
                hint="free some space, or set SAFELIGHT_MODELS_DIR to another folder",
            ) from error
        raise OutputError(
            f"weights cannot be written to {folder}: {error.strerror or error}",
            hint="set SAFELIGHT_MODELS_DIR to a folder that can be written, and put it first",
        ) from error
